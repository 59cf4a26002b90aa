"""*Use FLAME file…*: interactive with a timer and progress, or complete and synchronous in the background."""

from __future__ import annotations

import bpy

from ....backend.contract.errors import DuologueError, ExitCode
from ...heads.faces import faces_folder
from ...heads.flame_import import ImportedFace, start_import
from ...settings.properties import settings_of
from ...worker.preferences import backend_assets, backend_python
from ...worker.worker_process import CommandProcess
from .saying import say
from .watching import BACKEND_CHANGES, CancelOperator, FileOperator, Running, backend_changes


class RunningImport(Running):
    """The one import of this Blender, as the panel shows it."""


class DUOLOGUE_OT_use_flame_file(FileOperator):  # noqa: N801 — Blender's naming
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
    cancelled_sentence = "Cancelled. Nothing was imported."

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """One import at a time."""
        if RunningImport.worker is not None:
            cls.poll_message_set("A FLAME file is being imported")
            return False
        if backend_changes(context):
            cls.poll_message_set(BACKEND_CHANGES)
            return False
        return True

    def finish(self, context: bpy.types.Context, found: ImportedFace) -> set[str]:
        """Choose the face for the next conversation."""
        settings_of(context.scene).face = found.id
        say(self, context, found.sentence())
        return {"FINISHED"}

    def start(self, context: bpy.types.Context) -> CommandProcess[ImportedFace]:
        """A worker that imports the file. Raises DuologueError (FACE_NOT_FOUND, WORKER_NOT_FOUND)."""
        file = self.chosen_file()
        if file is None:
            raise DuologueError(
                ExitCode.FACE_NOT_FOUND,
                f"There is no file at {self.filepath}." if self.filepath else "No file was chosen.",
                "Choose the FLAME model that you downloaded, such as generic_model.pkl.",
            )
        return start_import(backend_python(context), file, faces_folder(), backend_assets(context))


class DUOLOGUE_OT_cancel_import(CancelOperator):  # noqa: N801 — Blender's naming
    """Stop importing; nothing is changed."""

    bl_idname = "duologue.cancel_import"
    bl_label = "Cancel"
    bl_description = "Stop importing; nothing is changed"

    running = RunningImport
