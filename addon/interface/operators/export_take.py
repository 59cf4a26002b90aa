"""*Export take…*: the take on disk as CSV or JSON for other programs."""

from __future__ import annotations

from pathlib import Path

import bpy
from bpy_extras.io_utils import ExportHelper

from ....backend.contract.errors import DuologueError
from ....backend.contract.performance import load_performance
from ...export.export_take import export_take
from ...heads.faces import faces_folder
from ...keys.takes import take_file
from ...settings.blend_paths import file_of
from ...settings.properties import settings_of
from .saying import say, say_error


class DUOLOGUE_OT_export_take(bpy.types.Operator, ExportHelper):  # noqa: N801 — Blender's naming
    """Write the take for other programs."""

    bl_idname = "duologue.export_take"
    bl_label = "Export take…"
    bl_description = "Write the take as CSV, as Live Link Face records it, or as JSON with everything"
    bl_options = {"REGISTER"}  # noqa: RUF012 — Blender's own form

    filename_ext = ""
    filter_glob: bpy.props.StringProperty(default="*.csv;*.json", options={"HIDDEN"})  # type: ignore[valid-type]
    format: bpy.props.EnumProperty(  # type: ignore[valid-type]
        name="Format",
        description="What the file holds; a name that ends in .csv or .json decides by itself",
        items=(
            (".csv", "CSV", "One file a person in the columns of Live Link Face: 52 shapes, head and eyes"),
            (".json", "JSON", "One file with everything: expression, joints, places, who speaks"),
        ),
    )
    person: bpy.props.EnumProperty(  # type: ignore[valid-type]
        name="Person",
        description="Whom to export",
        items=(("both", "Both", "Both people"), ("1", "First", "The first person"), ("2", "Second", "The second")),
    )

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """There must be a take."""
        if settings_of(context.scene).take:
            return True
        cls.poll_message_set("Generate a take first, or choose one")
        return False

    def check(self, _context: bpy.types.Context) -> bool:
        """The file's name follows the chosen format."""
        path = str(Path(self.filepath).with_suffix(self.format)) if self.filepath else ""
        changed = path != self.filepath
        self.filepath = path
        return changed

    def invoke(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        """Open the file browser beside the .blend, with the take's name."""
        settings = settings_of(context.scene)
        take = file_of(settings, settings.take)
        folder = Path(bpy.data.filepath).parent if bpy.data.filepath else take.parent
        self.filepath = str(folder / f"{take.parent.name}{self.format}")
        return ExportHelper.invoke(self, context, event)  # type: ignore[no-any-return]

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Write, or say why not."""
        out = Path(bpy.path.abspath(self.filepath))
        if not out.suffix:
            out = out.with_suffix(self.format)
        try:
            performance = load_performance(take_file(settings_of(context.scene)))
            written = export_take(performance, out, self.person, faces_folder())
        except DuologueError as error:
            say_error(self, context, error)
            return {"CANCELLED"}
        say(self, context, f"Written: {', '.join(path.name for path in written)} in {out.parent}.")
        return {"FINISHED"}
