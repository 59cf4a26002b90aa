"""What a reading says about one person: posture, lean, mood, height, and where they look."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, Final

from .layout import EYE_HEIGHT, Conduct
from .presets import Arrangement, moods
from .said import EVERYBODY, Reading, Said

_NOT_LOOKING: Final = {"gaze_away": 0.6}
_NOT_LOOKING_AWAY: Final = {"gaze_held": 0.8}
_UPRIGHT: Final = {"lean_degrees": 0.0}
_OTHER_POSTURE: Final = {"seated": "standing", "standing": "seated"}
_LEAN_AT_MOST: Final = 30.0


def conduct_of(
    person: int, name: str, reading: Reading, implied: Sequence[Arrangement], warnings: list[str]
) -> Conduct:
    """What the sentence says about `person`, called `name`, over what mood and the `implied` arrangements bring."""
    mood = _mood(reading, person, name, warnings)
    mood_name = str(mood or next((one.mood for one in implied if one.mood), None) or "neutral")
    coloured = moods()[mood_name]
    conduct = Conduct(
        posture=implied[0].posture,
        mood=mood_name,
        lean=coloured.lean_degrees + sum(one.lean_degrees for one in implied),
        gaze_away=coloured.gaze_away,
        gaze_held=max([coloured.gaze_held, *(one.gaze_held for one in implied)]),
    )
    posture = only(reading, "posture", (person,), name, warnings, _other_posture)
    lean = only(reading, "lean", (person,), name, warnings, _not_leaning)
    opened = _own_opening(reading, person)
    if posture is not None:
        conduct = replace(conduct, posture=posture["posture"])
    conduct = replace(conduct, raised=_raised(reading, person, conduct, warnings, name))
    if lean is not None:
        conduct = replace(conduct, lean=min(max(float(lean["lean_degrees"]), -_LEAN_AT_MOST), _LEAN_AT_MOST))
    conduct = _gazing(conduct, _gaze(reading, person, name, warnings))
    if opened is not None:
        conduct = replace(conduct, turned=conduct.turned + opened_degrees(implied[0], opened) - implied[0].open_degrees)
    return conduct


def only(
    reading: Reading,
    kind: str,
    people: tuple[int, ...],
    about: str,
    warnings: list[str],
    denied: Callable[[Said], Said | None] = lambda _said: None,
) -> Any:
    """The value said last about these people; what is said of a person alone wins over what is said of both.

    `denied` makes of what is denied what it means then. Two different values are named in `warnings`.
    """
    told = about_them(reading, kind, people)
    affirmed = [said for said in told if not said.negated]
    both_ways = [said for said in told if said.negated and affirmed and said.value == affirmed[-1].value]
    warn_of_two([*both_ways, *affirmed[-1:]] if both_ways else [], about, warnings, True)
    told = affirmed or [meant for meant in map(denied, told) if meant]
    if not all(said.tried for said in told):
        warnings += [f"“{said.phrase}” is only tried; {about} is shown without it." for said in told if said.tried]
        told = [said for said in told if not said.tried]
    warn_of_two(told, about, warnings)
    return told[-1].value if told else None


def about_them(reading: Reading, kind: str, people: tuple[int, ...]) -> list[Said]:
    """What of `kind` is said about these people; alone, where something is."""
    every = [said for said in reading.said if said.kind == kind and said.people]
    told = [said for said in every if set(people) <= set(said.people) or people == EVERYBODY]
    return [said for said in told if said.people == people] or told


def warn_of_two(told: Sequence[Said], about: str, warnings: list[str], whatever: bool = False) -> None:
    """Say that two of `told` differ, or (`whatever` they hold) that they cannot both be."""
    different = [said for said in told if whatever or said.value != told[-1].value]
    if different:
        phrases = f"both “{different[0].phrase}” and “{told[-1].phrase}”"
        warning = f"The sentence says {phrases} about {about}; the later one counts."
        if warning not in warnings:
            warnings.append(warning)


def _own_opening(reading: Reading, person: int) -> dict[str, Any] | None:
    """What only one of the two is turned to; what both are is the arrangement's."""
    told = [said for said in about_them(reading, "open", (person,)) if said.people == (person,) and not said.negated]
    return dict(told[-1].value) if told else None


def _mood(reading: Reading, person: int, name: str, warnings: list[str]) -> str | None:
    found = only(reading, "mood", (person,), name, warnings)
    return None if found is None else str(found)


def opened_degrees(arrangement: Arrangement, opened: dict[str, Any]) -> float:
    """Degrees from the partner towards the camera."""
    return float(opened.get("open_degrees", arrangement.open_degrees + opened.get("open_add_degrees", 0.0)))


def _raised(reading: Reading, person: int, conduct: Conduct, warnings: list[str], name: str) -> float:
    """Metres the eyes are higher than those of a person of average stature."""
    stature = only(reading, "stature", (person,), name, warnings)
    if stature is None:
        return 0.0
    if "tall_metres" in stature:
        return float(stature["tall_metres"] - _AVERAGE_STATURE) * _EYE_HEIGHT_SHARE[conduct.posture]
    return float(stature["raise_metres"])


_AVERAGE_STATURE: Final = 1.70
_EYE_HEIGHT_SHARE: Final = {posture: height / _AVERAGE_STATURE for posture, height in EYE_HEIGHT.items()}


def _gaze(reading: Reading, person: int, name: str, warnings: list[str]) -> dict[str, Any]:
    """Every word about looking, put together: who mostly holds the other's eyes may look away now and then."""
    told = about_them(reading, "gaze", (person,))
    turned = [said.value for said in told if "turned_degrees" in said.value and not said.negated]
    looked = _looked(told, name, warnings)
    return looked | ({"turned_degrees": turned[-1]["turned_degrees"]} if turned and "gaze_away" in looked else {})


def _looked(told: Sequence[Said], name: str, warnings: list[str]) -> dict[str, Any]:
    values = [_looking_otherwise(said) if said.negated else said.value for said in told]
    holding = [place for place, value in enumerate(values) if "gaze_held" in value]
    away = [place for place, value in enumerate(values) if "gaze_away" in value]
    if not holding or not away:
        aimed = [place for place in away if _direction(values[place]) is not None]
        aimed = [place for place in aimed if "turned_degrees" not in values[place]] or aimed
        different = {str(_direction(values[place])) for place in aimed}
        if len(different) > 1:
            warn_of_two([told[place] for place in aimed], name, warnings)
        return dict(values[(aimed or away or holding)[-1]]) if told else {}
    often = [place for place in away if values[place]["gaze_away"] > _NOW_AND_THEN]
    if often:
        warn_of_two([told[min(often[-1], holding[-1])], told[max(often[-1], holding[-1])]], name, warnings, True)
        return dict(values[max(often[-1], holding[-1])])
    return dict(values[away[-1]])


_NOW_AND_THEN: Final = 0.3


def _direction(value: dict[str, Any]) -> Any:
    return value.get("away", value.get("away_degrees"))


def _looking_otherwise(said: Said) -> dict[str, Any]:
    """“Never looks at” is looking away; “not looking away” is looking."""
    return _NOT_LOOKING if "gaze_held" in said.value else _NOT_LOOKING_AWAY


def _not_leaning(said: Said) -> Said:
    return replace(said, value=_UPRIGHT)


def _other_posture(said: Said) -> Said:
    return replace(said, value={"posture": _OTHER_POSTURE[said.value["posture"]]})


def _gazing(conduct: Conduct, gaze: dict[str, Any]) -> Conduct:
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
    )
