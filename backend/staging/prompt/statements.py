"""The statements of a sentence, one a phrase; modifiers (“now and then”, “30 degrees”) merged into what they modify."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

_SELDOM_LOOKING: Final = {"gaze_away": 0.6}
_HALF_TURN: Final = 180.0


def merge_modifiers(reading: Reading) -> Reading:
    """The same reading with every modifier merged into what it modifies."""
    statements = [
        statement
        for statement in reading.statements
        if statement.negated or statement.kind != "lean" or "bare" not in statement.value
    ]
    statements = _with_heights(_with_degrees(_with_frequencies(statements)))
    return replace(reading, statements=tuple(_with_elided_verbs(statements)))


def _with_frequencies(statements: list[Statement]) -> list[Statement]:
    """“Occasionally he looks away” and “he looks away, now and then”; alone it is glancing about."""
    kept = [statement for statement in statements if statement.kind != "frequency"]
    for frequency in (statement for statement in statements if statement.kind == "frequency"):
        place = _nearest(
            kept, frequency, statements.index(frequency), statements, lambda statement: statement.kind == "gaze"
        )
        if place is None:
            kept.append(replace(frequency, kind="gaze"))
            continue
        look = kept[place]
        if "gaze_held" in look.value:
            kept[place] = replace(look, value=_SELDOM_LOOKING)
        elif not look.negated:
            kept[place] = replace(look, value=look.value | {"gaze_away": frequency.value["gaze_away"]})
    return kept


def _with_degrees(statements: list[Statement]) -> list[Statement]:
    """“Leans forward 20 degrees”, “turned 30 degrees away”; anything else is the angle between the two."""
    kept = [statement for statement in statements if statement.kind != "degrees"]
    for angle in (statement for statement in statements if statement.kind == "degrees"):
        place = _nearest(kept, angle, statements.index(angle), statements, _can_turn, alone=True)
        opened = [
            at
            for at, statement in enumerate(kept)
            if statement.clause == angle.clause and "open_add_degrees" in value_table(statement)
        ]
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
            rest = {key: value for key, value in turned.value.items() if key not in TURNS}
            kept[place] = replace(turned, value=rest | {"turned_degrees": float(angle.value)})
    return kept


def _with_heights(statements: list[Statement]) -> list[Statement]:
    """“10 cm taller”, “1.80 m tall” and “she is 5'6" and he is 6'2"” are about heights, not about how far apart."""
    kept: list[Statement] = []
    for statement in statements:
        before = kept[-1] if kept else None
        if (
            statement.kind == "stature"
            and before is not None
            and before.kind == "metres"
            and before.clause == statement.clause
        ):
            sign = -1.0 if statement.value["raise_metres"] < 0.0 else 1.0
            tall = statement.phrase.split()[-1] == "tall"
            value = {"tall_metres": before.value} if tall else {"raise_metres": sign * float(before.value)}
            kept[-1] = replace(statement, value={"relative": not tall} | value)
        else:
            kept.append(statement)
    return [
        replace(statement, kind="stature", value={"relative": False, "tall_metres": statement.value})
        if _is_a_height(statement, kept)
        else statement
        for statement in kept
    ]


def _is_a_height(statement: Statement, statements: Sequence[Statement]) -> bool:
    """Whether metres said of one person are their height: the sentence has the other's, and both may be heights."""
    others = [
        other.value if other.kind == "metres" else value_table(other).get("tall_metres")
        for other in statements
        if other.sentence == statement.sentence and len(other.people) == 1 and other.people != statement.people
    ]
    heights = [value for value in others if value is not None and SHORTEST <= value <= TALLEST]
    return (
        statement.kind == "metres"
        and len(statement.people) == 1
        and bool(heights)
        and SHORTEST <= statement.value <= TALLEST
    )


def _with_elided_verbs(statements: list[Statement]) -> list[Statement]:
    """“Anna stands on the left, Ben on the right”: both stand."""
    kept = list(statements)
    for statement in statements:
        if statement.kind != "side" or len(statement.people) != 1 or statement.negated:
            continue
        person = statement.people[0]
        own = [other for other in statements if other.kind == "posture" and person in other.people]
        before = [
            other
            for other in statements
            if other.kind == "posture"
            and other.people == (1 - person,)
            and 0 < statement.clause - other.clause <= _NEAR
        ]
        sided = [other for other in statements if other.kind == "side" and before and other.clause == before[-1].clause]
        spoken = [
            other
            for other in statements
            if other.clause == statement.clause and other.people == statement.people and other != statement
        ]
        if before and sided and not own and not spoken and before[-1].sentence == statement.sentence:
            kept.append(replace(before[-1], people=statement.people))
    return kept


_NEAR: Final = 1
SHORTEST, TALLEST = 0.8, 2.4
"""Metres that somebody may be tall."""


def _opening(angle: float) -> dict[str, Any]:
    """Two people turned `angle` degrees from each other's direction: 180 face to face, 0 both to the camera."""
    return {"open_degrees": (_HALF_TURN - min(max(angle, 0.0), _HALF_TURN)) / 2.0, "angle": angle}


def value_table(statement: Statement) -> dict[str, Any]:
    """The value of `statement` where it is a table, else an empty one."""
    return statement.value if isinstance(statement.value, dict) else {}


def _can_turn(statement: Statement) -> bool:
    return statement.kind == "lean" or (statement.kind == "gaze" and turns_body(statement.value))


TURNS: Final = ("turned_degrees", "facing")
"""Keys of a statement about looking that also turns the body: by so many degrees, or a way."""


def turns_body(value: dict[str, Any]) -> bool:
    """Whether a statement about looking turns the body, too."""
    return any(key in value for key in TURNS)


def _nearest(
    kept: Sequence[Statement],
    modifier: Statement,
    position: int,
    statements: Sequence[Statement],
    fits: Callable[[Statement], bool],
    alone: bool = False,
) -> int | None:
    """Where in `kept` is what `modifier` modifies: in its clause, else (unless `alone`) in the next or the last one."""
    fitting = [
        place for place, statement in enumerate(kept) if fits(statement) and statement.sentence == modifier.sentence
    ]
    same = [place for place in fitting if kept[place].clause == modifier.clause]
    if same or alone:
        return min(same, key=lambda place: abs(_position(statements, kept[place]) - position), default=None)
    following = [place for place in fitting if kept[place].clause == modifier.clause + 1]
    before = [place for place in fitting if kept[place].clause == modifier.clause - 1]
    return next(iter(following), next(iter(reversed(before)), None))


def _position(statements: Sequence[Statement], statement: Statement) -> int:
    return next(
        (
            place
            for place, other in enumerate(statements)
            if other.clause == statement.clause and other.kind == statement.kind
        ),
        0,
    )


EVERYBODY: Final = (0, 1)
NOBODY: Final[tuple[int, ...]] = ()


@dataclass(frozen=True)
class Statement:
    """One phrase of the vocabulary: its `kind` (arrangement, mood, …), its `value`, the people it is about, 0 and 1.

    `clause` counts the stretches between commas and joining words, `sentence` those between full stops; `tried` says
    that the sentence only has somebody try it.
    """

    kind: str
    value: Any
    people: tuple[int, ...]
    negated: bool
    phrase: str
    clause: int = 0
    sentence: int = 0
    tried: bool = False


@dataclass(frozen=True)
class Reading:
    """What a sentence says, the words nothing follows from, pronouns that could be anybody's, other people, and words
    that were taken as typing errors.
    """

    statements: tuple[Statement, ...]
    unknown: tuple[str, ...]
    unresolved: tuple[str, ...]
    strangers: tuple[str, ...] = ()
    misspelt: tuple[str, ...] = ()
