"""Where eyes are and look, by FLAME's kinematic chain and scipy: shares no code with backend.staging."""

import numpy as np
from scipy.spatial.transform import Rotation


def joints_of(face, identity):
    coefficients = np.array([identity.get(name, 0.0) for name in face.identity_names])
    return face.J_regressor @ (face.v_template + face.shapedirs[:, :, : len(coefficients)] @ coefficients)


def sightlines(face, identity, pose, translation):
    """[T, 2, 3] eye positions and [T, 2, 3] directions of the two eyes of one person."""
    root, neck, _, *eyes = joints_of(face, identity)
    trunk = Rotation.from_rotvec(pose[:, 0])
    head = trunk * Rotation.from_rotvec(pose[:, 1])
    positions, directions = [], []
    for index, eye in enumerate(eyes):
        positions.append(root + translation + trunk.apply(neck - root) + head.apply(eye - neck))
        directions.append((head * Rotation.from_rotvec(pose[:, 3 + index])).apply([0.0, 0.0, 1.0]))
    return np.stack(positions, axis=1), np.stack(directions, axis=1)


def miss_degrees(face, characters, composition):
    """[2, T, 2] angle between each eye's ray and the direction to the midpoint of the partner's eyes."""
    found = [
        sightlines(face, character.identity, composition.pose[person], composition.translation[person])
        for person, character in enumerate(characters)
    ]
    misses = []
    for person in (0, 1):
        positions, directions = found[person]
        to_partner = found[1 - person][0].mean(axis=1)[:, None] - positions
        to_partner /= np.linalg.norm(to_partner, axis=-1, keepdims=True)
        cross = np.linalg.norm(np.cross(directions, to_partner), axis=-1)
        misses.append(np.degrees(np.arctan2(cross, np.sum(directions * to_partner, axis=-1))))
    return np.stack(misses)
