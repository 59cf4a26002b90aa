"""Where a head turns and where its eyes are, and how eyes, neck and trunk share a turn, each within its range."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import radians
from typing import Final

import numpy as np

from ..contract.constants import JOINT_NAMES
from ..contract.face import Face

_ROOT, _NECK, _EYE_LEFT, _EYE_RIGHT = (JOINT_NAMES.index(name) for name in ("global", "neck", "eye_left", "eye_right"))


@dataclass(frozen=True)
class Anatomy:
    """Joints of one character at rest in the face's axes, metres: `root` [3], `neck` [3], `eyes` [2, 3]."""

    root: np.ndarray
    neck: np.ndarray
    eyes: np.ndarray

    @property
    def between_eyes(self) -> np.ndarray:
        """[3] metres, the midpoint of both eyes."""
        between: np.ndarray = self.eyes.mean(axis=0)
        return between


def anatomy_of(face: Face, identity: Mapping[str, float]) -> Anatomy:
    """The joints of `face` with identity coefficients by name; names the face does not have change nothing.

    Joints come from the shaped vertices, as in FLAME (Li et al. 2017, equation 2).
    """
    coefficients = np.array([identity.get(name, 0.0) for name in face.identity_names])  # [S]
    shaped = face.v_template + face.identity_directions @ coefficients  # [V, 3]
    joints = face.J_regressor @ shaped  # [5, 3] metres
    return Anatomy(joints[_ROOT], joints[_NECK], joints[[_EYE_LEFT, _EYE_RIGHT]])


@dataclass(frozen=True)
class EyeRange:
    """How far an eye turns from straight ahead, radians; the corner between two directions is elliptic."""

    side: float
    up: float
    down: float

    def reach(self, yaw: np.ndarray, pitch: np.ndarray) -> np.ndarray:
        """[...] how far into the range a direction lies: 1 is the edge."""
        vertical = np.where(pitch > 0.0, self.up, self.down)
        return np.hypot(yaw / self.side, pitch / vertical)

    def excess(self, yaw: np.ndarray, pitch: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The part of a direction that lies outside, zero inside: yaw [...] and pitch [...]."""
        outside = 1.0 - 1.0 / np.maximum(self.reach(yaw, pitch), 1.0)
        return yaw * outside, pitch * outside


EYE_LIMIT: Final = EyeRange(radians(36.0), radians(26.0), radians(34.0))
"""No eye turns further: beyond it the iris slips under the lids. This project's targets: eyes can turn further, and
hardly do."""

EYE_COMFORT: Final = EyeRange(radians(28.0), radians(17.0), radians(24.0))
"""Beyond this the head follows, which leaves room for vergence before `EYE_LIMIT`."""

NECK_COMFORT: Final = radians(55.0)
"""Yaw of the neck beyond which the trunk follows."""

NECK_LIMIT: Final = radians(72.0)
"""Largest rotation of the neck."""

TRUNK_LIMIT: Final = radians(50.0)
"""Largest twist of the trunk on its chair or feet."""

_EYES_SHARE, _EYES_MOST = 0.25, radians(7.0)
_TRUNK_FROM, _TRUNK_SHARE = radians(40.0), 0.7
_LEVEL, _SOONER = radians(15.0), 0.5
"""Pitch of the head beyond which the trunk turns sooner, by this share of it: a neck does not do both in full."""
_PITCH_SHARE, _PITCH_MOST = 0.75, radians(40.0)


def share_of_yaw(turn: np.ndarray, pitch: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Split the yaw from chair to partner: (trunk, neck) [...] radians; what is left over is the eyes'.

    A person who sits turned open looks mostly with the head and a little with the eyes; only beyond 40 degrees does
    the trunk turn too, or sooner where the head's `pitch` is large.
    """
    level = _TRUNK_FROM - _SOONER * np.maximum(np.abs(pitch) - _LEVEL, 0.0)
    size = np.abs(turn)
    head = size - np.minimum(_EYES_SHARE * size, _EYES_MOST)
    trunk = np.minimum(_TRUNK_SHARE * np.maximum(head - level, 0.0), TRUNK_LIMIT)
    neck = np.minimum(head - trunk, NECK_LIMIT)
    return np.sign(turn) * trunk, np.sign(turn) * neck


def share_of_pitch(pitch: np.ndarray) -> np.ndarray:
    """[...] radians: how much of looking up or down at the partner the head does."""
    return np.clip(_PITCH_SHARE * pitch, -_PITCH_MOST, _PITCH_MOST)


def limited_rotation(axis_angle: np.ndarray, limit: float) -> np.ndarray:
    """[..., 3] the same rotation about the same axis, no larger than `limit` radians."""
    angle = np.linalg.norm(axis_angle, axis=-1, keepdims=True)
    limited: np.ndarray = axis_angle * np.minimum(1.0, limit / np.maximum(angle, limit))
    return limited
