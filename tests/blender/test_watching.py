"""A worker watched from a timer. In the background no timer runs, so ticks come from here."""

from contextlib import nullcontext
from types import SimpleNamespace

import bpy
import pytest
from duologue.addon.interface.operators.watching import CancelOperator, Running, WatchingOperator, waited_for
from duologue.addon.settings.properties import settings_of
from duologue.backend.contract.errors import DuologueError, ExitCode

TICK, MOUSE = SimpleNamespace(type="TIMER"), SimpleNamespace(type="MOUSEMOVE")
ESCAPE = SimpleNamespace(type="ESC", value="PRESS", mouse_x=150, mouse_y=50)


class Kind(Running):
    """The worker of these tests."""


class Script:
    """A worker whose every poll is written down beforehand."""

    stage, share = "Listening", 0.0

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
    _timer, _watched, _shown, _begun_in = None, None, (), 0
    watch, modal, cancel, unwatch, begun_in, _show, _remove_timer, _escape = (
        getattr(WatchingOperator, name)
        for name in ("watch", "modal", "cancel", "unwatch", "begun_in", "_show", "_remove_timer", "_escape")
    )

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
    screen = SimpleNamespace(is_animation_playing=False, areas=[])
    window = SimpleNamespace(screen=screen, parent=None, as_pointer=lambda: 1)
    yield SimpleNamespace(scene=scene, window=window, window_manager=Windows())
    Kind.worker = None


def test_a_worker_is_polled_on_ticks_alone_until_it_has_something(context):
    operator, worker = Watching(), Script(None, "face")
    settings_of(context.scene).message = "old news"

    answers = [
        operator.watch(context, worker),
        *(operator.modal(context, event) for event in (MOUSE, TICK, MOUSE, TICK)),
    ]

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


def test_a_fault_that_nobody_foresaw_leaves_no_worker_behind(context):
    operator, worker = Watching(), Script()  # its first poll raises
    operator.watch(context, worker)

    with pytest.raises(IndexError):
        operator.modal(context, TICK)

    assert (Kind.worker, context.window_manager.timers, worker.closed) == (None, [], True)


def test_a_worker_that_cannot_be_watched_is_ended(context, monkeypatch):
    worker = Script(None)
    monkeypatch.setattr(context.window_manager, "event_timer_add", lambda *_, **__: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        Watching().watch(context, worker)

    assert (Kind.worker, worker.closed) == (None, True)


def test_leaving_a_file_selector_leaves_another_operators_worker_alone(context):
    worker = Script(None)
    Watching().watch(context, worker)

    Watching().cancel(context)

    assert Kind.worker is worker
    assert not worker.closed


def test_the_cancel_button_is_there_while_something_runs(context):
    button = type(
        "Button", (), {"running": Kind, "poll": classmethod(CancelOperator.poll.__func__), "poll_message_set": print}
    )
    before = button.poll(bpy.context)
    worker = Script(None)
    Watching().watch(context, worker)

    during = button.poll(bpy.context)
    CancelOperator.execute(button(), bpy.context)

    assert (before, during, worker.cancelled) == (False, True, True)


def _area(kind, x):
    return SimpleNamespace(type=kind, x=x, y=0, width=100, height=100, regions=[])


def test_escape_cancels_and_goes_nowhere_else(context):
    operator, worker = Watching(), Script(None, DuologueError(ExitCode.CANCELLED, "Cancelled.", "Nothing."))
    operator.watch(context, worker)
    context.window.screen.areas = [_area("FILE_BROWSER", 0), _area("VIEW_3D", 100)]
    released = SimpleNamespace(**vars(ESCAPE) | {"value": "RELEASE"})

    assert operator.modal(context, released) == {"PASS_THROUGH"}
    assert not worker.cancelled
    assert operator.modal(context, ESCAPE) == {"RUNNING_MODAL"}
    assert worker.cancelled
    assert [operator.modal(context, TICK), operator.modal(context, TICK)] == [{"PASS_THROUGH"}, {"CANCELLED"}]
    assert operator.error.code == ExitCode.CANCELLED


@pytest.mark.parametrize(
    ("playing", "under_the_mouse"), [(True, "VIEW_3D"), *((False, kind) for kind in ("FILE_BROWSER", "IMAGE_EDITOR"))]
)
def test_escape_that_means_something_else_leaves_the_worker_alone(context, playing, under_the_mouse):
    operator, worker = Watching(), Script(None)
    operator.watch(context, worker)
    context.window.screen.is_animation_playing = playing
    context.window.screen.areas = [_area("VIEW_3D", 0), _area(under_the_mouse, 100)]

    assert operator.modal(context, ESCAPE) == {"PASS_THROUGH"}
    assert not worker.cancelled


def test_escape_after_the_worker_ended_with_its_file_is_anybodys(context):
    operator = Watching()
    operator.watch(context, Script(None))
    Kind.stop()

    assert operator.modal(context, ESCAPE) == {"PASS_THROUGH"}
    assert operator.modal(context, TICK) == {"CANCELLED"}


@pytest.mark.parametrize("answers", [(None, None, "face"), (None, DuologueError(ExitCode.WORKER_DIED, "x", "y"))])
def test_waiting_closes_the_worker_however_it_ends(answers):
    worker = Script(*answers)

    try:
        found = waited_for(worker)
    except DuologueError as error:
        found = error

    assert found is answers[-1]
    assert worker.closed


class Region:
    """A region that counts how often it is to be drawn again."""

    def __init__(self, kind):
        self.type, self.tagged = kind, 0

    def tag_redraw(self):
        self.tagged += 1


@pytest.fixture
def regions(context):
    """The regions of a 3D view and of another editor, in the only window."""
    view, text = [Region("WINDOW"), Region("UI"), Region("HEADER")], [Region("UI")]
    areas = [SimpleNamespace(type="VIEW_3D", regions=view), SimpleNamespace(type="TEXT_EDITOR", regions=text)]
    context.window_manager.windows = [SimpleNamespace(screen=SimpleNamespace(areas=areas))]
    return [*view, *text]


def test_only_sidebars_are_drawn_again_and_only_when_something_has_changed(context, regions):
    operator, worker = Watching(), Script(*[None] * 30, "face")
    operator.watch(context, worker)
    for number in range(30):
        worker.stage, worker.share = ("Listening", 0.0) if number < 20 else ("Acting", 0.5)
        operator.modal(context, TICK)

    assert [region.tagged for region in regions] == [0, 2, 0, 0]

    operator.modal(context, TICK)

    assert regions[1].tagged == 3, "the end is seen"


def test_a_worker_that_ended_with_its_file_leaves_no_timer_and_another_one_alone(context):
    operator, first, second = Watching(), Script(None), Script(None)
    operator.watch(context, first)
    Kind.stop()
    Watching().watch(context, second)

    assert operator.modal(context, TICK) == {"CANCELLED"}
    operator.cancel(context)

    assert (Kind.worker, second.closed) == (second, False)
    assert len(context.window_manager.timers) == 1


@pytest.mark.parametrize("temporary", [True, False])
def test_a_worker_is_watched_from_the_window_of_the_press_or_from_the_parent_of_one_for_a_moment(context, temporary):
    main = SimpleNamespace(parent=None)
    context.window.parent, context.window.screen.is_temporary = main, temporary
    context.temp_override = lambda window: nullcontext(setattr(context, "window", window))

    pressed = context.window

    Watching().watch(context, Script(None))

    assert context.window_manager.timers == [main if temporary else pressed]


def test_a_worker_that_a_timer_began_without_a_window_is_watched_from_blenders_first(context):
    first, context.window = context.window, None
    context.window_manager.windows = [first]
    context.temp_override = lambda window: nullcontext(setattr(context, "window", window))
    operator = Watching()

    assert operator.watch(context, Script(None)) == {"RUNNING_MODAL"}

    assert (context.window_manager.timers, operator.begun_in(context)) == ([first], first)


def test_a_question_is_asked_in_the_window_of_the_press_while_that_is_open(context):
    pressed, main = context.window, SimpleNamespace(as_pointer=lambda: 2, parent=None)
    context.window_manager.windows = [main, pressed]
    operator = Watching()
    operator.watch(context, Script(None))
    context.window = main  # whose timer it is

    assert operator.begun_in(context) is pressed
    context.window_manager.windows.remove(pressed)
    assert operator.begun_in(context) is main
