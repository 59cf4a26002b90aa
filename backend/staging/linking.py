"""What belongs together: “now and then” and the look, degrees and what they turn, a clause and its silent verb."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, Final

from .said import EVERYBODY, Reading, Said

_SELDOM_LOOKING: Final = {"gaze_away": 0.6}
_HALF_TURN: Final = 180.0


def linked(reading: Reading) -> Reading:
    """The same reading with every modifier merged into what it modifies."""
    said = [one for one in reading.said if one.negated or one.kind != "lean" or "bare" not in one.value]
    said = _with_heights(_with_degrees(_with_frequencies(said)))
    return replace(reading, said=tuple(_with_silent_verbs(said)))


def _with_frequencies(said: list[Said]) -> list[Said]:
    """“Occasionally he looks away” and “he looks away, now and then”; alone it is glancing about."""
    kept = [one for one in said if one.kind != "frequency"]
    for often in (one for one in said if one.kind == "frequency"):
        place = _nearest(kept, often, said.index(often), said, lambda one: one.kind == "gaze")
        if place is None:
            kept.append(replace(often, kind="gaze"))
            continue
        look = kept[place]
        if "gaze_held" in look.value:
            kept[place] = replace(look, value=_SELDOM_LOOKING)
        elif not look.negated:
            kept[place] = replace(look, value=look.value | {"gaze_away": often.value["gaze_away"]})
    return kept


def _with_degrees(said: list[Said]) -> list[Said]:
    """“Leans forward 20 degrees”, “turned 30 degrees away”; anything else is the angle between the two."""
    kept = [one for one in said if one.kind != "degrees"]
    for angle in (one for one in said if one.kind == "degrees"):
        place = _nearest(kept, angle, said.index(angle), said, _can_turn, alone=True)
        opened = [at for at, one in enumerate(kept) if one.clause == angle.clause and "open_add_degrees" in _table(one)]
        if place is None and opened:
            kept[opened[0]] = replace(kept[opened[0]], value={"open_degrees": float(angle.value)})
            continue
        if place is None:
            kept.append(replace(angle, kind="open", people=EVERYBODY, value=_opening(float(angle.value))))
            continue
        turned = kept[place]
        if turned.kind == "lean":
            sign = -1.0 if turned.value["lean_degrees"] < 0.0 else 1.0
            kept[place] = replace(turned, value=turned.value | {"lean_degrees": sign * float(angle.value)})
        else:
            kept[place] = replace(turned, value=turned.value | {"turned_degrees": float(angle.value)})
    return kept


def _with_heights(said: list[Said]) -> list[Said]:
    """“10 cm taller”, “1.80 m tall” and “she is 5'6" and he is 6'2"” are about heights, not about how far apart."""
    kept: list[Said] = []
    for one in said:
        before = kept[-1] if kept else None
        if one.kind == "stature" and before is not None and before.kind == "metres" and before.clause == one.clause:
            sign = -1.0 if one.value["raise_metres"] < 0.0 else 1.0
            tall = one.phrase.split()[-1] == "tall"
            value = {"tall_metres": before.value} if tall else {"raise_metres": sign * float(before.value)}
            kept[-1] = replace(one, value={"relative": not tall} | value)
        else:
            kept.append(one)
    return [_height(one) if _is_a_height(one, kept) else one for one in kept]


def _height(one: Said) -> Said:
    return replace(one, kind="stature", value={"relative": False, "tall_metres": one.value})


def _is_a_height(one: Said, said: Sequence[Said]) -> bool:
    """Whether metres said of one person are their height: the sentence has the other's, and both may be heights."""
    others = [
        other.value if other.kind == "metres" else _table(other).get("tall_metres")
        for other in said
        if other.sentence == one.sentence and len(other.people) == 1 and other.people != one.people
    ]
    heights = [value for value in others if value is not None and _SHORTEST <= value <= _TALLEST]
    return one.kind == "metres" and len(one.people) == 1 and bool(heights) and _SHORTEST <= one.value <= _TALLEST


def _with_silent_verbs(said: list[Said]) -> list[Said]:
    """“Anna stands on the left, Ben on the right”: both stand."""
    kept = list(said)
    for one in said:
        if one.kind != "side" or len(one.people) != 1 or one.negated:
            continue
        person = one.people[0]
        own = [other for other in said if other.kind == "posture" and person in other.people]
        before = [
            other
            for other in said
            if other.kind == "posture" and other.people == (1 - person,) and 0 < one.clause - other.clause <= _NEAR
        ]
        sided = [other for other in said if other.kind == "side" and before and other.clause == before[-1].clause]
        spoken = [other for other in said if other.clause == one.clause and other.people == one.people and other != one]
        if before and sided and not own and not spoken and before[-1].sentence == one.sentence:
            kept.append(replace(before[-1], people=one.people))
    return kept


_NEAR: Final = 1
_SHORTEST, _TALLEST = 0.8, 2.4
"""Metres that somebody may be tall."""


def _opening(angle: float) -> dict[str, Any]:
    """Two people turned `angle` degrees from each other's direction: 180 face to face, 0 both to the camera."""
    return {"open_degrees": (_HALF_TURN - min(max(angle, 0.0), _HALF_TURN)) / 2.0, "angle": angle}


def _table(one: Said) -> dict[str, Any]:
    return one.value if isinstance(one.value, dict) else {}


def _can_turn(one: Said) -> bool:
    return one.kind == "lean" or (one.kind == "gaze" and "turned_degrees" in one.value)


def _nearest(
    kept: Sequence[Said],
    modifier: Said,
    position: int,
    said: Sequence[Said],
    fits: Callable[[Said], bool],
    alone: bool = False,
) -> int | None:
    """Where in `kept` is what `modifier` modifies: in its clause, else (unless `alone`) in the next or the last one."""
    fitting = [place for place, one in enumerate(kept) if fits(one) and one.sentence == modifier.sentence]
    same = [place for place in fitting if kept[place].clause == modifier.clause]
    if same or alone:
        return min(same, key=lambda place: abs(_position(said, kept[place]) - position), default=None)
    following = [place for place in fitting if kept[place].clause == modifier.clause + 1]
    before = [place for place in fitting if kept[place].clause == modifier.clause - 1]
    return next(iter(following), next(iter(reversed(before)), None))


def _position(said: Sequence[Said], one: Said) -> int:
    return next((place for place, other in enumerate(said) if other.clause == one.clause and other.kind == one.kind), 0)
