"""Work in steps. In the background no timer runs, so ticks come from here."""

from contextlib import contextmanager
from types import SimpleNamespace

import pytest
from duologue.addon.interface import following
from duologue.addon.interface.operators import stepping
from duologue.addon.interface.operators import windows as window_module
from duologue.addon.interface.operators.stepping import SteppingOperator
from duologue.addon.interface.sidebar import scene_is_free
from duologue.backend.contract.errors import DuologueError, ExitCode

TICK = SimpleNamespace(type="TIMER", value="NOTHING")
MOUSE = SimpleNamespace(type="MOUSEMOVE", value="NOTHING")
ESCAPE = SimpleNamespace(type="ESC", value="PRESS")


class Stepping:
    """An operator without Blender: Blender alone can make one, and none is modal in the background."""

    bl_label, _doing, _ticked, in_panel = "Work", "", None, False
    _steps, _timer, begins_at_once = None, None, False
    begin, execute, modal, cancel, _listen, _tick, _go_on, _leave = (
        getattr(SteppingOperator, name)
        for name in ("begin", "execute", "modal", "cancel", "_listen", "_tick", "_go_on", "_leave")
    )

    def __init__(self, error=None, names=("Measuring", "Cutting")):
        self.error, self.names, self.log = error, names, []

    def steps(self, context):
        try:
            for name, share in zip(self.names, (0.0, 0.5), strict=True):
                yield name, share
                self.log.append(share)
            if self.error is not None:
                raise self.error
        except GeneratorExit:
            self.log.append("given back")
            raise
        return "found"

    def finish(self, _context, found):
        self.log.append(found)
        return {"FINISHED"}

    def fail(self, _context, error):
        self.log.append(error.code)
        return {"CANCELLED"}

    def given_up(self, _context):
        return {"CANCELLED"}


class Windows:
    """A window manager and a workspace that note what is begun and ended, and where."""

    def __init__(self):
        self.timers, self.progress, self.text, self.listening = ["timer"], 0, "begun", []
        self.main = SimpleNamespace(workspace=self, parent=None, screen=SimpleNamespace(areas=[]))
        self.windows = [self.main]

    def event_timer_add(self, _seconds, *, window):
        self.timers.append(window)
        return window

    def event_timer_remove(self, timer):
        self.timers.remove(timer)

    def modal_handler_add(self, operator):
        self.listening.append(operator)

    def progress_begin(self, *_ends):
        self.progress = 0

    def progress_update(self, value):
        self.progress = value

    def progress_end(self):
        self.progress = None

    def status_text_set(self, text):
        self.text = text


class Context(SimpleNamespace):
    """What an operator sees."""

    @contextmanager
    def temp_override(self, *, window):
        before, self.window = self.window, window
        yield
        self.window = before


@pytest.fixture
def context():
    windows = Windows()
    yield Context(window_manager=windows, workspace=windows, window=windows.main)
    SteppingOperator.under_way, SteppingOperator.shown, SteppingOperator.at_work = False, None, None


def begun(context, *arguments):
    operator = Stepping(*arguments)
    SteppingOperator.at_work = operator._steps = operator.steps(context)
    operator._timer, SteppingOperator.under_way = "timer", True
    return operator


def test_what_is_done_is_shown_before_it_is_begun_and_the_rest_of_the_interface_waits(context):
    operator = begun(context)

    answers = [operator.modal(context, event) for event in (MOUSE, TICK, TICK)]

    assert answers == [{"RUNNING_MODAL"}, {"PASS_THROUGH"}, {"PASS_THROUGH"}]
    assert (operator.log, context.window_manager.progress) == ([0.0], 500)
    assert context.workspace.text.startswith("Cutting … 50%")
    assert operator.modal(context, TICK) == {"FINISHED"}
    assert operator.log == [0.0, 0.5, "found"]
    assert (context.window_manager.timers, context.window_manager.text) == ([], None)


@pytest.mark.parametrize("where", ["no window", "preferences", "new window", "main"])
def test_work_goes_on_from_a_window_that_stays_wherever_it_was_begun(context, where):
    windows, operator = context.window_manager, Stepping()
    screens = [SimpleNamespace(areas=[], is_temporary=temporary) for temporary in (True, False)]
    own, new = (SimpleNamespace(parent=windows.main, workspace=windows, screen=screen) for screen in screens)
    windows.windows += [own, new]
    context.window = {"preferences": own, "new window": new, "main": windows.main}.get(where)
    context.workspace = None if context.window is None else windows

    assert operator.begin(context) == {"RUNNING_MODAL"}

    hears = new if where == "new window" else windows.main
    assert (windows.timers, windows.listening) == (["timer", hears], [operator])
    assert windows.text.startswith("Work")
    assert SteppingOperator.under_way
    operator.cancel(context)
    assert (windows.timers, windows.text, SteppingOperator.under_way) == (["timer"], None, False)


def test_work_whose_window_is_closed_goes_to_no_other_window_meanwhile(context, monkeypatch):
    operator, windows, later = begun(context), context.window_manager, []
    app = SimpleNamespace(timers=SimpleNamespace(register=lambda work, **_: later.append(work)))
    monkeypatch.setattr(window_module, "bpy", SimpleNamespace(app=app, context=context))
    context.window = SimpleNamespace(parent=windows.main)

    operator.cancel(context)

    assert (operator._steps, windows.timers, windows.text) == (None, [], "begun")
    context.window = None
    later[0]()
    assert windows.text is None


def test_work_that_cannot_begin_leaves_nothing_under_way(context, monkeypatch):
    operator = Stepping()
    operator.in_panel = True
    monkeypatch.setattr(context.window_manager, "modal_handler_add", lambda _operator: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        operator.begin(context)

    assert (SteppingOperator.under_way, SteppingOperator.shown, operator._steps) == (False, None, None)
    assert context.window_manager.timers == ["timer"]


@pytest.mark.parametrize(("tick", "done"), [(1000.0, [0.0, 0.5, "found"]), (0.0, [0.0])])
def test_short_steps_of_one_name_go_on_for_as_long_as_a_tick_lasts(context, monkeypatch, tick, done):
    monkeypatch.setattr(stepping, "TICK_SECONDS", tick)
    operator = begun(context, None, ("Working", "Working"))

    for _ in range(2):
        operator.modal(context, TICK)

    assert operator.log == done


def test_a_step_that_would_not_fit_into_the_tick_waits_for_the_next_one(context, monkeypatch):
    clock = iter((0.0, 0.02, 0.04, 0.05, 0.06))
    monkeypatch.setattr(stepping, "time", SimpleNamespace(monotonic=lambda: next(clock)))
    operator = begun(context, None, ("Working", "Working"))
    operator._doing = "Working"

    operator.modal(context, TICK)

    assert operator.log == [0.0], "two steps of 20 ms each leave no room for a third"


@pytest.mark.parametrize(("pause", "done"), [(0.02, [0.0]), (0.6, [0.0, 0.5, "found"])])
def test_a_window_that_is_slow_to_draw_is_not_drawn_for_every_short_step(context, monkeypatch, pause, done):
    clock = iter((0.0, 0.01, *(0.01 + pause + 0.01 * index for index in range(4))))
    monkeypatch.setattr(stepping, "time", SimpleNamespace(monotonic=lambda: next(clock)))
    operator = begun(context)

    for _ in range(2):
        operator.modal(context, TICK)

    assert operator.log == done


@pytest.fixture
def in_panel(context):
    """An operator whose progress is in the panel, in a window with a sidebar from 100 to 200."""
    tab = SimpleNamespace(type="UI", x=100, y=0, width=100, height=50, active_panel_category="Duologue")
    area = SimpleNamespace(type="VIEW_3D", regions=[tab])
    tab.tag_redraw = lambda: None
    context.window.screen.areas = [area]
    operator = begun(context)
    operator.in_panel = True
    SteppingOperator.shown = stepping.ShownSteps("Work")
    yield operator, tab
    SteppingOperator.shown = None


@pytest.mark.parametrize(
    ("x", "category", "answer"),
    [(150, "Duologue", "PASS_THROUGH"), (50, "Duologue", "RUNNING_MODAL"), (150, "Item", "RUNNING_MODAL")],
)
def test_the_mouse_reaches_the_cross_in_the_panel_and_nothing_else(context, in_panel, x, category, answer):
    operator, tab = in_panel
    tab.active_panel_category = category

    assert operator.modal(context, SimpleNamespace(type="LEFTMOUSE", value="PRESS", mouse_x=x, mouse_y=20)) == {answer}


def test_the_cross_stops_between_two_steps(context, in_panel):
    operator, _ = in_panel
    operator.modal(context, TICK)
    assert (SteppingOperator.shown.doing, SteppingOperator.shown.share) == ("Measuring", 0.0)
    SteppingOperator.shown.stopping = True

    assert operator.modal(context, TICK) == {"CANCELLED"}
    assert (operator.log, SteppingOperator.shown, context.window_manager.timers) == (["given back"], None, [])


@pytest.mark.parametrize("shown", [None, "Combing"])
def test_whatever_works_in_steps_keeps_the_scene_and_its_place(context, shown):
    operator = begun(context)
    operator.report = lambda _kind, _text: operator.log.append("waits")
    SteppingOperator.shown = stepping.ShownSteps(shown) if shown else None

    assert (stepping.reason_to_wait() or "").startswith(shown or "Duologue")
    assert scene_is_free() is (shown is None), "panels that turn grey for a moment would flicker"
    assert operator.begin(context) == {"CANCELLED"}
    assert operator.log == ["waits"]
    operator.cancel(context)
    SteppingOperator.shown = None
    assert stepping.reason_to_wait() is None


def test_undo_in_another_window_ends_the_work_first_and_leaves_other_work_alone(context):
    operator, other = begun(context), Stepping()
    operator.modal(context, TICK)

    following._before_undo()

    assert (operator.log, stepping.reason_to_wait()) == (["given back"], None)
    assert other.begin(context) == {"RUNNING_MODAL"}
    assert (operator.modal(context, TICK), operator.log) == ({"CANCELLED"}, ["given back"])
    assert (context.window_manager.timers, SteppingOperator.under_way) == ([context.window], True)
    other.cancel(context)
    assert not SteppingOperator.under_way


def test_work_that_fails_to_give_back_what_it_made_keeps_nobody_waiting(context):
    operator = begun(context)
    SteppingOperator.at_work = operator._steps = SimpleNamespace(close=lambda: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        operator.cancel(context)
    assert (stepping.reason_to_wait(), context.window_manager.timers) == (None, [])


def test_escape_stops_between_two_steps(context):
    operator = begun(context)
    operator.modal(context, TICK)

    assert operator.modal(context, ESCAPE) == {"CANCELLED"}
    assert operator.log == ["given back"]
    assert (context.window_manager.timers, context.window_manager.progress) == ([], None)


def test_a_failure_is_said_and_leaves_no_timer(context):
    operator = begun(context, DuologueError(ExitCode.FACE_INVALID, "No.", "Yes."))
    for _ in range(2):
        operator.modal(context, TICK)

    assert operator.modal(context, TICK) == {"CANCELLED"}
    assert operator.log[-1] == ExitCode.FACE_INVALID
    assert context.window_manager.timers == []


def test_without_a_window_all_steps_are_done_at_once(context):
    operator = Stepping()

    assert operator.execute(context) == {"FINISHED"}
    assert operator.log == [0.0, 0.5, "found"]
