"""A worker watched from a timer. In the background no timer runs, so ticks come from here."""

from types import SimpleNamespace

import bpy
import pytest
from duologue.addon.interface.operators.watching import CancelOperator, Running, WatchingOperator, waited_for
from duologue.addon.settings.properties import settings_of
from duologue.backend.contract.errors import DuologueError, ExitCode

TICK, MOUSE = SimpleNamespace(type="TIMER"), SimpleNamespace(type="MOUSEMOVE")


class Kind(Running):
    """The worker of these tests."""


class Script:
    """A worker whose every poll is written down beforehand."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.cancelled = self.closed = False

    def poll(self):
        answer = self.answers.pop(0)
        if isinstance(answer, DuologueError):
            raise answer
        return answer

    def cancel(self):
        self.cancelled = True

    def close(self):
        self.closed = True


class Watching:
    """An operator without Blender: Blender alone can make one, and none is modal in the background."""

    running = Kind
    _timer = None
    watch, modal, cancel, unwatch = (getattr(WatchingOperator, n) for n in ("watch", "modal", "cancel", "unwatch"))

    def finish(self, _context, found):
        self.found = found
        return {"FINISHED"}

    def fail(self, _context, error):
        self.error = error
        return {"CANCELLED"}


class Windows:
    """A window manager that counts timers."""

    def __init__(self):
        self.windows, self.timers, self.handlers = [], [], []

    def event_timer_add(self, _seconds, window):
        self.timers.append(window)
        return window

    def event_timer_remove(self, timer):
        self.timers.remove(timer)

    def modal_handler_add(self, operator):
        self.handlers.append(operator)


@pytest.fixture
def context(scene):
    yield SimpleNamespace(scene=scene, window="window", window_manager=Windows())
    Kind.worker = None


def test_a_worker_is_polled_on_ticks_alone_until_it_has_something(context):
    operator, worker = Watching(), Script(None, "face")
    settings_of(context.scene).message = "old news"

    answers = [operator.watch(context, worker), *(operator.modal(context, one) for one in (MOUSE, TICK, MOUSE, TICK))]

    assert answers == [{"RUNNING_MODAL"}, *[{"PASS_THROUGH"}] * 3, {"FINISHED"}]
    assert operator.found == "face"
    assert settings_of(context.scene).message == ""
    assert (Kind.worker, context.window_manager.timers, worker.closed) == (None, [], True)


def test_a_failure_is_said_and_leaves_no_timer(context):
    operator = Watching()
    operator.watch(context, Script(DuologueError(ExitCode.WORKER_DIED, "It died.", "Again.")))

    assert operator.modal(context, TICK) == {"CANCELLED"}
    assert operator.error.code == ExitCode.WORKER_DIED
    assert (Kind.worker, context.window_manager.timers) == (None, [])


def test_leaving_a_file_selector_leaves_another_operators_worker_alone(context):
    worker = Script(None)
    Watching().watch(context, worker)

    Watching().cancel(context)

    assert Kind.worker is worker
    assert not worker.closed


def test_the_cancel_button_is_there_while_something_runs(context):
    button = type("Button", (), {"running": Kind, "poll": classmethod(CancelOperator.poll.__func__)})
    before = button.poll(bpy.context)
    worker = Script(None)
    Watching().watch(context, worker)

    during = button.poll(bpy.context)
    CancelOperator.execute(button(), bpy.context)

    assert (before, during, worker.cancelled) == (False, True, True)


@pytest.mark.parametrize("answers", [(None, None, "face"), (None, DuologueError(ExitCode.WORKER_DIED, "x", "y"))])
def test_waiting_closes_the_worker_however_it_ends(answers):
    worker = Script(*answers)

    try:
        found = waited_for(worker)
    except DuologueError as error:
        found = error

    assert found is answers[-1]
    assert worker.closed
