"""Curves over time: smooth steps and swells, smooth noise, and bumps on the frames of a performance."""

from __future__ import annotations

import numpy as np

from ..contract.constants import FRAME_RATE


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
    points = np.stack([np.convolve(column, kernel, mode="valid") for column in raw.T], axis=1)  # [count, channels]
    at = np.arange(frames) / step
    return np.stack([np.interp(at, np.arange(count), column) for column in points.T], axis=1)


def bump(frames: int, start: int, rise: float, stay: float, fall: float) -> tuple[slice, np.ndarray]:
    """Where a bump lies among `frames`, and its values from 0 up to 1 and back; times in seconds."""
    length = int(np.ceil((rise + stay + fall) * FRAME_RATE)) + 1
    since = np.arange(length) / FRAME_RATE
    curve = swell(since, rise, stay, fall)
    stop = min(frames, start + length)
    return slice(start, stop), curve[: stop - start]


def smooth_step(values: np.ndarray, low: float = 0.0, high: float = 1.0) -> np.ndarray:
    """0 up to `low`, 1 from `high` on, 3x² − 2x³ between."""
    share = np.clip((values - low) / (high - low), 0, 1)
    return np.asarray(share * share * (3 - 2 * share))


def swell(since: np.ndarray, rise: float, stay: float, fall: float) -> np.ndarray:
    """From 0 up to 1 in `rise`, 1 for `stay`, and back in `fall`; seconds, `since` it began."""
    return np.asarray(smooth_step(since / rise) * (1 - smooth_step((since - rise - stay) / fall)))
