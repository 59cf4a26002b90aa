"""*Choose…* beside a transcript: a file browser that shows texts."""

from __future__ import annotations

from pathlib import Path

import bpy
from bpy_extras.io_utils import ImportHelper

from ....backend.contract.reading import is_file
from ...settings.blend_paths import remembered
from ...settings.properties import settings_of
from .saying import redraw_panels


class DUOLOGUE_OT_choose_transcript(bpy.types.Operator, ImportHelper):  # noqa: N801 — Blender's naming
    """Which text file holds what somebody says."""

    bl_idname = "duologue.choose_transcript"
    bl_label = "Choose transcript"
    bl_description = "Choose a text file (.txt) with what this person says"
    bl_options = {"REGISTER", "UNDO"}  # noqa: RUF012 — Blender's own form

    filter_glob: bpy.props.StringProperty(default="*.txt;*.srt;*.vtt;*.sbv;*.ass", options={"HIDDEN"})  # type: ignore[valid-type]
    person: bpy.props.EnumProperty(  # type: ignore[valid-type]
        name="Person",
        description="Whose words they are",
        items=(("a", "First", "The first person"), ("b", "Second", "The second person")),
    )

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Put the file into the panel."""
        if not is_file(Path(self.filepath)):
            self.report({"ERROR"}, f"There is no file at {self.filepath}.")
            return {"CANCELLED"}
        chosen = remembered(Path(bpy.path.abspath(self.filepath)).absolute())
        setattr(settings_of(context.scene), f"transcript_{self.person}", chosen)
        redraw_panels(context)
        return {"FINISHED"}
