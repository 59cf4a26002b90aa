"""Voice activity of two tracks, one a person, each of which may also carry the other (crosstalk).

Both networks that telling turns needs are loaded together.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from scipy.ndimage import binary_dilation

from .crosstalk import without_crosstalk
from .embedding import VoiceNetwork, load_voice_network
from .levels import frame_levels
from .networks import AfterStep, no_step
from .segmentation import SegmentationNetwork, blended, frame_count, load_segmentation, local_activity
from .speaker_assignment import without_foreign_speech
from .weights import EMBEDDING_FILE, SEGMENTATION_FILE


@dataclass(frozen=True)
class TurnModels:
    """`segmentation` gives local speakers within ten seconds, `voice` an embedding that tells people apart."""

    segmentation: SegmentationNetwork
    voice: VoiceNetwork


def turn_model_files(folder: Path) -> tuple[Path, ...]:
    """Files that `load_turn_models` reads."""
    return folder / SEGMENTATION_FILE, folder / EMBEDDING_FILE


def load_turn_models(folder: Path) -> TurnModels:
    """The networks with the weights in `folder`, usually `.assets/turns`.

    Raises DuologueError (ASSET_MISSING, ASSET_CORRUPT).
    """
    return TurnModels(load_segmentation(folder), load_voice_network(folder))


_HOP_SECONDS: Final = 5.0
_SILENT_DECIBELS: Final = -90.0
_FLOOR_DECIBELS: Final = 45.0
"""A frame this far below the track's loud speech is no speech of this person, whatever the network detects."""

_LEAK_MARGIN: Final = 10.0
"""Decibels above the level at which the other's voice usually arrives that one's own voice must reach."""

_LEAK_CORRELATION: Final = 0.5
"""Correlation of a track's level with the other's from which its sound is crosstalk."""

_NOISE_PERCENTILE: Final = 20.0
_NOISE_MARGIN: Final = 3.0
"""Decibels above its quietest fifth up to which a track holds noise, or the other's echo below the noise."""

_ECHO_FRAMES: Final = 6
"""Around what the other says alone there is more of them, too weak to be recognised by level."""

_LEAK_FRAMES: Final = 12
_DEEPEST: Final = 70.0
_DOMINANT: Final = 0.5


def speaking_from_tracks(tracks: np.ndarray, models: TurnModels, after_step: AfterStep = no_step) -> np.ndarray:
    """`tracks` [2, N] at 16 kHz → [2, T] probability that the person of each track speaks.

    Crosstalk is subtracted; what is left of it is recognised by its level, which follows that of the other's track.
    What cannot be subtracted, as it comes at another time, is recognised by speaker embeddings. `after_step` as in
    `local_activity`.
    """
    frames = frame_count(tracks.shape[1])
    separated = without_crosstalk(tracks)
    speech, levels = np.zeros((2, frames)), np.zeros((2, frames))
    for person, track in enumerate(separated.tracks):
        levels[person] = frame_levels(track)
        if levels[person].max() <= _SILENT_DECIBELS:
            continue
        local = local_activity(track, models.segmentation, _HOP_SECONDS, after_step)
        speech[person] = blended(local, local.speech[None], frames)[0]
    others = separated.alone[::-1]  # [2, T] where the other one speaks alone
    relative = np.maximum(levels - _loud(levels, (speech > _DOMINANT) & ~others)[:, None], -_DEEPEST)
    own = np.stack([_own_share(relative[person], relative[1 - person], others[person]) for person in (0, 1)])
    audible = 1.0 / (1.0 + np.exp(np.clip(-(relative + _FLOOR_DECIBELS), -30.0, 30.0)))
    noise = levels < np.percentile(levels, _NOISE_PERCENTILE, axis=1, keepdims=True) + _NOISE_MARGIN
    near_others = binary_dilation(others, np.ones((1, 2 * _ECHO_FRAMES + 1)))
    speaking = np.where(noise & near_others, 0.0, speech * own * audible)
    return without_foreign_speech(speaking, separated.tracks, levels, models.voice, after_step)


def _loud(levels: np.ndarray, own_speech: np.ndarray) -> np.ndarray:
    """[2] the level of each person's own loud speech, its 90th percentile; where there is none, full scale."""
    return np.array([_percentile(row[talk]) for row, talk in zip(levels, own_speech, strict=True)])


def _percentile(levels: np.ndarray) -> float:
    return float(np.percentile(levels, 90.0)) if len(levels) else 0.0


def _own_share(own: np.ndarray, other: np.ndarray, others: np.ndarray) -> np.ndarray:
    """[T] how surely what is loud in a track is its owner's voice, 0 to 1.

    `own` and `other` [T] decibels relative to each person's loud speech, `others` [T] where the other speaks alone:
    there a microphone that picks them up follows their level, a fixed number of decibels below; one that
    does not, stays where it is.
    """
    difference = own - other
    if others.sum() < _LEAK_FRAMES or min(np.ptp(own[others]), np.ptp(other[others])) == 0.0:
        return np.ones_like(difference)
    follows = float(np.corrcoef(own[others], other[others])[0, 1])
    if follows < _LEAK_CORRELATION:
        return np.ones_like(difference)
    threshold = np.median(difference[others]) + _LEAK_MARGIN
    share: np.ndarray = 1.0 / (1.0 + np.exp(-np.clip(difference - threshold, -30.0, 30.0)))
    return share
