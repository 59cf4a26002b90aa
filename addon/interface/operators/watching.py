"""What operators share that start a worker, watch it from a timer and leave Blender usable meanwhile."""

from __future__ import annotations

import contextlib
import time
from pathlib import Path
from typing import Any, ClassVar, Final, Protocol

import bpy

from ....backend.contract.errors import DuologueError, ExitCode
from ....backend.contract.reading import is_file
from ...settings.properties import settings_of
from ...worker.job_process import KEPT_WORKER
from ...worker.preferences import backend_state
from .asking import AsksForFile
from .saying import redraw_panels, say, say_error
from .windows import in_lasting_window

_TIMER_SECONDS = 0.1
_SHOWN_DECIMALS = 2
_ESCAPED_EDITORS = frozenset(("FILE_BROWSER", "IMAGE_EDITOR"))
"""Editors that are left by Esc themselves: a file selector, a rendered picture."""


class Worker(Protocol):
    """What is watched: `WorkerProcess`, and what else ends with a result or a failure."""

    def poll(self) -> Any | None:
        """What came of it, or None while it runs. Raises DuologueError; then the worker is gone."""

    def cancel(self) -> None:
        """Stop; `poll` then raises CANCELLED."""

    def close(self) -> None:
        """End it now."""


class Running:
    """The one worker of its kind in this Blender, as the panel shows it; a class of its own for each kind."""

    worker: ClassVar[Any] = None  # a `Worker`, or None
    outlives_file: ClassVar[bool] = False
    """Whether the worker goes on when another file is opened."""
    uses_backend: ClassVar[bool] = True
    """Whether the worker runs from the backend's folder, which cannot be replaced meanwhile."""
    replaces_backend: ClassVar[bool] = False
    """Whether the worker changes the backend's folder, from which nothing can be run meanwhile."""

    @classmethod
    def after_poll(cls) -> None:
        """Called after every poll of the worker."""

    @classmethod
    def sentence(cls) -> str:
        """What the worker is doing, for the panel."""
        return str(cls.worker.stage)

    @classmethod
    def share(cls) -> float:
        """How much is done, 0 to 1."""
        return float(cls.worker.share)

    @classmethod
    def shown(cls) -> tuple[object, ...]:
        """What the panel shows of the worker, which is drawn again where that has changed."""
        return cls.sentence(), round(cls.share(), _SHOWN_DECIMALS)

    @classmethod
    def stop(cls) -> None:
        """End the worker if there is one."""
        if cls.worker is not None:
            with contextlib.suppress(OSError):
                cls.worker.close()
            cls.worker = None


def stop_all(*, of_file: bool = False) -> None:
    """End every worker of this Blender, of whatever kind, and the one that waits for its next job.

    `of_file`: those alone that belong to the open file.
    """
    for running in Running.__subclasses__():
        if not (of_file and running.outlives_file):
            running.stop()
    KEPT_WORKER.end()


BACKEND_CHANGES: Final = "The backend is being worked on: wait until it is done, or cancel it"


def backend_is_in_use() -> bool:
    """Whether something runs from the backend's folder."""
    return any(running.worker is not None for running in Running.__subclasses__() if running.uses_backend)


def backend_changes(context: bpy.types.Context) -> bool:
    """Whether the backend that would be run is installed, moved or removed just now; one of the artist's own is not."""
    changing = any(running.worker is not None for running in Running.__subclasses__() if running.replaces_backend)
    return changing and not backend_state(context).own


class WatchingOperator(bpy.types.Operator):
    """An operator whose worker is `running.worker`; `finish` uses its result, `fail` reports its failure."""

    running: ClassVar[type[Running]]
    cancelled_sentence: ClassVar[str] = "Cancelled. Nothing was changed."
    _timer: bpy.types.Timer | None = None
    _watched: Worker | None = None
    _shown: tuple[object, ...] = ()
    _begun_in: int = 0
    """The window of the press, as a pointer: it may be closed by now."""

    def start(self, context: bpy.types.Context) -> Worker:
        """A worker. Raises DuologueError."""
        raise NotImplementedError

    def start_to_wait(self, context: bpy.types.Context) -> Worker:
        """A worker for `execute`, which goes on while Blender waits for it. Raises DuologueError."""
        return self.start(context)

    def finish(self, context: bpy.types.Context, found: Any) -> set[str]:
        """Do what is to be done with what the worker found."""
        raise NotImplementedError

    def fail(self, context: bpy.types.Context, error: DuologueError) -> set[str]:
        """Show the failure in the panel; a worker that was cancelled is none."""
        if error.code == ExitCode.CANCELLED:
            say(self, context, self.cancelled_sentence)
        else:
            say_error(self, context, error)
        return {"CANCELLED"}

    def invoke(self, context: bpy.types.Context, _event: bpy.types.Event) -> set[str]:
        """Start the worker and watch it from a timer."""
        if bpy.app.background:
            return self.execute(context)
        try:
            worker = self.start(context)
        except DuologueError as error:
            return self.fail(context, error)
        return self.watch(context, worker)

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Start it and wait: what scripts and `-b` call."""
        try:
            found = waited_for(self.start_to_wait(context))
        except DuologueError as error:
            return self.fail(context, error)
        return self.finish(context, found)

    def watch(self, context: bpy.types.Context, worker: Worker) -> set[str]:
        """What `invoke` returns once the worker is started."""
        self.running.worker = self._watched = worker
        try:
            self._begun_in = 0 if context.window is None else context.window.as_pointer()
            settings_of(context.scene).message = ""
            manager = context.window_manager
            with in_lasting_window(context):
                self._timer = manager.event_timer_add(_TIMER_SECONDS, window=context.window)
                manager.modal_handler_add(self)
        except BaseException:
            self.running.stop()  # nobody would ever look at it
            raise
        return {"RUNNING_MODAL"}

    def modal(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        """Poll on every tick, and stop on Esc; Blender stays usable."""
        if event.type == "ESC" and event.value == "PRESS":
            return self._escape(context, event)
        if event.type != "TIMER":
            return {"PASS_THROUGH"}
        if self.running.worker is not self._watched:  # it ended with its file
            self._remove_timer(context)
            return {"CANCELLED"}
        try:
            found = self.running.worker.poll()
            self.running.after_poll()
            self._show(context)
        except DuologueError as error:
            self.unwatch(context)
            return self.fail(context, error)
        except BaseException:  # Blender drops an operator that raises: nobody would end its worker
            self.unwatch(context)
            raise
        if found is None:
            return {"PASS_THROUGH"}
        self.unwatch(context)
        return self.finish(context, found)

    def _escape(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        if self.running.worker is not self._watched or _is_for_another(context, event):
            return {"PASS_THROUGH"}
        self.running.worker.cancel()
        self._show(context)
        return {"RUNNING_MODAL"}

    def cancel(self, context: bpy.types.Context) -> None:
        """Blender closes or loads another file, or a file selector was left: the worker ends with the operator."""
        self.unwatch(context)

    def unwatch(self, context: bpy.types.Context) -> None:
        """Take the timer and the worker away; nothing where this operator watches none."""
        if self._timer is None:
            return
        if self.running.worker is self._watched:
            self.running.stop()
        self._remove_timer(context)

    def begun_in(self, context: bpy.types.Context) -> bpy.types.Window:
        """The window of the press while it is open: a question elsewhere may be hidden behind it."""
        windows = context.window_manager.windows
        return next((one for one in windows if one.as_pointer() == self._begun_in), context.window)

    def _show(self, context: bpy.types.Context) -> None:
        shown = self.running.shown()
        if shown != self._shown:
            self._shown = shown
            redraw_panels(context)

    def _remove_timer(self, context: bpy.types.Context) -> None:
        context.window_manager.event_timer_remove(self._timer)
        self._timer = None
        redraw_panels(context)


class FileOperator(AsksForFile, WatchingOperator):
    """An operator that asks for a file and gives it to a worker; classes have the property `filepath` of their own."""

    def invoke(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        """Ask for the file; once it is known, work on it and stay usable meanwhile."""
        if not self.filepath and not bpy.app.background:
            return self.ask(context)
        return super().invoke(context, event)

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Work, synchronously: what scripts and `-b` call. The file selector's answer goes the other way."""
        return {"FINISHED"} if self.answered() else super().execute(context)

    def chosen_file(self) -> Path | None:
        """The file, absolute; None where there is none."""
        file = Path(bpy.path.abspath(self.filepath)) if self.filepath else None
        return file.absolute() if file is not None and is_file(file) else None


class CancelOperator(bpy.types.Operator):
    """A button that stops `running.worker`."""

    running: ClassVar[type[Running]]

    @classmethod
    def poll(cls, _context: bpy.types.Context) -> bool:
        """Only while there is something to stop."""
        if cls.running.worker is not None:
            return True
        cls.poll_message_set("There is nothing to stop")
        return False

    def execute(self, _context: bpy.types.Context) -> set[str]:
        """Ask the worker to stop; the modal operator reports it."""
        if self.running.worker is not None:
            self.running.worker.cancel()
        return {"FINISHED"}


def _is_for_another(context: bpy.types.Context, event: bpy.types.Event) -> bool:
    """Whether Esc means something else: it ends playback, and leaves a file selector or a rendered picture."""
    screen = context.window.screen
    return screen.is_animation_playing or any(
        area.type in _ESCAPED_EDITORS
        and 0 <= event.mouse_x - area.x < area.width
        and 0 <= event.mouse_y - area.y < area.height
        for area in screen.areas
    )


def waited_for(worker: Worker) -> Any:
    """What comes of `worker`, synchronously: what scripts and `-b` use. Raises DuologueError; the worker is gone."""
    try:
        while (found := worker.poll()) is None:
            time.sleep(_TIMER_SECONDS / 2)
    finally:
        worker.close()
    return found
