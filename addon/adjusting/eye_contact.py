"""How exactly eyes meet the partner's, taken back after the model: where a take has contact, eyes rest beside it."""

from __future__ import annotations

from dataclasses import replace
from math import radians
from typing import Final

import numpy as np

from ...backend.contract.arkit import ARKIT_NAMES
from ...backend.contract.constants import JOINT_NAMES
from ...backend.contract.performance import ALONE, Performance
from ...backend.contract.transfer import eyes_midpoint
from ..retargeting.rotation import matrices, product, quaternions

JOINTS: Final = np.array(
    ((0.0, -0.1513, -0.1223), (0.0, -0.1021, -0.1032), (0.0, -0.0527, -0.0569), (0.0313, 0.0, 0.0), (-0.0313, 0.0, 0.0))
)
"""[5, 3] metres at rest, of the open head without identity; near enough to any head to tell who is looked at."""

_BESIDE: Final = radians(5.6), radians(4.2)
"""To the side and down, together 7 degrees: at a metre the partner's mouth or cheek, no longer the eyes."""

_CONTACT, _AWAY = radians(3.0), radians(6.0)
"""A line of sight nearer to the partner's eyes than the first is contact; farther than the second it is none."""

_SMOOTH_SECONDS: Final = 0.28
_LOWEST: Final = radians(-34.0)
GLOBAL, NECK = (JOINT_NAMES.index(name) for name in ("global", "neck"))
EYES: Final = [JOINT_NAMES.index(name) for name in ("eye_left", "eye_right")]
LOOK_SIDE, LOOK_UP, LOOK_DOWN = radians(36.0), radians(26.0), radians(34.0)
"""Where staging has eyeLook… at 1."""


def with_eye_contact(performance: Performance, person: int, amount: float) -> Performance:
    """The take with the eyes of `person` meeting the partner's by `amount`: 1 as they did, 0 about 7 degrees beside.

    Only where they meet: glances away stay as they are. Eyes go towards the middle of their sockets and down, to one
    side for the whole take; eyeLook… components go along.
    """
    if amount >= 1.0 or performance.meta.get(ALONE):
        return performance
    yaw, pitch = sights(performance.pose[person][:, EYES])  # [T, 2] each
    share = (1.0 - amount) * contact(performance, person)  # [T]
    side = -1.0 if np.average(yaw.mean(axis=1), weights=share + 1e-9) > 0.0 else 1.0
    turned = yaw + side * _BESIDE[0] * share[:, None]
    lowered = np.maximum(pitch - _BESIDE[1] * share[:, None], np.minimum(pitch, _LOWEST))
    moved = share > 0.0
    pose = np.array(performance.pose, np.float64)
    pose[person][:, EYES] = np.where(moved[:, None, None], turn_to(turned, lowered), pose[person][:, EYES])
    expression = np.array(performance.expression, np.float64)
    if expression.shape[2] == len(ARKIT_NAMES):
        look_along(expression[person], turned - yaw, lowered - pitch)
    return replace(performance, pose=pose, expression=expression)


def contact(performance: Performance, person: int) -> np.ndarray:
    """[T] from 0, looks elsewhere, to 1, looks at the partner's eyes, without leaps."""
    middle = [eyes_midpoint(performance.pose[one], performance.translation[one], JOINTS) for one in (0, 1)]
    pose = performance.pose[person].astype(np.float64)
    head = product(quaternions(pose[:, GLOBAL]), quaternions(pose[:, NECK]))  # [T, 4]
    sight = sum(matrices(product(head, quaternions(pose[:, eye])))[..., 2] for eye in EYES)  # [T, 3]
    way = middle[1 - person] - middle[person]
    across = np.linalg.norm(np.cross(sight, way), axis=-1)
    off = np.arctan2(across, np.sum(sight * way, axis=-1))  # [T] radians
    near = np.clip((_AWAY - off) / (_AWAY - _CONTACT), 0.0, 1.0)
    width = max(1, round(_SMOOTH_SECONDS * performance.fps)) | 1
    hann = np.hanning(width + 2)[1:-1]
    padded = np.pad(near * near * (3.0 - 2.0 * near), width // 2, mode="edge")
    return np.convolve(padded, hann / hann.sum(), mode="valid")


def sights(turning: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """[T, 2, 3] axis-angle of both eyes → yaw to the left and pitch up [T, 2] radians."""
    sight = np.stack([matrices(quaternions(turning[:, eye].astype(np.float64)))[..., 2] for eye in (0, 1)], axis=1)
    return np.arctan2(sight[..., 0], sight[..., 2]), np.arctan2(sight[..., 1], np.hypot(sight[..., 0], sight[..., 2]))


def turn_to(yaw: np.ndarray, pitch: np.ndarray) -> np.ndarray:
    """[T, 2] and [T, 2] → axis-angle [T, 2, 3] of the shortest turn from straight ahead (Listing's law)."""
    target = np.stack([np.sin(yaw) * np.cos(pitch), np.sin(pitch), np.cos(yaw) * np.cos(pitch)], axis=-1)
    axis = np.stack([-target[..., 1], target[..., 0], np.zeros_like(yaw)], axis=-1)
    sine = np.linalg.norm(axis, axis=-1, keepdims=True)
    return axis * np.where(sine > 0.0, np.arctan2(sine, target[..., 2:]) / np.where(sine > 0.0, sine, 1.0), 1.0)


def look_along(expression: np.ndarray, left: np.ndarray, up: np.ndarray) -> None:
    """Turn the eyeLook… components of `expression` [T, 52] as far as the eyes have turned, [T, 2] radians each."""
    for eye, (side, outward) in enumerate((("Left", 1.0), ("Right", -1.0))):
        _shift(expression, f"eyeLookOut{side}", f"eyeLookIn{side}", outward * left[:, eye] / LOOK_SIDE)
        _shift(expression, f"eyeLookUp{side}", f"eyeLookDown{side}", up[:, eye] / (LOOK_DOWN + LOOK_UP) * 2.0)


def _shift(expression: np.ndarray, name: str, opposite: str, amount: np.ndarray) -> None:
    plus, minus = ARKIT_NAMES.index(name), ARKIT_NAMES.index(opposite)
    moved = amount != 0.0
    value = expression[:, plus] - expression[:, minus] + amount
    for column, part in ((plus, value), (minus, -value)):
        expression[moved, column] = np.clip(part, 0.0, 1.0)[moved]
