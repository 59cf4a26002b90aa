"""The panel *Scene*: one sentence, and how it was understood."""

from __future__ import annotations

import json
from typing import Final

import bpy

from ..settings.conversations import settings_of
from ..settings.inferences import Inferred, all_inferences, left_out, sentence_of
from ..settings.people import names_of
from ..settings.properties import DuologueSettings
from ..settings.scene_properties import reading_key
from ..settings.staging_properties import staging_told
from ..worker.preferences import backend_state
from .operators.read_sentence import RunningReading, read_soon
from .plan.icons import look_of, plan_icon
from .sidebar import SubPanel
from .wrapping import draw_lines, line_of

_UNITS: Final = 20
"""The pop-up's width, in Blender's units of 20 pixels at scale 1."""
_INFERRED_ROWS: Final = 3
_PLAN_LEAST, _PLAN_MOST = 4.0, 9.0
"""Of the plan's side, in Blender's units of 20 pixels at scale 1."""
_BESIDE_PLAN: Final = 3.0
"""Units of the sidebar's width that the plan does not have."""


class DUOLOGUE_PT_scene(SubPanel, bpy.types.Panel):  # noqa: N801 — Blender's naming
    """Where the two are and how they carry themselves."""

    bl_label = "Scene"
    bl_idname = "DUOLOGUE_PT_scene"
    bl_order = 3

    def draw(self, context: bpy.types.Context) -> None:
        """The sentence, grey while the values below it decide; then what it means."""
        settings = settings_of(context.scene)
        row = self.layout.row(align=True)
        row.active = not settings.staging.used
        row.prop(settings, "prompt", text="", icon="TEXT")
        row.operator("duologue.read_sentence", text="", icon="FILE_REFRESH")
        self._draw_reading(context, settings)
        _draw_plan(self.layout, context, settings)
        _draw_inferred(self.layout, context, settings)

    def _draw_reading(self, context: bpy.types.Context, settings: DuologueSettings) -> None:
        """One row whatever there is to say, since it comes while the artist is on the way to another button."""
        row = self.layout.row()
        if settings.staging.used:
            row.label(text="The values below decide", icon="INFO")
        elif settings.prompt_read == reading_key(settings):
            missed = settings.prompt_missed
            text, icon = missed or settings.prompt_understood, "ERROR" if missed else "CHECKMARK"
            row.popover("DUOLOGUE_PT_reading", text=text, icon=icon, translate=False)
        elif not backend_state(context).ready:
            row.label(text="Read once the backend is installed", icon="INFO")
        else:
            read_soon(settings)
            reading = RunningReading.worker is not None
            row.label(text="Reading …" if reading else "Not read yet", icon="SORTTIME" if reading else "INFO")


def _draw_plan(layout: bpy.types.UILayout, context: bpy.types.Context, settings: DuologueSettings) -> None:
    """The place from above, of one size whatever it shows: where the sentence, or the values, put the two."""
    header, body = layout.panel("duologue_plan", default_closed=False)
    header.label(text="Plan")
    if body is None:
        return
    used = settings.staging.used and settings.staging.arrangement
    staging = json.dumps(staging_told(settings.staging)) if used else settings.prompt_staging
    units = context.region.width / (context.preferences.system.ui_scale * 20.0) - _BESIDE_PLAN
    scale = min(max(units, _PLAN_LEAST), _PLAN_MOST)
    place = f"{settings.id_data.name} {settings.number}"
    icon = plan_icon(place, staging, names_of(settings), look_of(context, scale)) if staging else 0
    body.template_icon(icon, scale=scale)


def _draw_inferred(layout: bpy.types.UILayout, context: bpy.types.Context, settings: DuologueSettings) -> None:
    """What the sentence does not say: as many rows whatever there is, the rest in a pop-up."""
    unwanted, listed = left_out(settings), all_inferences(settings)
    header, body = layout.panel("duologue_inferred", default_closed=False)
    header.label(text=f"Inferred, {len(unwanted)} left out" if unwanted else "Inferred")
    header.operator("duologue.restore_inferences", text="", icon="LOOP_BACK", emboss=False)
    if body is None:
        return
    column = body.column(align=True)
    column.active = not settings.staging.used
    fitting = listed if len(listed) <= _INFERRED_ROWS else listed[: _INFERRED_ROWS - 1]
    for one in fitting:
        _draw_inference(column.row(align=True), one, line_of(context, sentence_of(one)), wanted=one not in unwanted)
    rows = len(fitting)
    if len(listed) > rows:
        column.row(align=True).popover("DUOLOGUE_PT_inferred", text=f"{len(listed) - rows} more", translate=False)
        rows += 1
    for row in range(rows, _INFERRED_ROWS):
        column.row(align=True).label(text="" if row else "Nothing is inferred")


def _draw_inference(row: bpy.types.UILayout, one: Inferred, text: str, *, wanted: bool) -> None:
    """With the button that leaves it out, or at the same place the one that brings it back."""
    told = row.row(align=True)
    told.active = wanted
    told.label(text=text, translate=False)
    name, icon = ("leave_out_inference", "X") if wanted else ("restore_inferences", "LOOP_BACK")
    row.operator(f"duologue.{name}", text="", icon=icon, emboss=False).key = one.key


class DUOLOGUE_PT_inferred(bpy.types.Panel):  # noqa: N801 — Blender's naming
    """All that is inferred from the sentence, and what is left out of that."""

    bl_label = "What is inferred from the sentence"
    bl_idname = "DUOLOGUE_PT_inferred"
    bl_space_type = "VIEW_3D"
    bl_region_type = "HEADER"
    bl_ui_units_x = _UNITS

    def draw(self, context: bpy.types.Context) -> None:
        """Each with its button."""
        settings = settings_of(context.scene)
        unwanted, column = left_out(settings), self.layout.column(align=True)
        for one in all_inferences(settings):
            _draw_inference(column.row(align=True), one, sentence_of(one), wanted=one not in unwanted)


class DUOLOGUE_PT_reading(bpy.types.Panel):  # noqa: N801 — Blender's naming
    """All of how the sentence was understood."""

    bl_label = "How the sentence is understood"
    bl_idname = "DUOLOGUE_PT_reading"
    bl_space_type = "VIEW_3D"
    bl_region_type = "HEADER"
    bl_ui_units_x = _UNITS

    def draw(self, context: bpy.types.Context) -> None:
        """What it means, what nothing follows from, and what is inferred."""
        settings = settings_of(context.scene)
        draw_lines(self.layout, context, settings.prompt_understood, "CHECKMARK", units=_UNITS)
        draw_lines(self.layout, context, settings.prompt_missed, "ERROR", units=_UNITS)
        for one in all_inferences(settings):
            if one not in left_out(settings):
                draw_lines(self.layout, context, sentence_of(one), "INFO", units=_UNITS)


CLASSES: Final = (DUOLOGUE_PT_scene, DUOLOGUE_PT_reading, DUOLOGUE_PT_inferred)
