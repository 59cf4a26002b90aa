"""Who speaks when in two tracks, one a person, each of which may also hear the other."""

from __future__ import annotations

from typing import Final

import numpy as np

from ..contract.constants import SAMPLES_PER_FRAME
from .models import TurnModels
from .segmentation import AfterStep, carry_on, local_activity
from .timeline import blended, frame_count

_HOP_SECONDS: Final = 5.0
_SILENT_DECIBELS: Final = -90.0
_FLOOR_DECIBELS: Final = 45.0
"""A frame this far below the track's loud speech is no speech of this person, whatever the network hears."""

_LEAK_MARGIN: Final = 6.0
"""Decibels above the level at which the other's voice usually arrives that one's own voice must reach."""

_LEAKING_SHARE: Final = 0.02
"""Less of a person's speech than this, heard while the other is far louder, is no leak worth measuring."""

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
    relative = levels - _loud(levels, speech)[:, None]
    own = np.stack([_own_share(relative[person] - relative[1 - person], speech, person) for person in (0, 1)])
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


def _own_share(difference: np.ndarray, speech: np.ndarray, person: int) -> np.ndarray:
    """[T] how surely the speech in this person's track is their own, 0 to 1.

    `difference` [T] decibels, this track's level against the other's, each relative to its own loud speech. While
    only the other speaks it lies at the leak's attenuation, far below 0; with one's own voice it rises.
    """
    both = (speech > _DOMINANT).all(axis=0)
    leaking = difference[both & (difference < -_LEAK_MARGIN)]
    if len(leaking) < _LEAKING_SHARE * max(1, (speech[person] > _DOMINANT).sum()):
        return np.ones_like(difference)
    threshold = np.median(leaking) + _LEAK_MARGIN
    steep = np.clip(difference - threshold, -30.0, 30.0)
    share: np.ndarray = np.where(both, 1.0 / (1.0 + np.exp(-steep)), 1.0)
    return share
