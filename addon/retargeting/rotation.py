"""Rotations of whole curves at once: axis-angle, quaternions (w, x, y, z), Euler angles."""

from __future__ import annotations

from typing import Final

import numpy as np

_TINY: Final = 1e-9
_QUARTER: Final = np.pi / 2
_ODD_ORDERS: Final = frozenset({"XZY", "YXZ", "ZYX"})


def quaternions(axis_angle: np.ndarray) -> np.ndarray:
    """[T, 3] axis-angle radians → [T, 4] unit quaternions w, x, y, z, each on its predecessor's side.

    q and -q are one rotation; the sign that keeps neighbours close keeps F-curves free of jumps.
    """
    half = np.linalg.norm(axis_angle, axis=-1, keepdims=True) / 2.0  # [T, 1]
    result = np.concatenate([np.cos(half), axis_angle / 2.0 * np.sinc(half / np.pi)], axis=-1)  # [T, 4]
    return neighbourly(result)


def neighbourly(rotations: np.ndarray) -> np.ndarray:
    """[T, 4] the same rotations, each with the sign that is nearer to its predecessor."""
    together = np.sum(rotations[1:] * rotations[:-1], axis=-1)  # [T - 1]
    signs = np.cumprod(np.where(together < 0.0, -1.0, 1.0))
    return np.concatenate([rotations[:1], rotations[1:] * signs[:, None]])


def product(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """[..., 4] and [..., 4] → [..., 4]: `second`, then `first`, as with matrices."""
    w, x, y, z = np.moveaxis(first, -1, 0)
    a, b, c, d = np.moveaxis(second, -1, 0)
    return np.stack(
        [
            w * a - x * b - y * c - z * d,
            w * b + x * a + y * d - z * c,
            w * c - x * d + y * a + z * b,
            w * d + x * c - y * b + z * a,
        ],
        axis=-1,
    )


def inverse(rotations: np.ndarray) -> np.ndarray:
    """[..., 4] unit quaternions turned back."""
    return rotations * np.array([1.0, -1.0, -1.0, -1.0])


def axis_angles(rotations: np.ndarray) -> np.ndarray:
    """[..., 4] unit quaternions → [..., 3] radians, angles from 0 to pi."""
    near = np.where(rotations[..., :1] < 0.0, -rotations, rotations)
    sine = np.linalg.norm(near[..., 1:], axis=-1, keepdims=True)
    angle = 2.0 * np.arctan2(sine, near[..., :1])
    return near[..., 1:] * np.where(sine < _TINY, 2.0, angle / np.where(sine < _TINY, 1.0, sine))


def matrices(rotations: np.ndarray) -> np.ndarray:
    """[..., 4] unit quaternions → [..., 3, 3]."""
    w, x, y, z = np.moveaxis(rotations, -1, 0)
    rows = [
        [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
        [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
        [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
    ]
    return np.stack([np.stack(row, axis=-1) for row in rows], axis=-2)


def euler_angles(rotations: np.ndarray, order: str) -> np.ndarray:
    """[T, 4] unit quaternions → [T, 3] radians about X, Y and Z, turned in `order` ("XYZ": X first), without jumps.

    Each rotation has two triples of angles, each with any number of whole turns; the nearest to the predecessor's is
    taken. After Shoemake, Euler angle conversion (Graphics Gems IV), for the six orders with three different axes.
    """
    first, middle, last = ("XYZ".index(axis) for axis in order)
    parity = -1.0 if order in _ODD_ORDERS else 1.0
    turning = matrices(rotations)  # [T, 3, 3]
    sine = np.hypot(turning[:, first, first], turning[:, middle, first])  # [T] cosine of the middle angle
    angles = np.empty((len(rotations), 3))
    locked = sine < _TINY
    angles[:, first] = parity * np.where(
        locked,
        np.arctan2(-turning[:, middle, last], turning[:, middle, middle]),
        np.arctan2(turning[:, last, middle], turning[:, last, last]),
    )
    angles[:, middle] = parity * np.arctan2(-turning[:, last, first], sine)
    angles[:, last] = parity * np.where(locked, 0.0, np.arctan2(turning[:, middle, first], turning[:, first, first]))
    return _continuous(angles, middle)


def turning_axes(rotations: np.ndarray) -> np.ndarray:
    """[T, 4] unit quaternions → [T, 4] angle and unit axis, for bones in the mode "axis angle".

    An axis and its opposite with the opposite angle are one rotation; the axis nearer to the predecessor's is taken,
    so that a bone that swings through its rest does not spin between two keys.
    """
    vectors = axis_angles(rotations)
    angle = np.linalg.norm(vectors, axis=-1)
    held = np.array([0.0, 1.0, 0.0])
    result = np.empty((len(rotations), 4))
    for frame, (vector, size) in enumerate(zip(vectors, angle, strict=True)):
        axis = vector / size if size > _TINY else held
        side = -1.0 if frame and axis @ held < 0.0 else 1.0
        held = axis * side
        result[frame] = (size * side, *held)
    return result


def resampled_quaternions(values: np.ndarray, at: np.ndarray) -> np.ndarray:
    """[T, 4] sign-continuous quaternions at fractional indices `at` [K], normalised linear interpolation → [K, 4]."""
    result = resampled(values, at)
    return result / np.linalg.norm(result, axis=-1, keepdims=True)


def resampled(values: np.ndarray, at: np.ndarray) -> np.ndarray:
    """[T, C] at fractional indices `at` [K] (held beyond both ends), linear → [K, C]."""
    at = np.clip(at, 0.0, len(values) - 1)
    below = np.floor(at).astype(np.int64)
    above = np.minimum(below + 1, len(values) - 1)
    share = (at - below)[:, None]
    return values[below] * (1.0 - share) + values[above] * share


def _continuous(angles: np.ndarray, middle: int) -> np.ndarray:
    """[T, 3] Euler angles, each triple the one of its equals that is nearest to its predecessor."""
    result = np.unwrap(angles, axis=0)
    if np.abs(np.diff(result, axis=0)).max(initial=0.0) < _QUARTER:
        return result
    other = angles + np.pi
    other[:, middle] = np.pi - angles[:, middle]
    for frame in range(1, len(result)):
        last = result[frame - 1]
        equals = [one - 2 * np.pi * np.rint((one - last) / (2 * np.pi)) for one in (angles[frame], other[frame])]
        result[frame] = min(equals, key=lambda one: float(np.abs(one - last).sum()))
    return result
