"""How a seated or standing person carries the head about: slow sway, shifts of posture, leaning into a turn."""

# ruff: noqa: PLR2004 - chances and sizes of a distribution are read best where they are drawn

from __future__ import annotations

from typing import Final

import numpy as np

from backend.contract.constants import FRAME_RATE
from backend.staging.curves import slow_noise, smoothed

from ..script.people import Habits
from ..script.timeline import Timeline

_SWAY: Final = np.array((0.006, 0.0012, 0.007))
"""Metres to the side, up and forward: standard deviation of the slow sway of an ordinary person."""

_SHIFT: Final = np.array((0.014, 0.004, 0.016))
"""Metres by which a new posture differs from the last."""

_SHIFT_SECONDS: Final = 24.0
"""Median time in one posture."""

_FORWARD: Final = 0.012
"""Metres that speakers come forward."""

_BREATH: Final = np.array((0.0, 0.003, 0.0008))
"""Metres by which a full breath lifts and moves the base of the neck."""


def draw_sway(
    rng: np.random.Generator, habits: Habits, timeline: Timeline, person: int, speaking: np.ndarray, breath: np.ndarray
) -> np.ndarray:
    """[T, 3] metres that the base of the neck is off its mean place: X to the person's left, Y up, Z forward.

    `speaking` [T] this person's own, `breath` [T] depth. Postures change where turns change more often than elsewhere.
    """
    frames = len(speaking)
    slow = np.stack([0.8 * slow_noise(rng, frames, 4.0) + 0.35 * slow_noise(rng, frames, 0.9) for _ in range(3)], 1)
    path = slow * _SWAY + _postures(rng, timeline, person, frames) * _SHIFT
    path = habits.sway * path + _BREATH * breath[:, None]
    path[:, 2] += _FORWARD * habits.sway * smoothed(speaking, 0.8)
    return np.asarray(path - path.mean(axis=0))


def _postures(rng: np.random.Generator, timeline: Timeline, person: int, frames: int) -> np.ndarray:
    """[T, 3] of about unit size: held for tens of seconds, changed within 1–2 s."""
    turns = [turn.start for turn in timeline.turns if turn.person == person]
    postures = np.zeros((frames, 3))
    pose = rng.standard_normal(3)
    postures[:] = pose
    clock = float(rng.lognormal(np.log(_SHIFT_SECONDS), 0.6)) * float(rng.uniform())
    while clock < timeline.seconds:
        near = [start for start in turns if abs(start - clock) < 4]
        moment = near[0] if near and rng.random() < 0.6 else clock
        pose = 0.5 * pose + 0.8 * rng.standard_normal(3)
        postures[max(0, round(moment * FRAME_RATE)) :] = pose
        clock += float(rng.lognormal(np.log(_SHIFT_SECONDS), 0.6))
    return smoothed(postures.T, float(rng.uniform(0.4, 0.7))).T
