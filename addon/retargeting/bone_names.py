"""The names by which head, neck, eyes, jaw and lids go among vendors (presets/names/bones.json). No bpy here."""

from __future__ import annotations

from collections.abc import Collection
from functools import lru_cache
from typing import Final

from ..paths import PRESETS, table_of
from .canonical_names import canonical_bone
from .character_axes import counterpart

_NAMES: Final = PRESETS / "names" / "bones.json"
_NECK_SHARE: Final = 0.4
_TOGETHER: Final = ("lid_upper_left", "lid_upper_right", "lid_lower_left", "lid_lower_right")
"""A lid may be several bones side by side."""


def bones_by_name(channel: str, there: Collection[str]) -> tuple[tuple[str, float], ...]:
    """Bones of `there` that carry `channel`, with their shares, by the names that vendors use; empty where none is.

    The head's rotation goes to head and necks, 0.6 and 0.4; a rig without a head's name has none, however many necks.
    A bone whose exact name is known wins over one that is only spelled like it.
    """
    if channel == "head":
        head, necks = _found("head", there)[:1], _found("neck", there)
        if not head:
            return ()
        rest = _NECK_SHARE if necks else 0.0
        return (*((name, rest / len(necks)) for name in necks), (head[0], 1.0 - rest))
    found = _found(channel, there)
    return tuple((name, 1.0) for name in (found if channel in _TOGETHER else found[:1]))


def is_neck(name: str) -> bool:
    """Whether a bone's name says that it is a neck."""
    return canonical_bone(name) in {canonical_bone(one) for one in _written("neck")}


def _found(role: str, there: Collection[str]) -> list[str]:
    """Bones of `there` in the order in which the role's names are written, one for each form; exact names win."""
    forms: dict[str, list[str]] = {}
    for name in sorted(there, key=lambda one: (len(one), one)):
        forms.setdefault(canonical_bone(name), []).append(name)
    written: dict[str, list[str]] = {}
    for name in _written(role):
        written.setdefault(canonical_bone(name), []).append(name)
    return [_best(forms[form], names) for form, names in written.items() if form in forms]


def _best(there: list[str], written: list[str]) -> str:
    return next((name for name in written if name in there), there[0])


@lru_cache(maxsize=32)
def _written(role: str) -> tuple[str, ...]:
    names = _table()[role.removesuffix("_right").removesuffix("_left")]
    if role.endswith("_right"):
        return tuple(right for name in names if (right := counterpart(name)) is not None)
    return names


@lru_cache(maxsize=1)
def _table() -> dict[str, tuple[str, ...]]:
    told = table_of(_NAMES)
    return {role: tuple(names) for role, names in told.items() if role != "about"}
