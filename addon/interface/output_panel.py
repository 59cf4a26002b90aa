"""The panel *Output*: films, cameras and cuts, and the take for other programs."""

from __future__ import annotations

from typing import Final

import bpy

from ..settings.output_properties import OutputSettings, output_of
from ..settings.properties import settings_of
from ..staging.film_places import films_folder
from .operators.films import RunningFilm, RunningPreview
from .progress_rows import draw_progress
from .sidebar import SubPanel, native
from .wrapping import draw_lines, row_or_column


class DUOLOGUE_PT_output(SubPanel, bpy.types.Panel):  # noqa: N801 — Blender's naming
    """What leaves Blender."""

    bl_label = "Output"
    bl_idname = "DUOLOGUE_PT_output"
    bl_order = 7
    bl_options = {"DEFAULT_CLOSED"}  # noqa: RUF012 — Blender's own form

    def draw(self, context: bpy.types.Context) -> None:
        """Cameras first, since films are seen by them; then films; then other programs."""
        self._draw_cuts(context)
        self._draw_films(context, output_of(context.scene))
        self.layout.separator()
        self.layout.operator("duologue.export_take", icon="EXPORT")

    def _draw_cuts(self, context: bpy.types.Context) -> None:
        row = row_or_column(self.layout, context)
        row.operator("duologue.apply_cuts", icon="CAMERA_DATA")
        row.operator("duologue.remove_cuts", text="", icon="X")
        native(self.layout, context).prop(settings_of(context.scene), "cuts", text="With a new take")

    def _draw_films(self, context: bpy.types.Context, output: OutputSettings) -> None:
        self.layout.separator()
        if RunningPreview.worker is not None:
            share = RunningPreview.worker.share
            draw_progress(self.layout, RunningPreview.sentence(), share, "duologue.cancel_preview")
        else:
            self.layout.operator("duologue.preview_film", icon="SEQUENCE")
        column = native(self.layout, context)
        column.prop(output, "preview_view")
        column.prop(output, "preview_percent")
        if RunningFilm.worker is not None:
            draw_progress(self.layout, RunningFilm.sentence(), RunningFilm.worker.share, "duologue.cancel_film")
        else:
            self.layout.operator("duologue.film", icon="RENDER_ANIMATION")
        column = native(self.layout, context)
        column.prop(output, "folder")
        column.prop(output, "open_films")
        draw_lines(self.layout, context, f"Films go to {films_folder(context.scene)}", "INFO")


CLASSES: Final = (DUOLOGUE_PT_output,)
