"""Smooth random curves: what makes a still head alive."""

from __future__ import annotations

import numpy as np

from ..contract.constants import FRAME_RATE
from ..contract.smooth_step import swell


def smooth_noise(rng: np.random.Generator, frames: int, cutoff: float, channels: int) -> np.ndarray:
    """[T, channels] noise of unit variance with most power below `cutoff` Hz (a Gaussian's spectrum).

    Made of points at a few times the cutoff, so that a long dialogue costs little.
    """
    step = max(1, int(FRAME_RATE / (cutoff * 8)))  # frames between points
    count = frames // step + 3
    width = FRAME_RATE / (2 * np.pi * cutoff) / step  # points
    reach = int(np.ceil(4 * width))
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) / width) ** 2)
    kernel /= np.sqrt(np.sum(kernel**2))
    raw = rng.standard_normal((count + 2 * reach, channels))
    points = np.stack([np.convolve(one, kernel, mode="valid") for one in raw.T], axis=1)  # [count, channels]
    at = np.arange(frames) / step
    return np.stack([np.interp(at, np.arange(count), one) for one in points.T], axis=1)


def bump(frames: int, start: int, rise: float, stay: float, fall: float) -> tuple[slice, np.ndarray]:
    """Where a bump lies among `frames`, and its values from 0 up to 1 and back; times in seconds."""
    length = int(np.ceil((rise + stay + fall) * FRAME_RATE)) + 1
    since = np.arange(length) / FRAME_RATE
    curve = swell(since, rise, stay, fall)
    stop = min(frames, start + length)
    return slice(start, stop), curve[: stop - start]
