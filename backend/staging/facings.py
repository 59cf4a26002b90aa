"""How far a body is turned off the partner, by what the sentence says and by what the arrangement has."""

from __future__ import annotations

from typing import Final

from .presets import Arrangement
from .stage import Facing, Posture

_PARTNER_AT_MOST: Final = 35.0
_FROM_PARTNER: Final[dict[Facing, float]] = {"away": 120.0, "back": 165.0, "thing": 95.0}
"""Degrees off the partner, turned by way of the camera, so that it sees more of the face."""

_FROM_CAMERA: Final[dict[Facing, float]] = {"camera": 10.0, "upstage": 160.0}
"""Degrees off the camera, to the partner's side."""

_PROFILE: Final = 90.0
_BESIDE_A_BED, _IN_ONE_BED = 60.0, 90.0
"""Degrees off the partner that who lies at least has, so that nobody sits on their legs, and where both lie."""
_HALF_TURN: Final = 180.0


def wrapped_degrees(angle: float) -> float:
    """`angle` from -180 to 180, as it is where it lies there."""
    return angle if abs(angle) <= _HALF_TURN else (angle + _HALF_TURN) % (2.0 * _HALF_TURN) - _HALF_TURN


def partner_from_camera(axis_degrees: float, *, front: bool) -> float:
    """Degrees from the direction of the camera to that of the partner, 90 where both are equally far from it."""
    return 90.0 + (axis_degrees if front else -axis_degrees)


def turn_from_partner(
    arrangement: Arrangement, facing: Facing | None, postures: tuple[Posture, Posture], *, front: bool
) -> float:
    """Degrees that somebody is turned from the partner, -180 to 180: positive by way of the camera, negative the other
    way round.

    `facing` what the sentence says of them, if anything; `postures` their own and the partner's; `front` for the one
    who is nearer the camera.
    """
    own = _arranged(arrangement, postures, front=front)
    partner = partner_from_camera(arrangement.axis_degrees, front=front)
    return wrapped_degrees(_turned(facing, own, arrangement, partner))


def _arranged(arrangement: Arrangement, postures: tuple[Posture, Posture], *, front: bool) -> float:
    turn = arrangement.open_degrees
    if arrangement.in_line and front:
        return _HALF_TURN - turn
    if postures[0] != "lying":
        return turn
    return max(turn, _IN_ONE_BED if postures[1] == "lying" else _BESIDE_A_BED)


def _turned(facing: Facing | None, own: float, arrangement: Arrangement, partner: float) -> float:
    if facing is None:
        return own
    if facing == "partner":
        return min(arrangement.open_degrees, _PARTNER_AT_MOST)
    if facing == "profile":
        return min((partner - _PROFILE, partner + _PROFILE), key=lambda turn: abs(wrapped_degrees(turn - own)))
    if facing in _FROM_CAMERA:
        return partner - _FROM_CAMERA[facing]
    return _FROM_PARTNER[facing]
