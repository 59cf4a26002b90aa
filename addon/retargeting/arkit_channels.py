"""A take in ARKit's terms: the 52 components, and what the open head's jaw and eyes say by turning. No bpy here."""

from __future__ import annotations

from math import radians
from typing import Final

import numpy as np

from ...backend.contract.arkit import ARKIT_NAMES
from ...backend.contract.constants import JAW_OPEN_RADIANS, JAW_SIDE_RADIANS, JOINT_NAMES, OPEN_HEAD
from ...backend.contract.errors import DuologueError, ExitCode
from ...backend.contract.performance import Performance
from .rotation import matrices, quaternions

LOOK_SIDE: Final = radians(30.0)
LOOK_UP: Final = radians(25.0)
LOOK_DOWN: Final = radians(30.0)
"""Rotations of an eye that eyeLook… at 1 stands for, as characters are commonly sculpted."""

_SIDES: Final = ("Left", "Right")


def arkit_channels(
    performance: Performance, person: int, *, jaw: bool = True, eyes: bool = True
) -> dict[str, np.ndarray]:
    """ARKit's name → [T] values, 1 = fully there, of one person of a take in the open head's basis.

    With `jaw`, the jaw's rotation comes in as jawOpen (in place of the component, which does nothing on the open head)
    and on top of jawLeft and jawRight; without, a bone carries it and jawOpen is 0. With `eyes`, the eyes' rotations
    come in as eyeLook…; staging sets those components for the lids from the same rotation, so the larger of the two
    counts, not the sum. Without, a bone turns the eye and the components stay for the lids.
    Raises DuologueError (PERFORMANCE_INVALID) for a take of another basis.
    """
    if performance.face != OPEN_HEAD or performance.expression.shape[2] != len(ARKIT_NAMES):
        raise DuologueError(
            ExitCode.PERFORMANCE_INVALID,
            f"The take is for the face {performance.face}, not in ARKit's terms.",
            "Generate it again for the open head, or press Use FLAME file… to get its transfer.",
        )
    expression = performance.expression[person].astype(np.float64)  # [T, 52]
    channels = {name: expression[:, column] for column, name in enumerate(ARKIT_NAMES)}
    pose = performance.pose[person].astype(np.float64)  # [T, 5, 3] radians
    channels["jawOpen"] = np.zeros(len(pose))
    if jaw:
        _add_jaw(channels, pose[:, JOINT_NAMES.index("jaw")])
    if eyes:
        for side in _SIDES:
            _add_eye(channels, side, pose[:, JOINT_NAMES.index(f"eye_{side.lower()}")])
    return channels


def _add_jaw(channels: dict[str, np.ndarray], turning: np.ndarray) -> None:
    """`turning` [T, 3] radians: about X the jaw opens, about Y it goes to the person's left."""
    channels["jawOpen"] = np.maximum(turning[:, 0] / JAW_OPEN_RADIANS, 0.0)
    aside = turning[:, 1] / JAW_SIDE_RADIANS
    channels["jawLeft"] = channels["jawLeft"] + np.maximum(aside, 0.0)
    channels["jawRight"] = channels["jawRight"] + np.maximum(-aside, 0.0)


def _add_eye(channels: dict[str, np.ndarray], side: str, turning: np.ndarray) -> None:
    """`turning` [T, 3] radians of one eye in its head."""
    sight = matrices(quaternions(turning))[..., 2]  # [T, 3] where Z goes
    left = np.arctan2(sight[:, 0], sight[:, 2]) / LOOK_SIDE
    up = np.arctan2(sight[:, 1], np.hypot(sight[:, 0], sight[:, 2]))
    outward = left if side == "Left" else -left
    for name, value in (
        (f"eyeLookOut{side}", outward),
        (f"eyeLookIn{side}", -outward),
        (f"eyeLookUp{side}", up / LOOK_UP),
        (f"eyeLookDown{side}", -up / LOOK_DOWN),
    ):
        channels[name] = np.maximum(channels[name], np.clip(value, 0.0, None))
