"""From what both people do to where they are: distance, sides, facing, eye heights and room for noses."""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, radians, sin
from typing import Final

from .presets import Arrangement
from .stage import Place, Posture, Staging
from .trunk import HIP_TO_NECK

EYE_HEIGHT: Final[dict[Posture, float]] = {"seated": 1.20, "standing": 1.59}
"""Metres above the floor, of a person of average stature."""

NEAREST, FARTHEST = 0.42, 6.0
"""Metres between two people's eyes that a staging allows."""

_HEAD_ROOM: Final = 0.36
"""Metres between the eyes that leaning leaves free: two noses and a little air."""

_AHEAD_AT_LEAST: Final = 35.0
_AHEAD_DOWN: Final = -4.0


@dataclass(frozen=True)
class Conduct:
    """One person as the sentence has them, degrees and metres; `turned` is further away than the arrangement has it."""

    posture: Posture
    mood: str
    lean: float
    gaze_away: float = 0.0
    away: tuple[float, float] | str | None = None
    gaze_held: float = 0.0
    turned: float = 0.0
    raised: float = 0.0


def lay_out(
    name: str, arrangement: Arrangement, distance: float, left: int, conduct: tuple[Conduct, Conduct]
) -> tuple[Staging, bool]:
    """Place both people, the `left` one (0 or 1) on the left of the picture; also whether leaning had to be reduced."""
    distance = min(max(distance, NEAREST), FARTHEST)
    # as much of the leaning as fits between the two
    towards = cos(radians(arrangement.open_degrees))
    lift = sum(sin(radians(max(person.lean, 0.0))) for person in conduct) * HIP_TO_NECK * towards
    share = 1.0 if lift <= 0.0 else min(1.0, max(distance - _HEAD_ROOM, 0.0) / lift)
    first, second = (
        _place(conduct[person], arrangement, distance, -1.0 if person == left else 1.0, share) for person in (0, 1)
    )
    return Staging(name, (first, second)), share < 1.0


def _place(conduct: Conduct, arrangement: Arrangement, distance: float, side: float, lean_share: float) -> Place:
    """`side` -1 sits on the left of the picture and faces right, which is +X."""
    open_degrees = min(arrangement.open_degrees + conduct.turned, 150.0)
    facing = -side * (90.0 - open_degrees)
    return Place(
        position=(side * distance / 2.0, EYE_HEIGHT[conduct.posture] + conduct.raised, 0.0),
        facing=radians(facing),
        posture=conduct.posture,
        lean=radians(conduct.lean * (lean_share if conduct.lean > 0.0 else 1.0)),
        mood=conduct.mood,
        gaze_away=min(max(conduct.gaze_away, 0.0), 0.9),
        away=_away(conduct, facing + side * 90.0),
        gaze_held=min(max(conduct.gaze_held, 0.0), 1.0),
    )


def _away(conduct: Conduct, ahead: float) -> tuple[float, float] | None:
    """`ahead`: degrees from the partner to straight ahead of the chair, positive to the person's left."""
    if isinstance(conduct.away, str):
        sign = 1.0 if ahead > 0.0 else -1.0
        return (sign * max(abs(ahead), _AHEAD_AT_LEAST), _AHEAD_DOWN)
    return conduct.away
