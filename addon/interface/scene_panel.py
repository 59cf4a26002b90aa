"""The panel *Scene*: one sentence, and how it was understood."""

from __future__ import annotations

from typing import Final

import bpy

from ..settings.conversations import settings_of
from ..settings.properties import DuologueSettings
from ..settings.scene_properties import reading_key
from ..worker.preferences import backend_state
from .operators.read_sentence import RunningReading, read_soon
from .sidebar import SubPanel
from .wrapping import draw_lines

_UNITS: Final = 20
"""The pop-up's width, in Blender's units of 20 pixels at scale 1."""


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


class DUOLOGUE_PT_reading(bpy.types.Panel):  # noqa: N801 — Blender's naming
    """All of how the sentence was understood."""

    bl_label = "How the sentence is understood"
    bl_idname = "DUOLOGUE_PT_reading"
    bl_space_type = "VIEW_3D"
    bl_region_type = "HEADER"
    bl_ui_units_x = _UNITS

    def draw(self, context: bpy.types.Context) -> None:
        """What it means, then what nothing follows from."""
        settings = settings_of(context.scene)
        draw_lines(self.layout, context, settings.prompt_understood, "CHECKMARK", units=_UNITS)
        draw_lines(self.layout, context, settings.prompt_missed, "ERROR", units=_UNITS)


CLASSES: Final = (DUOLOGUE_PT_scene, DUOLOGUE_PT_reading)
