"""Looking away because the prompt says so, and holding the other's eyes because it says so."""

from __future__ import annotations

from math import radians
from typing import Final

import numpy as np

from ..animation.curves import smoothed
from ..contract.constants import FRAME_RATE
from ..contract.segments import runs_of
from .stage import Place

_AWAY_SECONDS, _AWAY_SPREAD = 2.0, 0.45
"""Median and log spread of one look away; 2.0 s when speaking (Andrist et al. 2014, docs/developers/rehearsals.md)."""

_AWAY_FROM: Final = radians(5.0)
"""A line of sight farther than this from the partner's eyes counts as away; a face spans about 8 degrees at 1 m."""

_HEAD_SHARE: Final = 0.5
_TO_PREFERRED_SIDE: Final = 0.75
_SIDE, _DOWN = (radians(14.0), radians(26.0)), (radians(4.0), radians(16.0))
_REFIXATE_SECONDS, _REFIXATE = 0.9, radians(1.8)


def staged_gaze(gaze: np.ndarray, place: Place, generator: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """`gaze` [T, 2] radians off the partner's eyes → the same with the prompt's habits, and the head's part [T, 2].

    Both are yaw to the left and pitch up.
    """
    held = _without_glances(gaze, place.gaze_held, generator)
    if place.gaze_away <= 0.0:
        return held, np.zeros_like(held)
    away, inside = _looks_away(len(gaze), place, generator)
    turn = _HEAD_SHARE * smoothed(np.where(inside, away.T, 0.0), 0.16).T
    return np.where(inside[:, None], away, held), turn


def _without_glances(gaze: np.ndarray, share: float, generator: np.random.Generator) -> np.ndarray:
    """Turn `share` of the looks away into eye contact."""
    if share <= 0.0:
        return gaze
    kept = gaze.copy()
    for start, stop in runs_of(np.linalg.norm(gaze, axis=-1) > _AWAY_FROM):
        if generator.uniform() < share:
            kept[start:stop] = 0.0
    return kept


def _looks_away(frames: int, place: Place, generator: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Where a person looks when away [T, 2], and when that is [T]."""
    away = np.zeros((frames, 2))
    inside = np.zeros(frames, dtype=bool)
    preferred_side = float(generator.choice([-1.0, 1.0]))
    at_partner = 1.0 / place.gaze_away - 1.0  # seconds at the partner for each second away
    frame = -int(FRAME_RATE * generator.uniform(0.0, _AWAY_SECONDS * (1.0 + at_partner)))
    while frame < frames:
        stop = frame + _frames(_AWAY_SECONDS, generator)
        middle = _direction(place, preferred_side, generator)
        first = max(frame, 0)
        away[first : max(stop, 0)] = (middle + _refixations(max(stop, 0) - first, generator))[: frames - first]
        inside[first : max(stop, 0)] = True
        frame = stop + (_frames(_AWAY_SECONDS * at_partner, generator) if at_partner > 0.0 else 0)
    return away, inside


def _frames(median_seconds: float, generator: np.random.Generator) -> int:
    return max(3, round(FRAME_RATE * median_seconds * float(np.exp(_AWAY_SPREAD * generator.standard_normal()))))


def _direction(place: Place, preferred_side: float, generator: np.random.Generator) -> np.ndarray:
    """[2] radians: the prompt's direction, or down and mostly to one's own preferred side."""
    if place.away is not None:
        return np.radians(place.away) + generator.normal(0.0, _REFIXATE, 2)
    side = preferred_side if generator.uniform() < _TO_PREFERRED_SIDE else -preferred_side
    return np.array([side * generator.uniform(*_SIDE), -generator.uniform(*_DOWN)])


def _refixations(frames: int, generator: np.random.Generator) -> np.ndarray:
    """[frames, 2] small jumps: eyes that look at nothing in particular do not stand still."""
    count = int(frames / (_REFIXATE_SECONDS * FRAME_RATE)) + 1
    jumps = np.sort(generator.integers(0, max(frames, 1), count))
    offsets = generator.normal(0.0, _REFIXATE, (count + 1, 2))
    return offsets[np.searchsorted(jumps, np.arange(frames), side="right")]
