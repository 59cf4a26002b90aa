"""While the worker is at work both heads are looked at for what will not move."""

from types import SimpleNamespace

import bpy
import pytest
from duologue.addon.interface.operators import generate
from duologue.addon.interface.operators.running_job import RunningJob
from duologue.addon.settings.properties import settings_of


def _checks(*ends):
    yield "Trying the channels", 0.0
    if isinstance(ends[0], Exception):
        raise ends[0]
    return list(ends)


def test_what_will_not_move_is_said_while_the_worker_is_at_work(scene, monkeypatch):
    monkeypatch.setattr(RunningJob, "checks", _checks("Anna's lids are muted."))
    reports = []
    operator = SimpleNamespace(report=lambda _kind, said: reports.append(said))

    generate.DUOLOGUE_OT_watch_take._check(operator, bpy.context, RunningJob.checks)

    assert (RunningJob.checks, reports) == (None, ["Anna's lids are muted."])
    assert settings_of(scene).message == "Anna's lids are muted."


def test_a_take_waits_while_another_operator_works_in_steps(monkeypatch):
    class Watching:
        modal = generate.DUOLOGUE_OT_watch_take.modal

        def _check(self, *_):
            pytest.fail("the scene is another operator's")

    monkeypatch.setattr(RunningJob, "unchecked", "what was prepared")
    monkeypatch.setattr(generate.SteppingOperator, "under_way", True)

    assert Watching().modal(bpy.context, SimpleNamespace(type="TIMER")) == {"PASS_THROUGH"}


@pytest.mark.parametrize("error", [ReferenceError("removed"), KeyError("neck"), RuntimeError("not in the view layer")])
def test_a_head_that_is_changed_while_the_worker_is_at_work_ends_the_looking_alone(scene, monkeypatch, error):
    monkeypatch.setattr(RunningJob, "unchecked", "what was prepared")
    monkeypatch.setattr(RunningJob, "checks", _checks(error))

    generate.DUOLOGUE_OT_watch_take._check(None, bpy.context, RunningJob.checks)

    assert (RunningJob.checks, RunningJob.unchecked, settings_of(scene).message) == (None, None, "")


@pytest.mark.parametrize("cancelling", [False, True])
def test_once_esc_was_pressed_no_head_is_looked_at(monkeypatch, cancelling):
    worker = SimpleNamespace(progress=SimpleNamespace(cancelling=cancelling))
    monkeypatch.setattr(RunningJob, "unchecked", "what was prepared")
    monkeypatch.setattr(RunningJob, "worker", worker)

    assert RunningJob.wants_checks() is not cancelling


def test_undo_has_the_heads_looked_at_from_the_beginning(scene, monkeypatch):
    log = []

    def checks(*_):
        try:
            log.append("begun")
            while True:
                yield "Trying the channels", 0.0
        except GeneratorExit:
            log.append("given back")
            raise

    class Watching:
        modal = generate.DUOLOGUE_OT_watch_take.modal

        def _check(self, _context, steps):
            next(steps)
            raise InterruptedError

        def unwatch(self, _context):
            """It watches nothing."""

    monkeypatch.setattr(generate, "_all_warnings", checks)
    monkeypatch.setattr(RunningJob, "unchecked", "what was prepared")
    monkeypatch.setattr(RunningJob, "checks", None)
    tick = SimpleNamespace(type="TIMER")
    bpy.ops.ed.undo_push(message="before")
    bpy.ops.ed.undo_push(message="after")

    with pytest.raises(InterruptedError):
        Watching().modal(bpy.context, tick)
    bpy.ops.ed.undo()
    assert (log, RunningJob.checks) == (["begun", "given back"], None)
    with pytest.raises(InterruptedError):
        Watching().modal(bpy.context, tick)

    assert log == ["begun", "given back", "begun"]
    RunningJob.drop_checks()
