"""Which way a placed character's take faces: at the partner, or straight ahead. No bpy here."""

from __future__ import annotations

from dataclasses import dataclass
from math import radians
from typing import Final

import numpy as np

from ...backend.contract.constants import JOINT_NAMES
from ...backend.contract.performance import Performance
from .rotation import matrices, quaternions

_WITHIN: Final = radians(50.0)
"""A partner further aside than this was not meant to be looked at: two people who face an audience, say."""
_NEAR: Final = 1e-3


@dataclass(frozen=True)
class Seat:
    """Where a character's head is in the world, [3], and its left, up and forward there, the columns of `axes` [3, 3].

    `axes` is None for a head that Duologue places itself.
    """

    position: np.ndarray
    axes: np.ndarray | None = None


def heading(performance: Performance, person: int, own: Seat | None, partner: Seat | None) -> float:
    """Radians about Y in the take's scene that become straight ahead for the character on `own`.

    The artist has placed the characters. Where the partner sits before a character, the take's way to the partner
    becomes the scene's, so that eyes that met still meet; else the body's mean heading becomes straight ahead. Leaning,
    twisting and turning about that stay as they are.
    """
    straight = _mean_heading(performance.pose[person, :, JOINT_NAMES.index("global")])
    if own is None or own.axes is None or partner is None:
        return straight
    apart = (performance.translation[1 - person] - performance.translation[person]).astype(np.float64).mean(axis=0)
    left, up, forward = own.axes.T @ (partner.position - own.position)
    level = np.hypot(left, forward)
    if np.hypot(apart[0], apart[2]) < _NEAR or level < _NEAR or abs(up) > level:
        return straight
    aside = float(np.arctan2(left, forward))
    return float(np.arctan2(apart[0], apart[2])) - aside if abs(aside) <= _WITHIN else straight


def _mean_heading(axis_angle: np.ndarray) -> float:
    """[T, 3] radians → the yaw of where Z points on average."""
    forward = matrices(quaternions(axis_angle.astype(np.float64)))[..., 2].mean(axis=0)  # [3]
    return float(np.arctan2(forward[0], forward[2])) if np.hypot(forward[0], forward[2]) > _NEAR else 0.0
