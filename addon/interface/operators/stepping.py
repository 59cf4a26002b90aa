"""What operators share that work in steps: progress is seen, Esc stops, and one undo step is left."""

from __future__ import annotations

import time
from typing import Any, ClassVar

import bpy

from ....backend.contract.errors import DuologueError
from ...steps import Steps, at_once
from .saying import say, say_error

_TIMER_SECONDS = 0.01
_TICK_SECONDS = 0.1
"""So long steps of one name go on within a tick; then Esc is looked for and progress is shown."""
_LONGEST_TICK_SECONDS = 1.0
"""Where a view takes long to draw, as many steps go on within a tick as take that long, up to here."""
_WHOLE = 1000


class SteppingOperator(bpy.types.Operator):
    """An operator whose work is a generator; it tells what it does before each step and the share that is done.

    Nothing else happens meanwhile: the scene is the operator's until it is through. A generator that is closed leaves
    everything as it was.
    """

    _steps: Steps[Any] | None = None
    _timer: bpy.types.Timer | None = None
    _doing: str = ""
    _left: float | None = None
    interactive: bool = False
    under_way: ClassVar[bool] = False
    """Whether one of them is at work: nothing else may change the scene then."""

    def steps(self, context: bpy.types.Context) -> Steps[Any]:
        """The work. It may raise DuologueError."""
        raise NotImplementedError

    def finish(self, context: bpy.types.Context, found: Any) -> set[str]:
        """Say what was done; `found` is what the generator returned."""
        raise NotImplementedError

    def fail(self, context: bpy.types.Context, error: DuologueError) -> set[str]:
        """Say what went wrong."""
        say_error(self, context, error)
        return {"CANCELLED"}

    def given_up(self, context: bpy.types.Context) -> set[str]:
        """Say that nothing was changed."""
        say(self, context, "Cancelled. Nothing was changed.")
        return {"CANCELLED"}

    def invoke(self, context: bpy.types.Context, _event: bpy.types.Event) -> set[str]:
        """Begin, and go on from a timer."""
        return self.execute(context) if bpy.app.background else self.begin(context)

    def begin(self, context: bpy.types.Context) -> set[str]:
        """Go on from a timer."""
        self.interactive = SteppingOperator.under_way = True
        self._steps = self.steps(context)
        manager = context.window_manager
        self._timer = manager.event_timer_add(_TIMER_SECONDS, window=context.window)
        manager.progress_begin(0, _WHOLE)
        context.workspace.status_text_set(f"{self.bl_label} …  Esc: cancel")
        manager.modal_handler_add(self)
        return {"RUNNING_MODAL"}

    def execute(self, context: bpy.types.Context) -> set[str]:
        """All steps at once: what scripts and `-b` call."""
        try:
            found = at_once(self.steps(context))
        except DuologueError as error:
            return self.fail(context, error)
        return self.finish(context, found)

    def modal(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        """What is done is shown before it is begun; of many short steps as many as fill a tick."""
        if event.type == "ESC" and event.value == "PRESS":
            self.cancel(context)
            return self.given_up(context)
        if event.type != "TIMER" or self._steps is None:
            return {"RUNNING_MODAL"}
        try:
            share = self._go_on(self._steps)
        except StopIteration as end:
            self._leave(context)
            return self.finish(context, end.value)
        except DuologueError as error:
            self._leave(context)
            return self.fail(context, error)
        except BaseException:
            self._leave(context)
            raise
        context.window_manager.progress_update(round(share * _WHOLE))
        context.workspace.status_text_set(f"{self._doing} … {share:.0%}  Esc: cancel")
        return {"PASS_THROUGH"}  # other operators wait for ticks of their own

    def _go_on(self, steps: Steps[Any]) -> float:
        """The share that is done after this tick. Raises StopIteration at the end, and what a step raises."""
        begun = time.monotonic()
        away = 0.0 if self._left is None else begun - self._left
        drawing = min(away, _LONGEST_TICK_SECONDS) if away > _TICK_SECONDS else 0.0
        while True:
            doing, share = next(steps)
            spent = time.monotonic() - begun
            if spent >= max(drawing, _TICK_SECONDS) or (doing != self._doing and spent >= drawing):
                self._doing, self._left = doing, time.monotonic()
                return share

    def cancel(self, context: bpy.types.Context) -> None:
        """Stop between two steps; also when Blender closes or loads another file."""
        if self._steps is not None:
            self._steps.close()
        self._leave(context)

    def _leave(self, context: bpy.types.Context) -> None:
        self._steps, SteppingOperator.under_way = None, False
        if self._timer is None:
            return
        context.window_manager.event_timer_remove(self._timer)
        self._timer = None
        context.window_manager.progress_end()
        context.workspace.status_text_set(None)
