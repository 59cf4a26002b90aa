"""From what both people do to where they are: distance, sides, facing, eye heights and room for noses."""

from __future__ import annotations

from dataclasses import dataclass
from math import atan2, cos, degrees, radians, sin
from typing import Final

from ..contract.postures import EYE_HEIGHTS
from .facings import partner_from_camera, turn_from_partner, wrapped_degrees
from .presets import Arrangement
from .stage import Facing, Place, Posture, Staging
from .trunk import HIP_TO_NECK

NEAREST, FARTHEST = 0.42, 6.0
"""Metres between two people's eyes, as seen from above, that a staging allows."""

LOWEST, HIGHEST = 0.1, 4.0
"""Metres above the floor that somebody's eyes may be."""

_OVER_SHOULDER, _HINTING = 0.16, 0.04
"""Metres by which each who looks over the shoulder brings the eyes nearer, with a trunk that turns and tips, and each
who only turns the head towards somebody behind.
"""

STEEPEST: Final = 1.5
"""Metres by which the eyes of one may be higher than the other's."""

_HEAD_ROOM: Final = 0.36
"""Metres between the eyes that leaning leaves free: two noses and a little air."""

_HALF_TURN: Final = 180.0
_AHEAD_AT_LEAST: Final = 35.0
_AHEAD_UP: Final = -4.0
_LYING_AHEAD_UP, _STEEPEST_LOOK = 38.0, 80.0
"""Degrees above the horizon at which who lies looks at nothing, and above or below the partner's eyes that a look may
be."""

_UNSEEN, _BEHIND = 100.0, 135.0
"""Degrees off the partner from which somebody looks ahead for most of the time, and for nearly all of it."""

_AHEAD_SHARE: Final[dict[Facing, float]] = {"away": 0.7, "camera": 0.55, "upstage": 0.7, "thing": 0.7}
_BEHIND_SHARE: Final = 0.85
"""Shares of the time that somebody looks ahead who is turned so, and who has the partner behind."""

_MEANT: Final = 0.7
"""Share of held gaze from which the sentence says that somebody looks at the partner; moods and manners hold less."""


@dataclass(frozen=True)
class Conduct:
    """One person as the sentence has them, degrees and metres.

    `facing` is whither the body is turned, None for as the arrangement has it; `turned` degrees further away than that.
    `raised` metres the eyes are higher than the posture has them: by stature, steps, a ladder, a stage.
    """

    posture: Posture
    mood: str
    lean: float
    gaze_away: float = 0.0
    away: tuple[float, float] | str | None = None
    gaze_held: float = 0.0
    turned: float = 0.0
    raised: float = 0.0
    facing: Facing | None = None


def lay_out(
    name: str,
    arrangement: Arrangement,
    distance: float,
    left: int,
    conduct: tuple[Conduct, Conduct],
    front: int = 0,
) -> tuple[Staging, bool]:
    """Place both people, the `left` one (0 or 1) on the left of the picture; also whether leaning had to be reduced.

    Where the arrangement turns the line between the two, the `front` one is nearer the camera, and where they are in
    line this one has the other behind. `distance` is seen from above.
    """
    heights = _eye_heights(conduct)
    turns = [_turn(arrangement, conduct, person, front=person == front) for person in (0, 1)]
    over_shoulder = sum(_nearer_by_turning(abs(turn)) for turn in turns)
    distance = min(max(distance, NEAREST + over_shoulder), FARTHEST)
    # as much of the leaning as fits between the two
    lift = HIP_TO_NECK * sum(
        sin(radians(max(person.lean, 0.0))) * max(cos(radians(turn)), 0.0)
        for person, turn in zip(conduct, turns, strict=True)
    )
    share = 1.0 if lift <= 0.0 else min(1.0, max(distance - _HEAD_ROOM - over_shoulder, 0.0) / lift)
    axis = radians(arrangement.axis_degrees)
    places = []
    for person in (0, 1):
        side, nearer = (-1.0 if person == left else 1.0), (1.0 if person == front else -1.0)
        across, deep = side * distance / 2.0 * cos(axis), nearer * distance / 2.0 * sin(axis)
        bearing = -side * partner_from_camera(arrangement.axis_degrees, front=person == front)
        up = degrees(atan2(heights[1 - person] - heights[person], distance))
        at = (across, heights[person], deep + 0.0)  # no minus zero
        places.append(_place(conduct[person], at, turns[person], bearing, up, share))
    return Staging(name, (places[0], places[1])), share < 1.0


def _turn(arrangement: Arrangement, conduct: tuple[Conduct, Conduct], person: int, *, front: bool) -> float:
    own, partner = conduct[person], conduct[1 - person]
    turn = turn_from_partner(arrangement, own.facing, (own.posture, partner.posture), front=front)
    return min(max(turn + own.turned, -_HALF_TURN), _HALF_TURN)


def _nearer_by_turning(off: float) -> float:
    return _HINTING if off > _BEHIND else _OVER_SHOULDER if off >= _UNSEEN else 0.0


def _eye_heights(conduct: tuple[Conduct, Conduct]) -> list[float]:
    """Metres; the higher one is let down where the two would be further apart than a neck can look."""
    heights = [min(max(EYE_HEIGHTS[person.posture] + person.raised, LOWEST), HIGHEST) for person in conduct]
    return [min(height, min(heights) + STEEPEST) for height in heights]


def _place(
    conduct: Conduct,
    at: tuple[float, float, float],
    turn: float,
    bearing: float,
    partner_up: float,
    lean_share: float,
) -> Place:
    """`at` metres; `bearing` degrees of the partner from the camera, to the right of the picture; `turn` as of
    `facings.turn_from_partner`; `partner_up` degrees.
    """
    facing = wrapped_degrees(bearing - (turn if bearing > 0.0 else -turn))
    gaze_away, away = _looking(conduct, turn, wrapped_degrees(facing - bearing), partner_up)
    return Place(
        position=at,
        facing=radians(facing),
        posture=conduct.posture,
        lean=radians(conduct.lean * (lean_share if conduct.lean > 0.0 else 1.0)),
        mood=conduct.mood,
        gaze_away=min(max(gaze_away, 0.0), 0.9),
        away=away,
        gaze_held=min(max(conduct.gaze_held, 0.0), 1.0),
    )


def _looking(
    conduct: Conduct, turn: float, ahead: float, partner_up: float
) -> tuple[float, tuple[float, float] | None]:
    """Share of looking away, and degrees to the left and up of the partner where; `ahead` degrees from the partner to
    straight ahead of the chair, positive to the person's left.
    """
    unseen = abs(turn) >= _UNSEEN
    share = _ahead_share(conduct.facing, abs(turn))
    if conduct.away is None and share > 0.0 and conduct.gaze_held < _MEANT:
        return max(conduct.gaze_away, share), _ahead(conduct, ahead, partner_up)
    if isinstance(conduct.away, str):
        return max(conduct.gaze_away, share if unseen else 0.0), _ahead(conduct, ahead, partner_up)
    if conduct.away is not None and unseen:
        left, up = conduct.away
        return max(conduct.gaze_away, share), (wrapped_degrees(ahead + left), _past_partner(up, partner_up))
    return conduct.gaze_away, conduct.away


def _ahead_share(facing: Facing | None, off: float) -> float:
    """Share of the time that somebody looks ahead because of how they are turned."""
    if off > _BEHIND:
        return _BEHIND_SHARE
    of_facing = 0.0 if facing is None else _AHEAD_SHARE.get(facing, 0.0)
    return max(of_facing, _AHEAD_SHARE["away"]) if off >= _UNSEEN else of_facing


def _ahead(conduct: Conduct, ahead: float, partner_up: float) -> tuple[float, float]:
    sign = 1.0 if ahead > 0.0 else -1.0
    level = _LYING_AHEAD_UP if conduct.posture == "lying" else _AHEAD_UP
    return sign * max(abs(ahead), _AHEAD_AT_LEAST), _past_partner(level, partner_up)


def _past_partner(up: float, partner_up: float) -> float:
    """`up` degrees from the horizon as degrees from the partner's eyes."""
    return min(max(up - partner_up, -_STEEPEST_LOOK), _STEEPEST_LOOK)
