"""*Leave out*, and *Infer again*: what the sentence does not say is the artist's choice."""

from __future__ import annotations

from typing import Final

import bpy

from ...settings.inferences import inferred, leave_out, left_out, restore, sentence_of
from ...settings.properties import settings_of
from .read_sentence import read_at_once
from .saying import redraw_panels


class DUOLOGUE_OT_leave_out_inference(bpy.types.Operator):  # noqa: N801 — Blender's naming
    """What was inferred from words of the sentence is not wanted."""

    bl_idname = "duologue.leave_out_inference"
    bl_label = "Leave this out"
    bl_description = "Do not infer this from the sentence; its words then have no effect"
    bl_options = {"REGISTER", "UNDO"}  # noqa: RUF012 — Blender's own form

    key: bpy.props.StringProperty(  # type: ignore[valid-type]
        name="Inference", description="Which inference, by its key", options={"HIDDEN", "SKIP_SAVE"}
    )

    @classmethod
    def description(cls, context: bpy.types.Context, properties: bpy.types.OperatorProperties) -> str:
        """All of the row, which may be too narrow for it."""
        told = [sentence_of(one) for one in inferred(settings_of(context.scene)) if one.key == properties.key]
        return "\n".join((*told, cls.bl_description))

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Remember it with the conversation, and read the sentence again."""
        settings = settings_of(context.scene)
        unwanted = [one for one in inferred(settings) if one.key == self.key]
        if not unwanted:
            self.report({"WARNING"}, "This is not inferred any more")
            return {"CANCELLED"}
        leave_out(settings, unwanted)
        read_at_once()
        redraw_panels(context)
        return {"FINISHED"}


class DUOLOGUE_OT_restore_inferences(bpy.types.Operator):  # noqa: N801 — Blender's naming
    """What was left out is inferred again."""

    bl_idname = "duologue.restore_inferences"
    bl_label = "Infer again"
    bl_description = "Infer again what you have left out of this sentence"
    bl_options = {"REGISTER", "UNDO"}  # noqa: RUF012 — Blender's own form

    key: bpy.props.StringProperty(  # type: ignore[valid-type]
        name="Inference", description="Which inference, by its key; empty for all", options={"HIDDEN", "SKIP_SAVE"}
    )

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Something was left out."""
        if left_out(settings_of(context.scene)):
            return True
        cls.poll_message_set("Nothing was left out")
        return False

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Forget what was left out, and read the sentence again."""
        restore(settings_of(context.scene), self.key)
        read_at_once()
        redraw_panels(context)
        return {"FINISHED"}


CLASSES: Final = (DUOLOGUE_OT_leave_out_inference, DUOLOGUE_OT_restore_inferences)
