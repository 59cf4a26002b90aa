"""Looking: eyes at their targets, the head following where eyes stop, the trunk following where the neck stops."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from ..face.skinning import axis_angle_to_matrix
from .anatomy import Anatomy
from .rotation import axis_angle_from_matrices, directions, level_orientation, turn_to, wrapped, yaw_and_pitch
from .sequence import covering_envelope, smoothed
from .trunk import TrunkAngles, root_position, trunk_orientation
from .turning import EYE_COMFORT, EYE_LIMIT, NECK_COMFORT, NECK_LIMIT, TRUNK_LIMIT, limited_rotation

_ROUNDS: Final = 6
"""Turning the head moves the eyes, which changes where they must look; this settles to under a tenth of a degree."""

_HEAD_SECONDS, _TRUNK_SECONDS = 0.7, 1.6
_SETTLE_SECONDS = 0.14
"""Glances from one side to the other pull the head both ways; what this rounds off, the room between `EYE_COMFORT` and
`EYE_LIMIT` takes."""
_HIGHEST = np.pi * 0.45
_OVERTURN = np.radians(20.0)
"""How much further than the neck can turn the head is ever asked to: room for its own motion. Asked without bounds for
a partner right behind, it would pass half a turn and come round on the wrong side."""


@dataclass(frozen=True)
class Lookers:
    """Two people before they look.

    `anatomy` of each; `hip` [2, 3] metres; `trunk` angles [2, T] in the scene; `rest` [2, T] trunk yaw without any
    twist (the chair's); `head_yaw`, `head_pitch` [2, T] radians in the scene: where the head comfortably faces;
    `motion` [2, T, 3, 3] the head's own motion on top; `gaze` [2, T, 2] radians off the partner's eyes, left and up.
    """

    anatomy: tuple[Anatomy, Anatomy]
    hip: np.ndarray
    trunk: TrunkAngles
    rest: np.ndarray
    head_yaw: np.ndarray
    head_pitch: np.ndarray
    motion: np.ndarray
    gaze: np.ndarray


@dataclass(frozen=True)
class Looking:
    """Two people who look.

    `trunk` [2, T, 3, 3] in the scene; `root` [2, T, 3] metres; `neck` [2, T, 3] axis-angle relative to the trunk;
    `eye_yaw` and `eye_pitch` [2, T, 2 (left, right)] radians relative to the head.
    """

    trunk: np.ndarray
    root: np.ndarray
    neck: np.ndarray
    eye_yaw: np.ndarray
    eye_pitch: np.ndarray


def look(lookers: Lookers) -> Looking:
    """Turn trunks, necks and eyes so that both eyes of each person meet their target.

    The target lies at the partner's distance, `gaze` away from the midpoint of the partner's eyes; with gaze (0, 0)
    both lines of sight meet that midpoint. Only what no trunk, neck and eye can reach is missed.
    """
    following = lookers
    for _ in range(_ROUNDS):
        looking, demand = _aim(following)
        following = _followed(following, looking, demand)
    looking, _ = _aim(
        replace(
            following,
            head_yaw=lookers.head_yaw + smoothed(following.head_yaw - lookers.head_yaw, _SETTLE_SECONDS),
            head_pitch=lookers.head_pitch + smoothed(following.head_pitch - lookers.head_pitch, _SETTLE_SECONDS),
        )
    )
    return looking


def eye_positions(looking: Looking, anatomy: tuple[Anatomy, Anatomy]) -> np.ndarray:
    """[2, T, 2 (left, right), 3] metres in the scene."""
    return np.stack([_eye_positions(looking, person, one) for person, one in enumerate(anatomy)])


def _eye_positions(looking: Looking, person: int, anatomy: Anatomy) -> np.ndarray:
    head = looking.trunk[person] @ axis_angle_to_matrix(looking.neck[person])  # [T, 3, 3]
    pivot = looking.root[person] + looking.trunk[person] @ (anatomy.neck - anatomy.root)  # [T, 3]
    positions: np.ndarray = pivot[:, None] + np.einsum("tij,ej->tei", head, anatomy.eyes - anatomy.neck)
    return positions


def _aim(lookers: Lookers) -> tuple[Looking, np.ndarray]:
    """One pass with the head where `lookers` has it; also the demand on the eyes before any limit, [2, T, 2, 2]."""
    trunk = trunk_orientation(lookers.trunk)
    root = root_position(lookers.hip[:, None], trunk, lookers.trunk.rise)
    wished = level_orientation(lookers.head_yaw, lookers.head_pitch) @ lookers.motion  # [2, T, 3, 3]
    neck = limited_rotation(axis_angle_from_matrices(np.swapaxes(trunk, -1, -2) @ wished), NECK_LIMIT)
    empty = np.zeros((*neck.shape[:2], 2))
    looking = Looking(trunk, root, neck, empty, empty)
    eyes = eye_positions(looking, lookers.anatomy)  # [2, T, 2, 3]
    target = _targets(eyes.mean(axis=2), lookers.gaze)  # [2, T, 3]
    head = trunk @ axis_angle_to_matrix(neck)
    local = np.einsum("ptji,ptej->ptei", head, target[:, :, None] - eyes)
    yaw, pitch = yaw_and_pitch(local)
    over_yaw, over_pitch = EYE_LIMIT.excess(yaw, pitch)
    return replace(looking, eye_yaw=yaw - over_yaw, eye_pitch=pitch - over_pitch), np.stack([yaw, pitch], axis=-1)


def _targets(between: np.ndarray, gaze: np.ndarray) -> np.ndarray:
    """`between` [2, T, 3] the midpoint of each one's eyes → [2, T, 3] where each one looks."""
    to_partner = between[::-1] - between
    yaw, pitch = yaw_and_pitch(to_partner)
    sight = directions(yaw + gaze[..., 0], np.clip(pitch + gaze[..., 1], -_HIGHEST, _HIGHEST))
    distance = np.linalg.norm(to_partner, axis=-1, keepdims=True)
    targets: np.ndarray = between + np.where(np.any(gaze != 0.0, axis=-1, keepdims=True), distance * sight, to_partner)
    return targets


def _followed(lookers: Lookers, looking: Looking, demand: np.ndarray) -> Lookers:
    """Let the head take what the eyes cannot do comfortably, and the trunk what the neck cannot."""
    middle = demand.mean(axis=2)  # [2, T, 2]
    head_yaw, head_pitch = EYE_COMFORT.excess(middle[..., 0], middle[..., 1])
    facing = axis_angle_to_matrix(looking.neck)[..., :, 2]  # [2, T, 3] the head's Z in the trunk
    neck_yaw, _ = yaw_and_pitch(facing)
    beyond = np.sign(neck_yaw) * np.maximum(np.abs(neck_yaw) - NECK_COMFORT, 0.0)
    twisted = lookers.trunk.yaw + covering_envelope(beyond, _TRUNK_SECONDS)
    twist = np.clip(wrapped(twisted - lookers.rest), -TRUNK_LIMIT, TRUNK_LIMIT)
    trunk_yaw = lookers.rest + twist
    most = NECK_LIMIT + _OVERTURN
    turn = lookers.head_yaw + covering_envelope(head_yaw, _HEAD_SECONDS) - trunk_yaw
    tilt = lookers.head_pitch + covering_envelope(head_pitch, _HEAD_SECONDS)
    return replace(
        lookers,
        trunk=replace(lookers.trunk, yaw=trunk_yaw),
        head_yaw=trunk_yaw + np.clip(turn, -most, most),
        head_pitch=np.clip(tilt, -most, most),
    )


def eye_rotations(looking: Looking) -> np.ndarray:
    """[2, T, 2 (left, right), 3] axis-angle radians relative to the head."""
    return turn_to(looking.eye_yaw, looking.eye_pitch)
