"""What a reading says about the two together: the arrangement, how far apart, how far turned, who is on the left."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from .conduct import about_them, only, opened_degrees, warn_of_two
from .layout import FARTHEST, NEAREST
from .presets import DEFAULT_ARRANGEMENT, Arrangement, arrangements
from .said import EVERYBODY, Reading, Said

_RIGHT_ANGLE: Final = 90.0
_AT_RIGHT_ANGLES: Final = "table_corner"
_NOT_FACING: Final = 70.0
_DIFFERENT_METRES: Final = 0.02


def arrangement_of(reading: Reading, warnings: list[str]) -> tuple[str, Arrangement, list[Arrangement]]:
    """The arrangement's name, itself as far open as the sentence says, and the manners that come on top."""
    name, manners = _named(reading, warnings)
    arrangement = arrangements()[name]
    both = [said for said in about_them(reading, "open", EVERYBODY) if said.people == EVERYBODY and not said.negated]
    warn_of_two(both, "the scene", warnings)
    _warn_of_turned_away(reading, warnings)
    if not both and _denied_to_face(reading):
        arrangement = replace(arrangement, open_degrees=max(arrangement.open_degrees, _NOT_FACING))
    if both:
        arrangement = replace(arrangement, open_degrees=opened_degrees(arrangement, both[-1].value))
    return name, arrangement, [arrangements()[one] for one in manners]


def _denied_to_face(reading: Reading) -> bool:
    return any(said.negated and said.value == DEFAULT_ARRANGEMENT for said in _facing_each_other(reading))


def _facing_each_other(reading: Reading) -> list[Said]:
    return [said for said in reading.said if said.kind == "arrangement/words" and said.value == DEFAULT_ARRANGEMENT]


def _warn_of_turned_away(reading: Reading, warnings: list[str]) -> None:
    """Say that nobody can sit face to face and back to back."""
    facing = [said for said in _facing_each_other(reading) if not said.negated]
    away = [
        said
        for said in reading.said
        if said.people == EVERYBODY and not said.negated and said.kind == "gaze" and "turned_degrees" in said.value
    ]
    if facing and away:
        warn_of_two([facing[-1], away[-1]], "the scene", warnings, whatever=True)


def _named(reading: Reading, warnings: list[str]) -> tuple[str, list[str]]:
    named: dict[str, list[Said]] = {"words": [], "places": [], "manners": []}
    for said in _affirmed(reading, lambda kind: kind.startswith("arrangement/")):
        named[said.kind.partition("/")[2]].append(said)
    for group in (named["words"], named["places"]):
        warn_of_two(group, "the scene", warnings)
        if group:
            name = str(group[-1].value)
            return name, [str(said.value) for said in named["manners"] if said.value != name]
    if named["manners"]:
        return str(named["manners"][0].value), []
    if any(said.value.get("angle") == _RIGHT_ANGLE for said in _affirmed(reading, lambda kind: kind == "open")):
        return _AT_RIGHT_ANGLES, []
    everybody_stands = [said for said in _affirmed(reading, lambda kind: kind == "posture") if said.people == EVERYBODY]
    stands = bool(everybody_stands) and everybody_stands[-1].value["posture"] == "standing"
    return ("standing" if stands else DEFAULT_ARRANGEMENT), []


def distance_of(reading: Reading, arrangement: Arrangement, manners: list[Arrangement], warnings: list[str]) -> float:
    """Metres between the two, as a number in the sentence, a word for it, or the arrangement has it."""
    metres = _affirmed(reading, lambda kind: kind == "metres")
    words = about_them(reading, "distance", EVERYBODY)
    if metres:
        return _in_numbers(metres, [said for said in words if not said.negated], warnings)
    distance = arrangement.distance
    for manner in manners:
        distance *= manner.distance_scale
    said = only(reading, "distance", EVERYBODY, "the scene", warnings, _the_opposite)
    if said is None:
        return distance
    return float(said.get("distance", distance * said.get("scale", 1.0)))


def _in_numbers(metres: list[Said], words: list[Said], warnings: list[str]) -> float:
    last = metres[-1]
    if any(abs(said.value - last.value) > _DIFFERENT_METRES for said in metres):
        warn_of_two(metres, "the scene", warnings)
    if not NEAREST <= last.value <= FARTHEST:
        warnings.append(f"“{last.phrase}” is outside {NEAREST:g} to {FARTHEST:g} m; the nearer limit is used.")
    warnings += [
        f"The sentence says both “{said.phrase}” and “{last.phrase}”; the number counts."
        for said in words
        if not said.value.get("at_least", 0.0) <= last.value <= said.value.get("at_most", FARTHEST)
    ]
    return float(last.value)


def _the_opposite(said: Said) -> Said | None:
    """“Not far apart” is rather close, “not close” rather far."""
    scale = said.value.get("scale", 0.7)
    return replace(said, value={"scale": 0.7 if scale > 1.0 else 1.6})


def left_of(reading: Reading, names: tuple[str, str], warnings: list[str]) -> int:
    """Who is on the left of the picture, 0 or 1; the first person where nothing says so."""
    told = [said for said in _affirmed(reading, lambda kind: kind == "side") if said.people]
    warnings += [
        f"It is not clear who is meant by “{said.phrase}”; use the speakers' names."
        for said in told
        if len(said.people) > 1
    ]
    sides: dict[int, Said] = {}
    for said in told:
        if len(said.people) == 1:
            person = said.people[0]
            warn_of_two([*([sides[person]] if person in sides else []), said], names[person], warnings)
            sides[person] = said
    if not sides:
        return _denied_left(reading)
    if len(sides) == len(EVERYBODY) and sides[0].value == sides[1].value:
        later = max(EVERYBODY, key=lambda person: told.index(sides[person]))
        warnings.append(
            f"{names[0]} and {names[1]} cannot both be on the {sides[0].value}; {names[later]}'s side counts."
        )
        return later if sides[later].value == "left" else 1 - later
    person, said = next(iter(sides.items()))
    return person if said.value == "left" else 1 - person


def _denied_left(reading: Reading) -> int:
    """“Anna is not on the left” leaves the right to her."""
    for said in reading.said:
        if said.kind == "side" and said.negated and len(said.people) == 1:
            return 1 - said.people[0] if said.value == "left" else said.people[0]
    return 0


def warn_of_heights(reading: Reading, names: tuple[str, str], warnings: list[str]) -> None:
    """Say that both cannot be taller than the other."""
    told = [said for said in _affirmed(reading, lambda kind: kind == "stature") if said.phrase.endswith("er")]
    by_person = {said.people: said for said in told if len(said.people) == 1}
    if len(by_person) == len(EVERYBODY):
        first, second = by_person.values()
        if (first.value.get("raise_metres", 0.0) > 0.0) == (second.value.get("raise_metres", 0.0) > 0.0):
            warnings.append(f"{names[0]} and {names[1]} cannot both be “{first.phrase}” than the other.")


def _affirmed(reading: Reading, wanted: Callable[[str], bool]) -> list[Said]:
    return [said for said in reading.said if wanted(said.kind) and not said.negated]
