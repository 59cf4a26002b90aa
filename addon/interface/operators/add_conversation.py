"""*Add conversation*."""

from __future__ import annotations

import bpy

from ....backend.contract.errors import DuologueError
from ...conversation import add_conversation, objects_between_heads
from .saying import say, say_error


class DUOLOGUE_OT_add_conversation(bpy.types.Operator):  # noqa: N801 — Blender's naming
    """Build two heads, cameras, light and a set."""

    bl_idname = "duologue.add_conversation"
    bl_label = "Add conversation"
    bl_description = "Build two heads, cameras, light and a set"
    bl_options = {"REGISTER", "UNDO"}  # noqa: RUF012 — Blender's own form

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Heads are built in object mode."""
        if context.mode != "OBJECT":
            cls.poll_message_set("Leave edit or pose mode first")
            return False
        return True

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Build, or say why not."""
        try:
            notes = add_conversation(context)
        except DuologueError as error:
            say_error(self, context, error)
            return {"CANCELLED"}
        if context.region_data is not None:
            context.region_data.view_perspective = "CAMERA"
        in_the_way = objects_between_heads(context.scene)
        sentence = "Two heads, cameras and light are in the collection Duologue."
        if in_the_way:
            sentence += f" In their way: {', '.join(in_the_way)}; move or hide it."
        say(self, context, " ".join((sentence, *notes)))
        return {"FINISHED"}
