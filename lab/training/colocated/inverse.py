"""A take back to what the colocated model denoises: the inverse of putting a motion into a staging."""

from __future__ import annotations

from typing import Final

import numpy as np

from backend.contract.constants import JOINT_NAMES
from backend.contract.face import Face
from backend.contract.performance import ALONE, Performance
from backend.contract.reading import read_or_none
from backend.contract.transfer import eyes_midpoint
from backend.engines.base import Motion
from backend.engines.colocated.stream import stream_rows
from backend.face.skinning import axis_angle_to_matrix
from backend.job.partner import known_person
from backend.staging.presets import moods
from backend.staging.rotation import about_y, yaw_and_pitch
from backend.staging.stage import Place, Staging, staging_from_json

_ROOT: Final = JOINT_NAMES.index("global")
_START: Final = 25
"""Frames over whose middle the start place is taken."""


def stream_of_take(take: Performance, face: Face) -> np.ndarray:
    """[2, T, 65] of a `take` on `face`. Raises DuologueError (BAD_REQUEST) for a take on another face."""
    people = [known_person(take, person, face) for person in range(2)]
    expression, jaw, neck, gaze = (
        np.stack([getattr(one, name) for one in people]) for name in ("expression", "jaw", "neck", "gaze")
    )
    motion = Motion(expression, jaw, neck, gaze, take.speaking, sway_of_take(take, face))
    return stream_rows(motion, staging_of_take(take, face).distance)


def sway_of_take(take: Performance, face: Face) -> np.ndarray:
    """[2, T, 3] metres that the base of the neck is off its mean place: left, up, and towards the partner.

    FLAME's root joint turns about itself, so it is where the translation takes it.
    """
    root = take.translation + (face.J_regressor @ face.v_template)[_ROOT]  # [2, T, 3] metres
    middle = root.mean(axis=1)  # [2, 3]
    swayed = []
    for person in range(2):
        facing = _facing(take, person) if take.meta.get(ALONE) else _bearing(middle[1 - person] - middle[person])
        swayed.append((root[person] - middle[person]) @ about_y(np.asarray(facing)))
    return np.stack(swayed)


def staging_of_take(take: Performance, face: Face) -> Staging:
    """The staging in the take's `meta`, or what can be seen of it: places, and where trunks face."""
    told = take.meta.get("staging")
    if isinstance(told, dict):
        staging = read_or_none(lambda: staging_from_json(told))
        if staging is not None and all(place.mood in moods() for place in staging.places):
            return staging
    return _seen(take, face)


def _seen(take: Performance, face: Face) -> Staging:
    joints = face.J_regressor @ face.v_template  # [5, 3] metres
    places = []
    for person in range(2):
        x, y, z = np.median(eyes_midpoint(take.pose[person], take.translation[person], joints)[:_START], axis=0)
        places.append(Place((float(x), float(y), float(z)), _facing(take, person)))
    return Staging("seen", (places[0], places[1]))


def _facing(take: Performance, person: int) -> float:
    """Radians: where the trunk faces on average."""
    return _bearing(axis_angle_to_matrix(take.pose[person, :, _ROOT])[..., 2].mean(axis=0))


def _bearing(way: np.ndarray) -> float:
    return float(yaw_and_pitch(way)[0])
