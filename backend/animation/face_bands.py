"""How fast a face can be: each unit within its band, and the two halves of a mouth as one movement.

A network that predicts every frame by itself trembles at the corners of the mouth, differently on each side. A face
does not: the corners of people who read sentences change direction less than once a second by more than a twentieth of
their range, and left and right correlate by .99 (GRID, tracked by MediaPipe; lab/evaluation/measures/face_motion.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np

from ..contract.arkit import ARKIT_INDEX, ARKIT_NAMES
from .curves import low_passed

SIDES: Final = ("Left", "Right")

BANDS: Final[Mapping[str, float]] = {
    "browDown": 3.0,
    "browInnerUp": 3.5,
    "browOuterUp": 3.5,
    "cheekPuff": 4.0,
    "cheekSquint": 2.5,
    "eyeSquint": 3.5,
    "jawForward": 4.0,
    "jawLeft": 3.0,
    "jawRight": 3.0,
    "mouthDimple": 3.0,
    "mouthFrown": 2.5,
    "mouthLeft": 2.5,
    "mouthPress": 3.5,
    "mouthRight": 2.5,
    "mouthShrugLower": 4.0,
    "mouthShrugUpper": 4.0,
    "mouthSmile": 3.0,
    "mouthStretch": 3.5,
    "noseSneer": 3.0,
}
"""Hertz above which a unit, both sides of it, does not move. Muscles of the lips that shape phones (funnel, pucker,
rolls, what bares the teeth, what closes the lips) and lids are not here: they are as fast as a frame can show. Targets
of this project: 3 Hz is a smile that comes in a sixth of a second."""

_SLOW_SIDES: Final = 0.5
"""Hertz above which the two sides of a unit move alike."""


_LEAST: Final = 0.02
"""Mean of both sides below which a difference between them is none."""


def pairs() -> dict[str, tuple[int, int]]:
    """Unit → the indices of its left and its right component, of units that have both."""
    bases = [name.removesuffix("Left") for name in ARKIT_NAMES if name.endswith("Left")]
    return {
        base: (ARKIT_INDEX[f"{base}Left"], ARKIT_INDEX[f"{base}Right"])
        for base in bases
        if base not in ("jaw", "mouth") and not base.startswith(("eyeLook", "eyeBlink"))
    }


_PAIRS: Final = pairs()


def tied_sides(expression: np.ndarray) -> np.ndarray:
    """`expression` [T, 52] in which left and right of each unit differ by a slow share of it alone.

    A unit's mean of both sides stays as it is. Lids, eyes, and what moves jaw and mouth aside are left alone.
    """
    return sides_like(expression, expression)


def sides_like(expression: np.ndarray, model: np.ndarray) -> np.ndarray:
    """`expression` [T, 52] with the slow difference between left and right that `model` [T, 52] has, as a share."""
    result = expression.copy()
    for left, right in _PAIRS.values():
        usual, apart = (
            low_passed(0.5 * (model[:, left] + sign * model[:, right]), _SLOW_SIDES) for sign in (1.0, -1.0)
        )
        share = np.clip(apart / np.maximum(usual, _LEAST), -1.0, 1.0)  # a share, so that a corner at rest is at rest
        both = 0.5 * (expression[:, left] + expression[:, right])
        result[:, left], result[:, right] = both * (1 + share), both * (1 - share)
    return result


def within_bands(expression: np.ndarray) -> np.ndarray:
    """`expression` [T, 52] with each unit of `BANDS` no faster than its band, not below 0."""
    result = expression.copy()
    for unit, hertz in BANDS.items():
        for name in (unit, *(f"{unit}{side}" for side in SIDES)):
            if name in ARKIT_INDEX:
                column = ARKIT_INDEX[name]
                result[:, column] = np.maximum(low_passed(expression[:, column], hertz), 0)
    return result
