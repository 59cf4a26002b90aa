"""Which arrangement, distance and sides a reading asks for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from ..layout import FARTHEST, NEAREST
from ..presets import DEFAULT_ARRANGEMENT, Arrangement, arrangements
from .conduct import last_value, opened_degrees, statements_about, warn_of_contradiction
from .statements import EVERYBODY, Reading, Statement, turns_body

_RIGHT_ANGLE: Final = 90.0
_AT_RIGHT_ANGLES: Final = "table_corner"
_NOT_FACING: Final = 70.0
_DIFFERENT_METRES: Final = 0.02


def arrangement_of(reading: Reading, warnings: list[str]) -> tuple[str, Arrangement, list[Arrangement]]:
    """The arrangement's name, itself as far open as the sentence says, and the manners that come on top."""
    name, manners = _named_arrangement(reading, warnings)
    name = _with_table(name, reading)
    arrangement = arrangements()[name]
    both = [
        statement
        for statement in statements_about(reading, "open", EVERYBODY)
        if statement.people == EVERYBODY and not statement.negated
    ]
    warn_of_contradiction(both, "the scene", warnings)
    _warn_of_turned_away(reading, warnings)
    if not both and any(
        statement.negated and statement.value == DEFAULT_ARRANGEMENT for statement in _facing_each_other(reading)
    ):
        arrangement = replace(arrangement, open_degrees=max(arrangement.open_degrees, _NOT_FACING))
    if both:
        arrangement = replace(arrangement, open_degrees=opened_degrees(arrangement, both[-1].value))
    return name, arrangement, [arrangements()[manner] for manner in manners]


def _facing_each_other(reading: Reading) -> list[Statement]:
    return [
        statement
        for statement in reading.statements
        if statement.kind == "arrangement/words" and statement.value == DEFAULT_ARRANGEMENT
    ]


def _warn_of_turned_away(reading: Reading, warnings: list[str]) -> None:
    """Say that nobody can sit face to face and back to back."""
    facing = [statement for statement in _facing_each_other(reading) if not statement.negated]
    away = [
        statement
        for statement in reading.statements
        if statement.people == EVERYBODY
        and not statement.negated
        and statement.kind == "gaze"
        and turns_body(statement.value)
    ]
    if facing and away:
        warn_of_contradiction([facing[-1], away[-1]], "the scene", warnings, always=True)


def _named_arrangement(reading: Reading, warnings: list[str]) -> tuple[str, list[str]]:
    named: dict[str, list[Statement]] = {"words": [], "places": [], "manners": []}
    for statement in affirmed(reading, lambda kind: kind.startswith("arrangement/")):
        named[statement.kind.partition("/")[2]].append(statement)
    for group in (named["words"], named["places"]):
        warn_of_contradiction(group, "the scene", warnings)
        if group:
            name = str(group[-1].value)
            return name, [str(statement.value) for statement in named["manners"] if statement.value != name]
    if named["manners"]:
        return str(named["manners"][0].value), []
    if any(
        statement.value.get("angle") == _RIGHT_ANGLE for statement in affirmed(reading, lambda kind: kind == "open")
    ):
        return _AT_RIGHT_ANGLES, []
    return _usual_arrangement([_posture(reading, person) for person in EVERYBODY]), []


def _posture(reading: Reading, person: int) -> str | None:
    said = [statement for statement in affirmed(reading, lambda kind: kind == "posture") if person in statement.people]
    return str(said[-1].value["posture"]) if said else None


def _usual_arrangement(postures: Sequence[str | None]) -> str:
    """Where the sentence only says what the two do with their bodies."""
    if any(posture in _ON_THE_GROUND for posture in postures):
        return "face_to_face"
    return "standing" if all(posture in _ON_THEIR_FEET for posture in postures) else DEFAULT_ARRANGEMENT


def _with_table(name: str, reading: Reading) -> str:
    """The same arrangement with or without its table, as the sentence says."""
    tables = affirmed(reading, lambda kind: kind == "table")
    if not tables:
        return name
    other = _WITHOUT_TABLE if tables[-1].value == "no" else {bare: laid for laid, bare in _WITHOUT_TABLE.items()}
    return other.get(name, name)


_ON_THEIR_FEET: Final = ("standing", "leaning_on", "perching")
_ON_THE_GROUND: Final = ("kneeling", "crouching", "lying")
_WITHOUT_TABLE: Final = {"across_a_table": "face_to_face", "table_corner": "right_angle"}


def distance_of(reading: Reading, arrangement: Arrangement, manners: list[Arrangement], warnings: list[str]) -> float:
    """Metres between the two, as a number in the sentence, a word for it, or the arrangement has it."""
    metres = affirmed(reading, lambda kind: kind == "metres")
    words = statements_about(reading, "distance", EVERYBODY)
    if metres:
        return _numeric_distance(metres, [statement for statement in words if not statement.negated], warnings)
    distance = arrangement.distance
    for manner in manners:
        distance *= manner.distance_scale
    statement = last_value(reading, "distance", EVERYBODY, "the scene", warnings, _the_opposite)
    if statement is None:
        return distance
    return float(statement.get("distance", distance * statement.get("scale", 1.0)))


def _numeric_distance(metres: list[Statement], words: list[Statement], warnings: list[str]) -> float:
    last = metres[-1]
    if any(abs(statement.value - last.value) > _DIFFERENT_METRES for statement in metres):
        warn_of_contradiction(metres, "the scene", warnings)
    if not NEAREST <= last.value <= FARTHEST:
        warnings.append(f"“{last.phrase}” is outside {NEAREST:g} to {FARTHEST:g} m; the nearer limit is used.")
    warnings += [
        f"The sentence says both “{statement.phrase}” and “{last.phrase}”; the number counts."
        for statement in words
        if not statement.value.get("at_least", 0.0) <= last.value <= statement.value.get("at_most", FARTHEST)
    ]
    return float(last.value)


def _the_opposite(statement: Statement) -> Statement | None:
    """“Not far apart” is rather close, “not close” rather far."""
    scale = statement.value.get("scale", 0.7)
    return replace(statement, value={"scale": 0.7 if scale > 1.0 else 1.6})


def front_of(reading: Reading) -> int:
    """Who is in front, 0 or 1, where one is behind the other."""
    fronts = affirmed(reading, lambda kind: kind == "front")
    return int(fronts[-1].value) if fronts else 0


def left_of(reading: Reading, names: tuple[str, str], warnings: list[str]) -> int:
    """Who is on the left of the picture, 0 or 1; the first person where nothing says so."""
    sides = [statement for statement in affirmed(reading, lambda kind: kind == "side") if statement.people]
    warnings += [
        f"It is not clear who is meant by “{statement.phrase}”; use the speakers' names."
        for statement in sides
        if len(statement.people) > 1
    ]
    side_of: dict[int, Statement] = {}
    for statement in sides:
        if len(statement.people) == 1:
            person = statement.people[0]
            warn_of_contradiction(
                [*([side_of[person]] if person in side_of else []), statement], names[person], warnings
            )
            side_of[person] = statement
    if not side_of:
        return _left_by_negation(reading)
    if len(side_of) == len(EVERYBODY) and side_of[0].value == side_of[1].value:
        later = max(EVERYBODY, key=lambda person: sides.index(side_of[person]))
        warnings.append(
            f"{names[0]} and {names[1]} cannot both be on the {side_of[0].value}; {names[later]}'s side counts."
        )
        return later if side_of[later].value == "left" else 1 - later
    person, statement = next(iter(side_of.items()))
    return person if statement.value == "left" else 1 - person


def _left_by_negation(reading: Reading) -> int:
    """“Anna is not on the left” leaves the right to her."""
    for statement in reading.statements:
        if statement.kind == "side" and statement.negated and len(statement.people) == 1:
            return 1 - statement.people[0] if statement.value == "left" else statement.people[0]
    return 0


def affirmed(reading: Reading, wanted: Callable[[str], bool]) -> list[Statement]:
    """Statements of `wanted` kinds that the sentence does not deny."""
    return [statement for statement in reading.statements if wanted(statement.kind) and not statement.negated]
