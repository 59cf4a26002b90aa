"""What the colocated model denoises: 65 numbers of each person and frame, and the scene as a condition.

After Talking Together (arXiv 2603.08674, section 3): expression, rotations and translation of both people in one space.
Both eyes are relative to the direction to the partner's eyes, so that a staging may change and eye contact stays eye
contact. The trunk has no numbers of its own: it tips about the hip as far as the base of the neck has moved.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from ...contract.arkit import ARKIT_NAMES, SPOKEN_COMPONENTS
from ..base import Motion

EXPRESSION: Final = slice(0, 52)
JAW: Final = slice(52, 55)
NECK: Final = slice(55, 58)
EYES: Final = slice(58, 62)
"""Yaw and pitch of the left eye, then of the right one."""
TRANSLATION: Final = slice(62, 65)
STREAM: Final = 65

MOUTH_IN_STREAM: Final = [*(EXPRESSION.start + index for index in SPOKEN_COMPONENTS), *range(JAW.start, JAW.stop)]
"""What speech moves."""


BETWEEN_EYES: Final = 0.063
"""Metres between the two eyes of an ordinary person, for the angle at which they converge."""

_SMALLEST_DISTANCE: Final = 0.25


def convergence(distance: float) -> float:
    """Radians by which each eye turns in for a partner `distance` metres away."""
    return float(np.arctan2(BETWEEN_EYES / 2, max(distance, _SMALLEST_DISTANCE)))


def stream_rows(motion: Motion, distance: float) -> np.ndarray:
    """[2, T, 65] float32 of a `motion`; without sway nobody moves from the spot."""
    inwards = convergence(distance)
    left = motion.gaze - np.array((inwards, 0.0))  # the left eye turns to the right
    right = motion.gaze + np.array((inwards, 0.0))
    sway = np.zeros_like(motion.jaw) if motion.sway is None else motion.sway
    parts = (motion.expression, motion.jaw, motion.neck, left, right, sway)
    return np.concatenate(parts, axis=-1).astype(np.float32)


def gaze_of(stream: np.ndarray) -> np.ndarray:
    """The line of sight [..., 2] between both eyes of [..., 65], as in `Motion.gaze`."""
    eyes = stream[..., EYES]
    return np.asarray((eyes[..., :2] + eyes[..., 2:]) / 2)


def scale_floors() -> np.ndarray:
    """[65] the least spread that a number is divided by, so that what hardly ever moves is not blown up."""
    floors = np.empty(STREAM, np.float32)
    floors[EXPRESSION], floors[JAW], floors[NECK], floors[EYES], floors[TRANSLATION] = 0.04, 0.03, 0.02, 0.05, 0.004
    assert len(ARKIT_NAMES) == EXPRESSION.stop  # noqa: S101  (the slices would lie)
    return floors
