"""The two people of a conversation: their heads, what they are called, who is animated."""

from __future__ import annotations

from typing import TYPE_CHECKING

import bpy

from ..heads.rig import NAME_PROPERTY
from .character_properties import character_items
from .conversations import conversations_of

if TYPE_CHECKING:
    from .properties import DuologueSettings


def people_of(settings: bpy.types.PropertyGroup) -> tuple[str, str]:
    """What the two are called: by their character, else their object, else by their place."""
    first, second = (
        fallback if head is None else str(head.get(NAME_PROPERTY, head.name))
        for head, fallback in ((settings.head_a, "the first"), (settings.head_b, "the second"))
    )
    return first, second


def names_of(settings: bpy.types.PropertyGroup) -> tuple[str, str]:
    """What the panel calls the two: as `people_of`, or by the characters that they will be."""
    first, second = (
        str(head.get(NAME_PROPERTY, head.name)) if head is not None else _character_name(key) or place
        for head, key, place in (
            (settings.head_a, settings.character_a, "First"),
            (settings.head_b, settings.character_b, "Second"),
        )
    )
    return (first, second) if first != second else (f"{first} 1", f"{second} 2")


def _character_name(key: str) -> str:
    return next((item[1] for item in character_items(None, None) if item[0] == key), "")


def title_of(settings: bpy.types.PropertyGroup) -> str:
    """What the conversation is called: its name, else its people's, counted where others have the same people."""
    if settings.name:
        return str(settings.name)
    if settings.head_a is None and settings.head_b is None:
        return "New conversation"
    people = people_of(settings)
    before = conversations_of(settings.id_data)
    alike = sum(not one.name and people_of(one) == people for one in before[: before.index(settings)])
    return " and ".join(people) + (f" {alike + 1}" if alike else "")


def heads_of(settings: DuologueSettings) -> tuple[bpy.types.Object | None, bpy.types.Object | None]:
    """The first and the second head."""
    return settings.head_a, settings.head_b


def has_heads(settings: DuologueSettings) -> bool:
    """Whether both heads are in the conversation's scene; a head that was deleted there is not."""
    return None not in heads_in_scene(settings)


def heads_in_scene(settings: DuologueSettings) -> tuple[bpy.types.Object | None, bpy.types.Object | None]:
    """The first and the second head; None for one that is not in the conversation's scene."""
    objects = settings.id_data.objects
    first, second = (
        head if head is not None and objects.get(head.name) == head else None for head in heads_of(settings)
    )
    return first, second


def animated_people(settings: DuologueSettings) -> tuple[int, ...]:
    """Who gets keys: 0 the first head, 1 the second."""
    return {"first": (0,), "second": (1,)}.get(settings.reaction, (0, 1))


def locked_people(settings: DuologueSettings) -> tuple[int, ...]:
    """Who keeps what they do in the take; nobody where there is no take, or where one person reacts anyway."""
    if settings.reaction != "both" or not settings.take:
        return ()
    return tuple(person for person, locked in enumerate((settings.lock_a, settings.lock_b)) if locked)
