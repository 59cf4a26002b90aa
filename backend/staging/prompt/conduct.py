"""What the statements say about one person: posture, lean, mood, height, and where they look."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, Final

from ..layout import Conduct
from ..postures import AVERAGE_STATURE, BEARINGS
from ..presets import Arrangement, moods
from ..stage import Facing
from .statements import EVERYBODY, TURNS, Reading, Statement, turns_body

_NOT_LOOKING: Final = {"gaze_away": 0.6}
_NOT_LOOKING_AWAY: Final = {"gaze_held": 0.8}
_UPRIGHT: Final = {"lean_degrees": 0.0}
_LEAN_AT_MOST: Final = 30.0


def conduct_of(
    person: int, name: str, reading: Reading, implied: Sequence[Arrangement], warnings: list[str]
) -> Conduct:
    """What the sentence says about `person`, called `name`, over what mood and the `implied` arrangements bring."""
    found = last_value(reading, "mood", (person,), name, warnings)
    mood = None if found is None else str(found)
    mood_name = str(mood or next((arrangement.mood for arrangement in implied if arrangement.mood), None) or "neutral")
    mood_habits = moods()[mood_name]
    conduct = Conduct(
        posture=implied[0].posture,
        mood=mood_name,
        lean=mood_habits.lean_degrees + sum(arrangement.lean_degrees for arrangement in implied),
        gaze_away=mood_habits.gaze_away,
        gaze_held=max([mood_habits.gaze_held, *(arrangement.gaze_held for arrangement in implied)]),
    )
    posture = last_value(reading, "posture", (person,), name, warnings, _other_posture)
    lean = last_value(reading, "lean", (person,), name, warnings, _upright)
    opened = _own_turn(reading, person)
    facing = _facing(reading, person)
    if posture is not None:
        conduct = replace(conduct, posture=posture["posture"])
    conduct = replace(conduct, raised=_raised(reading, person, conduct, warnings, name))
    if lean is not None:
        conduct = replace(conduct, lean=min(max(float(lean["lean_degrees"]), -_LEAN_AT_MOST), _LEAN_AT_MOST))
    conduct = _with_gaze(conduct, _gaze(reading, person, name, warnings))
    if facing is not None and (opened is not None or conduct.facing is None):  # what is said of one alone counts
        conduct = replace(conduct, facing=facing)
    elif opened is not None:
        conduct = replace(conduct, turned=conduct.turned + opened_degrees(implied[0], opened) - implied[0].open_degrees)
    return conduct


def last_value(
    reading: Reading,
    kind: str,
    people: tuple[int, ...],
    about: str,
    warnings: list[str],
    denied: Callable[[Statement], Statement | None] = lambda _said: None,
) -> Any:
    """The value of the last statement about these people; statements about one person win over those about both.

    `denied` maps a negated statement to what it means then. Two different values are named in `warnings`.
    """
    statements = statements_about(reading, kind, people)
    affirmed = [statement for statement in statements if not statement.negated]
    both_ways = [
        statement
        for statement in statements
        if statement.negated and affirmed and statement.value == affirmed[-1].value
    ]
    warn_of_contradiction([*both_ways, *affirmed[-1:]] if both_ways else [], about, warnings, True)
    statements = affirmed or [meant for meant in map(denied, statements) if meant]
    if not all(statement.tried for statement in statements):
        warnings += [
            f"“{statement.phrase}” is only tried; {about} is shown without it."
            for statement in statements
            if statement.tried
        ]
        statements = [statement for statement in statements if not statement.tried]
    warn_of_contradiction(statements, about, warnings)
    return statements[-1].value if statements else None


def statements_about(reading: Reading, kind: str, people: tuple[int, ...]) -> list[Statement]:
    """Statements of `kind` about these people; those about them alone, where there are any."""
    every = [statement for statement in reading.statements if statement.kind == kind and statement.people]
    statements = [statement for statement in every if set(people) <= set(statement.people) or people == EVERYBODY]
    return [statement for statement in statements if statement.people == people] or statements


def warn_of_contradiction(
    statements: Sequence[Statement], about: str, warnings: list[str], always: bool = False
) -> None:
    """Say that two of `statements` differ, or (`always` they hold) that they cannot both be."""
    different = [statement for statement in statements if always or statement.value != statements[-1].value]
    if different:
        phrases = f"both “{different[0].phrase}” and “{statements[-1].phrase}”"
        warning = f"The sentence says {phrases} about {about}; the later one counts."
        if warning not in warnings:
            warnings.append(warning)


def _own_turn(reading: Reading, person: int) -> dict[str, Any] | None:
    """What only one of the two is turned to; what both are is the arrangement's."""
    statements = [
        statement
        for statement in statements_about(reading, "open", (person,))
        if statement.people == (person,) and not statement.negated
    ]
    return dict(statements[-1].value) if statements else None


def _facing(reading: Reading, person: int) -> Facing | None:
    """Whither the last word about the body's turn has it; None where that is no direction of its own."""
    statements = [statement for statement in statements_about(reading, "open", (person,)) if not statement.negated]
    return statements[-1].value.get("facing") if statements else None


def opened_degrees(arrangement: Arrangement, opened: dict[str, Any]) -> float:
    """Degrees from the partner towards the camera."""
    return float(opened.get("open_degrees", arrangement.open_degrees + opened.get("open_add_degrees", 0.0)))


def _raised(reading: Reading, person: int, conduct: Conduct, warnings: list[str], name: str) -> float:
    """Metres the eyes are higher than those of a person of average stature."""
    stature = last_value(reading, "stature", (person,), name, warnings)
    if stature is None:
        return 0.0
    if "tall_metres" in stature:
        return float(stature["tall_metres"] - AVERAGE_STATURE) * BEARINGS[conduct.posture].stature_share
    return float(stature["raise_metres"])


def _gaze(reading: Reading, person: int, name: str, warnings: list[str]) -> dict[str, Any]:
    """Every word about looking, put together: who mostly holds the other's eyes may look away now and then."""
    statements = statements_about(reading, "gaze", (person,))
    turned = [statement.value for statement in statements if turns_body(statement.value) and not statement.negated]
    looked = _gaze_value(statements, name, warnings)
    if not turned or "gaze_away" not in looked:
        return looked
    return looked | {key: turned[-1][key] for key in TURNS if key in turned[-1]}


def _gaze_value(statements: Sequence[Statement], name: str, warnings: list[str]) -> dict[str, Any]:
    values = [_opposite_gaze(statement) if statement.negated else statement.value for statement in statements]
    holding = [place for place, value in enumerate(values) if "gaze_held" in value]
    away = [place for place, value in enumerate(values) if "gaze_away" in value]
    if not holding or not away:
        aimed = [place for place in away if _direction(values[place]) is not None]
        aimed = [place for place in aimed if not turns_body(values[place])] or aimed
        different = {str(_direction(values[place])) for place in aimed}
        if len(different) > 1:
            warn_of_contradiction([statements[place] for place in aimed], name, warnings)
        return dict(values[(aimed or away or holding)[-1]]) if statements else {}
    often = [place for place in away if values[place]["gaze_away"] > _NOW_AND_THEN]
    if often:
        warn_of_contradiction(
            [statements[min(often[-1], holding[-1])], statements[max(often[-1], holding[-1])]], name, warnings, True
        )
        return dict(values[max(often[-1], holding[-1])])
    return dict(values[away[-1]])


_NOW_AND_THEN: Final = 0.3


def _direction(value: dict[str, Any]) -> Any:
    return value.get("away", value.get("away_degrees"))


def _opposite_gaze(statement: Statement) -> dict[str, Any]:
    """“Never looks at” is looking away; “not looking away” is looking."""
    return _NOT_LOOKING if "gaze_held" in statement.value else _NOT_LOOKING_AWAY


def _upright(statement: Statement) -> Statement:
    return replace(statement, value=_UPRIGHT)


def _other_posture(statement: Statement) -> Statement:
    return replace(statement, value={"posture": BEARINGS[statement.value["posture"]].otherwise})


def _with_gaze(conduct: Conduct, gaze: dict[str, Any]) -> Conduct:
    """A word about looking replaces what the mood implied."""
    if not gaze:
        return conduct
    away = _direction(gaze)
    return replace(
        conduct,
        gaze_away=float(gaze.get("gaze_away", 0.0)),
        gaze_held=float(gaze.get("gaze_held", 0.0)),
        away=(float(away[0]), float(away[1])) if isinstance(away, list) else away,
        turned=float(gaze.get("turned_degrees", 0.0)),
        facing=gaze.get("facing"),
    )
