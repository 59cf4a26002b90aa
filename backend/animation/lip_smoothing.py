"""Smoothing of the lips: components of mood change slowly, and a silent mouth is still."""

from __future__ import annotations

from typing import Final

import numpy as np
from scipy.ndimage import gaussian_filter1d, maximum_filter1d

from ..contract.arkit import ARKIT_NAMES
from ..contract.constants import FRAME_RATE

_SLOW: Final = tuple(
    index
    for index, name in enumerate(ARKIT_NAMES)
    if name.startswith(("mouthDimple", "mouthFrown", "mouthLeft", "mouthRight"))
)
"""Components of mood, which no phone moves; lips, jaw and tongue stay as sharp as they are."""

_SLOW_SECONDS: Final = 0.06
_STILL_SECONDS: Final = 0.35
_NEARBY_SECONDS: Final = 0.32
_SURELY_SILENT: Final = 0.05
_PERHAPS_SPEAKING: Final = 0.25


def steady_lips(expression: np.ndarray, jaw: np.ndarray, speaking: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """`expression` [T, 52], `jaw` [T] of the lip reader, `speaking` [T] → both without tremor, closures untouched."""
    calm = expression.copy()
    calm[:, _SLOW] = smoothed(expression[:, _SLOW], _SLOW_SECONDS)
    still = _silence(speaking)  # [T]
    calm += still[:, None] * (smoothed(calm, _STILL_SECONDS) - calm)
    return calm, jaw + still * (smoothed(jaw, _STILL_SECONDS) - jaw)


def smoothed(curve: np.ndarray, seconds: float) -> np.ndarray:
    """`curve` [T, …] under a Gaussian whose standard deviation is `seconds`."""
    return np.asarray(gaussian_filter1d(curve, seconds * FRAME_RATE, axis=0, mode="nearest"))


def _silence(speaking: np.ndarray) -> np.ndarray:
    """[T] 1 where this person is silent and was and will be for a third of a second, 0 where speech is near."""
    nearby = maximum_filter1d(speaking, 2 * round(_NEARBY_SECONDS * FRAME_RATE) + 1, mode="nearest")
    silent = np.clip((_PERHAPS_SPEAKING - nearby) / (_PERHAPS_SPEAKING - _SURELY_SILENT), 0, 1)
    return smoothed(silent.astype(np.float32), 0.08)
