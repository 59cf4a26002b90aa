"""The level of a track frame by frame, and Otsu's split of levels into low and high."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..contract.constants import SAMPLES_PER_FRAME


def frame_levels(track: np.ndarray) -> np.ndarray:
    """[N] → [T] loudness of each frame in decibels of full scale, averaged with its neighbours."""
    padded = np.pad(track, (0, -len(track) % SAMPLES_PER_FRAME)).reshape(-1, SAMPLES_PER_FRAME)
    # Not as squares of a float64 copy, which would be four times as large as the track.
    power = np.einsum("ij,ij->i", padded, padded, dtype=np.float64) / SAMPLES_PER_FRAME
    around = np.convolve(np.pad(power, 1, mode="edge"), [0.25, 0.5, 0.25], mode="valid")
    decibels: np.ndarray = 10.0 * np.log10(np.maximum(around, 1e-12))
    return decibels


@dataclass(frozen=True)
class TwoLevels:
    """The means of the `low` and of the `high` values, and the `share` of values that are low, 0 to 1."""

    low: float
    high: float
    share: float

    @property
    def separation(self) -> float:
        """How far the two means are apart."""
        return self.high - self.low


def otsu_split(values: np.ndarray) -> TwoLevels:
    """`values` [M] parted so that the variance between both parts is largest; of fewer than two, both parts are one.

    Otsu, IEEE Trans. Systems, Man and Cybernetics 1979.
    """
    ordered = np.sort(values)
    if len(ordered) < 2:  # noqa: PLR2004 — two levels need two values
        return TwoLevels(0.0, 0.0, 1.0)
    below = np.arange(1, len(ordered))
    above = len(ordered) - below
    sums = np.cumsum(ordered)[:-1]
    low, high = sums / below, (ordered.sum() - sums) / above
    best = int(np.argmax(below * above * (high - low) ** 2))
    return TwoLevels(float(low[best]), float(high[best]), float(below[best]) / len(ordered))
