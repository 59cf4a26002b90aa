"""What the panel edits and the .blend remembers: one property group for each conversation of a scene."""

from __future__ import annotations

import bpy

from .adjust_properties import AdjustProperties
from .blend_paths import FILE
from .cast_properties import CastProperties, mapped_head, show_mapped_head
from .conversations import ConversationRow, conversations_of, settings_of
from .generate_properties import START_AT_FRAME, GenerateProperties
from .key_properties import KeySettings
from .people import animated_people, has_heads, heads_of, locked_people, people_of, title_of
from .scene_properties import SceneProperties
from .sound_properties import SoundProperties
from .take_properties import TakeSettings

__all__ = [
    "START_AT_FRAME",
    "DuologueSettings",
    "animated_people",
    "conversations_of",
    "has_heads",
    "heads_of",
    "locked_people",
    "mapped_head",
    "people_of",
    "settings_of",
    "title_of",
]


def _rename(settings: DuologueSettings, title: str) -> None:
    """Editing begins with what it is called already, which is no name where none was given."""
    if title.strip() != title_of(settings):
        settings.name = title.strip()


class DuologueSettings(
    CastProperties, SoundProperties, SceneProperties, GenerateProperties, AdjustProperties, bpy.types.PropertyGroup
):
    """A conversation's inputs, heads and latest take.

    `number` tells it from the scene's others for good; the first one's is 0. `collection` holds what was made for it.
    """

    name: bpy.props.StringProperty(  # type: ignore[valid-type]
        name="Name", description="What this conversation is called; without a name, by the two people's"
    )
    title: bpy.props.StringProperty(  # type: ignore[valid-type]
        name="Name",
        description="What this conversation is called; empty for the two people's names",
        get=title_of,
        set=_rename,
    )
    number: bpy.props.IntProperty(options={"HIDDEN"}, description="Tells this conversation from others")  # type: ignore[valid-type]
    collection: bpy.props.PointerProperty(  # type: ignore[valid-type]
        type=bpy.types.Collection, name="Collection", description="What Add conversation made for this conversation"
    )
    take: bpy.props.StringProperty(  # type: ignore[valid-type]
        name="Take", description="The performance that Write keys uses; beside the .blend, “//” is its folder", **FILE
    )
    saved_in: bpy.props.StringProperty(  # type: ignore[valid-type]
        description="The .blend that this conversation was saved in last; it may be appended to another",
        options={"HIDDEN"},
    )
    takes: bpy.props.PointerProperty(  # type: ignore[valid-type]
        type=TakeSettings, description="What is remembered of this conversation's other takes"
    )
    key_writing: bpy.props.PointerProperty(type=KeySettings, name="Keys", description="How keys are written")  # type: ignore[valid-type]
    # Forgotten when a file is opened (file_handlers); SKIP_SAVE, which speaks of operators alone, would not do that.
    message: bpy.props.StringProperty(description="What was said last")  # type: ignore[valid-type]
    message_is_error: bpy.props.BoolProperty(description="Whether something went wrong")  # type: ignore[valid-type]
    message_code: bpy.props.IntProperty(description="The error's exit code")  # type: ignore[valid-type]
    message_log: bpy.props.StringProperty(description="The file that says more")  # type: ignore[valid-type]


def attach() -> None:
    """Give every scene room for conversations."""
    bpy.types.Scene.duologue = bpy.props.PointerProperty(type=DuologueSettings)  # type: ignore[attr-defined]
    bpy.types.Scene.duologue_more = bpy.props.CollectionProperty(type=DuologueSettings)  # type: ignore[attr-defined]
    bpy.types.Scene.duologue_rows = bpy.props.CollectionProperty(type=ConversationRow)  # type: ignore[attr-defined]
    bpy.types.Scene.duologue_active = bpy.props.IntProperty(  # type: ignore[attr-defined]
        name="Conversation",
        description="The conversation that the panel shows",
        min=0,
        update=lambda scene, _context: show_mapped_head(scene),
    )


def detach() -> None:
    """Take it away again."""
    del bpy.types.Scene.duologue_active  # type: ignore[attr-defined]
    del bpy.types.Scene.duologue_rows  # type: ignore[attr-defined]
    del bpy.types.Scene.duologue_more  # type: ignore[attr-defined]
    del bpy.types.Scene.duologue  # type: ignore[attr-defined]
