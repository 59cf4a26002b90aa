"""*Use FLAME file…*: interactive with a timer and progress, or complete and synchronous in the background."""

from __future__ import annotations

from pathlib import Path

import bpy

from ....backend.contract.errors import DuologueError, ExitCode
from ...heads.faces import faces_folder
from ...heads.flame_import import ImportedFace, start_import
from ...settings.properties import settings_of
from ...worker.preferences import backend_assets, backend_python
from ...worker.worker_command import WorkerCommand
from .saying import say, say_error
from .watching import CancelOperator, Running, WatchingOperator, waited_for


class RunningImport(Running):
    """The one import of this Blender, as the panel shows it."""


class DUOLOGUE_OT_use_flame_file(WatchingOperator):  # noqa: N801 — Blender's naming
    """Import a FLAME model that you downloaded, and build the next conversation on it."""

    bl_idname = "duologue.use_flame_file"
    bl_label = "Use FLAME file…"
    bl_description = (
        "Import a FLAME model that you downloaded under its own licence (generic_model.pkl, flame2023.pkl or .npz), "
        "and build the next conversation on it"
    )

    filepath: bpy.props.StringProperty(subtype="FILE_PATH", options={"SKIP_SAVE"})  # type: ignore[valid-type]
    filter_glob: bpy.props.StringProperty(default="*.pkl;*.npz", options={"HIDDEN"})  # type: ignore[valid-type]

    running = RunningImport
    _from_selector: bool = False

    @classmethod
    def poll(cls, _context: bpy.types.Context) -> bool:
        """One import at a time."""
        if RunningImport.worker is not None:
            cls.poll_message_set("A FLAME file is being imported")
            return False
        return True

    def invoke(self, context: bpy.types.Context, _event: bpy.types.Event) -> set[str]:
        """Ask for the file; once it is known, import it and stay usable meanwhile."""
        if bpy.app.background:
            return self.execute(context)
        if not self.filepath:
            self._from_selector = True
            context.window_manager.fileselect_add(self)
            return {"RUNNING_MODAL"}
        try:
            worker = self._start(context)
        except DuologueError as error:
            return self.fail(context, error)
        return self.watch(context, worker)

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Import, synchronously: what scripts and `-b` call. The file selector's answer goes the other way."""
        if self._from_selector:
            self._from_selector = False
            # A file selector ends in `execute`, where no timer can be awaited.
            bpy.ops.duologue.use_flame_file("INVOKE_DEFAULT", filepath=self.filepath)
            return {"FINISHED"}
        try:
            found = waited_for(self._start(context))
        except DuologueError as error:
            return self.fail(context, error)
        return self.finish(context, found)

    def finish(self, context: bpy.types.Context, found: ImportedFace) -> set[str]:
        """Choose the face for the next conversation."""
        settings_of(context.scene).face = found.id
        say(self, context, found.sentence())
        return {"FINISHED"}

    def fail(self, context: bpy.types.Context, error: DuologueError) -> set[str]:
        """Say what went wrong."""
        if error.code == ExitCode.CANCELLED:
            say(self, context, "Cancelled. Nothing was imported.")
        else:
            say_error(self, context, error)
        return {"CANCELLED"}

    def _start(self, context: bpy.types.Context) -> WorkerCommand[ImportedFace]:
        file = Path(bpy.path.abspath(self.filepath)) if self.filepath else None
        if file is None or not file.is_file():
            raise DuologueError(
                ExitCode.FACE_NOT_FOUND,
                f"There is no file at {file}." if file else "No file was chosen.",
                "Choose the FLAME model that you downloaded, such as generic_model.pkl.",
            )
        return start_import(backend_python(context), file.absolute(), faces_folder(), backend_assets(context))


class DUOLOGUE_OT_cancel_import(CancelOperator):  # noqa: N801 — Blender's naming
    """Stop importing; nothing is changed."""

    bl_idname = "duologue.cancel_import"
    bl_label = "Cancel"
    bl_description = "Stop importing; nothing is changed"

    running = RunningImport
