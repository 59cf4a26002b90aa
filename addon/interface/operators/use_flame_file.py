"""*Use FLAME file…*: interactive with a timer and progress, or complete and synchronous in the background."""

from __future__ import annotations

import contextlib
import time
from pathlib import Path
from typing import ClassVar

import bpy

from ....backend.contract.errors import DuologueError, ExitCode
from ...heads.faces import faces_folder
from ...heads.flame_import import FlameImport, ImportedFace
from ...settings.properties import settings_of
from ...worker.preferences import backend_assets, backend_python
from .saying import redraw_panels, say, say_error

_TIMER_SECONDS = 0.2


class RunningImport:
    """The one import of this Blender, as the panel shows it."""

    worker: ClassVar[FlameImport | None] = None

    @classmethod
    def stop(cls) -> None:
        """End the worker if there is one."""
        if cls.worker is not None:
            with contextlib.suppress(OSError):
                cls.worker.close()
            cls.worker = None


class DUOLOGUE_OT_use_flame_file(bpy.types.Operator):  # noqa: N801 — Blender's naming
    """Import a FLAME model that you downloaded, and build the next conversation on it."""

    bl_idname = "duologue.use_flame_file"
    bl_label = "Use FLAME file…"
    bl_description = (
        "Import a FLAME model that you downloaded under its own licence (generic_model.pkl, flame2023.pkl or .npz), "
        "and build the next conversation on it"
    )

    filepath: bpy.props.StringProperty(subtype="FILE_PATH", options={"SKIP_SAVE"})  # type: ignore[valid-type]
    filter_glob: bpy.props.StringProperty(default="*.pkl;*.npz", options={"HIDDEN"})  # type: ignore[valid-type]

    _timer: bpy.types.Timer | None = None
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
            RunningImport.worker = self._start(context)
        except DuologueError as error:
            return self._fail(context, error)
        settings_of(context.scene).message = ""
        self._timer = context.window_manager.event_timer_add(_TIMER_SECONDS, window=context.window)
        context.window_manager.modal_handler_add(self)
        return {"RUNNING_MODAL"}

    def modal(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        """Poll on every tick."""
        if event.type != "TIMER" or RunningImport.worker is None:
            return {"PASS_THROUGH"}
        redraw_panels(context)
        try:
            found = RunningImport.worker.poll()
        except DuologueError as error:
            return self._fail(context, error)
        if found is None:
            return {"PASS_THROUGH"}
        self._end(context)
        return self._choose(context, found)

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Import, synchronously: what scripts and `-b` call. The file selector's answer goes the other way."""
        if self._from_selector:
            self._from_selector = False
            # A file selector ends in `execute`, where no timer can be awaited.
            bpy.ops.duologue.use_flame_file("INVOKE_DEFAULT", filepath=self.filepath)
            return {"FINISHED"}
        try:
            worker = self._start(context)
            try:
                found = worker.poll()
                while found is None:
                    time.sleep(_TIMER_SECONDS / 4)
                    found = worker.poll()
            finally:
                worker.close()
        except DuologueError as error:
            return self._fail(context, error)
        return self._choose(context, found)

    def cancel(self, context: bpy.types.Context) -> None:
        """Blender closes, or the file selector was left: the worker ends with the operator."""
        self._end(context)

    def _start(self, context: bpy.types.Context) -> FlameImport:
        file = Path(bpy.path.abspath(self.filepath)) if self.filepath else None
        if file is None or not file.is_file():
            raise DuologueError(
                ExitCode.FACE_NOT_FOUND,
                f"There is no file at {file}." if file else "No file was chosen.",
                "Choose the FLAME model that you downloaded, such as generic_model.pkl.",
            )
        return FlameImport(backend_python(context), file.absolute(), faces_folder(), backend_assets(context))

    def _choose(self, context: bpy.types.Context, found: ImportedFace) -> set[str]:
        settings_of(context.scene).face = found.id
        say(self, context, found.sentence())
        return {"FINISHED"}

    def _fail(self, context: bpy.types.Context, error: DuologueError) -> set[str]:
        self._end(context)
        if error.code == ExitCode.CANCELLED:
            say(self, context, "Cancelled. Nothing was imported.")
        else:
            say_error(self, context, error)
        return {"CANCELLED"}

    def _end(self, context: bpy.types.Context) -> None:
        if self._timer is None:
            return
        RunningImport.stop()
        context.window_manager.event_timer_remove(self._timer)
        self._timer = None
        redraw_panels(context)


class DUOLOGUE_OT_cancel_import(bpy.types.Operator):  # noqa: N801 — Blender's naming
    """Stop importing; nothing is changed."""

    bl_idname = "duologue.cancel_import"
    bl_label = "Cancel"
    bl_description = "Stop importing; nothing is changed"

    @classmethod
    def poll(cls, _context: bpy.types.Context) -> bool:
        """Only while a file is imported."""
        return RunningImport.worker is not None

    def execute(self, _context: bpy.types.Context) -> set[str]:
        """End the worker; the modal operator hears of it."""
        if RunningImport.worker is not None:
            RunningImport.worker.cancel()
        return {"FINISHED"}
