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
        column = self.layout.column(align=True)
        if settings.staging.used:
            column.label(text="The values below decide", icon="INFO")
        elif not settings.prompt:
            column.label(text="Across a small table, as nothing is said", icon="INFO")
        elif settings.prompt_read == reading_key(settings):
            draw_lines(column, context, settings.prompt_understood, "CHECKMARK")
            draw_lines(column, context, settings.prompt_missed, "ERROR")
        elif not backend_state(context).ready:
            column.label(text="Read once the backend is installed", icon="INFO")
        else:
            read_soon(settings)
            reading = RunningReading.worker is not None
            column.label(text="Reading …" if reading else "Not read yet", icon="SORTTIME" if reading else "INFO")


CLASSES: Final = (DUOLOGUE_PT_scene,)
