"""The level of one track on each frame."""

from __future__ import annotations

import numpy as np
from scipy.ndimage import uniform_filter1d

from ..contract.constants import FRAME_RATE, SAMPLES_PER_FRAME


def levels_from(track: np.ndarray, frames: int, seconds: float = 0.0) -> np.ndarray:
    """[T] decibels of full scale of `track` [N], each over `seconds` from its frame on, a frame at least.

    Silence, and what lies behind the end, is −120.
    """
    padded = np.zeros(frames * SAMPLES_PER_FRAME, np.float64)
    padded[: min(len(track), len(padded))] = track[: len(padded)]
    power = np.square(padded).reshape(frames, SAMPLES_PER_FRAME).mean(axis=1)
    length = max(round(seconds * FRAME_RATE), 1)
    ahead = uniform_filter1d(power, length, origin=-(length // 2), mode="constant")
    return np.asarray(10 * np.log10(np.maximum(ahead, 1e-12)))


def levels_around(track: np.ndarray, frames: int) -> np.ndarray:
    """[T] the same over one frame's length around the moment of each frame, t / 25 s."""
    return levels_from(np.pad(track, (SAMPLES_PER_FRAME // 2, 0)), frames)
