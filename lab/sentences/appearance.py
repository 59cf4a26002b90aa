"""What a viewer sees of a staging, in the words of the labels: who faces what, looks where, and is how far away.

The limits on angles and shares are those that sentences were judged by before there was this corpus.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import atan2, degrees, dist
from typing import Final

from backend.staging.values import PersonValues, StagingValues

_SAME_HEIGHT, _HIGHER = 0.06, 0.05
"""Metres between the eyes: level up to the first, one higher from the second."""

_LEANS: Final = 4.0
"""Degrees."""

_TO_PARTNER, _OFF_PARTNER, _BACK, _BESIDE = 50.0, 90.0, 120.0, 60.0
"""Degrees between the body and the partner: facing them up to the first, away, with the back to them, turned to
something else from the others."""

_OPPOSITE: Final = 35.0
"""Degrees off the partner that two people who face each other are turned at most."""

_PARALLEL: Final = 40.0
"""Degrees between the directions of two people who are side by side."""

_RIGHT_ANGLE: Final = (70.0, 110.0)
_PROFILE: Final = (70.0, 110.0)
_TO_CAMERA, _OFF_CAMERA = 40.0, 120.0
"""Degrees between the body, or for the first the line of sight, and the camera."""

_ACROSS_A_ROOM: Final = 2.2
"""Metres."""

_HALF, _OFTEN, _SELDOM, _PARTNER_MOST = 0.5, 0.4, 0.1, 0.3
"""Shares of the time that somebody looks away."""

_DOWN, _UP, _ASIDE, _AT_A_THING = -15.0, 12.0, 20.0, 30.0
"""Degrees from the partner's eyes."""

_BY_NAME: Final = {
    "across_a_table": "across_a_table",
    "across_a_room": "across_a_room",
    "table_corner": "right_angle",
    "right_angle": "right_angle",
    "side_by_side": "side_by_side",
    "walking": "side_by_side",
}
"""A staging's arrangement → the label's."""

_WITH_TABLE: Final = frozenset({"across_a_table", "table_corner"})


@dataclass(frozen=True)
class Person:
    """One person's values, and degrees, 0 to 180: the body `off` the partner and off the `camera`, and off the camera
    the `sight` of who looks away, None where that is anywhere.
    """

    values: PersonValues
    off: float
    camera: float
    sight: float | None


@dataclass(frozen=True)
class Appearance:
    """Both people, in the labels' order, metres apart on the floor plan and between the eyes."""

    arrangement: str
    distances: tuple[float, float]
    people: tuple[Person, Person]

    def rise(self, higher: int) -> float:
        """Metres by which the eyes of person `higher` are above the other's."""
        return self.people[higher].values.y - self.people[1 - higher].values.y


def appearance_of(values: StagingValues, first: int = 0) -> Appearance:
    """`values` as seen, with the speaker `first` (0 or 1) as the labels' person 0."""
    one, other = values.people[first], values.people[1 - first]
    eyes = dist((one.x, one.y, one.z), (other.x, other.y, other.z))
    people = _person(one, other), _person(other, one)
    return Appearance(values.arrangement, (values.distance, eyes), people)


def words_for(seen: Appearance, kind: str, who: int | None) -> frozenset[str]:
    """Every value of `kind` that holds, of person `who` or (None) of the scene. Raises KeyError for another kind."""
    if who is None:
        return _OF_SCENE[kind](seen)
    if kind == "sides":
        left = seen.people[who].values.x < seen.people[1 - who].values.x
        return frozenset({"left" if left else "right"})
    return _OF_PERSON[kind](seen.people[who])


def _person(one: PersonValues, other: PersonValues) -> Person:
    to_partner = degrees(atan2(other.x - one.x, other.z - one.z))
    left = one.away_left_degrees
    sight = None if left is None else _between(to_partner + left, 0.0)
    return Person(one, _between(one.facing_degrees, to_partner), _between(one.facing_degrees, 0.0), sight)


def _between(degrees_one: float, degrees_other: float) -> float:
    """Degrees between two directions, 0 to 180."""
    return abs((degrees_one - degrees_other + 180.0) % 360.0 - 180.0)


def _which(**holds: bool) -> frozenset[str]:
    return frozenset(word for word, so in holds.items() if so)


def _arrangement(seen: Appearance) -> frozenset[str]:
    one, other = seen.people
    offs = one.off, other.off
    opposite = max(offs) <= _OPPOSITE
    apart = _between(one.values.facing_degrees, other.values.facing_degrees)
    named = _BY_NAME.get(seen.arrangement)
    both_turned = min(offs) > _BESIDE
    return _which(
        across_a_table=named == "across_a_table" and not both_turned,
        right_angle=named == "right_angle" or (_within(apart, _RIGHT_ANGLE) and max(offs) <= _BESIDE),
        across_a_room=named == "across_a_room" or seen.distances[0] >= _ACROSS_A_ROOM,
        face_to_face=opposite,
        side_by_side=(named == "side_by_side" and not opposite)
        or (apart <= _PARALLEL and _within(one.off, (_BESIDE, _BACK))),
        back_to_back=min(offs) >= _BACK,
        one_behind_0=one.off >= _BACK and other.off <= _TO_PARTNER,
        one_behind_1=other.off >= _BACK and one.off <= _TO_PARTNER,
    )


def _height(seen: Appearance) -> frozenset[str]:
    rise = round(seen.rise(0), 4)
    return _which(level=abs(rise) <= _SAME_HEIGHT, higher_0=rise >= _HIGHER, higher_1=rise <= -_HIGHER)


def _table(seen: Appearance) -> frozenset[str]:
    return frozenset({"yes" if seen.arrangement in _WITH_TABLE else "no"})


def _facing(person: Person) -> frozenset[str]:
    looks_away = person.values.gaze_away >= _HALF and person.sight is not None
    return _which(
        partner=person.off <= _TO_PARTNER,
        away=person.off >= _OFF_PARTNER,
        back=person.off >= _BACK,
        upstage=person.camera >= _OFF_CAMERA,
        profile=_within(person.camera, _PROFILE),
        camera=person.camera <= _TO_CAMERA or (looks_away and (person.sight or 0.0) <= _TO_CAMERA),
        thing=person.off >= _BESIDE or (looks_away and abs(person.values.away_left_degrees or 0.0) >= _AT_A_THING),
    )


def _lean(person: Person) -> frozenset[str]:
    lean = person.values.lean_degrees
    return frozenset({"forward" if lean >= _LEANS else "back" if lean <= -_LEANS else "upright"})


def _gaze(person: Person) -> frozenset[str]:
    away, left, up = person.values.gaze_away, person.values.away_left_degrees, person.values.away_up_degrees
    return _which(
        avoids=away >= _HALF,
        down=away >= _HALF and up is not None and up <= _DOWN,
        up=away >= _OFTEN and up is not None and up >= _UP,
        aside=away >= _OFTEN and left is not None and abs(left) >= _ASIDE,
        holds=person.values.gaze_held >= _HALF,
        at_partner=away <= _PARTNER_MOST,
        seldom_aside=_SELDOM <= away <= _OFTEN,
    )


def _within(value: float, limits: tuple[float, float]) -> bool:
    return limits[0] <= value <= limits[1]


_OF_SCENE: Final = {"arrangement": _arrangement, "height": _height, "table": _table}
_OF_PERSON: Final = {
    "posture": lambda person: frozenset({person.values.posture}),
    "mood": lambda person: frozenset({person.values.mood}),
    "facing": _facing,
    "lean": _lean,
    "gaze": _gaze,
}
