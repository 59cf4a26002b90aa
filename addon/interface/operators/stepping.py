"""What operators share that work in steps: progress is seen, Esc stops, and one undo step is left."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any, ClassVar, Final

import bpy

from ....backend.contract.errors import DuologueError
from ...steps import Steps, at_once
from .saying import redraw_panels, say, say_error
from .windows import in_lasting_window, show_status

_TIMER_SECONDS: Final = 0.01
TICK_SECONDS: Final = 0.05
"""So long steps may go on within a tick; then Blender looks for Esc and draws."""
_SLOW_SECONDS: Final = 0.1
"""Between two ticks: a window that takes so long to be drawn would be drawn for most of the time."""
_LONG_TICK_SECONDS: Final = 0.25
"""So long steps may go on within a tick in a slow window."""
_WHOLE: Final = 1000
_MOUSE: Final = frozenset(("LEFTMOUSE", "MOUSEMOVE", "INBETWEEN_MOUSEMOVE"))
_TAB: Final = "Duologue"


@dataclass
class ShownSteps:
    """What the panel shows of an operator that works in steps; `stopping` once its cross was pressed."""

    doing: str
    share: float = 0.0
    stopping: bool = False


class SteppingOperator(bpy.types.Operator):
    """An operator whose work is a generator; it tells what it does before each step and the share that is done.

    Nothing else happens meanwhile: the scene is the operator's until it is through. A generator that is closed leaves
    everything as it was.
    """

    shown: ClassVar[ShownSteps | None] = None
    """Of the one that works now and whose progress and cross are in the panel; the mouse reaches them there."""

    in_panel: ClassVar[bool] = False
    begins_at_once: ClassVar[bool] = False
    """Whether the first tick is the press's own; not for what is to leave an undo step, which only a later one does."""
    _steps: Steps[Any] | None = None
    _timer: bpy.types.Timer | None = None
    _doing: str = ""
    _ticked: float | None = None
    """When the tick before ended."""
    interactive: bool = False
    under_way: ClassVar[bool] = False
    """Whether one of them is at work: nothing else may change the scene then."""
    at_work: ClassVar[Steps[Any] | None] = None
    """What that one does."""

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
        """Go on from a timer; not while another one works."""
        reason = reason_to_wait()
        if reason is not None:
            self.report({"WARNING"}, reason)
            return {"CANCELLED"}
        self.interactive = True
        SteppingOperator.at_work = self._steps = self.steps(context)
        SteppingOperator.under_way = True
        if self.begins_at_once and (ended := self._tick(context, self._steps)) is not None:
            return ended
        try:
            with in_lasting_window(context):
                self._listen(context)
        except BaseException:
            self.cancel(context)
            raise
        return {"RUNNING_MODAL"}

    def _listen(self, context: bpy.types.Context) -> None:
        manager = context.window_manager
        self._timer = manager.event_timer_add(_TIMER_SECONDS, window=context.window)
        manager.progress_begin(0, _WHOLE)
        show_status(context, f"{self.bl_label} …  Esc: cancel")
        if self.in_panel:
            SteppingOperator.shown = ShownSteps(self.bl_label)
            redraw_panels(context)
        manager.modal_handler_add(self)

    def execute(self, context: bpy.types.Context) -> set[str]:
        """All steps at once: what scripts and `-b` call."""
        try:
            found = at_once(self.steps(context))
        except DuologueError as error:
            return self.fail(context, error)
        bpy.context.view_layer.update()  # scripts read poses next; in a window Blender does it between two ticks
        return self.finish(context, found)

    def modal(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        """What is done is shown before it is begun; of many short steps as many as fill a tick.

        A slow window is not drawn for each name that something short has.
        """
        if self._steps is not None and SteppingOperator.at_work is not self._steps:  # undo has ended it
            self._leave(context)
            return self.given_up(context)
        stopping = self.in_panel and SteppingOperator.shown is not None and SteppingOperator.shown.stopping
        if stopping or (event.type == "ESC" and event.value == "PRESS"):
            self.cancel(context)
            return self.given_up(context)
        if event.type in _MOUSE and self.in_panel and _is_over_tab(context, event):
            return {"PASS_THROUGH"}
        if event.type != "TIMER" or self._steps is None:
            return {"RUNNING_MODAL"}
        if (ended := self._tick(context, self._steps)) is not None:
            return ended
        return {"PASS_THROUGH"}  # other operators wait for ticks of their own

    def _tick(self, context: bpy.types.Context, steps: Steps[Any]) -> set[str] | None:
        """Work for a tick and show how far it is; what the operator returns where that was the end."""
        try:
            share = self._go_on(steps)
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
        show_status(context, f"{self._doing} … {share:.0%}  Esc: cancel")
        if self.in_panel:
            SteppingOperator.shown = ShownSteps(self._doing, share)
            redraw_panels(context)
        return None

    def _go_on(self, steps: Steps[Any]) -> float:
        """The share that is done after this tick. Raises StopIteration at the end, and what a step raises.

        A step that would not fit into the tick, as long as the one before it was, waits for the next one.
        """
        begun = before = time.monotonic()
        slow = self._ticked is not None and begun - self._ticked > _SLOW_SECONDS
        lasts = max(TICK_SECONDS, _LONG_TICK_SECONDS) if slow else TICK_SECONDS
        while True:
            doing, share = next(steps)
            now = time.monotonic()
            full = now - begun + (now - before) >= lasts
            if full or (doing != self._doing and self._timer is not None and not slow):
                self._doing, self._ticked = doing, now
                return share
            before, self._doing = now, doing

    def cancel(self, context: bpy.types.Context) -> None:
        """Stop between two steps; also when Blender closes or loads another file."""
        try:
            if self._steps is not None:
                self._steps.close()
        finally:
            self._leave(context)

    def _leave(self, context: bpy.types.Context) -> None:
        mine = SteppingOperator.at_work is self._steps
        self._steps = None
        if mine:
            SteppingOperator.at_work, SteppingOperator.under_way = None, False
        if self._timer is None:
            return
        context.window_manager.event_timer_remove(self._timer)
        self._timer = None
        context.window_manager.progress_end()
        show_status(context, None)
        if self.in_panel:
            if mine:
                SteppingOperator.shown = None
            redraw_panels(context)


def reason_to_wait() -> str | None:
    """Why nothing may change the scene now, in words; None where it may."""
    shown = SteppingOperator.shown
    if shown is None and not SteppingOperator.under_way:
        return None
    doing = "Duologue is at work on the scene" if shown is None else shown.doing
    return f"{doing}: wait until it is done, or press Esc"


def give_up_before_undo() -> None:
    """Undo, pressed in another window, is about to free what the work holds: it ends, its operator with its next event.

    What the work has made by now goes first, so that undo finds the scene as it was.
    """
    steps, SteppingOperator.at_work = SteppingOperator.at_work, None
    SteppingOperator.under_way, SteppingOperator.shown = False, None
    if steps is not None:
        steps.close()


def _is_over_tab(context: bpy.types.Context, event: bpy.types.Event) -> bool:
    """Whether the mouse is over a sidebar that shows Duologue's tab."""
    return any(
        region.type == "UI"
        and 0 <= event.mouse_x - region.x < region.width
        and 0 <= event.mouse_y - region.y < region.height
        and getattr(region, "active_panel_category", _TAB) == _TAB
        for area in context.window.screen.areas
        if area.type == "VIEW_3D"
        for region in area.regions
    )
