"""Where eyes look, seen from the partner's eyes: kept while heads move differently, made larger, smaller, mirrored.

No bpy here.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import radians
from typing import Final

import numpy as np

from ...backend.contract.performance import ALONE, Performance
from ...backend.contract.transfer import eyes_midpoint
from ..retargeting.rotation import matrices, product, quaternions, resampled
from .adjustment import Adjustment
from .eye_contact import EYES, GLOBAL, JOINTS, LOOK_DOWN, LOOK_SIDE, LOOK_UP, NECK, sights, turn_to
from .slow_motion import smoothed

_SMOOTHEST: Final = 0.12
"""Seconds, the standard deviation of the bell at 1."""
_MET: Final = radians(6.0)
"""Who looks this near to the partner's eyes most of the time, rests there."""
_REACHED, _MISSED = radians(40.0), radians(55.0)
"""A partner nearer than the first to where the head faces can be looked at by the eyes alone, beyond the second not."""


@dataclass(frozen=True)
class Gaze:
    """One person's eyes: `off` [T, 2] radians left and up of the way to the partner's eyes, `apart` [T, 2 (eye), 2] how
    each eye's direction in the head differs from the middle of both.
    """

    off: np.ndarray
    apart: np.ndarray


def has_gaze(performance: Performance, person: int) -> bool:
    """Whether the take knows where the person looks; one on a face without eyes has them still."""
    return bool(np.ptp(performance.pose[person][:, EYES], axis=0).max(initial=0.0) > 0.0)


def gaze_of(performance: Performance, person: int) -> Gaze:
    """Where the person looks at each moment."""
    yaw, pitch = sights(performance.pose[person][:, EYES])  # [T, 2] each
    both = np.stack([yaw, pitch], axis=-1)  # [T, 2 (eye), 2]
    middle = both.mean(axis=1)
    sight = np.einsum("tij,tj->ti", _heads(performance, person), _direction(middle))
    off = _angles(np.einsum("tji,tj->ti", _ways(performance, person, 0.0), sight))
    return Gaze(off, both - middle[:, None])


def adjusted_gaze(gaze: Gaze, adjustment: Adjustment, fps: float) -> Gaze:
    """`gaze` with larger, smaller, smoother or mirrored glances about where the person mostly looks."""
    usual = np.median(gaze.off, axis=0)  # [2]
    if np.linalg.norm(usual) < _MET:
        usual = np.zeros(2)
    off = usual + adjustment.gaze * adjustment.liveliness * (gaze.off - usual)
    apart = gaze.apart
    if adjustment.mirrored:
        off[:, 0] = 2.0 * usual[0] - off[:, 0]
        apart = apart[:, ::-1] * np.array([-1.0, 1.0])
    return Gaze(smoothed(off, adjustment.smooth_eyes * _SMOOTHEST * fps), apart)


def looking(
    performance: Performance, person: int, gaze: Gaze, former: np.ndarray, contact: float, later: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Eyes [T, 2, 3] radians that look where `gaze` says with the heads of `performance`.

    With them how far they have turned from `former` [T, 2, 3], to the left and up, [T, 2] radians each. `contact` above
    0 draws the gaze to the partner's eyes, up to all the time at 1. The partner is seen `later` seconds later than the
    person. An eye that would leave its socket stops at the edge.
    """
    ways, heads = _ways(performance, person, later), _heads(performance, person)
    off = gaze.off
    if contact > 0.0:
        aside = np.arccos(np.clip(np.einsum("ti,ti->t", ways[..., 2], heads[..., 2]), -1.0, 1.0))
        near = np.clip((_MISSED - aside) / (_MISSED - _REACHED), 0.0, 1.0)
        off = off * (1.0 - contact * near)[:, None]
    sight = np.einsum("tij,tj->ti", ways, _direction(off))
    middle = _angles(np.einsum("tji,tj->ti", heads, sight))
    both = middle[:, None] + gaze.apart  # [T, 2, 2]
    yaw, pitch = sights(former)
    yaws = np.clip(both[..., 0], np.minimum(yaw.min(), -LOOK_SIDE), np.maximum(yaw.max(), LOOK_SIDE))
    pitches = np.clip(both[..., 1], np.minimum(pitch.min(), -LOOK_DOWN), np.maximum(pitch.max(), LOOK_UP))
    return turn_to(yaws, pitches), yaws - yaw, pitches - pitch


def _heads(performance: Performance, person: int) -> np.ndarray:
    """[T, 3, 3] from the head's axes into the scene's."""
    pose = performance.pose[person].astype(np.float64)
    return matrices(product(quaternions(pose[:, GLOBAL]), quaternions(pose[:, NECK])))


def _ways(performance: Performance, person: int, later: float) -> np.ndarray:
    """[T, 3, 3] axes of the way to the partner's eyes: left, up, towards them.

    Of somebody alone they are the mean head's.
    """
    if performance.meta.get(ALONE):
        way = np.broadcast_to(_heads(performance, person)[..., 2].mean(axis=0), (performance.frame_count, 3))
    else:
        own, partner = (
            eyes_midpoint(performance.pose[one], performance.translation[one], JOINTS) for one in (person, 1 - person)
        )
        way = resampled(partner, np.arange(len(partner)) + later * performance.fps) - own
    yaw, pitch = _angles(way).T
    sine_yaw, cosine_yaw, sine_pitch, cosine_pitch = np.sin(yaw), np.cos(yaw), np.sin(pitch), np.cos(pitch)
    zero = np.zeros_like(yaw)
    left = np.stack([cosine_yaw, zero, -sine_yaw], axis=-1)
    up = np.stack([-sine_yaw * sine_pitch, cosine_pitch, -cosine_yaw * sine_pitch], axis=-1)
    ahead = np.stack([sine_yaw * cosine_pitch, sine_pitch, cosine_yaw * cosine_pitch], axis=-1)
    return np.stack([left, up, ahead], axis=-1)


def _direction(angles: np.ndarray) -> np.ndarray:
    """[T, 2] radians left and up → unit vectors [T, 3]."""
    yaw, pitch = angles[:, 0], angles[:, 1]
    return np.stack([np.sin(yaw) * np.cos(pitch), np.sin(pitch), np.cos(yaw) * np.cos(pitch)], axis=-1)


def _angles(vectors: np.ndarray) -> np.ndarray:
    """[T, 3] → [T, 2] radians left and up."""
    x, y, z = vectors.T
    return np.stack([np.arctan2(x, z), np.arctan2(y, np.hypot(x, z))], axis=-1)
