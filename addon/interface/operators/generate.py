"""*Generate*: interactive with a timer and progress, or complete and synchronous in the background."""

from __future__ import annotations

import contextlib
import shutil
from pathlib import Path
from typing import ClassVar

import bpy

from ....backend.contract.errors import DuologueError, ExitCode
from ....backend.contract.job import PERFORMANCE_FILE
from ...conversation import missing_input, request_of
from ...keys.key_writing import write_take
from ...keys.takes import make_take, new_take_folder, start_take
from ...settings.properties import settings_of
from ...worker.preferences import backend_python
from ...worker.worker_client import Progress, WorkerJob
from .saying import redraw_panels, say, say_error

_TIMER_SECONDS = 0.1
STAGE_SENTENCES = {
    "start": "Starting the worker",
    "decode": "Reading the audio",
    "turns": "Finding out who speaks",
    "features": "Listening",
    "model": "Acting",
    "staging": "Taking their places",
    "write": "Writing the take",
}


class RunningJob:
    """The one job of this Blender, as the panel shows it."""

    worker: ClassVar[WorkerJob | None] = None
    status: ClassVar[Progress] = Progress()

    @classmethod
    def stop(cls) -> None:
        """End the worker if there is one."""
        if cls.worker is not None:
            with contextlib.suppress(OSError):
                cls.worker.close()
            cls.worker = None

    @classmethod
    def sentence(cls) -> str:
        """“Listening 3/12”."""
        text = STAGE_SENTENCES.get(cls.status.stage, cls.status.stage)
        return f"{text} {cls.status.done}/{cls.status.total}" if cls.status.total > 1 else text

    @classmethod
    def share(cls) -> float:
        """Progress over all stages, 0 to 1."""
        stages = list(STAGE_SENTENCES)
        index = stages.index(cls.status.stage) if cls.status.stage in stages else 0
        within = cls.status.done / cls.status.total if cls.status.total else 0.0
        return min(1.0, (index + within) / len(stages))


class DUOLOGUE_OT_generate(bpy.types.Operator):  # noqa: N801 — Blender's naming
    """Run the model on the audio and the sentence, and write the keys."""

    bl_idname = "duologue.generate"
    bl_label = "Generate"
    bl_description = "Run the model on the audio and the sentence, and write the keys"
    bl_options = {"REGISTER", "UNDO"}  # noqa: RUF012 — Blender's own form

    _timer: bpy.types.Timer | None = None
    _folder: Path | None = None
    _scene: str = ""

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """One job at a time, and only with heads and audio."""
        reason = "A take is being generated" if RunningJob.worker else missing_input(settings_of(context.scene))
        if reason:
            cls.poll_message_set(reason)
        return reason is None

    def invoke(self, context: bpy.types.Context, _event: bpy.types.Event) -> set[str]:
        """Start the worker and watch it from a timer."""
        if bpy.app.background:
            return self.execute(context)
        try:
            request, python = request_of(context), backend_python(context)
            self._folder = new_take_folder()
            RunningJob.status = Progress()
            RunningJob.worker = start_take(self._folder, request, python)
        except DuologueError as error:
            return self._fail(context, error)
        settings_of(context.scene).message = ""
        self._scene = context.scene.name
        self._timer = context.window_manager.event_timer_add(_TIMER_SECONDS, window=context.window)
        context.window_manager.modal_handler_add(self)
        return {"RUNNING_MODAL"}

    def modal(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        """Poll on every tick; Blender stays usable."""
        if event.type != "TIMER" or RunningJob.worker is None:
            return {"PASS_THROUGH"}
        redraw_panels(context)
        try:
            performance = RunningJob.worker.poll()
            RunningJob.status = RunningJob.worker.progress
        except DuologueError as error:
            return self._fail(context, error)
        if performance is None:
            return {"PASS_THROUGH"}
        self._end(context)
        return self._write(context)

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Generate and write, synchronously: what scripts and `-b` call."""
        self._timer = None
        try:
            request, python = request_of(context), backend_python(context)
            self._folder = new_take_folder()
            _, RunningJob.status = make_take(self._folder, request, python, _ignore)
        except DuologueError as error:
            return self._fail(context, error)
        return self._write(context)

    def cancel(self, context: bpy.types.Context) -> None:
        """Blender closes or loads another file: the worker ends with the operator."""
        self._end(context)

    def _write(self, context: bpy.types.Context) -> set[str]:
        try:
            self._expect_scene(context)
            written = write_take(context, self._folder / PERFORMANCE_FILE)
        except DuologueError as error:
            return self._fail(context, error)
        say(self, context, " ".join((written.sentence(), *RunningJob.status.warnings)))
        return {"FINISHED"}

    def _expect_scene(self, context: bpy.types.Context) -> None:
        """The artist may have gone to another scene meanwhile; the keys are not for that one."""
        if self._scene and context.scene.name != self._scene:
            take = self._folder / PERFORMANCE_FILE
            raise DuologueError(
                ExitCode.SCENE_UNSUITABLE,
                f"The take is done, but it is for the scene {self._scene}.",
                f"Go there, choose the take {take} and press Write keys.",
            )

    def _fail(self, context: bpy.types.Context, error: DuologueError) -> set[str]:
        self._end(context)
        if error.code == ExitCode.CANCELLED:
            if self._folder is not None:
                shutil.rmtree(self._folder, ignore_errors=True)
            say(self, context, "Cancelled. Nothing was changed.")
        else:
            say_error(self, context, error, self._folder)
        return {"CANCELLED"}

    def _end(self, context: bpy.types.Context) -> None:
        RunningJob.stop()
        if self._timer is not None:
            context.window_manager.event_timer_remove(self._timer)
            self._timer = None
        redraw_panels(context)


class DUOLOGUE_OT_cancel(bpy.types.Operator):  # noqa: N801 — Blender's naming
    """Stop generating; nothing is changed."""

    bl_idname = "duologue.cancel"
    bl_label = "Cancel"
    bl_description = "Stop generating; nothing is changed"

    @classmethod
    def poll(cls, _context: bpy.types.Context) -> bool:
        """Only while a job runs."""
        return RunningJob.worker is not None

    def execute(self, _context: bpy.types.Context) -> set[str]:
        """Ask the worker; the modal operator hears of it."""
        if RunningJob.worker is not None:
            RunningJob.worker.cancel()
        return {"FINISHED"}


def _ignore(_progress: Progress) -> None:
    """`execute` has nowhere to show progress."""
