"""A backend that is installed: moved to another folder, removed."""

from __future__ import annotations

import sys
from pathlib import Path

import bpy

from ....backend.contract.errors import DuologueError, ExitCode
from ...worker.backend_installation import installer_python, start_move, start_removal
from ...worker.job_process import KEPT_WORKER
from ...worker.preferences import backend_folder, backend_state, first_folder, remember
from ...worker.worker_process import CommandProcess
from .install_backend import BackendOperator
from .saying import say


class DUOLOGUE_OT_move_backend(BackendOperator):  # noqa: N801 — Blender's naming
    """Choose another folder; the backend goes there."""

    bl_idname = "duologue.move_backend"
    bl_label = "Move…"
    bl_description = "Move the installed backend to another folder, such as one on a larger disk"

    directory: bpy.props.StringProperty(subtype="DIR_PATH", options={"SKIP_SAVE"})  # type: ignore[valid-type]
    filter_folder: bpy.props.BoolProperty(default=True, options={"HIDDEN"})  # type: ignore[valid-type]

    cancelled_sentence = "Cancelled. The backend stays where it is."
    _from_selector = False

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Only what is there and not in use."""
        if not backend_state(context).installed:
            cls.poll_message_set("No backend is installed")
            return False
        return super().poll(context)

    def invoke(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        """Ask for the folder, then move."""
        if not self.directory and not bpy.app.background:
            self._from_selector = True
            context.window_manager.fileselect_add(self)
            return {"RUNNING_MODAL"}
        return super().invoke(context, event)

    def execute(self, context: bpy.types.Context) -> set[str]:
        """The selector's answer goes the way of `invoke`; scripts move at once."""
        if self._from_selector:
            self._from_selector = False
            bpy.ops.duologue.move_backend("INVOKE_DEFAULT", directory=self.directory)
            return {"FINISHED"}
        return super().execute(context)

    def start(self, context: bpy.types.Context) -> CommandProcess[Path]:
        """A worker that moves it into a folder of its own there. Raises DuologueError."""
        if not self.directory:
            raise DuologueError(ExitCode.BAD_REQUEST, "No folder was chosen.", "Choose one to move to.")
        KEPT_WORKER.end()  # its files move
        to = Path(bpy.path.abspath(self.directory)).absolute() / "duologue-backend"
        # One that was cut short near its end is finished from where it began.
        first, now = first_folder(context), backend_folder(context)
        return start_move(installer_python(sys.executable), first if to == now else now, to)

    def finish(self, context: bpy.types.Context, found: Path) -> set[str]:
        """Remember where it is now."""
        remember(context, "backend_folder", str(found))
        backend_state(context, now=True)
        say(self, context, f"The backend is in {found} now.")
        return {"FINISHED"}


class DUOLOGUE_OT_remove_backend(BackendOperator):  # noqa: N801 — Blender's naming
    """Remove what *Install backend* made."""

    bl_idname = "duologue.remove_backend"
    bl_label = "Remove backend"
    bl_description = "Remove the installed backend and what was fetched for it; scenes, takes and presets stay"

    cancelled_sentence = "Cancelled. Remove backend removes the rest."

    def invoke(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        """Ask, because it takes minutes to come back."""
        return set(context.window_manager.invoke_confirm(self, event))

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Remove it; it takes a second or two, in which Blender waits."""
        return super().execute(context)

    def start(self, context: bpy.types.Context) -> CommandProcess[bool]:
        """A worker that removes it. Raises DuologueError."""
        KEPT_WORKER.end()  # its files go
        return start_removal(installer_python(sys.executable), backend_folder(context))

    def finish(self, context: bpy.types.Context, found: bool) -> set[str]:
        """Say it."""
        backend_state(context, now=True)
        say(self, context, "The backend was removed." if found else "There was no backend to remove.")
        return {"FINISHED"}


CLASSES = (DUOLOGUE_OT_move_backend, DUOLOGUE_OT_remove_backend)
