"""The looks and habits that the editor shows, and where each is in a character's JSON. No bpy here."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, Final, Literal

from ...backend.contract.character import HABITS
from ...backend.contract.errors import DuologueError, ExitCode

Kind = Literal["colour", "number", "choice"]

BALD: Final = "none"
"""The hair style without hair."""

_CHANNELS: Final = 3
_WANTED: Final[Mapping[Kind, str]] = {
    "colour": "which should be three numbers from 0 to 1",
    "number": "which should be a number from 0 up",
    "choice": "which should be a name",
}
_LARGEST: Final = 1e6
_SAME: Final = 1e-5
"""What single precision may change about a number that nobody touched."""


@dataclass(frozen=True)
class Field:
    """One look or habit: `data[section][key]` in the JSON, `property_name` in Blender, `ordinary` when it is not given.

    `low` and `high` are a number's range; a colour is linear RGB.
    """

    section: str
    key: str
    kind: Kind
    label: str
    text: str
    ordinary: Any
    low: float = 0.0
    high: float = 1.0

    @property
    def property_name(self) -> str:
        """“skin_colour”; habits go by their own names."""
        return self.key if self.section == "habits" else f"{self.section}_{self.key}"


def _colour(section: str, key: str, label: str, ordinary: tuple[float, float, float]) -> Field:
    return Field(section, key, "colour", label, f"{label} of the person, as it looks in white light", ordinary)


def _number(section: str, key: str, label: str, text: str, ordinary: float, high: float = 1.0) -> Field:
    return Field(section, key, "number", label, text, ordinary, 0.0, high)


def _habit(key: str, label: str) -> Field:
    habit = HABITS[key]
    return Field("habits", key, "number", label, habit.text, habit.ordinary, habit.low, habit.high)


LOOKS: Final = (
    _colour("skin", "colour", "Skin", (0.72, 0.46, 0.36)),
    _colour("skin", "lips", "Lips", (0.60, 0.25, 0.22)),
    _colour("eyes", "colour", "Eyes", (0.20, 0.32, 0.36)),
    _colour("brows", "colour", "Eyebrows", (0.10, 0.06, 0.04)),
    Field("hair", "style", "choice", "Hair style", "How the hair is cut and combed", "short"),
    _colour("hair", "colour", "Hair", (0.10, 0.06, 0.035)),
    _number("hair", "grey", "Grey", "Share of grey hairs", 0.0),
    _number("skin", "blush", "Blush", "How red cheeks, nose and ears are", 0.5),
    _number("skin", "freckles", "Freckles", "How strong freckles on cheeks and nose are", 0.0),
    _number("skin", "spots", "Spots", "How strong spots of age are", 0.0),
    _number("skin", "stubble", "Stubble", "How dense the beard's stubble is", 0.0, 1.5),
    _colour("skin", "beard", "Beard", (0.02, 0.016, 0.014)),
    _colour("garment", "colour", "Garment", (0.10, 0.16, 0.24)),
)
"""What is shown under *Looks*, in this order."""

HABIT_FIELDS: Final = (
    _habit("blink_rate", "Blinks a minute"),
    _habit("expressiveness", "Expressiveness"),
    _habit("gaze", "Gaze at partner"),
    _habit("nod_rate", "Nods a minute"),
    _habit("head_activity", "Head activity"),
    _habit("stature", "Stature"),
)
"""What is shown under *Habits*, in this order."""

FIELDS: Final = (*LOOKS, *HABIT_FIELDS)


def check_looks(data: Mapping[str, Any], whose: str) -> None:
    """Raises DuologueError (CHARACTER_INVALID) for a look that a head could not be dressed with."""
    for field in LOOKS:
        section = data.get(field.section, {})
        problem = None
        if not isinstance(section, Mapping):
            problem = f"has “{section}” as its {field.section}, which should be named fields"
        elif field.key in section and not _is_look(field.kind, section[field.key]):
            problem = f"has “{section[field.key]}” as its {field.section} {field.key}, {_WANTED[field.kind]}"
        if problem:
            raise DuologueError(
                ExitCode.CHARACTER_INVALID, f"{whose} {problem}.", "Repair it after the ones in presets/characters."
            )


def _is_look(kind: Kind, value: Any) -> bool:
    if kind == "choice":
        return isinstance(value, str)
    if kind == "number":
        return _is_amount(value)
    return isinstance(value, list | tuple) and len(value) == _CHANNELS and all(_is_amount(one) for one in value)


def _is_amount(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0.0 <= value <= _LARGEST


def shown_value(field: Field, data: Mapping[str, Any], choices: tuple[str, ...]) -> Any:
    """What the editor shows of the character `data` in `field`; `choices` are the hair styles there are."""
    value = data.get(field.section, {}).get(field.key, field.ordinary)
    if field.kind == "colour":
        return tuple(float(channel) for channel in value)
    if field.kind == "choice":
        return value if value in choices else BALD
    return min(max(float(value), field.low), field.high)


def with_edits(
    source: Mapping[str, Any],
    shown: Mapping[str, Any],
    identity: Mapping[str, float],
    worn: Mapping[str, float],
    section: str,
    choices: tuple[str, ...],
) -> dict[str, Any]:
    """The character `source` with what the artist changed; everything else stays exactly as it was.

    `shown` property name → value of every field in `FIELDS`; `identity` component → coefficient of every slider, which
    was `worn` before and is kept in the JSON's `section`.
    """
    edited: dict[str, Any] = deepcopy(dict(source))
    for field in FIELDS:
        value = shown[field.property_name]
        if not _same(value, shown_value(field, source, choices)):
            edited[field.section] = {**edited.get(field.section, {}), field.key: _rounded(value)}
    moved = {
        name: _rounded(coefficient)
        for name, coefficient in identity.items()
        if not _same(coefficient, worn.get(name, 0.0))
    }
    if moved:
        edited[section] = {**worn, **moved}
    return edited


def _same(value: Any, other: Any) -> bool:
    if isinstance(value, str) or isinstance(other, str):
        return bool(value == other)
    if isinstance(value, tuple):
        return all(_same(one, two) for one, two in zip(value, other, strict=True))
    return abs(float(value) - float(other)) <= _SAME * max(1.0, abs(float(other)))


def _rounded(value: Any) -> Any:
    if isinstance(value, str):
        return value
    if isinstance(value, tuple):
        return [_rounded(channel) for channel in value]
    return round(float(value), 4)
