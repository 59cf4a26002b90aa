"""What a conversation remembers of its takes beside the one that is on its heads."""

from __future__ import annotations

import uuid
from typing import Final

import bpy

from .blend_paths import FILE


class KeptAction(bpy.types.PropertyGroup):
    """An action that played a take on one data-block, ready to play it again; see `keys/kept_actions.py`.

    `take` is the name of the take's folder, `content` tells it from others of that name, and `written_with` is what its
    keys were written with. The data-block is the object `owner`, or the shape keys of its mesh.
    """

    take: bpy.props.StringProperty(  # type: ignore[valid-type]
        description="The name of the take's folder"
    )
    content: bpy.props.StringProperty(  # type: ignore[valid-type]
        description="A hash of the take; empty in files of earlier versions"
    )
    person: bpy.props.IntProperty(  # type: ignore[valid-type]
        description="0 for the first person, 1 for the second"
    )
    owner: bpy.props.PointerProperty(  # type: ignore[valid-type]
        type=bpy.types.Object, description="The object that the action animates, or whose shapes"
    )
    of_shapes: bpy.props.BoolProperty(  # type: ignore[valid-type]
        description="Whether the action animates the shape keys of the object's mesh"
    )
    action: bpy.props.PointerProperty(  # type: ignore[valid-type]
        type=bpy.types.Action, description="The action"
    )
    slot: bpy.props.StringProperty(  # type: ignore[valid-type]
        description="The identifier of the action's slot"
    )
    written_with: bpy.props.StringProperty(  # type: ignore[valid-type]
        description="What the keys were written with, as text"
    )


class TakeSettings(bpy.types.PropertyGroup):
    """`owner` is in the notes of every take that was made for this conversation, wherever the .blend goes."""

    owner: bpy.props.StringProperty(  # type: ignore[valid-type]
        description="What the notes of this conversation's takes call it"
    )
    before: bpy.props.StringProperty(  # type: ignore[valid-type]
        name="Before", description="The take that was on the heads before this one; Compare goes back to it", **FILE
    )
    content: bpy.props.StringProperty(  # type: ignore[valid-type]
        description="A hash of the take whose keys are on the heads; empty in files of earlier versions"
    )
    written_with: bpy.props.StringProperty(  # type: ignore[valid-type]
        description="What the keys on the heads were written with, as text"
    )
    kept: bpy.props.CollectionProperty(  # type: ignore[valid-type]
        type=KeptAction, description="Actions of other takes that are ready to play"
    )


def owner_of(takes: TakeSettings) -> str:
    """What the notes of this conversation's takes call it; made up once."""
    if not takes.owner:
        takes.owner = uuid.uuid4().hex
    return str(takes.owner)


CLASSES: Final = (KeptAction, TakeSettings)
