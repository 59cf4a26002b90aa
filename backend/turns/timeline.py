"""From overlapping windows to one curve a frame of the performance."""

from __future__ import annotations

import numpy as np

from ..contract.constants import FRAME_RATE, SAMPLES_PER_FRAME
from .segmentation import WINDOW_SECONDS, LocalActivity

_EDGE_WEIGHT = 0.05


def frame_count(samples: int) -> int:
    """T of a recording of that many samples: every sample belongs to a frame."""
    return -(-samples // SAMPLES_PER_FRAME)


def blended(local: LocalActivity, curves: np.ndarray, frames: int) -> np.ndarray:
    """`curves` [P, W, 589] of every window → [P, T] at 25 fps, the middle of a window counting more than its edges.

    Frame t is sampled at its middle, (t + 0.5) / 25 seconds.
    """
    times = local.frame_times()
    weight = _EDGE_WEIGHT + np.sin(np.pi * np.clip(times / WINDOW_SECONDS, 0.0, 1.0)) ** 2  # [589]
    sums, weights = np.zeros((len(curves), frames)), np.zeros(frames)
    for window, start in enumerate(local.starts):
        first = round(float(start) * FRAME_RATE)
        inside = np.arange(first, min(first + round(WINDOW_SECONDS * FRAME_RATE), frames))
        at = (inside + 0.5) / FRAME_RATE - start
        share = np.interp(at, times, weight)
        weights[inside] += share
        for row, curve in enumerate(curves[:, window]):
            sums[row, inside] += share * np.interp(at, times, curve)
    blend: np.ndarray = sums / np.maximum(weights, 1e-9)
    return blend
