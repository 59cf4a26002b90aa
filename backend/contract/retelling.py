"""A take told for another face: expression and jaw by the basis transfer, eyes and head where they were."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

import numpy as np

from .constants import JOINT_NAMES
from .errors import DuologueError, ExitCode
from .performance import Performance
from .reading import read_or_none
from .transfer import BasisTransfer, transferred

_GLOBAL, _NECK, _JAW = (JOINT_NAMES.index(name) for name in ("global", "neck", "jaw"))
_EYES: Final = [JOINT_NAMES.index(name) for name in ("eye_left", "eye_right")]


def told_for(performance: Performance, transfer: BasisTransfer, target_joints: np.ndarray) -> Performance:
    """`performance` in the components of `transfer`'s target.

    `target_joints` [5, 3] or, one for each person, [2, 5, 3] metres: the joints at rest of the heads that are to play
    it. Head and eyes turn as they did; the translation moves so that in every frame the midpoint between the eyes is
    where it was, and lines of sight stay true. The people the take was made for are known by `meta`'s characters.
    Raises DuologueError (PERFORMANCE_INVALID) where the take has more components than the transfer's source.
    """
    components = performance.expression.shape[2]
    if components > transfer.source_components:
        raise DuologueError(
            ExitCode.PERFORMANCE_INVALID,
            f"The take has {components} expression components, {transfer.source} has {transfer.source_components}.",
            "Generate it again, or import the FLAME file that it was made with.",
        )
    joints = np.broadcast_to(target_joints, (2, len(JOINT_NAMES), 3))
    pose = np.asarray(performance.pose, np.float64).copy()
    told = [
        transferred(transfer, performance.expression[person], pose[person, :, _JAW, 0], _pitch(pose[person][:, _EYES]))
        for person in (0, 1)
    ]
    pose[:, :, _JAW] *= transfer.jaw_gain
    pose[:, :, _JAW, 0] = np.stack([jaw for _, jaw in told])
    moved = [
        eyes_midpoint(
            performance.pose[person], performance.translation[person], source_joints(performance, transfer, person)
        )
        - eyes_midpoint(performance.pose[person], np.zeros(3), joints[person])
        for person in (0, 1)
    ]
    note = {"from": performance.face, "to": transfer.target, "residual_millimetres": transfer.residual_millimetres}
    return replace(
        performance,
        face=transfer.target,
        expression=np.stack([expression for expression, _ in told]).astype(np.float32),
        pose=pose.astype(np.float32),
        translation=np.stack(moved),
        meta=performance.meta | {"transferred": note},
    )


def eyes_midpoint(pose: np.ndarray, translation: np.ndarray, joints: np.ndarray) -> np.ndarray:
    """[T, 3] metres: the midpoint between the eyes.

    `pose` [T, 5, 3] axis-angle; `translation` [T, 3] or [3]; `joints` [5, 3] at rest. By FLAME's formula the eyes' own
    joints are carried by the neck, and the neck by the whole: R₀(R₁(m − j₁) + j₁ − j₀) + j₀ + t.
    """
    between = joints[_EYES].mean(axis=0)
    from_neck = _turned(pose[:, _NECK], np.broadcast_to(between - joints[_NECK], (len(pose), 3)))
    from_root = _turned(pose[:, _GLOBAL], from_neck + joints[_NECK] - joints[_GLOBAL])
    return np.asarray(from_root + joints[_GLOBAL] + translation)


def source_joints(performance: Performance, transfer: BasisTransfer, person: int) -> np.ndarray:
    """[5, 3] metres: the joints the take was staged with, by the identity of its character, else the template's."""
    identity = _identity(performance.meta, person)
    amounts = np.array([identity.get(name, 0.0) for name in transfer.source_identity], np.float64)
    return np.asarray(transfer.source_joints + transfer.source_joint_directions @ amounts)


def _pitch(axis_angle: np.ndarray) -> np.ndarray:
    """[T, 2] sines of the angle by which an eye looks down: of what Z was, how much is along -Y now."""
    forward = _turned(axis_angle.reshape(-1, 3), np.tile([0.0, 0.0, 1.0], (axis_angle[..., 0].size, 1)))
    return np.asarray(-forward[:, 1].reshape(axis_angle.shape[:-1]))


def _identity(meta: Mapping[str, Any], person: int) -> Mapping[str, float]:
    found: Any = read_or_none(lambda: meta["characters"][person]["identity"])
    numbers = isinstance(found, dict) and all(isinstance(value, int | float) for value in found.values())
    return found if numbers else {}


def _turned(axis_angle: np.ndarray, vectors: np.ndarray) -> np.ndarray:
    """[T, 3] `vectors` turned by `axis_angle` [T, 3] radians (Rodrigues' formula)."""
    turn = np.asarray(axis_angle, np.float64)
    angle = np.linalg.norm(turn, axis=1, keepdims=True)
    half = np.sinc(angle / (2.0 * np.pi))
    across = np.cross(turn, vectors)
    return np.asarray(vectors + np.sinc(angle / np.pi) * across + 0.5 * half**2 * np.cross(turn, across))
