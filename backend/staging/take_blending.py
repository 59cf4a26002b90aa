"""Blending a new composition with the parts of an earlier take that are kept: exact there, eased beside them."""

from __future__ import annotations

from typing import Final

import numpy as np

from ..contract.arkit import ARKIT_INDEX, ARKIT_NAMES
from ..contract.constants import FRAME_RATE, JOINT_NAMES
from ..contract.face import Face
from ..contract.job import Character
from ..contract.performance import Performance
from ..contract.segments import runs_of
from ..face.skinning import axis_angle_to_matrix
from .anatomy import EYE_LIMIT, Anatomy, anatomy_of
from .compose import Composition
from .expression import set_eye_look
from .rotation import axis_angle_from_matrices, directions, turn_to, wrapped, yaw_and_pitch

EASE_SECONDS: Final = 0.32
"""How long a new part takes to leave what stays, and to come back to it."""

_GLOBAL, _NECK = (JOINT_NAMES.index(name) for name in ("global", "neck"))
_EYES: Final = [JOINT_NAMES.index(name) for name in ("eye_left", "eye_right")]
_HIGHEST: Final = np.pi * 0.45


def blend_with_take(
    new: Composition, take: Performance, mask: np.ndarray, face: Face, characters: tuple[Character, Character]
) -> Composition:
    """`new` where `mask` [2, T] is false, `take` (as long, on the same `face`) where it is true, to the last bit.

    Beside what stays the new part eases out of the take for EASE_SECONDS, at most a third of a short gap. Who is new
    looks as far past the partner's eyes as they would have, though the partner's head is now the take's: eye contact
    stays eye contact.
    """
    first, second = (anatomy_of(face, character.identity) for character in characters)
    anatomy, share = (first, second), take_shares(mask)  # [2, T]
    pose = np.asarray(new.pose, np.float64)
    # each along the shortest way
    start = axis_angle_to_matrix(pose)
    way = axis_angle_from_matrices(np.swapaxes(start, -1, -2) @ axis_angle_to_matrix(np.asarray(take.pose, np.float64)))
    between = axis_angle_from_matrices(start @ axis_angle_to_matrix(share[..., None, None] * way))
    blended = np.where(share[..., None, None] > 0.0, between, pose)
    translation = _blend(new.translation, take.translation, share)
    expression = _blend(new.expression, take.expression, share)
    offsets = _blend(
        _gaze_offsets(pose, new.translation, anatomy), _gaze_offsets(take.pose, take.translation, anatomy), share
    )  # [2, T, 2]
    eyes = _eyes_at_offsets(blended, translation, offsets, anatomy)  # [2, T, 2 (left, right), 2 (yaw, pitch)]
    moved = (share > 0.0).any(axis=0) & ~mask  # [2, T] where lines of sight begin or end somewhere else now
    blended[:, :, _EYES] = np.where(moved[..., None, None], turn_to(eyes[..., 0], eyes[..., 1]), blended[:, :, _EYES])
    order = [ARKIT_INDEX[name] for name in face.expression_names]
    every = np.zeros((*expression.shape[:2], len(ARKIT_NAMES)))
    every[..., order] = expression
    expression = np.where(moved[..., None], set_eye_look(every, eyes[..., 0], eyes[..., 1])[..., order], expression)
    return Composition(
        _take_where_kept(blended, take.pose, mask),
        _take_where_kept(translation, take.translation, mask),
        _take_where_kept(expression, take.expression, mask),
    )


def take_shares(mask: np.ndarray) -> np.ndarray:
    """[2, T] bool → [2, T] the take's share: 1 where it stays, falling smoothly to 0 beside it."""
    result = mask.astype(np.float64)
    for person, row in enumerate(mask):
        for start, stop in runs_of(~row):
            length = stop - start
            ease = min(round(EASE_SECONDS * FRAME_RATE), max(length // 3, 1))
            after = np.arange(1, length + 1) / (ease + 1) if start > 0 else np.full(length, np.inf)
            before = np.arange(length, 0, -1) / (ease + 1) if stop < len(row) else np.full(length, np.inf)
            gone = np.clip(np.minimum(after, before), 0.0, 1.0)  # [length] 0 at what stays
            result[person, start:stop] = 1.0 - gone * gone * (3.0 - 2.0 * gone)
    return result


def _blend(new: np.ndarray, kept: np.ndarray, share: np.ndarray) -> np.ndarray:
    """[2, T, C] and [2, T, C]: `share` [2, T] of the second."""
    return np.asarray(new + share[..., None] * (np.asarray(kept, np.float64) - new))


def _take_where_kept(new: np.ndarray, kept: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """The take's own numbers where `mask` says so."""
    at = mask.reshape(*mask.shape, *(1,) * (new.ndim - 2))
    return np.where(at, np.asarray(kept, np.float32), new.astype(np.float32))


def _heads(
    pose: np.ndarray, translation: np.ndarray, anatomy: tuple[Anatomy, Anatomy]
) -> tuple[np.ndarray, np.ndarray]:
    """Of both people the head's orientation [2, T, 3, 3] and both eyes' places [2, T, 2, 3] metres."""
    trunk = axis_angle_to_matrix(pose[:, :, _GLOBAL])
    head = trunk @ axis_angle_to_matrix(pose[:, :, _NECK])
    eyes = np.empty((*pose.shape[:2], 2, 3))
    for person, joints in enumerate(anatomy):
        pivot = joints.root + translation[person] + trunk[person] @ (joints.neck - joints.root)  # [T, 3]
        eyes[person] = pivot[:, None] + np.einsum("tij,ej->tei", head[person], joints.eyes - joints.neck)
    return head, eyes


def _gaze_offsets(pose: np.ndarray, translation: np.ndarray, anatomy: tuple[Anatomy, Anatomy]) -> np.ndarray:
    """[2, T, 2] radians from the middle of the partner's eyes to where each person looks, to the left and up."""
    head, eyes = _heads(pose, translation, anatomy)
    sight = (head[:, :, None] @ axis_angle_to_matrix(pose[:, :, _EYES]))[..., 2].mean(axis=2)  # [2, T, 3]
    between = eyes.mean(axis=2)
    (yaw, pitch), (to_yaw, to_pitch) = yaw_and_pitch(sight), yaw_and_pitch(between[::-1] - between)
    return np.stack([wrapped(yaw - to_yaw), pitch - to_pitch], axis=-1)


def _eyes_at_offsets(
    pose: np.ndarray, translation: np.ndarray, offsets: np.ndarray, anatomy: tuple[Anatomy, Anatomy]
) -> np.ndarray:
    """[2, T, 2 (left, right), 2] radians, yaw and pitch in the head, of eyes that look `offsets` past the partner's."""
    head, eyes = _heads(pose, translation, anatomy)
    between = eyes.mean(axis=2)
    way = between[::-1] - between
    yaw, pitch = yaw_and_pitch(way)
    sight = directions(yaw + offsets[..., 0], np.clip(pitch + offsets[..., 1], -_HIGHEST, _HIGHEST))
    target = between + np.linalg.norm(way, axis=-1, keepdims=True) * sight  # [2, T, 3]
    local = np.einsum("ptji,ptej->ptei", head, target[:, :, None] - eyes)
    eye_yaw, eye_pitch = yaw_and_pitch(local)
    over_yaw, over_pitch = EYE_LIMIT.excess(eye_yaw, eye_pitch)
    return np.stack([eye_yaw - over_yaw, eye_pitch - over_pitch], axis=-1)
