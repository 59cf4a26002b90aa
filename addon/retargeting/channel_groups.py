"""The groups that an artist finds a take's curves in: by what of a face or body they move. No bpy here."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

LIPS: Final = "Lips"
JAW: Final = "Jaw"
TONGUE: Final = "Tongue"
BROWS: Final = "Brows"
LIDS: Final = "Lids"
EYES: Final = "Eyes"
HEAD: Final = "Head"
BODY: Final = "Body"
FACE: Final = "Face"
"""Shapes that move more than one part at once, such as FLAME's numbers."""

GROUPS: Final = (LIPS, JAW, TONGUE, BROWS, LIDS, EYES, HEAD, BODY, FACE)

COLOURS: Final = {
    LIPS: "THEME01",
    JAW: "THEME02",
    TONGUE: "THEME12",
    BROWS: "THEME09",
    LIDS: "THEME03",
    EYES: "THEME04",
    HEAD: "THEME06",
    BODY: "THEME10",
}
"""Blender's colour sets; a group that is not here has none."""

_BEGINNINGS: Final = (
    ("mouth", LIPS),
    ("nose", LIPS),  # a sneer lifts the upper lip
    ("cheekPuff", LIPS),
    ("cheekSquint", LIDS),
    ("jaw", JAW),
    ("tongue", TONGUE),
    ("brow", BROWS),
    ("eyeLook", EYES),
    ("eye", LIDS),
)
_OF_CHANNELS: Final = {"trunk": BODY, "head": HEAD, "jaw": JAW, "eye_left": EYES, "eye_right": EYES}


def group_of_component(name: str) -> str:
    """The group of one of ARKit's components; `FACE` for any other name."""
    return next((group for beginning, group in _BEGINNINGS if name.startswith(beginning)), FACE)


def group_of_row(components: Iterable[str]) -> str:
    """The group of what shows several `components` at once: a viseme is the lips', with the jaw in it or not."""
    groups = {group_of_component(name) for name in components}
    return next((group for group in GROUPS if group in groups), FACE)


def group_of_channel(channel: str) -> str:
    """The group of bones that carry `channel` of a mapping, such as "head" or "lid_upper_left"."""
    return _OF_CHANNELS.get(channel, LIDS)
