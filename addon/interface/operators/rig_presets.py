"""Presets of the artist's own: the mapping's table saved under a name, and removed."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import bpy

from ...retargeting.rig_presets import is_own_preset, name_preset, preset_of, remove_preset, save_preset
from ...settings.mapping_properties import mapping_of_table, table_of, take_on
from ...settings.properties import mapped_head
from .mapping import OnCharacter
from .saying import attempted


class DUOLOGUE_OT_save_rig_preset(OnCharacter):  # noqa: N801 — Blender's naming
    """The table becomes a preset."""

    bl_idname = "duologue.save_rig_preset"
    bl_label = "Save preset…"
    bl_description = "Keep this mapping as a preset of yours, for every character with the same names"
    bl_options = {"REGISTER"}  # noqa: RUF012 — Blender's own form; a file on disk is not undone
    changes_scene = True  # characters are mapped by it

    title: bpy.props.StringProperty(name="Name", description="What the preset is called")  # type: ignore[valid-type]
    overwrite: bpy.props.BoolProperty(  # type: ignore[valid-type]
        name="Overwrite", description="Replace a preset of yours that has this name", default=False
    )

    @classmethod
    def reason(cls, context: bpy.types.Context) -> str | None:
        """There must be something to save."""
        table = table_of(context.scene)
        empty = table.shown != mapped_head(context.scene) or not (table.shapes or table.bones or table.solved)
        return "The table is empty; press Auto-map or add rows" if empty else None

    def invoke(self, context: bpy.types.Context, _event: bpy.types.Event) -> set[str]:
        """Ask for the name."""
        self.overwrite = False
        self.title = self.title or mapped_head(context.scene).name
        return context.window_manager.invoke_props_dialog(self)

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Write the file, or say why not."""

        def work(head: bpy.types.Object) -> str:
            mapping = mapping_of_table(context.scene)
            saved = save_preset(mapping, self.title, overwrite=self.overwrite)
            take_on(context.scene, head, saved.stem, replace(mapping, title=saved.title))
            return f"Saved as {saved.path}."

        return self.attempt(context, work)


class DUOLOGUE_OT_remove_rig_preset(bpy.types.Operator):  # noqa: N801 — Blender's naming
    """Delete a preset of the artist's own."""

    bl_idname = "duologue.remove_rig_preset"
    bl_label = "Remove preset"
    bl_description = "Delete a preset of yours; characters that were mapped by it keep their mapping"
    bl_options = {"REGISTER"}  # noqa: RUF012 — Blender's own form; a file on disk is not undone
    changes_scene = True  # characters are mapped by it

    preset: bpy.props.StringProperty(name="Preset", description="The preset's file, without .json")  # type: ignore[valid-type]

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """The character's preset must be one of the artist's own."""
        head = mapped_head(context.scene)
        if head is not None and is_own_preset(preset_of(head)):
            return True
        cls.poll_message_set("This character is not mapped by a preset of yours")
        return False

    def invoke(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        """Ask first."""
        return context.window_manager.invoke_confirm(self, event)

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Delete the file, or say why not."""

        def work() -> str:
            removed = remove_preset(self.preset or preset_of(mapped_head(context.scene)))
            for one in bpy.data.objects:
                if preset_of(one) == removed.stem and one.library is None:
                    name_preset(one, "")
            return f"The preset “{removed.title}” is removed."

        return attempted(self, context, work)


CLASSES: Final = (DUOLOGUE_OT_save_rig_preset, DUOLOGUE_OT_remove_rig_preset)
