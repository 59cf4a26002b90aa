"""Curves over time: slow noise, smoothing, and envelopes that are nowhere smaller than the curve they cover."""

from __future__ import annotations

import numpy as np
from scipy.ndimage import convolve1d, gaussian_filter1d, maximum_filter1d

from ..contract.constants import FRAME_RATE


def smoothed(curve: np.ndarray, seconds: float) -> np.ndarray:
    """[..., T] → [..., T], a Gaussian of standard deviation `seconds` along the last axis."""
    result: np.ndarray = gaussian_filter1d(curve, seconds * FRAME_RATE, axis=-1, mode="nearest")
    return result


def slow_noise(generator: np.random.Generator, frames: int, seconds: float) -> np.ndarray:
    """[T] noise of standard deviation 1 that changes over about `seconds`.

    The scale comes from the filter, not from the draw, so a short take is as calm as a long one.
    """
    width = seconds * FRAME_RATE
    margin = int(4 * width) + 1
    white = generator.standard_normal(frames + 2 * margin)
    gain = (2.0 * np.sqrt(np.pi) * width) ** 0.5
    noise: np.ndarray = gain * gaussian_filter1d(white, width, mode="constant")[margin : margin + frames]
    return noise


def covering_envelope(curve: np.ndarray, seconds: float) -> np.ndarray:
    """[..., T] signed → [..., T], smooth, at least as large as `curve` wherever it is not zero.

    Each sign is dilated by half of `seconds` and then averaged over no more than that, so the average never falls
    below the curve. Peaks of opposite sign closer than `seconds` weaken each other.
    """
    radius = max(1, round(seconds * FRAME_RATE / 2.0))
    envelope: np.ndarray = _covering(np.maximum(curve, 0.0), radius) - _covering(np.maximum(-curve, 0.0), radius)
    return envelope


def _covering(curve: np.ndarray, radius: int) -> np.ndarray:
    dilated = maximum_filter1d(curve, 2 * radius + 1, axis=-1, mode="nearest")
    window = np.hanning(2 * radius + 3)[1:-1]
    result: np.ndarray = convolve1d(dilated, window / window.sum(), axis=-1, mode="nearest")
    return result
