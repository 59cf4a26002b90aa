"""The conversations of a scene: which there are and which one the panel shows. The first is `scene.duologue`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import bpy

if TYPE_CHECKING:
    from .properties import DuologueSettings

_TAKEN_OVER: Final = (
    "audio_kind",
    "engine",
    "checkpoint",
    "prompt",
    "prompt_without",
    "character_a",
    "character_b",
    "face",
    "grow_range",
    "cuts",
)
_TAKEN_OVER_AMOUNTS: Final = ("lips", "jaw", "upper_face", "head")
"""What a new conversation has from the one that was shown; sound, heads and takes are each conversation's own."""


def conversations_of(scene: bpy.types.Scene) -> list[DuologueSettings]:
    """The settings of every conversation in `scene`, at least one."""
    return [scene.duologue, *scene.duologue_more]  # type: ignore[attr-defined]


def active_index(scene: bpy.types.Scene) -> int:
    """Which of `conversations_of(scene)` the panel shows."""
    return min(scene.duologue_active, len(scene.duologue_more))  # type: ignore[attr-defined]


def settings_of(scene: bpy.types.Scene) -> DuologueSettings:
    """The settings of the conversation that the panel shows."""
    return conversations_of(scene)[active_index(scene)]


def conversation_numbered(scene: bpy.types.Scene, number: int) -> DuologueSettings | None:
    """The conversation with this `number`, which it keeps for good; None where it is gone."""
    return next((one for one in conversations_of(scene) if one.number == number), None)


class ConversationRow(bpy.types.PropertyGroup):
    """A row of the panel's list. It holds nothing: Blender's lists show one collection, and the first is outside it."""


def rows_match(scene: bpy.types.Scene) -> bool:
    """Whether the list has a row for each conversation."""
    return len(scene.duologue_rows) == len(conversations_of(scene))  # type: ignore[attr-defined]


def match_rows(scene: bpy.types.Scene) -> None:
    """Give the list a row for each conversation; a scene that is linked stays as its file has it."""
    if scene.library is not None:
        return
    rows, wanted = scene.duologue_rows, len(conversations_of(scene))  # type: ignore[attr-defined]
    while len(rows) < wanted:
        rows.add()
    while len(rows) > wanted:
        rows.remove(len(rows) - 1)


def new_conversation(scene: bpy.types.Scene) -> DuologueSettings:
    """One more conversation, shown from now on; it takes over the choices of the one shown before."""
    number = 1 + max(one.number for one in conversations_of(scene))
    created = scene.duologue_more.add()  # type: ignore[attr-defined]
    before = settings_of(scene)
    created.number = number
    for name in _TAKEN_OVER:
        _copy(before, created, name)
    for person in ("first", "second"):
        for name in _TAKEN_OVER_AMOUNTS:
            _copy(getattr(before.adjust, person), getattr(created.adjust, person), name)
    match_rows(scene)
    _copy_all(before.key_writing, created.key_writing)
    show_conversation(scene, created)
    return created


def show_conversation(scene: bpy.types.Scene, settings: DuologueSettings) -> None:
    """Let the panel show this one of the scene's conversations."""
    scene.duologue_active = conversations_of(scene).index(settings)  # type: ignore[attr-defined]


def forget_conversation(scene: bpy.types.Scene, settings: DuologueSettings) -> None:
    """Take the settings of one conversation out of `scene`; the last one becomes empty instead.

    What belongs to it in the scene is not touched. References to conversations are void afterwards.
    """
    more = scene.duologue_more  # type: ignore[attr-defined]
    index, shown = conversations_of(scene).index(settings), active_index(scene)
    if index > 0:
        more.remove(index - 1)
    else:
        _empty(settings)
        if more:
            _copy_all(more[0], settings)
            more.remove(0)
    match_rows(scene)
    scene.duologue_active = max(0, shown - 1) if shown > index else min(shown, len(more))  # type: ignore[attr-defined]


def _empty(settings: bpy.types.PropertyGroup) -> None:
    for one in settings.bl_rna.properties:
        if one.type == "COLLECTION":
            getattr(settings, one.identifier).clear()
        elif one.identifier != "rna_type" and not one.is_readonly:
            settings.property_unset(one.identifier)
        elif one.type == "POINTER" and one.identifier != "rna_type":
            _empty(getattr(settings, one.identifier))


def _copy_all(source: bpy.types.PropertyGroup, target: bpy.types.PropertyGroup) -> None:
    for one in source.bl_rna.properties:
        if one.identifier == "rna_type":
            continue
        if not one.is_readonly:
            _copy(source, target, one.identifier)
        elif one.type == "POINTER":
            _copy_all(getattr(source, one.identifier), getattr(target, one.identifier))


def _copy(source: bpy.types.PropertyGroup, target: bpy.types.PropertyGroup, name: str) -> None:
    """Nothing where it was never set or is a choice that its menu no longer has: the default stays."""
    if not source.is_property_set(name):
        return
    value = getattr(source, name)
    if source.bl_rna.properties[name].type == "ENUM" and value == "":
        return
    setattr(target, name, value)
