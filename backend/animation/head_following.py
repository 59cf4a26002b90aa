"""The head follows the eyes: how much of a gaze shift it takes over, and how it gets there."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from itertools import pairwise
from typing import Final

import numpy as np

from ..contract.constants import FRAME_RATE
from .curves import min_jerk

_NEAR_SHARE, _FAR_SHARE = 0.12, 0.45
_COMFORT: Final = np.radians(9.0)
"""The head takes the first share of every gaze shift, and the second one of what lies beyond the eyes' comfort."""

_LATEST, _EARLIEST = 0.12, 0.04
_LAG_RANGE: Final = np.radians((2.0, 14.0))
"""Seconds by which the head starts after the eyes, small and large turns of the head, and radians of those. Targets of
this project, about what animators key; the literature has 20–50 ms for the largest shifts (STATISTICS 2)."""

_SHORTEST, _LONGEST = 0.25, 0.45
_LENGTH_RANGE: Final = np.radians((2.0, 20.0))
_SECONDS_BEYOND: Final = 0.01
"""Seconds that the smallest and an ordinary large turn take, and what each further degree adds."""

_GLANCE: Final = 0.8
"""Seconds of a look that comes right back to where it came from, below which the eyes go alone."""
_WORTH_A_TURN: Final = np.radians(1.5)
"""Radians of the head's turn below which it stays where it is: people hold their heads and let the eyes go."""

_LEAST_OVERSHOOT, _MOST_OVERSHOOT = 0.05, 0.10
_SETTLE: Final = 0.3
"""Shares of a turn by which small and large ones go too far, and seconds in which that is taken back."""


def head_goal(gaze: np.ndarray) -> np.ndarray:
    """Where the head would rest for a line of sight `gaze` [..., 2] radians off the partner: [..., 2] radians."""
    size = np.linalg.norm(gaze, axis=-1, keepdims=True)
    share = _NEAR_SHARE + _FAR_SHARE * np.maximum(size - _COMFORT, 0) / np.maximum(size, 1e-6)
    return np.asarray(gaze * share)


def head_goals(gaze: np.ndarray) -> np.ndarray:
    """Where the head rests while the eyes go from target to target, `gaze` [T, 2] radians off the partner: [T, 2].

    The head stays while the eyes glance somewhere and back, and for what is next to its own place.
    """
    goal = head_goal(gaze)
    changes = np.flatnonzero((np.diff(gaze, axis=0) != 0).any(axis=1)) + 1
    stops = [*changes.tolist(), len(gaze)]
    held = goal.copy()
    here = goal[:1].copy() if len(goal) else goal
    for first, stop in pairwise([0, *stops]):
        glances = stop - first < _GLANCE * FRAME_RATE and _comes_back(goal, here[0], first, stops)
        if not glances and np.linalg.norm(goal[first] - here[0]) > _WORTH_A_TURN:
            here = goal[first : first + 1]
        held[first:stop] = here
    return held


def _comes_back(goal: np.ndarray, here: np.ndarray, first: int, stops: list[int]) -> bool:
    """Whether the gaze that leaves the head's place `here` [2] at frame `first` is near it again within a glance."""
    limit = min(first + _GLANCE * FRAME_RATE, len(goal))
    away = np.linalg.norm(goal[first] - here)
    returns = stops[bisect_right(stops, first) : bisect_left(stops, limit)]
    return any(np.linalg.norm(goal[frame] - here) < 0.5 * away for frame in returns)


def follow(goal: np.ndarray, slower: float = 1.0) -> np.ndarray:
    """The head on its way to `goal` [T, C] radians, which jumps with the eyes: [T, C].

    It never starts before the eyes: 40–120 ms after them it turns for 250–450 ms, goes 5–10 % too far and settles.
    What changes slowly is followed some 0.25 s behind. `slower` lengthens all times, for heavier parts than the head.
    """
    if len(goal) == 0:
        return np.asarray(goal, np.float64)
    speed = np.zeros(goal.shape)  # a frame
    speed[0] = goal[0]
    steps = np.diff(goal, axis=0)  # [T - 1, C]
    sizes = np.linalg.norm(steps, axis=1)
    for before in np.flatnonzero(sizes > 0).tolist():
        response = np.diff(_response(float(sizes[before]), slower), prepend=0.0, append=1.0)
        start = before + 1
        stop = min(start + len(response), len(speed))
        speed[start:stop] += response[: stop - start, None] * steps[before]
    return np.cumsum(speed, axis=0)


def turn_seconds(size: float) -> tuple[float, float]:
    """Seconds after the eyes at which a turn of the head by `size` radians starts, and how long it takes."""
    lag = float(np.interp(size, _LAG_RANGE, (_LATEST, _EARLIEST)))
    length = float(np.interp(size, _LENGTH_RANGE, (_SHORTEST, _LONGEST)))
    return lag, length + _SECONDS_BEYOND * float(np.degrees(max(size - _LENGTH_RANGE[1], 0.0)))


def _response(size: float, slower: float) -> np.ndarray:
    """[n] how much of a step of `size` radians is done on each frame from that of the step on; 1 after the last."""
    lag, length = (slower * seconds for seconds in turn_seconds(size))
    too_far = float(np.interp(size, _LENGTH_RANGE, (_LEAST_OVERSHOOT, _MOST_OVERSHOOT)))
    settle = slower * _SETTLE
    since = np.arange(int(np.ceil((lag + length + settle) * FRAME_RATE)) + 1) / FRAME_RATE - lag
    return min_jerk(since, length) * (1 + too_far) - too_far * min_jerk(since - length, settle)
