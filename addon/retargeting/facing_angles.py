"""Yaw, pitch and roll as face-capture files count them, from axis-angle and back, for whole curves at once."""

from __future__ import annotations

from typing import Final

import numpy as np

from .rotation import quaternions

_SIGNS: Final = np.array((-1.0, 1.0, -1.0))
"""Turning to the person's right, looking down and leaning to the person's left count as more."""
_LOCKED: Final = 1.0 - 1e-9


def angles(axis_angle: np.ndarray) -> np.ndarray:
    """[T, 3] axis-angle radians (X the person's left, Y up, Z forward) → [T, 3] yaw, pitch, roll in radians.

    The rotation is yaw about Y, then pitch about the turned X, then roll about the turned Z (R = Ry·Rx·Rz). Straight
    down or up, where yaw and roll are one turn, the roll is 0.
    """
    w, x, y, z = quaternions(np.asarray(axis_angle, np.float64)).T  # [T] each
    sine = np.clip(2.0 * (w * x - y * z), -1.0, 1.0)
    locked = np.abs(sine) > _LOCKED
    yaw = np.where(locked, 2.0 * np.arctan2(y, w), np.arctan2(2 * (x * z + w * y), 1 - 2 * (x * x + y * y)))
    roll = np.where(locked, 0.0, np.arctan2(2.0 * (x * y + w * z), 1.0 - 2.0 * (x * x + z * z)))
    return np.stack([yaw, np.arcsin(sine), roll], axis=1) * _SIGNS


def axis_angle(angles: np.ndarray) -> np.ndarray:
    """[T, 3] yaw, pitch, roll as `angles` gives them → [T, 3] axis-angle radians, at most π long."""
    half = np.asarray(angles, np.float64) * _SIGNS / 2.0  # [T, 3]
    (cy, cx, cz), (sy, sx, sz) = np.cos(half).T, np.sin(half).T
    w = cy * cx * cz + sy * sx * sz
    vector = np.stack([cy * sx * cz + sy * cx * sz, sy * cx * cz - cy * sx * sz, cy * cx * sz - sy * sx * cz], axis=1)
    vector = np.where(w[:, None] < 0.0, -vector, vector)
    length = np.linalg.norm(vector, axis=1)  # [T] sine of half the angle
    angle = 2.0 * np.arctan2(length, np.abs(w))
    return vector * np.where(length > 0.0, angle / np.maximum(length, np.finfo(float).tiny), 2.0)[:, None]
