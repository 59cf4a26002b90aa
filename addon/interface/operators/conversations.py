"""Several conversations in a scene: a new one, another one, one less."""

from __future__ import annotations

import bpy

from ...removal import remove_conversation
from ...settings.conversations import conversation_numbered, new_conversation, settings_of, show_conversation
from ...settings.properties import title_of
from .object_mode import InObjectMode
from .running_job import RunningJob
from .saying import say


class DUOLOGUE_OT_new_conversation(bpy.types.Operator):  # noqa: N801 — Blender's naming
    """Begin another conversation in this scene; those that are there stay."""

    bl_idname = "duologue.new_conversation"
    bl_label = "New conversation"
    bl_description = "Begin another conversation in this scene; those that are there stay"
    bl_options = {"REGISTER", "UNDO"}  # noqa: RUF012 — Blender's own form

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Show an empty one."""
        new_conversation(context.scene)
        return {"FINISHED"}


class DUOLOGUE_OT_show_conversation(bpy.types.Operator):  # noqa: N801 — Blender's naming
    """Show another conversation of this scene in the panel."""

    bl_idname = "duologue.show_conversation"
    bl_label = "Show conversation"
    bl_description = "Show this conversation in the panel; nothing in the scene changes"
    bl_options = {"REGISTER", "UNDO"}  # noqa: RUF012 — Blender's own form

    number: bpy.props.IntProperty(  # type: ignore[valid-type]
        name="Number", description="The conversation's number, which it keeps for good", options={"SKIP_SAVE"}
    )

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Show it."""
        settings = conversation_numbered(context.scene, self.number)
        if settings is None:
            return {"CANCELLED"}
        show_conversation(context.scene, settings)
        return {"FINISHED"}


class DUOLOGUE_OT_remove_conversation(InObjectMode, bpy.types.Operator):  # noqa: N801 — Blender's naming
    """Remove the conversation that is shown: its heads, keys, set, cuts and sound strips."""

    bl_idname = "duologue.remove_conversation"
    bl_label = "Remove conversation"
    bl_description = (
        "Remove the conversation that is shown: the heads built for it, its set, cuts, sound strips and settings. "
        "Characters of your own, other conversations and takes on disk stay"
    )
    bl_options = {"REGISTER", "UNDO"}  # noqa: RUF012 — Blender's own form

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Not while a take is made for it, nor in the midst of editing one of its heads."""
        if not super().poll(context):
            return False
        if RunningJob.is_for(settings_of(context.scene)):
            cls.poll_message_set("A take is being generated for it")
            return False
        return True

    def invoke(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        """Ask first."""
        return context.window_manager.invoke_confirm(self, event)

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Remove it, and say what stays."""
        settings = settings_of(context.scene)
        title = title_of(settings)
        staying = remove_conversation(settings)
        kept = f" {', '.join(staying)} stayed in the scene." if staying else ""
        say(self, context, f"{title}: removed.{kept}")
        return {"FINISHED"}


CLASSES = (DUOLOGUE_OT_new_conversation, DUOLOGUE_OT_show_conversation, DUOLOGUE_OT_remove_conversation)
