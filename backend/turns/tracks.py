"""Who speaks when in two tracks, one a person, each of which may also hear the other."""

from __future__ import annotations

from typing import Final

import numpy as np

from ..contract.constants import SAMPLES_PER_FRAME
from .models import TurnModels
from .segmentation import local_activity
from .steps import AfterStep, carry_on
from .timeline import blended, frame_count

_HOP_SECONDS: Final = 5.0
_SILENT_DECIBELS: Final = -90.0
_FLOOR_DECIBELS: Final = 45.0
"""A frame this far below the track's loud speech is no speech of this person, whatever the network hears."""

_LEAK_MARGIN: Final = 6.0
"""Decibels above the level at which the other's voice usually arrives that one's own voice must reach."""

_LEAK_CORRELATION: Final = 0.5
"""How closely a track's level must follow the other's for what it hears to be the other."""

_LEAK_FRAMES: Final = 25
_DEEPEST: Final = 70.0
_DOMINANT: Final = 0.5


def speaking_from_tracks(tracks: np.ndarray, models: TurnModels, after_step: AfterStep = carry_on) -> np.ndarray:
    """`tracks` [2, N] at 16 kHz → [2, T] probability that the person of each track speaks.

    A voice that a microphone picks up from across the table is not its owner's: it arrives quieter than in its own
    track by a difference that stays the same, which is measured and taken out. `after_step` as in `local_activity`.
    """
    frames = frame_count(tracks.shape[1])
    speech, levels = np.zeros((2, frames)), np.zeros((2, frames))
    for person, track in enumerate(tracks):
        levels[person] = frame_levels(track)
        if levels[person].max() <= _SILENT_DECIBELS:
            continue
        local = local_activity(track, models.segmentation, _HOP_SECONDS, after_step)
        speech[person] = blended(local, local.speech[None], frames)[0]
    relative = np.maximum(levels - _loud(levels, speech)[:, None], -_DEEPEST)
    own = np.stack([_own_share(relative[person], relative[1 - person], speech[1 - person]) for person in (0, 1)])
    audible = 1.0 / (1.0 + np.exp(np.clip(-(relative + _FLOOR_DECIBELS), -30.0, 30.0)))
    speaking: np.ndarray = speech * own * audible
    return speaking


def frame_levels(track: np.ndarray) -> np.ndarray:
    """[N] → [T] loudness of each frame in decibels of full scale, averaged with its neighbours."""
    padded = np.pad(track.astype(np.float64), (0, -len(track) % SAMPLES_PER_FRAME))
    power = (padded.reshape(-1, SAMPLES_PER_FRAME) ** 2).mean(axis=1)
    around = np.convolve(np.pad(power, 1, mode="edge"), [0.25, 0.5, 0.25], mode="valid")
    decibels: np.ndarray = 10.0 * np.log10(np.maximum(around, 1e-12))
    return decibels


def _loud(levels: np.ndarray, speech: np.ndarray) -> np.ndarray:
    """[2] the level of each track's own loud speech, its 90th percentile; of a track without any, full scale."""
    return np.array([_percentile(row[talk > _DOMINANT]) for row, talk in zip(levels, speech, strict=True)])


def _percentile(levels: np.ndarray) -> float:
    return float(np.percentile(levels, 90.0)) if len(levels) else 0.0


def _own_share(own: np.ndarray, other: np.ndarray, other_speech: np.ndarray) -> np.ndarray:
    """[T] how surely what is loud in a track is its owner's voice, 0 to 1.

    `own` and `other` [T] decibels relative to each track's loud speech, `other_speech` [T] the other's activity. Where
    the other is much the louder, a microphone that hears them goes up and down with their level, a fixed number of
    decibels below; one that does not, stays where it is.
    """
    difference = own - other
    dominated = (other_speech > _DOMINANT) & (difference < -_LEAK_MARGIN)
    if dominated.sum() < _LEAK_FRAMES or np.ptp(own[dominated]) == 0.0:
        return np.ones_like(difference)
    follows = float(np.corrcoef(own[dominated], other[dominated])[0, 1])
    if follows < _LEAK_CORRELATION:
        return np.ones_like(difference)
    threshold = np.median(difference[dominated]) + _LEAK_MARGIN
    share: np.ndarray = 1.0 / (1.0 + np.exp(-np.clip(difference - threshold, -30.0, 30.0)))
    return np.where(other_speech > _DOMINANT, share, 1.0)
