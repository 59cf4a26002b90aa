"""The head holds poses: what floats becomes rests that live and moves between them; nods and shakes stay.

A head in talk is at rest most of the time and changes its pose at the beginning of a phrase or with what it stresses.
Networks and noise give a path that is never at rest. Here its slow part becomes poses, and of its quick part only what
is large enough to be a nod or a shake is left.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import numpy as np
from scipy.ndimage import maximum_filter1d

from ..contract.constants import FRAME_RATE
from .curves import moved, smooth_noise, smooth_step, smoothed

_SLOW_SECONDS: Final = 0.35
"""Standard deviation of the smoothing that divides a path into poses and gestures; a nod has 0.3 s and more."""

_WORTH_A_MOVE: Final = np.radians(0.8)
"""Radians from which a pose changes where something moves the head anyway."""

_TOO_FAR: Final = np.radians(2.5)
"""Radians from which a pose changes by itself."""

_LEAST_REST: Final = 0.6
"""Seconds between the beginnings of two moves."""

_MOVE_SECONDS, _MOVE_A_DEGREE, _LONGEST_MOVE = 0.28, 0.045, 0.6
"""Seconds of a move of no size, seconds more for each degree, and the longest."""

_AHEAD_SECONDS: Final = 1.0
"""What lies ahead of a move says where it goes."""

_GESTURE, _GESTURE_SPEAKING = np.radians((1.0, 2.2)), np.radians((2.6, 4.2))
"""Radians off the pose between which a quick movement turns from tremor, which goes, to a gesture, which stays; who
speaks has accents of their own, and only what is a nod or a shake stays beside them."""

_GESTURE_REACH: Final = 0.32
"""Seconds around its height for which a gesture stays whole."""

_LIFE_HERTZ, _LIFE_SIZE = 0.55, np.radians((0.26, 0.26, 0.2))
"""The wander within a pose, standard deviation of nod, turn and tilt."""

_QUICK_HERTZ, _QUICK_SIZE = 1.6, np.radians(0.06)
"""The balance of a head on a neck: hardly seen, and without it heads stand still where the wander turns round."""

_CORRECTIONS_APART: Final = 1.5
"""Median seconds between two small corrections of a pose."""

_CORRECTION, _CORRECTION_MOST = np.radians(0.3), np.radians(0.4)
"""Standard deviation and most of a correction: with 0.4 s for each none is faster than 2°/s."""

_CORRECTION_SECONDS: Final = 0.4


def held(path: np.ndarray, moves: Iterable[float] = (), speech: np.ndarray | None = None) -> np.ndarray:
    """`path` [T, 3] axis-angle radians of a head → [T, 3] with its slow part as poses, gestures as they are.

    At the seconds `moves` the head moves anyway: a pose that has to change changes there first. `speech` [T] from 0 to
    1 where this person speaks, with accents that are added elsewhere; None where they never do.
    """
    slow = smoothed(path, _SLOW_SECONDS, axis=0)
    return np.asarray(_poses(slow, moves) + gestures(path - slow, np.zeros(len(path)) if speech is None else speech))


def gestures(quick: np.ndarray, speech: np.ndarray) -> np.ndarray:
    """Of the quick part of a path, [T, 3] radians, what is large: nods and shakes without what trembles between.

    `speech` [T] as above.
    """
    reach = 2 * round(_GESTURE_REACH * FRAME_RATE) + 1
    size = maximum_filter1d(np.linalg.norm(quick, axis=1), reach, mode="nearest")  # [T]
    low, high = (quiet + (talking - quiet) * speech for quiet, talking in zip(_GESTURE, _GESTURE_SPEAKING, strict=True))
    return np.asarray(quick * smoothed(smooth_step((size - low) / (high - low)), 0.06)[:, None])


def pose_life(rng: np.random.Generator, frames: int) -> np.ndarray:
    """[T, 3] radians of a pose that lives: a little wander and small corrections, under 3°/s nearly always."""
    life = _LIFE_SIZE * smooth_noise(rng, frames, _LIFE_HERTZ, 3) + _QUICK_SIZE * smooth_noise(
        rng, frames, _QUICK_HERTZ, 3
    )
    clock, offset, corrections = float(rng.uniform(0, _CORRECTIONS_APART)), np.zeros(3), []
    while clock * FRAME_RATE < frames:
        drawn = np.clip(rng.normal(0, _CORRECTION, 3), -_CORRECTION_MOST, _CORRECTION_MOST)
        step = drawn - 0.5 * offset  # back towards the pose, in the long run
        offset = offset + step
        corrections.append((clock, _CORRECTION_SECONDS, step))
        clock += float(rng.lognormal(np.log(_CORRECTIONS_APART), 0.4))
    return np.asarray(life + moved(frames, corrections))


def _poses(slow: np.ndarray, moves: Iterable[float]) -> np.ndarray:
    if not len(slow):
        return slow
    begins = _pose_changes(slow, moves)
    poses = [slow[begin:end].mean(axis=0) for begin, end in zip(begins, [*begins[1:], len(slow)], strict=True)]
    changes = []
    for begin, before, after in zip(begins[1:], poses[:-1], poses[1:], strict=True):
        degrees = float(np.degrees(np.linalg.norm(after - before)))
        seconds = min(_MOVE_SECONDS + _MOVE_A_DEGREE * degrees, _LONGEST_MOVE)
        changes.append((begin / FRAME_RATE, seconds, after - before))
    return np.asarray(poses[0] + moved(len(slow), changes))


def _pose_changes(slow: np.ndarray, moves: Iterable[float]) -> list[int]:
    """The frames on which poses begin, the first one 0."""
    invited = np.zeros(len(slow), bool)
    for moment in moves:
        invited[min(max(round(moment * FRAME_RATE), 0), len(slow) - 1)] = True
    ahead = round(_AHEAD_SECONDS * FRAME_RATE)
    totals = np.concatenate((np.zeros((1, 3)), np.cumsum(slow, axis=0)))
    stops = np.minimum(np.arange(len(slow)) + ahead, len(slow))
    coming = (totals[stops] - totals[:-1]) / (stops - np.arange(len(slow)))[:, None]  # [T, 3] mean of what comes
    begins, pose = [0], coming[0]
    for frame in range(len(slow)):
        if frame - begins[-1] < _LEAST_REST * FRAME_RATE:
            continue
        far = _WORTH_A_MOVE if invited[frame] else _TOO_FAR
        if np.linalg.norm(coming[frame] - pose) > far:
            begins.append(frame)
            pose = coming[frame]
    return begins
