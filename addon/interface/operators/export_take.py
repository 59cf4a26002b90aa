"""*Export take…*: the take on disk as CSV or JSON for other programs."""

from __future__ import annotations

from pathlib import Path

import bpy
from bpy_extras.io_utils import ExportHelper

from ....backend.contract.errors import DuologueError, ExitCode
from ....backend.contract.performance import load_performance
from ...adjusting.adjusted import as_adjusted
from ...export.export_take import export_take_in_steps
from ...heads.faces import faces_folder
from ...keys.takes import take_file
from ...settings.adjust_properties import adjustments_of
from ...settings.properties import settings_of
from ...steps import Steps
from .asking import AsksForFile
from .saying import say
from .stepping import SteppingOperator


class DUOLOGUE_OT_export_take(AsksForFile, ExportHelper, SteppingOperator):  # noqa: N801 — Blender's naming
    """Write the take for other programs."""

    bl_idname = "duologue.export_take"
    bl_label = "Export take…"
    bl_description = "Write the take as CSV, as Live Link Face records it, or as JSON with everything"
    bl_options = {"REGISTER"}  # noqa: RUF012 — Blender's own form

    filename_ext = ""
    filepath: bpy.props.StringProperty(subtype="FILE_PATH", options={"SKIP_SAVE"})  # type: ignore[valid-type]
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

    adjusted: bpy.props.BoolProperty(  # type: ignore[valid-type]
        name="As adjusted",
        description="With the sliders of Adjust, as the keys have it; off, as it was generated",
        default=True,
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
        """Open the file browser beside the .blend, with the take's name, and write once there is a file.

        Where there is no take, say so at once.
        """
        if self.filepath:
            return SteppingOperator.invoke(self, context, event)
        try:
            take = take_file(settings_of(context.scene))
        except DuologueError as error:
            return self.fail(context, error)
        folder = Path(bpy.data.filepath).parent if bpy.data.filepath else take.parent
        self.filepath = str(folder / f"{take.parent.name}{self.format}")
        return self.ask(context)

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Write, synchronously: what scripts and `-b` call. The file selector's answer goes the other way."""
        return {"FINISHED"} if self.answered() else SteppingOperator.execute(self, context)

    def steps(self, context: bpy.types.Context) -> Steps[list[Path]]:
        """Write. Raises DuologueError."""
        out = self._file()
        yield "Reading the take", 0.0
        settings = settings_of(context.scene)
        performance = load_performance(take_file(settings))
        if self.adjusted:
            performance = as_adjusted(performance, adjustments_of(settings))
        return (yield from export_take_in_steps(performance, out, self.person, faces_folder()))

    def finish(self, context: bpy.types.Context, written: list[Path]) -> set[str]:
        """Say where it is."""
        say(self, context, f"Written: {', '.join(path.name for path in written)} in {written[0].parent}.")
        return {"FINISHED"}

    def given_up(self, context: bpy.types.Context) -> set[str]:
        """Nothing is on disk."""
        say(self, context, "Cancelled. Nothing was written.")
        return {"CANCELLED"}

    def _file(self) -> Path:
        if not self.filepath:
            raise DuologueError(ExitCode.OUTPUT_NOT_WRITABLE, "No file to write was chosen.", "Choose one.")
        out = Path(bpy.path.abspath(self.filepath))
        return out if out.suffix else out.with_suffix(self.format)
