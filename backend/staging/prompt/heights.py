"""Whose eyes are higher, as the sentence says: by stature, by posture, or by what they stand on."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from ...contract.postures import EYE_HEIGHTS
from ..layout import Conduct
from .placing import affirmed
from .statements import EVERYBODY, Reading

_HIGHER: Final = 0.06
"""Metres between the eyes that one sees at once."""

_USUAL: Final = 0.25
"""Metres where the sentence only says who is higher."""

_BENT_DOWN: Final = ("kneeling", "crouching", "lying")
"""Who has come down to somebody's eyes stays there: it is the other who is small."""


def levelled(conduct: tuple[Conduct, Conduct], reading: Reading) -> tuple[Conduct, Conduct]:
    """Both with their eyes as high as the last statement about heights has them, where their postures do not do it."""
    heights = affirmed(reading, lambda kind: kind == "height")
    if not heights:
        return conduct
    value, metres = heights[-1].value
    eyes = [EYE_HEIGHTS[person.posture] + person.raised for person in conduct]
    if value == "level":
        lower, higher = sorted(EVERYBODY, key=lambda person: eyes[person])
        stays = lower if conduct[lower].posture in _BENT_DOWN else higher
        return _raised(conduct, 1 - stays, eyes[stays] - eyes[1 - stays])
    person = int(value[-1])
    rise = eyes[person] - eyes[1 - person]
    if rise >= _HIGHER and any(statement.kind == "stature" for statement in reading.statements):
        return conduct
    wanted = _USUAL if metres is None else metres
    return conduct if rise >= wanted - _HIGHER else _raised(conduct, person, max(wanted, _HIGHER) - rise)


def _raised(conduct: tuple[Conduct, Conduct], person: int, metres: float) -> tuple[Conduct, Conduct]:
    changed = replace(conduct[person], raised=conduct[person].raised + metres)
    return (changed, conduct[1]) if person == 0 else (conduct[0], changed)


def warn_of_heights(reading: Reading, names: tuple[str, str], warnings: list[str]) -> None:
    """Say that both cannot be taller than the other."""
    heights = [
        statement for statement in affirmed(reading, lambda kind: kind == "stature") if statement.phrase.endswith("er")
    ]
    by_person = {statement.people: statement for statement in heights if len(statement.people) == 1}
    if len(by_person) == len(EVERYBODY):
        first, second = by_person.values()
        if (first.value.get("raise_metres", 0.0) > 0.0) == (second.value.get("raise_metres", 0.0) > 0.0):
            warnings.append(f"{names[0]} and {names[1]} cannot both be “{first.phrase}” than the other.")
