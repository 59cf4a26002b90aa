"""The panel *Staging*: where the sentence put the two, as values to correct."""

from __future__ import annotations

from typing import Final

import bpy

from ..settings.properties import people_of, settings_of
from ..settings.staging_properties import places_of
from .sidebar import SubPanel, native
from .wrapping import draw_lines, is_narrow


class DUOLOGUE_PT_staging(SubPanel, bpy.types.Panel):  # noqa: N801 — Blender's naming
    """Places, postures, moods and looks of both people."""

    bl_label = "Staging"
    bl_idname = "DUOLOGUE_PT_staging"
    bl_parent_id = "DUOLOGUE_PT_scene"
    bl_options = {"DEFAULT_CLOSED"}  # noqa: RUF012 — Blender's own form

    def draw(self, context: bpy.types.Context) -> None:
        """The values, and what decides: they or the sentence."""
        settings = settings_of(context.scene)
        staging = settings.staging
        if not staging.arrangement:
            draw_lines(self.layout, context, "Generate a take to see its places", "INFO")
            return
        row = self.layout.row()
        row.prop(staging, "used", text="Use values" if is_narrow(context) else "Use these values")
        row.operator("duologue.stage_by_sentence", text="", icon="LOOP_BACK")
        column = native(self.layout, context)
        column.prop(staging, "distance")
        for name, place in zip(people_of(settings), places_of(staging), strict=True):
            box = column.box()
            box.label(text=name)
            for shown in ("position", "height", "facing", "posture", "lean", "mood", "gaze_away", "gaze_held"):
                box.prop(place, shown)
        if staging.used:
            draw_lines(column, context, "These values decide, not the sentence", "INFO")


CLASSES: Final = (DUOLOGUE_PT_staging,)
