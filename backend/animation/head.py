"""Nods and shakes as head movements."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..contract.constants import FRAME_RATE


@dataclass(frozen=True)
class Swings:
    """Nods or shakes. `size` [T] radians of the first swing on the frame where one begins, otherwise 0;
    `rate` [T] swings a second and `count` [T] number of swings, both 0 where none begins.
    """

    size: np.ndarray
    rate: np.ndarray
    count: np.ndarray

    @property
    def onsets(self) -> np.ndarray:
        """[T] float32: 1 where one begins."""
        return (self.size > 0).astype(np.float32)


def render_swings(swings: Swings, axis: int) -> np.ndarray:
    """Head motion of nods (`axis` 0) or shakes (`axis` 1). [T, 3] axis-angle radians; swings shrink as they go."""
    frames = len(swings.size)
    path = np.zeros((frames, 3))
    for frame in np.flatnonzero(swings.size > 0).tolist():
        size, rate, count = (float(curve[frame]) for curve in (swings.size, swings.rate, swings.count))
        length = int(np.ceil((count / rate + 0.15) * FRAME_RATE)) + 1
        phase = np.arange(length) / FRAME_RATE * rate  # [length] swings
        decay = np.clip(1 - 0.75 * phase / (count + 0.6), 0, 1)
        if axis == 0:
            curve = size * decay * (0.5 - 0.5 * np.cos(2 * np.pi * phase)) * (phase < count)
        else:
            curve = 0.6 * size * decay * np.sin(2 * np.pi * phase) * (phase < count)
        stop = min(frames, frame + length)
        path[frame:stop, axis] += curve[: stop - frame]
    return path
