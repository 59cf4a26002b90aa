"""FLAME's formula: from identity, expression and pose to vertices (Li et al. 2017, equation 1; as in smplx's `lbs`)."""

from __future__ import annotations

from typing import cast

import numpy as np

from ..contract.constants import JOINT_NAMES, JOINT_PARENTS
from ..contract.face import Face


def pose_vertices(
    face: Face, identity: np.ndarray, expression: np.ndarray, pose: np.ndarray, translation: np.ndarray
) -> np.ndarray:
    """[..., V, 3] metres.

    `identity` [S] or [..., S]; `expression` [..., E]; `pose` [..., 5, 3] axis-angle radians (global, neck, jaw,
    eye_left, eye_right); `translation` [..., 3] metres. Leading axes broadcast, so [T, …] gives all frames at once.
    """
    shaped = (
        face.v_template
        + _combine(face.identity_directions, identity)
        + _combine(face.expression_directions, expression)
    )
    rest_joints = np.einsum("jv,...vc->...jc", face.J_regressor, shaped)
    rotations = axis_angle_to_matrix(pose)  # [..., 5, 3, 3]
    feature = (rotations[..., 1:, :, :] - np.eye(3)).reshape(*rotations.shape[:-3], 36)
    posed = shaped + _combine(face.posedirs, feature)
    linear, shift = _bone_transforms(rotations, rest_joints)
    blended = np.einsum("vj,...jab->...vab", face.weights, linear)
    moved = np.einsum("...vab,...vb->...va", blended, posed) + np.einsum("vj,...ja->...va", face.weights, shift)
    return cast("np.ndarray", moved + translation[..., None, :])


def joints(face: Face, identity: np.ndarray) -> np.ndarray:
    """[5, 3] metres: the joints at rest of the person with these `identity` [S] coefficients."""
    shaped = face.v_template + _combine(face.identity_directions, identity)
    return cast("np.ndarray", face.J_regressor @ shaped)


def identity_vector(face: Face, identity: dict[str, float]) -> np.ndarray:
    """[S] coefficients from values by component name. Raises KeyError for a name the face does not have."""
    found = np.zeros(len(face.identity_names))
    for name, value in identity.items():
        if name not in face.identity_names:
            raise KeyError(name)
        found[face.identity_names.index(name)] = value
    return found


def axis_angle_to_matrix(vectors: np.ndarray) -> np.ndarray:
    """[..., 3, 3] rotations of axis-angle `vectors` [..., 3] in radians (Rodrigues' formula)."""
    angle = np.linalg.norm(vectors, axis=-1)[..., None, None]
    x, y, z = np.moveaxis(np.asarray(vectors, float), -1, 0)
    zero = np.zeros_like(x)
    cross = np.stack([zero, -z, y, z, zero, -x, -y, x, zero], axis=-1).reshape(*x.shape, 3, 3)
    small = angle < 1e-6  # noqa: PLR2004  (below this the series is exact in double precision)
    safe = np.where(small, 1.0, angle)
    first = np.where(small, 1.0 - angle**2 / 6.0, np.sin(safe) / safe)
    second = np.where(small, 0.5 - angle**2 / 24.0, (1.0 - np.cos(safe)) / safe**2)
    return cast("np.ndarray", np.eye(3) + first * cross + second * (cross @ cross))


def _combine(directions: np.ndarray, coefficients: np.ndarray) -> np.ndarray:
    """[..., V, 3] from `directions` [V, 3, K] and `coefficients` [..., K]."""
    count = directions.shape[0]
    flat = np.asarray(coefficients) @ directions.reshape(count * 3, -1).T
    return cast("np.ndarray", flat.reshape(*flat.shape[:-1], count, 3))


def _bone_transforms(rotations: np.ndarray, rest_joints: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Per joint the linear part [..., 5, 3, 3] and the shift [..., 5, 3] that carry rest vertices to posed ones."""
    linear: list[np.ndarray] = []
    place: list[np.ndarray] = []
    shape = np.broadcast_shapes(rotations.shape[:-3], rest_joints.shape[:-2])
    rotations = np.broadcast_to(rotations, (*shape, *rotations.shape[-3:]))
    rest_joints = np.broadcast_to(rest_joints, (*shape, *rest_joints.shape[-2:]))
    for joint in range(len(JOINT_NAMES)):
        parent = JOINT_PARENTS[joint]
        here = rest_joints[..., joint, :]
        if parent < 0:
            linear.append(rotations[..., joint, :, :])
            place.append(here)
            continue
        linear.append(linear[parent] @ rotations[..., joint, :, :])
        reach = here - rest_joints[..., parent, :]
        place.append(place[parent] + np.einsum("...ab,...b->...a", linear[parent], reach))
    stacked = np.stack(linear, axis=-3)
    shift = np.stack(place, axis=-2) - np.einsum("...jab,...jb->...ja", stacked, rest_joints)
    return stacked, shift
