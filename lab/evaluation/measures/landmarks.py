"""What a performance looks like on its face, as a few curves: lips, lids, landmarks, eyes and lines of sight.

Only landmarks and joints are posed, by the same formula as the whole head, so that hours take seconds.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from backend.contract.constants import JOINT_NAMES
from backend.contract.errors import DuologueError, ExitCode
from backend.contract.face import Face
from backend.contract.performance import Performance
from backend.face.skinning import axis_angle_to_matrix, pose_vertices

LIPS: Final = ("lip_upper_inner", "lip_lower_inner", "mouth_left", "mouth_right")
_BLOCK: Final = 4000
"""Frames posed at once, which bounds the memory for long performances."""
_SIDES: Final = ("left", "right")
_JAW: Final = JOINT_NAMES.index("jaw")
_EYES: Final = [JOINT_NAMES.index("eye_left"), JOINT_NAMES.index("eye_right")]


@dataclass(frozen=True)
class SeenHead:
    """One person over T frames.

    `gap` [T] millimetres between the inner lips beyond rest, along the head's height; `width` [T] millimetres between
    the mouth's corners beyond rest; `lids` [T] how far the lids are shut, 0 as at rest to 1, nan on faces without
    landmarks there; `landmarks` [T, L, 3] metres in the scene, named by `names`; `eyes` [T, 3] metres, the midpoint
    between the eyes; `sight` [T, 3] unit, where both eyes look; `head` and `trunk` [T, 3, 3] orientations in the scene;
    `neck` [T, 3] axis-angle radians.
    """

    gap: np.ndarray
    width: np.ndarray
    lids: np.ndarray
    landmarks: np.ndarray
    names: tuple[str, ...]
    eyes: np.ndarray
    sight: np.ndarray
    head: np.ndarray
    trunk: np.ndarray
    neck: np.ndarray


def seen_heads(performance: Performance, face: Face) -> tuple[SeenHead, SeenHead]:
    """Pose both people of `performance` on `face`.

    Raises DuologueError (BAD_REQUEST) for a performance of another face, (FACE_INVALID) for a face without lips.
    """
    check_face(performance, face)
    points = _points_of(face)
    first, second = (_seen(performance, points, tuple(face.landmarks), who) for who in range(2))
    return first, second


def check_face(performance: Performance, face: Face) -> None:
    """Raises DuologueError (BAD_REQUEST) for a performance of another face, (FACE_INVALID) for a face without lips."""
    components = performance.expression.shape[2]
    if performance.face != face.id or components != len(face.expression_names):
        raise DuologueError(
            ExitCode.BAD_REQUEST,
            f"The performance is in the {components} components of {performance.face}, "
            f"but the face is {face.id} with {len(face.expression_names)}.",
            "Name the performance's own face after --face, or run `python -m backend transfer-performance`.",
        )
    missing = [name for name in LIPS if name not in face.landmarks]
    if missing:
        raise DuologueError(
            ExitCode.FACE_INVALID,
            f"The face {face.id} has no landmark {', '.join(missing)}.",
            "Choose a face with landmarks at its lips, such as open-head-1 or an imported FLAME.",
        )


def mouth_curves(face: Face, expression: np.ndarray, jaw: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """`gap` [T] and `width` [T], millimetres beyond rest, from `expression` [T, E] and `jaw` [T, 3] radians."""
    return _mouth(_points_of(face), tuple(face.landmarks), expression, jaw)


def landmarks_on_still_head(face: Face, expression: np.ndarray, jaw: np.ndarray) -> np.ndarray:
    """[T, L, 3] millimetres: the landmarks in the face's order, from `expression` [T, E] and `jaw` [T, 3] radians."""
    posed = _on_still_head(_points_of(face), expression, jaw)
    return np.asarray(posed[:, : len(face.landmarks)] * 1000.0)


def _points_of(face: Face) -> Face:
    """`face` cut down to its landmarks, in their order, and after them five points that are its joints.

    The joints' own rows move as joints do with every component, so that posing gives what the whole face gives.
    """
    chosen = list(face.landmarks.values())
    joints = len(JOINT_NAMES)
    regressor = np.asarray(face.J_regressor, np.float64)  # [5, V]
    directions = np.einsum("jv,vck->jck", regressor, face.shapedirs)  # [5, 3, S + E]
    own = np.hstack((np.zeros((joints, len(chosen))), np.eye(joints)))  # [5, L + 5]
    return replace(
        face,
        v_template=np.vstack((face.v_template[chosen], regressor @ face.v_template)),
        shapedirs=np.concatenate((face.shapedirs[chosen], directions)),
        posedirs=np.concatenate((face.posedirs[chosen], np.zeros((joints, 3, face.posedirs.shape[2])))),
        J_regressor=own,
        weights=np.vstack((face.weights[chosen], np.eye(joints))),
    )


def _seen(performance: Performance, points: Face, names: tuple[str, ...], who: int) -> SeenHead:
    expression = performance.expression[who].astype(np.float64)
    pose = performance.pose[who].astype(np.float64)
    still = np.zeros(len(points.identity_names))
    translation = performance.translation[who].astype(np.float64)
    posed = np.concatenate(  # [T, L + 5, 3] metres
        [
            pose_vertices(
                points, still, expression[first:][:_BLOCK], pose[first:][:_BLOCK], translation[first:][:_BLOCK]
            )
            for first in range(0, len(pose), _BLOCK)
        ]
    )
    rotations = axis_angle_to_matrix(pose)  # [T, 5, 3, 3]
    head = rotations[:, 0] @ rotations[:, 1]
    sights = np.einsum("tij,tej->tei", head, rotations[:, _EYES][..., 2])  # [T, 2, 3]
    sight = sights.mean(axis=1)
    gap, width = _mouth(points, names, expression, pose[:, _JAW])
    return SeenHead(
        gap=gap,
        width=width,
        lids=_lids(points, names, expression),
        landmarks=posed[:, : len(names)],
        names=names,
        eyes=posed[:, len(names) :][:, _EYES].mean(axis=1),
        sight=sight / np.maximum(np.linalg.norm(sight, axis=-1, keepdims=True), 1e-9),
        head=head,
        trunk=rotations[:, 0],
        neck=pose[:, 1],
    )


def _mouth(
    points: Face, names: tuple[str, ...], expression: np.ndarray, jaw: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    posed = _on_still_head(points, expression, jaw)
    upper, lower, left, right = (names.index(name) for name in LIPS)
    rest = points.v_template
    gap = posed[:, upper, 1] - posed[:, lower, 1] - (rest[upper, 1] - rest[lower, 1])
    width = np.linalg.norm(posed[:, left] - posed[:, right], axis=-1) - np.linalg.norm(rest[left] - rest[right])
    return gap * 1000.0, width * 1000.0


def _on_still_head(points: Face, expression: np.ndarray, jaw: np.ndarray) -> np.ndarray:
    pose = np.zeros((len(expression), len(JOINT_NAMES), 3))
    pose[:, _JAW] = jaw
    return np.asarray(pose_vertices(points, np.zeros(len(points.identity_names)), expression, pose, np.zeros(3)))


def _lids(points: Face, names: tuple[str, ...], expression: np.ndarray) -> np.ndarray:
    """[T] the mean of both eyes."""
    rows = [(f"eyelid_upper_{side}", f"eyelid_lower_{side}") for side in _SIDES]
    if any(name not in names for row in rows for name in row):
        return np.full(len(expression), np.nan)
    shut = []
    for upper, lower in rows:
        pair = [names.index(upper), names.index(lower)]
        moved = points.v_template[pair, 1] + expression @ points.expression_directions[pair, 1].T  # [T, 2] metres
        shut.append(1.0 - (moved[:, 0] - moved[:, 1]) / np.ptp(points.v_template[pair, 1]))
    return np.asarray(np.mean(shut, axis=0))
