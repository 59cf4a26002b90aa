"""Who plays a conversation, as the panel *Cast* edits it."""

from __future__ import annotations

import contextlib

import bpy

from ...backend.contract.errors import DuologueError
from ..heads.faces import face_items
from .character_properties import character_items
from .conversations import settings_of
from .mapping_properties import show_mapping


def _can_act(_self: object, candidate: bpy.types.Object) -> bool:
    """An armature, or a mesh with shape keys of its own."""
    return candidate.type == "ARMATURE" or (candidate.type == "MESH" and candidate.data.shape_keys is not None)


def _heads_changed(settings: bpy.types.PropertyGroup, _context: object) -> None:
    """The mapping's table follows the head it is to show; a mapping that cannot be read leaves it empty."""
    scene = settings.id_data
    if settings == settings_of(scene):
        show_mapped_head(scene)


def show_mapped_head(scene: bpy.types.Scene) -> None:
    """The mapping's table shows the head that it is to show; a mapping that cannot be read leaves it empty."""
    with contextlib.suppress(DuologueError):
        show_mapping(scene, mapped_head(scene))


def mapped_head(scene: bpy.types.Scene) -> bpy.types.Object | None:
    """The head whose mapping the panel shows."""
    settings = settings_of(scene)
    return settings.head_b if settings.mapping_head == "second" else settings.head_a


class CastProperties:
    """The part of a conversation's settings that says who the two are."""

    character_a: bpy.props.EnumProperty(
        name="First", description="Who the first person is", items=character_items, default=0
    )  # type: ignore[valid-type]
    character_b: bpy.props.EnumProperty(  # type: ignore[valid-type]
        name="Second", description="Who the second person is", items=character_items, default=1
    )
    character_edited: bpy.props.EnumProperty(  # type: ignore[valid-type]
        name="Head",
        description="Whose character the sliders change",
        items=(("first", "First head", "The first person"), ("second", "Second head", "The second person")),
    )
    face: bpy.props.EnumProperty(  # type: ignore[valid-type]
        name="Face", description="Which head the next conversation is built on", items=face_items, default=0
    )
    head_a: bpy.props.PointerProperty(  # type: ignore[valid-type]
        type=bpy.types.Object,
        poll=_can_act,
        update=_heads_changed,
        name="First head",
        description="The first person's armature or mesh: pick a character of your own here",
    )
    head_b: bpy.props.PointerProperty(  # type: ignore[valid-type]
        type=bpy.types.Object,
        poll=_can_act,
        update=_heads_changed,
        name="Second head",
        description="The second person's armature or mesh: pick a character of your own here",
    )
    mapping_head: bpy.props.EnumProperty(  # type: ignore[valid-type]
        name="Mapping of",
        description="Whose mapping is shown",
        items=(("first", "First", "The first person's character"), ("second", "Second", "The second person's")),
        update=_heads_changed,
    )
