"""Curves without their quick part: smoothing, and motion about a slow pose. No bpy here."""

from __future__ import annotations

from typing import Final

import numpy as np

from ..retargeting.rotation import axis_angles, inverse, neighbourly, product, quaternions

_REACH: Final = 3.0
"""A bell ends so many of its widths away."""
_NO_WIDTH: Final = 0.02
"""Frames; a narrower bell changes nothing."""
MIRROR: Final = np.array([1.0, -1.0, -1.0])
"""A turn seen in a mirror that stands between left and right."""


def smoothed(values: np.ndarray, frames: float) -> np.ndarray:
    """[T, …] under a bell (Gauss) of the standard deviation `frames`; both ends are held."""
    if frames < _NO_WIDTH:
        return values
    reach = max(1, int(np.ceil(_REACH * frames)))
    weights = np.exp(-0.5 * (np.arange(-reach, reach + 1) / frames) ** 2)
    weights /= weights.sum()
    flat = values.reshape(len(values), -1).astype(np.float64)
    padded = np.pad(flat, ((reach, reach), (0, 0)), mode="edge")
    columns = [np.convolve(padded[:, column], weights, mode="valid") for column in range(flat.shape[1])]
    return np.stack(columns, axis=1).reshape(values.shape)


def about_slow(values: np.ndarray, amount: float, frames: float) -> np.ndarray:
    """[T, …] with `amount` of its motion about itself `smoothed`."""
    slow = smoothed(values, frames)
    return slow + amount * (values - slow)


def turning(turns: np.ndarray, amount: float, liveliness: float, slow_frames: float, *, mirrored: bool) -> np.ndarray:
    """[T, 3] axis-angle radians of a head that moves more or less: `amount` about its mean pose.

    `liveliness` about its slow pose, under a bell of `slow_frames`. `mirrored`: its turns to the left become turns to
    the right, about the mean pose, which stays.
    """
    rotations = quaternions(turns.astype(np.float64))  # [T, 4]
    if liveliness != 1.0:
        slow = _unit(smoothed(rotations, slow_frames))
        rotations = _scaled(slow, rotations, np.full(3, liveliness))
    if amount != 1.0 or mirrored:
        mean = np.broadcast_to(_unit(rotations.mean(axis=0)), rotations.shape)
        rotations = _scaled(mean, rotations, amount * (MIRROR if mirrored else np.ones(3)))
    return axis_angles(rotations)


def smooth_turning(turns: np.ndarray, frames: float) -> np.ndarray:
    """[T, 3] axis-angle radians under a bell of `frames`."""
    return axis_angles(_unit(smoothed(quaternions(turns.astype(np.float64)), frames)))


def _scaled(about: np.ndarray, rotations: np.ndarray, factors: np.ndarray) -> np.ndarray:
    """[T, 4] `rotations` whose way from `about` [T, 4] is multiplied, axis by axis, by `factors` [3]."""
    away = factors * axis_angles(product(inverse(about), rotations))  # [T, 3]
    return neighbourly(product(about, quaternions(away)))


def _unit(rotations: np.ndarray) -> np.ndarray:
    return np.asarray(rotations / np.linalg.norm(rotations, axis=-1, keepdims=True))
