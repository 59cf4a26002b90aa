"""The given motion of one of the two, read from a take: fitted to the sound, in an engine's terms."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np

from ..contract.constants import FRAME_RATE, JOINT_NAMES, OFFICIAL_COMPONENTS, OFFICIAL_FACE
from ..contract.errors import DuologueError, ExitCode
from ..contract.face import Face
from ..contract.job import KnownPartner
from ..contract.performance import ALONE, Performance, load_performance
from ..contract.transfer import eyes_midpoint
from ..engines.base import KnownPerson
from ..face.skinning import axis_angle_to_matrix
from ..staging.rotation import axis_angle_from_matrices, level_orientation, yaw_and_pitch
from .stages import Stages

_GLOBAL, _NECK, _JAW = (JOINT_NAMES.index(name) for name in ("global", "neck", "jaw"))
_EYES: Final = [JOINT_NAMES.index(name) for name in ("eye_left", "eye_right")]
_NOTICED_SECONDS: Final = 0.1


def partner_take(partner: KnownPartner, frames: int, speakers: tuple[str, str], stages: Stages) -> Performance:
    """The take with exactly `frames`: a longer one is cut, a shorter one holds its last moment, with a warning.

    Raises DuologueError (PERFORMANCE_INVALID, BAD_REQUEST: another frame rate).
    """
    take = load_performance(Path(partner.take))
    if take.fps != FRAME_RATE:
        raise DuologueError(
            ExitCode.BAD_REQUEST,
            f"The partner's take has {take.fps:g} frames a second, not {FRAME_RATE}.",
            "Make a take that fits with `python -m backend animate`.",
        )
    if take.frame_count < frames - _NOTICED_SECONDS * FRAME_RATE:
        name = speakers[partner.person]
        stages.warn(f"{name}'s motion ends after {take.seconds:.1f} of {frames / FRAME_RATE:.1f} s; {name} is held.")
    at = np.minimum(np.arange(frames), take.frame_count - 1)  # [T]
    arrays = {name: getattr(take, name)[:, at] for name in ("expression", "pose", "translation", "speaking")}
    return replace(take, **arrays)


def known_person(take: Performance, person: int, face: Face) -> KnownPerson:
    """`person` of `take`, which is on `face`, as a motion before staging.

    Where the head rests is the middle of how it is turned in this take; a line of sight is relative to the other
    one's eyes, or to where it rests when nobody knows where these are. Raises DuologueError (BAD_REQUEST) for a take on
    another face.
    """
    if take.face != face.id or take.expression.shape[2] != len(face.expression_names):
        raise DuologueError(
            ExitCode.BAD_REQUEST,
            f"The partner's take is on the face {take.face}, not on {face.id}.",
            "Tell it for that face with `python -m backend transfer-performance`.",
        )
    pose = take.pose[person].astype(np.float64)  # [T, 5, 3]
    head = axis_angle_to_matrix(pose[:, _GLOBAL]) @ axis_angle_to_matrix(pose[:, _NECK])  # [T, 3, 3]
    yaw, pitch = yaw_and_pitch(head[..., 2])
    middle = np.median(np.unwrap(yaw)), np.median(pitch)
    neck = axis_angle_from_matrices(level_orientation(*map(np.asarray, middle)).T @ head)
    sight = (head[:, None] @ axis_angle_to_matrix(pose[:, _EYES]))[..., 2].mean(axis=1)  # [T, 3]
    gaze = _relative(sight, _to_partner(take, person, face))
    motion = (take.expression[person], pose[:, _JAW], neck, gaze)
    return KnownPerson(person, *(np.asarray(array, np.float32) for array in motion))


def known_flame_person(take: Performance, person: int) -> KnownPerson:
    """`person` of `take`, which is on FLAME's basis, as the official model counts it: expression [T, 50], jaw, neck.

    Raises DuologueError (BAD_REQUEST) for a take on another face.
    """
    on_flame = take.face == OFFICIAL_FACE or take.face.startswith(f"{OFFICIAL_FACE}-")
    if not on_flame or take.expression.shape[2] < OFFICIAL_COMPONENTS:
        raise DuologueError(
            ExitCode.BAD_REQUEST,
            f"The partner's take is on the face {take.face}, not on FLAME.",
            "Make a take that fits with `python -m backend transfer-performance`.",
        )
    pose = take.pose[person]  # [T, 5, 3]
    gaze = np.zeros((take.frame_count, 2), np.float32)
    return KnownPerson(person, take.expression[person, :, :OFFICIAL_COMPONENTS], pose[:, _JAW], pose[:, _NECK], gaze)


def _relative(sight: np.ndarray, towards: np.ndarray | None) -> np.ndarray:
    """[T, 3] lines of sight and [T, 3] ways to the partner → [T, 2] radians, yaw and pitch between them."""
    looked = np.stack(yaw_and_pitch(sight), axis=-1)
    looked[:, 0] = np.unwrap(looked[:, 0])
    if towards is None:
        return np.asarray(looked - np.median(looked, axis=0))
    wanted = np.stack(yaw_and_pitch(towards), axis=-1)
    apart = looked - wanted
    apart[:, 0] = (apart[:, 0] + np.pi) % (2.0 * np.pi) - np.pi
    return np.asarray(apart)


def _to_partner(take: Performance, person: int, face: Face) -> np.ndarray | None:
    """[T, 3] metres from the eyes of `person` to the other's; None where the take does not say."""
    if take.meta.get(ALONE):
        return None
    joints = face.J_regressor @ face.v_template  # [5, 3] metres
    own, other = (eyes_midpoint(take.pose[who], take.translation[who], joints) for who in (person, 1 - person))
    return np.asarray(other - own)
