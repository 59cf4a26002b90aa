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
_OFTEN: Final = 0.25
"""Of the time a partner has to be within that."""
_HEAD_TURNS, _HEAD_IS_AHEAD = radians(92.0), radians(165.0)
"""Who turns away in the course of the take looks at the partner to the first, and from the second on straight ahead."""
_NEAR: Final = 1e-3


@dataclass(frozen=True)
class Seat:
    """Where a character's head is in the world, [3], and its left, up and forward there, the columns of `axes` [3, 3].

    Or both over S moments, [S, 3] and [S, 3, 3]. `axes` is None for a head that Duologue places itself.
    """

    position: np.ndarray
    axes: np.ndarray | None = None


def heading(performance: Performance, person: int, own: Seat | None, partner: Seat | None) -> np.ndarray:
    """[S] radians about Y in the take's scene that become straight ahead for the character on `own`, without leaps.

    The artist has placed the characters. Where the partner sits before a character, the take's way to the partner
    becomes the scene's at each moment, so that eyes that met still meet however the character turns meanwhile; else the
    body's mean heading becomes straight ahead. Leaning, twisting and turning about that stay as they are. S is 1 where
    neither seat has moments.
    """
    straight = _mean_heading(performance.pose[person, :, JOINT_NAMES.index("global")])
    if own is None or own.axes is None or partner is None:
        return np.array([straight])
    apart = (performance.translation[1 - person] - performance.translation[person]).astype(np.float64).mean(axis=0)
    way = np.atleast_2d(partner.position - own.position)  # [S, 3]
    left, up, forward = np.einsum("...ji,...j->i...", np.broadcast_to(own.axes, (len(way), 3, 3)), way)  # [S] each
    level = np.hypot(left, forward)
    lost = (level < _NEAR) | (np.abs(up) > level)  # [S] overhead, or in the same place
    aside = np.arctan2(left, forward)
    off = np.abs(aside)
    meant = np.quantile(np.where(lost, np.pi, off), _OFTEN) <= _WITHIN
    if np.hypot(apart[0], apart[2]) < _NEAR or not meant:
        return np.full(len(way), straight)
    sits_at = _within_half_a_turn(float(np.arctan2(apart[0], apart[2])) - straight)
    share = np.clip((_HEAD_IS_AHEAD - off) / (_HEAD_IS_AHEAD - _HEAD_TURNS), 0.0, 1.0)
    share = np.where(lost, 0.0, share * share * (3.0 - 2.0 * share))
    return np.asarray(straight + share * (sits_at - aside))  # who leaps from one side to the other has no share


def _within_half_a_turn(angle: float) -> float:
    return float((angle + np.pi) % (2.0 * np.pi) - np.pi)


def _mean_heading(axis_angle: np.ndarray) -> float:
    """[T, 3] radians → the yaw of where Z points on average."""
    forward = matrices(quaternions(axis_angle.astype(np.float64)))[..., 2].mean(axis=0)  # [3]
    return float(np.arctan2(forward[0], forward[2])) if np.hypot(forward[0], forward[2]) > _NEAR else 0.0
