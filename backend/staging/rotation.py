"""Rotations over whole takes: axis-angle, matrices, and the yaw and pitch of a direction.

Axes as FLAME has them: X to the person's left, Y up, Z forward. Yaw is positive to the person's left, pitch is
positive upwards, and a direction of yaw 0 and pitch 0 is +Z.
"""

from __future__ import annotations

import numpy as np
from scipy.spatial.transform import Rotation

from ..face.skinning import axis_angle_to_matrix

_TINY = 1e-9


def axis_angle_from_matrices(matrices: np.ndarray) -> np.ndarray:
    """[..., 3, 3] rotations → [..., 3] radians, angles from 0 to pi."""
    return np.asarray(Rotation.from_matrix(matrices).as_rotvec())


def about_x(angle: np.ndarray) -> np.ndarray:
    """[...] radians → [..., 3, 3]. Positive turns Z down, so a nod and an opening jaw are positive."""
    return axis_angle_to_matrix(_along_axis(angle, 0))


def about_y(angle: np.ndarray) -> np.ndarray:
    """[...] radians → [..., 3, 3]. Positive turns Z to the person's left."""
    return axis_angle_to_matrix(_along_axis(angle, 1))


def about_z(angle: np.ndarray) -> np.ndarray:
    """[...] radians → [..., 3, 3]. Positive tilts the crown to the person's right."""
    return axis_angle_to_matrix(_along_axis(angle, 2))


def level_orientation(yaw: np.ndarray, pitch: np.ndarray) -> np.ndarray:
    """[...] and [...] radians → [..., 3, 3]: the orientation that faces there without tilting to a side."""
    matrices: np.ndarray = about_y(yaw) @ about_x(-np.asarray(pitch))
    return matrices


def directions(yaw: np.ndarray, pitch: np.ndarray) -> np.ndarray:
    """[...] and [...] radians → [..., 3] unit vectors."""
    flat = np.cos(pitch)
    return np.stack([np.sin(yaw) * flat, np.sin(pitch), np.cos(yaw) * flat], axis=-1)


def yaw_and_pitch(vectors: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """[..., 3] of any length but zero → yaw [...] and pitch [...] radians."""
    flat = np.hypot(vectors[..., 0], vectors[..., 2])
    return np.arctan2(vectors[..., 0], vectors[..., 2]), np.arctan2(vectors[..., 1], flat)


def turn_to(yaw: np.ndarray, pitch: np.ndarray) -> np.ndarray:
    """[...] and [...] radians → axis-angle [..., 3] of the shortest rotation from +Z to that direction.

    The axis lies in the plane across the line of sight, as an eye's does (Listing's law): no torsion.
    """
    target = directions(yaw, pitch)
    axis = np.stack([-target[..., 1], target[..., 0], np.zeros_like(target[..., 0])], axis=-1)  # Z × target
    sine = np.linalg.norm(axis, axis=-1)
    angle = np.arctan2(sine, target[..., 2])
    return axis * np.where(sine < _TINY, 1.0, angle / np.where(sine < _TINY, 1.0, sine))[..., None]


def wrapped(angle: np.ndarray) -> np.ndarray:
    """Bring `angle` between -pi and pi."""
    return (np.asarray(angle) + np.pi) % (2.0 * np.pi) - np.pi


def _along_axis(angle: np.ndarray, axis: int) -> np.ndarray:
    angle = np.asarray(angle, dtype=np.float64)
    vector = np.zeros((*angle.shape, 3))
    vector[..., axis] = angle
    return vector
