"""What the other one's voice and one's own eyes do to the face: starts at interruptions, blinks with large saccades."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np

from ..animation.interruption import blinks_with_saccades, startled_blinks, stopped, with_blinks, with_brows_up
from ..animation.moments import Moments
from ..engines.base import Motion

_BLINKS: Final = 5
"""Sets the random numbers drawn here apart from those of `compose`."""


def interrupted(motion: Motion, moments: Moments, given: int | None = None) -> Motion:
    """`motion` with the head stopped and brows up wherever the other one interrupts or gets loud.

    Who is `given` is startled by nothing.
    """
    neck, expression = [], []
    for person in range(2):
        frames = () if person == given else moments.interruptions_of(person)
        neck.append(stopped(motion.neck[person], frames))
        expression.append(with_brows_up(motion.expression[person], frames))
    return replace(motion, neck=np.stack(neck).astype(np.float32), expression=np.stack(expression).astype(np.float32))


def with_caused_blinks(
    motion: Motion, gaze: np.ndarray, moments: Moments, given: int | None = None, seed: int = 0
) -> Motion:
    """`motion` with a blink at interruptions and at every shift of 20° or more in `gaze` [2, T, 2] radians, but of who
    is `given`.
    """
    expression = np.array(motion.expression, np.float32)
    for person in {0, 1} - {given}:
        startled = startled_blinks(moments.interruptions_of(person), motion.frames)
        onsets = np.maximum(startled, blinks_with_saccades(gaze[person]))
        rng = np.random.default_rng([seed, person, _BLINKS])
        expression[person] = with_blinks(expression[person], onsets, rng)
    return replace(motion, expression=expression)
