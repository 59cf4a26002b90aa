"""Facts of the network as statements in the terms of the rules, and statements of the rules in the network's terms."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from .facts import Fact
from .model.outputs import SCENE_VALUES
from .statements import EVERYBODY, Statement, value_table

_GAZE: Final[dict[str, dict[str, Any]]] = {
    "at_partner": {"gaze_held": 0.4},
    "holds": {"gaze_held": 0.8},
    "avoids": {"gaze_away": 0.6},
    "down": {"gaze_away": 0.65, "away_degrees": [0, -30]},
    "up": {"gaze_away": 0.5, "away_degrees": [6, 24]},
    "aside": {"gaze_away": 0.65, "away": "ahead"},
    "seldom_aside": {"gaze_away": 0.25},
}
_LEAN: Final = {"forward": 13.0, "back": -13.0, "upright": 0.0}
_ARRANGEMENTS: Final = {"one_behind_0": "one_behind", "one_behind_1": "one_behind"}
"""Where the network's names differ from those of `presets/staging/arrangements`."""

_OPPOSITE: Final = ("face_to_face", "across_a_table")
_NETWORK_ARRANGEMENTS: Final[dict[str, tuple[str, ...]]] = {
    "across_a_table": _OPPOSITE,
    "face_to_face": _OPPOSITE,
    "standing": (),
    "table_corner": ("right_angle",),
    "walking": ("side_by_side",),
    "one_behind": ("one_behind_0", "one_behind_1"),
    "intimate": (),
    "arguing": (),
}
"""An arrangement of the presets → the network's, where those are others; none where it says more of people."""

_IMPLYING: Final[dict[str, tuple[tuple[str, str], ...]]] = {
    "standing": (("posture", "standing"),),
    "intimate": (("mood", "tender"), ("mood", "happy"), ("mood", "friendly"), ("distance", "said")),
    "arguing": (("mood", "angry"), ("mood", "tense"), ("mood", "serious")),
}
_AWAY: Final = ("avoids", "down", "up", "aside", "seldom_aside")
_UPWARDS: Final = 8.0
"""Degrees from which somebody looks up or down."""


def statements_of(fact: Fact) -> tuple[Statement, ...]:
    """`fact` as statements: who is in `front` is one of its own; heights and tables keep their kind."""
    kind, value = _statement_value(fact)
    found = Statement(kind, value, fact.people, fact.denied, fact.words)
    if fact.kind == "arrangement" and str(fact.value).startswith("one_behind") and not fact.denied:
        return found, Statement("front", int(str(fact.value)[-1]), EVERYBODY, negated=False, phrase=fact.words)
    return (found,)


def arrangement_name(value: str) -> str:
    """The name in `presets/staging/arrangements` of the network's arrangement `value`."""
    return _ARRANGEMENTS.get(value, value)


def _statement_value(fact: Fact) -> tuple[str, Any]:
    value = str(fact.value)
    found: dict[str, tuple[str, Any]] = {
        "posture": ("posture", {"posture": value}),
        "facing": ("open", {"facing": value}),
        "lean": ("lean", {"lean_degrees": _LEAN.get(value)}),
        "gaze": ("gaze", _GAZE.get(value)),
        "sides": ("side", value),
        "arrangement": ("arrangement/words", arrangement_name(value)),
        "distance": ("distance", {"distance": fact.value}),
        "height": ("height", (value, fact.metres)),
    }
    return found.get(fact.kind, (fact.kind, value))


def meanings_of(statement: Statement) -> tuple[tuple[str, str], ...]:
    """Kinds and values, as in `model.outputs`, of which the network says at least one where `statement` is right.

    Empty for what the network knows nothing of.
    """
    kind, value = statement.kind, statement.value
    if kind.startswith("arrangement/"):
        own = _NETWORK_ARRANGEMENTS.get(str(value), (str(value),))
        return (*(("arrangement", name) for name in own), *_IMPLYING.get(str(value), ()))
    meanings = _MEANINGS.get(kind)
    return () if meanings is None else meanings(value)


_MEANINGS: Final[dict[str, Callable[[Any], tuple[tuple[str, str], ...]]]] = {
    "posture": lambda value: (("posture", str(value["posture"])),),
    "mood": lambda value: (("mood", str(value)),),
    "lean": lambda value: (("lean", _lean_of(float(value.get("lean_degrees", 0.0)))),),
    "gaze": lambda value: _meanings_of_gaze(value),  # noqa: PLW0108  (it is defined below)
    "open": lambda value: (("facing", str(value["facing"])),) if "facing" in value else (),
    "distance": lambda _value: (("distance", "said"),),
    "stature": lambda _value: tuple(("height", height) for height in SCENE_VALUES["height"]),
}


def affirmed_meanings_of(statement: Statement) -> tuple[tuple[tuple[str, str], ...], bool]:
    """What `meanings_of` gives, and whether the statement denies it: who does not look somewhere looks elsewhere, so
    that a denied look has the opposite looks, not denied.
    """
    if statement.kind == "gaze" and statement.negated and "facing" not in statement.value:
        looks = _AWAY if "gaze_held" in statement.value else ("holds", "at_partner")
        return tuple(("gaze", look) for look in looks), False
    return meanings_of(statement), statement.negated


def _lean_of(degrees: float) -> str:
    return "upright" if degrees == 0.0 else "forward" if degrees > 0.0 else "back"


def _meanings_of_gaze(value: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    if "facing" in value:
        return (("facing", str(value["facing"])), *(("gaze", look) for look in _AWAY), ("facing", "away"))
    if "gaze_held" in value:
        return (("gaze", "holds"), ("gaze", "at_partner"))
    up = value.get("away_degrees", (0.0, 0.0))[1]
    looks = ("down",) if up < -_UPWARDS else ("up",) if up > _UPWARDS else _AWAY
    return tuple(("gaze", look) for look in looks)


def says(statement: Statement, fact: Fact) -> bool:
    """Whether `statement` says no less than `fact`."""
    meanings, denied = affirmed_meanings_of(statement)
    if fact.kind == "distance":
        return statement.kind == "metres" or (
            ("distance", "said") in meanings and "scale" not in value_table(statement)
        )
    if fact.kind == "height" and statement.kind == "height":
        return True
    said = (fact.kind, str(fact.value))
    return (denied == fact.denied and said in meanings) or (
        statement.negated and fact.denied and said in meanings_of(statement)
    )


def excludes(fact: Fact, statement: Statement) -> bool:
    """Whether `fact` and `statement` about the same people cannot both be."""
    meanings, denied = affirmed_meanings_of(statement)
    same_kind = [value for kind, value in meanings if kind == fact.kind]
    if not same_kind or fact.kind in ("height", "distance") or says(statement, fact):
        return False
    if fact.denied != denied:
        return str(fact.value) in same_kind
    return not fact.denied and str(fact.value) not in same_kind
