"""How loud a track is, frame by frame."""

from __future__ import annotations

import numpy as np

from ..contract.constants import SAMPLES_PER_FRAME


def frame_levels(track: np.ndarray) -> np.ndarray:
    """[N] → [T] loudness of each frame in decibels of full scale, averaged with its neighbours."""
    padded = np.pad(track.astype(np.float64), (0, -len(track) % SAMPLES_PER_FRAME))
    power = (padded.reshape(-1, SAMPLES_PER_FRAME) ** 2).mean(axis=1)
    around = np.convolve(np.pad(power, 1, mode="edge"), [0.25, 0.5, 0.25], mode="valid")
    decibels: np.ndarray = 10.0 * np.log10(np.maximum(around, 1e-12))
    return decibels
