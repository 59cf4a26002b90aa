"""A person's motion as the partner sees it: one row of numbers of about unit size a frame."""

from __future__ import annotations

from typing import Final

import numpy as np

from .motion_numbers import BLINKS, EXPRESSION, EYES, JAW, NECK, NUMBERS, TONGUE, motion_numbers

_SIZES: Final = ((EXPRESSION, 0.5), (JAW, 0.1), (NECK, 0.06), (EYES, 0.12), (BLINKS, 0.5), (TONGUE, 0.5))
"""Typical sizes, in coefficients and radians, which the rows are divided by."""


def motion_rows(expression: np.ndarray, jaw: np.ndarray, neck: np.ndarray, gaze: np.ndarray) -> np.ndarray:
    """[..., T, 52], [..., T, 3], [..., T, 3] and [..., T, 2] → [..., T, 61] float32, numbers as in `motion_numbers`."""
    return rows_of(motion_numbers(expression, jaw, neck, gaze))


def rows_of(numbers: np.ndarray) -> np.ndarray:
    """`motion_numbers` [..., T, 61] as the partner's network takes them: [..., T, 61] float32."""
    units = np.ones(NUMBERS, np.float32)
    for part, size in _SIZES:
        units[part] = size
    return np.asarray(numbers / units, np.float32)
