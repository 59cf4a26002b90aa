"""*Use DualTalk checkpoint…*: checked and converted by the worker, then offered as an engine."""

from __future__ import annotations

import bpy

from ....backend.contract.constants import OFFICIAL_ENGINE
from ....backend.contract.errors import DuologueError, ExitCode
from ...settings.blend_paths import remembered
from ...settings.properties import settings_of
from ...worker.checkpoint import UsableCheckpoint, start_conversion
from ...worker.preferences import backend_python, remember_checkpoint
from ...worker.worker_process import CommandProcess
from .saying import say
from .watching import BACKEND_CHANGES, CancelOperator, FileOperator, Running, backend_changes


class RunningConversion(Running):
    """The one conversion of this Blender, as the panel shows it."""


class DUOLOGUE_OT_use_checkpoint(FileOperator):  # noqa: N801 — Blender's naming
    """Act by the weights that DualTalk's authors published."""

    bl_idname = "duologue.use_checkpoint"
    bl_label = "Use DualTalk checkpoint…"
    bl_description = (
        "Choose the weights that DualTalk's authors published (DualTalk.pth, under their own licence); they are "
        "checked and converted once to a file of half the size beside it"
    )

    filepath: bpy.props.StringProperty(subtype="FILE_PATH", options={"SKIP_SAVE"})  # type: ignore[valid-type]
    filter_glob: bpy.props.StringProperty(  # type: ignore[valid-type]
        default="*.pth;*.pt;*.safetensors", options={"HIDDEN"}
    )

    running = RunningConversion
    cancelled_sentence = "Cancelled. Nothing was converted."

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """One conversion at a time."""
        if RunningConversion.worker is not None:
            cls.poll_message_set("A checkpoint is being converted")
            return False
        if backend_changes(context):
            cls.poll_message_set(BACKEND_CHANGES)
            return False
        return True

    def start(self, context: bpy.types.Context) -> CommandProcess[UsableCheckpoint]:
        """A worker that converts the file. Raises DuologueError (WEIGHTS_INVALID, WORKER_NOT_FOUND)."""
        file = self.chosen_file()
        if file is None:
            raise DuologueError(
                ExitCode.WEIGHTS_INVALID,
                f"There is no file at {self.filepath}." if self.filepath else "No file was chosen.",
                "Choose the DualTalk.pth that you downloaded.",
            )
        return start_conversion(backend_python(context), file)

    def finish(self, context: bpy.types.Context, found: UsableCheckpoint) -> set[str]:
        """Remember it, and act by it from now on."""
        remember_checkpoint(context, found.file)
        settings = settings_of(context.scene)
        settings.checkpoint, settings.engine = remembered(found.file), OFFICIAL_ENGINE
        say(self, context, found.sentence())
        return {"FINISHED"}


class DUOLOGUE_OT_cancel_checkpoint(CancelOperator):  # noqa: N801 — Blender's naming
    """Stop converting; nothing is changed."""

    bl_idname = "duologue.cancel_checkpoint"
    bl_label = "Cancel"
    bl_description = "Stop converting; nothing is changed"

    running = RunningConversion
