"""Presets of the artist's own: the mapping's table saved under a name, and removed."""

from __future__ import annotations

from typing import Final

import bpy

from ...backend.contract.errors import DuologueError
from ..mapping_properties import mapping_of_table, table_of
from ..rig_presets import PRESET_PROPERTY, preset_files, remove_preset, save_preset
from .mapping import OnCharacter, mapped_head
from .saying import say, say_error


class DUOLOGUE_OT_save_rig_preset(OnCharacter):  # noqa: N801 — Blender's naming
    """The table becomes a preset."""

    bl_idname = "duologue.save_rig_preset"
    bl_label = "Save preset…"
    bl_description = "Keep this mapping as a preset of yours, for every character with the same names"
    bl_options = {"REGISTER"}  # noqa: RUF012 — Blender's own form; a file on disk is not undone

    title: bpy.props.StringProperty(name="Name", description="What the preset is called")  # type: ignore[valid-type]
    overwrite: bpy.props.BoolProperty(  # type: ignore[valid-type]
        name="Overwrite", description="Replace a preset of yours that has this name", default=False
    )

    @classmethod
    def reason(cls, context: bpy.types.Context) -> str | None:
        """There must be something to save."""
        head = mapped_head(context)
        table = table_of(head) if head is not None else None
        empty = table is None or not (table.shapes or table.bones or table.solved)
        return "The table is empty; press Auto-map or add rows" if empty else None

    def invoke(self, context: bpy.types.Context, _event: bpy.types.Event) -> set[str]:
        """Ask for the name."""
        self.overwrite = False
        self.title = self.title or mapped_head(context).name
        return context.window_manager.invoke_props_dialog(self)

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Write the file, or say why not."""

        def work(head: bpy.types.Object) -> str:
            saved = save_preset(mapping_of_table(head), self.title, overwrite=self.overwrite)
            head[PRESET_PROPERTY] = saved.stem
            table = table_of(head)
            table.preset_title, table.edited = saved.title, False
            return f"Saved as {saved.path}."

        return self.attempt(context, work)


class DUOLOGUE_OT_remove_rig_preset(bpy.types.Operator):  # noqa: N801 — Blender's naming
    """Delete a preset of the artist's own."""

    bl_idname = "duologue.remove_rig_preset"
    bl_label = "Remove preset"
    bl_description = "Delete a preset of yours; characters that were mapped by it keep their mapping"
    bl_options = {"REGISTER"}  # noqa: RUF012 — Blender's own form; a file on disk is not undone

    preset: bpy.props.StringProperty(name="Preset", description="The preset's file, without .json")  # type: ignore[valid-type]

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """The character's preset must be one of the artist's own."""
        head = mapped_head(context)
        stem = head.get(PRESET_PROPERTY) if head is not None else None
        if any(one.own and one.stem == stem for one in preset_files()):
            return True
        cls.poll_message_set("This character is not mapped by a preset of yours")
        return False

    def invoke(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        """Ask first."""
        return context.window_manager.invoke_confirm(self, event)

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Delete the file, or say why not."""
        head = mapped_head(context)
        try:
            removed = remove_preset(self.preset or str(head.get(PRESET_PROPERTY)))
        except DuologueError as error:
            say_error(self, context, error)
            return {"CANCELLED"}
        for one in bpy.data.objects:
            if one.get(PRESET_PROPERTY) == removed.stem:
                del one[PRESET_PROPERTY]
        say(self, context, f"The preset “{removed.title}” is removed.")
        return {"FINISHED"}


CLASSES: Final = (DUOLOGUE_OT_save_rig_preset, DUOLOGUE_OT_remove_rig_preset)
