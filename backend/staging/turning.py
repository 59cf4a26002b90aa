"""How eyes, neck and trunk share a turn, and where each of them stops."""

from __future__ import annotations

from dataclasses import dataclass
from math import radians
from typing import Final

import numpy as np


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
"""No eye turns further: beyond it the iris slips under the lids. The oculomotor range of an adult is wider, about 45
degrees, and hardly used (Stahl 1999, from memory)."""

EYE_COMFORT: Final = EyeRange(radians(28.0), radians(17.0), radians(24.0))
"""Beyond this the head follows, which leaves room for vergence before `EYE_LIMIT`."""

NECK_COMFORT: Final = radians(55.0)
"""Yaw of the neck beyond which the trunk follows."""

NECK_LIMIT: Final = radians(72.0)
"""Largest rotation of the neck."""

TRUNK_LIMIT: Final = radians(50.0)
"""Largest twist of the trunk on its chair or feet."""

_EYES_SHARE, _EYES_MOST = 0.25, radians(9.0)
_TRUNK_FROM, _TRUNK_SHARE = radians(40.0), 0.7
_PITCH_SHARE, _PITCH_MOST = 0.75, radians(40.0)


def share_of_yaw(turn: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Split the yaw from chair to partner: (trunk, neck) [...] radians; what is left over is the eyes'.

    A person who sits turned open looks mostly with the head and a little with the eyes; only beyond 40 degrees does
    the trunk turn too.
    """
    size = np.abs(turn)
    head = size - np.minimum(_EYES_SHARE * size, _EYES_MOST)
    trunk = np.minimum(_TRUNK_SHARE * np.maximum(head - _TRUNK_FROM, 0.0), TRUNK_LIMIT)
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
