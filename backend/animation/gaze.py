"""Gaze as a movement: saccades between the places it rests on, fixations within a state, and the head's share."""

# ruff: noqa: PLR2004 - chances and sizes of a distribution are read best where they are drawn

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from ..contract.constants import FRAME_RATE
from .curves import min_jerk
from .head_following import follow, head_goals

MEAN_SACCADE: Final = 6.9

_LIMIT: Final = 15.7
"""Saccade size in degrees is −6.9 ln(P / 15.7), P a percentage drawn evenly from 0 to 15 (Lee et al. 2002)."""

LEAST_AVERSION: Final = 6.5
"""Degrees from the partner's eyes from which somebody looks past the face, at a metre."""

_SACCADE_START, _SACCADE_PER_DEGREE = 0.021, 0.0022
"""Seconds, and seconds a degree: how long a saccade lasts (main sequence, docs/developers/rehearsals.md)."""


@dataclass(frozen=True)
class Gaze:
    """`away` [T] 0 at the partner, 1 away; `target` [T, 2] radians, direction of the aversion, 0 at the partner;
    `fixation` [T, 2] radians, the small offset within the state; `shift` [T] 1 on the frame where the state or the
    aversion's target changes; `saccade` [T] 1 where only the fixation changes.
    """

    away: np.ndarray
    target: np.ndarray
    fixation: np.ndarray
    shift: np.ndarray
    saccade: np.ndarray


def render_gaze(gaze: Gaze) -> np.ndarray:
    """Line of sight relative to the partner's eyes. [T, 2] radians, yaw left and pitch up.

    A saccade lasts 21 ms + 2.2 ms a degree (main sequence) and eases in and out as a minimum-jerk movement (Hogan
    1984); up to 8.6° that is less than a frame.
    """
    aim = gaze.target + gaze.fixation  # [T, 2]
    path = aim.copy()
    step = np.diff(aim, axis=0)  # [T - 1, 2] radians
    size = np.degrees(np.linalg.norm(step, axis=1))
    for frame in (np.flatnonzero(saccade_seconds(size) > 1 / FRAME_RATE) + 1).tolist():
        seconds = float(saccade_seconds(size[frame - 1]))
        for later in range(frame, min(frame + int(seconds * FRAME_RATE) + 1, len(aim))):
            done = min_jerk(np.asarray((later - frame + 1) / FRAME_RATE), seconds)
            path[later] -= (1 - done) * step[frame - 1]
    return np.asarray(path, np.float32)


def saccade_seconds(degrees: np.ndarray) -> np.ndarray:
    """How long saccades of `degrees` last."""
    return np.asarray(_SACCADE_START + _SACCADE_PER_DEGREE * np.asarray(degrees))


def head_share(gaze: Gaze) -> np.ndarray:
    """The part of the gaze that the head follows, just behind the eyes. [T, 3] axis-angle radians."""
    turn = follow(head_goals(gaze.target))  # [T, 2] radians, left and up
    return np.stack((-turn[:, 1], turn[:, 0], np.zeros(len(turn))), axis=1)


def draw_fixations(rng: np.random.Generator, away: np.ndarray, target: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Offsets between the partner's eyes and mouth, or around an aversion's target. [T, 2] radians, onsets [T].

    They last 200–500 ms mostly. Around a target the eyes wander by small saccades of Lee et al., never onto the face.
    """
    offset = np.zeros((len(away), 2))
    onsets = np.zeros(len(away), np.float32)
    frame = 0
    while frame < len(away):
        length = max(4, round(float(rng.lognormal(np.log(0.38), 0.5)) * FRAME_RATE))
        if away[frame] > 0:
            place = _wander(rng, np.degrees(target[frame]))
        elif rng.random() < 0.72:
            place = np.array((rng.choice((-1.6, 0.0, 1.6)), 0.0)) + rng.normal(0, 0.7, size=2)
        else:
            place = np.array((0.0, -3.6)) + rng.normal(0, 0.7, size=2)
        offset[frame : frame + length] = np.radians(place)
        onsets[frame] = 1
        frame += length
    return offset, onsets


def _wander(rng: np.random.Generator, around: np.ndarray) -> np.ndarray:
    """[2] degrees: an offset `around` a target [2] of an aversion."""
    size = min(-MEAN_SACCADE * np.log(rng.uniform(4.0, 15.0) / _LIMIT), 6.0) * 0.8
    angle = rng.uniform(0, 2 * np.pi)
    place = size * np.array((np.cos(angle), 0.6 * np.sin(angle)))
    inwards = float(np.linalg.norm(around + place)) < min(float(np.linalg.norm(around)), LEAST_AVERSION)
    return np.asarray(-place if inwards else place)
