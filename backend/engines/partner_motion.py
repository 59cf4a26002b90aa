"""A person's motion as the partner sees it: one row of numbers of about unit size a frame."""

from __future__ import annotations

from typing import Final

import numpy as np

_UNITS: Final = np.array([0.5] * 52 + [0.1] * 3 + [0.06] * 3 + [0.12] * 2, np.float32)
"""Typical sizes of expression, jaw, neck and gaze, which the rows are divided by. [60]."""


def motion_rows(expression: np.ndarray, jaw: np.ndarray, neck: np.ndarray, gaze: np.ndarray) -> np.ndarray:
    """[..., T, 52], [..., T, 3], [..., T, 3] and [..., T, 2] → [..., T, 60] float32."""
    joined = np.concatenate((expression, jaw, neck, gaze), axis=-1)
    return np.asarray(joined / _UNITS, np.float32)
