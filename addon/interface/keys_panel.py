"""The panel *Keys*: how many, which channels, where they go; and the button that takes them away again."""

from __future__ import annotations

from typing import Final

import bpy

from ..keys.in_time import away_from_sound, put_strips_back
from ..keys.removing import Removed, has_written, remove_written
from ..retargeting.channel_groups import GROUPS
from ..settings.key_properties import INTO_RANGE, REDUCED
from ..settings.properties import DuologueSettings, settings_of
from .operators.saying import say, say_warning
from .sidebar import SubPanel, native
from .wrapping import draw_lines, is_narrow


class DUOLOGUE_OT_remove_keys(bpy.types.Operator):  # noqa: N801 — Blender's naming
    """Take away what Duologue wrote on both heads; what you added or changed stays."""

    bl_idname = "duologue.remove_keys"
    bl_label = "Remove Duologue keys"
    bl_description = (
        "Take away actions, strips and keys that Duologue wrote on both heads; what you added or changed stays"
    )
    bl_options = {"REGISTER", "UNDO"}  # noqa: RUF012 — Blender's own form

    @classmethod
    def poll(cls, _context: bpy.types.Context) -> bool:
        """There must be some."""
        if has_written():
            return True
        cls.poll_message_set("Duologue has written no keys in this file")
        return False

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Remove, and say what stays."""
        removed: Removed = remove_written(settings_of(context.scene))
        say(self, context, removed.sentence())
        return {"FINISHED"}


class DUOLOGUE_OT_put_strips_back(bpy.types.Operator):  # noqa: N801 — Blender's naming
    """Lips at the sound again."""

    bl_idname = "duologue.put_strips_back"
    bl_label = "Put strips back"
    bl_description = "Move the take's NLA strips to where its sound is, and play them as fast as they were written"
    bl_options = {"REGISTER", "UNDO"}  # noqa: RUF012 — Blender's own form

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """One must have been moved or stretched."""
        away = away_from_sound(settings_of(context.scene))
        if away is not None and (away.by_strip or away.stretched):
            return True
        cls.poll_message_set("No strip of the take is away from its sound")
        return False

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Move them, or say which had no room."""
        crowded = put_strips_back(settings_of(context.scene))
        if crowded:
            say_warning(self, context, f"No room on its track: {', '.join(crowded)}. Move what is beside it first.")
        else:
            say(self, context, "The take's strips are at the sound again.")
        return {"FINISHED"}


class DUOLOGUE_PT_keys(SubPanel, bpy.types.Panel):  # noqa: N801 — Blender's naming
    """How a take becomes keys."""

    bl_label = "Keys"
    bl_idname = "DUOLOGUE_PT_keys"
    bl_parent_id = "DUOLOGUE_PT_adjust"
    bl_options = {"DEFAULT_CLOSED"}  # noqa: RUF012 — Blender's own form

    def draw(self, context: bpy.types.Context) -> None:
        """How many, where, which channels; then the buttons."""
        settings = settings_of(context.scene)
        keys = settings.key_writing
        layout = native(self.layout, context)
        layout.prop(keys, "density")
        if keys.density == REDUCED:
            column = layout.column(align=True)
            column.prop(keys, "millimetres", text="Lips within, mm")
            column.prop(keys, "degrees", text="Head within, °")
        layout.prop(keys, "mode")
        if keys.mode == INTO_RANGE:
            self._draw_range(context, layout, settings)
        self._draw_groups(context, settings)
        column = self.layout.column(align=True)
        column.operator("duologue.write_keys", icon="KEYINGSET")
        column.operator("duologue.remove_keys", icon="KEY_DEHLT")
        self.layout.operator("duologue.put_strips_back", icon="NLA")

    def _draw_range(self, context: bpy.types.Context, layout: bpy.types.UILayout, settings: DuologueSettings) -> None:
        scene = context.scene
        column = layout.column(align=True)
        if scene.use_preview_range:
            draw_lines(column, context, f"Preview range {scene.frame_preview_start} – {scene.frame_preview_end}")
        else:
            column.prop(settings.key_writing, "first")
            column.prop(settings.key_writing, "last")
        column.prop(settings.key_writing, "blend")

    def _draw_groups(self, context: bpy.types.Context, settings: DuologueSettings) -> None:
        chosen = len(settings.key_writing.groups)
        header, body = self.layout.panel("duologue_channels", default_closed=True)
        header.label(text="All channels" if chosen == len(GROUPS) else f"{chosen} of {len(GROUPS)} channels")
        if body is not None:
            column, count = body.column(align=True), 2 if is_narrow(context) else 3
            for first in range(0, len(GROUPS), count):
                row = column.row(align=True)
                for group in GROUPS[first : first + count]:
                    row.prop_enum(settings.key_writing, "groups", group.upper())


CLASSES: Final = (DUOLOGUE_OT_remove_keys, DUOLOGUE_OT_put_strips_back, DUOLOGUE_PT_keys)
