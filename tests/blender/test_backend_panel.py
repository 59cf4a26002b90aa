"""The backend is offered while there is none, asked about before anything is fetched, and never without leave."""

import sys
from pathlib import Path
from types import SimpleNamespace

import bpy
import pytest
from duologue.addon.interface import backend_panel
from duologue.addon.interface.operators import install_backend, keep_backend
from duologue.addon.interface.operators.install_backend import RunningInstallation
from duologue.addon.settings.properties import settings_of
from duologue.addon.worker import backend_installation, preferences
from duologue.addon.worker.backend_installation import installer_python
from duologue.backend.contract.errors import DuologueError, ExitCode
from duologue.backend.contract.installation import INSTALLATION_LOG, Installation, record_installation, wanted_stamp

from tests.support.drawn_panel import Layout, sidebar

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def folder(tmp_path, monkeypatch, scene):
    """The backend's folder, empty; nothing else names a Python."""
    monkeypatch.delenv("DUOLOGUE_PYTHON", raising=False)
    monkeypatch.setattr(preferences, "EXTENSION", tmp_path / "extension")
    place = tmp_path / "backend"
    monkeypatch.setattr(preferences, "backend_folder", lambda _context: place)
    for module in (install_backend, keep_backend):
        monkeypatch.setattr(module, "backend_folder", lambda _context: place)
    monkeypatch.setattr(install_backend, "may_go_online", lambda: True)
    preferences._looked["at"] = -1e9
    yield place
    preferences._looked["at"] = -1e9


def installed(folder, stamp=None):
    python = folder / "environment-1" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.touch()
    made = Installation(folder, python, folder / "assets", "cpu", "3.11", stamp or wanted_stamp(ROOT))
    record_installation(made)
    return made


def box(scene):
    layout = Layout()
    backend_panel.draw_backend(layout, sidebar(scene))
    return layout.said


def test_without_a_backend_the_panel_offers_it(folder, scene):
    assert {"Install backend", "Install from folder…"} <= set(box(scene))


def test_with_a_backend_the_panel_offers_nothing(folder, scene):
    made = installed(folder)

    assert box(scene) == []
    assert preferences.backend_python(bpy.context) == made.python
    assert preferences.backend_assets(bpy.context) == made.assets


def test_a_python_that_is_named_needs_no_installation(folder, scene, monkeypatch, tmp_path):
    named = tmp_path / "python"
    named.touch()
    monkeypatch.setenv("DUOLOGUE_PYTHON", str(named))

    assert box(scene) == []


def test_an_update_that_needs_another_backend_is_offered_and_the_old_one_works_meanwhile(folder, scene):
    made = installed(folder, stamp="older")

    assert "Update backend" in box(scene)
    assert preferences.backend_python(bpy.context) == made.python


def test_an_installation_that_was_cut_short_goes_on(folder, scene):
    (folder / "packages").mkdir(parents=True)
    assert "Go on installing" not in box(scene)  # no installation left its log there

    (folder / INSTALLATION_LOG).touch()
    preferences._looked["at"] = -1e9

    assert "Go on installing" in box(scene)


def test_without_leave_to_go_online_nothing_is_fetched_and_the_panel_says_so(folder, scene, monkeypatch):
    monkeypatch.setattr(install_backend, "may_go_online", lambda: False)
    monkeypatch.setattr(backend_panel, "may_go_online", lambda: False)
    monkeypatch.setattr(install_backend, "start_installation", lambda *_, **__: pytest.fail("it was started"))

    assert "Preferences › System" in box(scene)
    assert not bpy.ops.duologue.install_backend.poll()
    assert bpy.ops.duologue.install_backend_from_folder.poll()
    with pytest.raises(RuntimeError):
        bpy.ops.duologue.install_backend()


def test_one_installation_at_a_time(folder, scene, monkeypatch):
    monkeypatch.setattr(RunningInstallation, "worker", SimpleNamespace(stage="Fetching torch", share=0.5))

    assert "50 %" in box(scene)
    for operator in ("install_backend", "install_backend_from_folder", "move_backend", "remove_backend"):
        assert not getattr(bpy.ops.duologue, operator).poll()
    assert bpy.ops.duologue.cancel_installation.poll()


def test_a_backend_that_is_at_work_is_neither_moved_nor_removed(folder, monkeypatch):
    from duologue.addon.interface.operators.check_backend import RunningCheck

    installed(folder)
    assert bpy.ops.duologue.remove_backend.poll()
    monkeypatch.setattr(RunningCheck, "worker", SimpleNamespace())

    assert not bpy.ops.duologue.remove_backend.poll()
    assert not bpy.ops.duologue.move_backend.poll()
    assert not bpy.ops.duologue.install_backend.poll()
    assert not bpy.ops.duologue.install_backend_from_folder.poll()


def test_a_film_that_is_rendered_keeps_no_backend_from_being_installed(folder, monkeypatch):
    from duologue.addon.interface.operators.films import RunningFilm

    monkeypatch.setattr(RunningFilm, "worker", SimpleNamespace())

    assert bpy.ops.duologue.install_backend.poll()


def test_nothing_is_run_from_a_backend_that_is_being_replaced(folder, scene, monkeypatch):
    from duologue.addon.interface.operators import generate

    monkeypatch.setattr(generate, "missing_input", lambda _settings: None)
    users = ("generate", "check_backend", "read_sentence", "use_checkpoint", "use_flame_file")
    assert all(getattr(bpy.ops.duologue, name).poll() for name in users)
    monkeypatch.setattr(RunningInstallation, "worker", SimpleNamespace(stage="Fetching torch", share=0.5))

    assert not any(getattr(bpy.ops.duologue, name).poll() for name in users)


def test_a_python_of_the_artists_own_works_while_a_backend_is_installed(folder, scene, monkeypatch, tmp_path):
    named = tmp_path / "python"
    named.touch()
    monkeypatch.setenv("DUOLOGUE_PYTHON", str(named))
    monkeypatch.setattr(RunningInstallation, "worker", SimpleNamespace(stage="Fetching torch", share=0.5))

    assert bpy.ops.duologue.check_backend.poll()


def test_the_worker_that_waits_ends_before_its_backend_is_replaced(folder, scene, monkeypatch):
    order = []
    worker = SimpleNamespace(poll=lambda: folder, close=lambda: None)
    monkeypatch.setattr(install_backend.KEPT_WORKER, "end", lambda: order.append("ended"))
    monkeypatch.setattr(install_backend, "start_installation", lambda *_, **__: order.append("started") or worker)

    assert bpy.ops.duologue.install_backend(again=True) == {"FINISHED"}
    assert order[:2] == ["ended", "started"]


def test_what_a_cancelled_removal_left_can_be_removed(folder, scene):
    layout = Layout()
    backend_panel._draw_upkeep(layout, bpy.context)
    assert "Remove" not in layout.said
    folder.mkdir()
    (folder / INSTALLATION_LOG).touch()

    preferences._looked["at"] = -1e9
    backend_panel._draw_upkeep(layout, bpy.context)

    assert "Remove" in layout.said
    assert "Repair" not in layout.said


def test_a_backend_is_mended_from_a_folder_too(folder, scene, monkeypatch, tmp_path):
    asked = {}
    worker = SimpleNamespace(poll=lambda: folder, close=lambda: None)
    monkeypatch.setattr(install_backend, "start_installation", lambda *_, **words: asked.update(words) or worker)

    bpy.ops.duologue.install_backend_from_folder(directory=str(tmp_path), again=True)

    assert asked == {"again": True}


@pytest.mark.parametrize(("online", "way"), [(True, "install_backend"), (False, "install_backend_from_folder")])
def test_repair_is_there_without_a_network_too(folder, monkeypatch, online, way):
    installed(folder)
    monkeypatch.setattr(backend_panel, "may_go_online", lambda: online)
    layout, repairs = Layout(), []
    layout.row = lambda **_: SimpleNamespace(operator=lambda name, text="", **_: button(name, text))

    def button(name, text):
        made = SimpleNamespace()
        if text == "Repair":
            repairs.append((name, made))
        return made

    backend_panel._draw_upkeep(layout, bpy.context)

    assert [(name, made.again) for name, made in repairs] == [(f"duologue.{way}", True)]


def test_scripts_install_remove_and_are_told_what_came_of_it(folder, scene, monkeypatch):
    answers = {"start_installation": folder, "start_removal": True}
    for module, name in ((install_backend, "start_installation"), (keep_backend, "start_removal")):
        worker = SimpleNamespace(poll=lambda name=name: answers[name], close=lambda: None)
        monkeypatch.setattr(module, name, lambda *_, worker=worker, **__: worker)

    assert bpy.ops.duologue.install_backend() == {"FINISHED"}
    assert str(folder) in settings_of(scene).message
    assert bpy.ops.duologue.remove_backend("EXEC_DEFAULT") == {"FINISHED"}


def test_a_failed_installation_is_told_with_its_number(folder, scene, monkeypatch):
    def fail():
        raise DuologueError(ExitCode.DISK_FULL, "There is no room.", "Free some.")

    worker = SimpleNamespace(poll=fail, close=lambda: None)
    monkeypatch.setattr(install_backend, "start_installation", lambda *_, **__: worker)

    assert bpy.ops.duologue.install_backend() == {"CANCELLED"}
    assert settings_of(scene).message_code == ExitCode.DISK_FULL


def test_a_moved_backend_is_looked_for_where_it_is(folder, scene, monkeypatch, tmp_path):
    remembered = {}
    installed(folder)
    worker = SimpleNamespace(poll=lambda: tmp_path / "there" / "duologue-backend", close=lambda: None)
    monkeypatch.setattr(keep_backend, "start_move", lambda *_: worker)
    monkeypatch.setattr(keep_backend, "remember", lambda _context, name, value: remembered.update({name: value}))

    assert bpy.ops.duologue.move_backend(directory=str(tmp_path / "there")) == {"FINISHED"}
    assert remembered == {"backend_folder": str(tmp_path / "there" / "duologue-backend")}


def test_a_real_worker_plans_and_removes(folder, tmp_path):
    from duologue.addon.interface.operators.watching import waited_for

    python = installer_python(sys.executable)
    plan = waited_for(backend_installation.start_plan(python, folder, None, home=ROOT))
    assert plan.folder == folder
    assert plan.choices[0].fetch > 1e8
    installed(folder)
    assert waited_for(backend_installation.start_removal(python, folder, home=ROOT)) is True
    assert not folder.exists()


def test_an_installation_goes_on_when_another_file_is_opened(folder, scene, monkeypatch):
    answers = [None, folder]
    worker = SimpleNamespace(poll=lambda: answers.pop(0), close=lambda: None, stage="Fetching", share=0.5)
    operator = SimpleNamespace(_timer=object(), _watched=worker, _remove_timer=lambda _context: None)
    monkeypatch.setattr(RunningInstallation, "worker", worker)
    monkeypatch.setattr(RunningInstallation, "after_poll", lambda: None)
    monkeypatch.setattr(install_backend, "_ended", lambda sentence, *, code: ended.append((sentence, code)))
    ended = []

    install_backend.DUOLOGUE_OT_make_backend.cancel(operator, bpy.context)

    assert bpy.app.timers.is_registered(install_backend._go_on)
    bpy.app.timers.unregister(install_backend._go_on)
    bpy.ops.wm.read_factory_settings(use_empty=True)  # the handlers of loading leave it, too
    assert RunningInstallation.worker is worker
    assert install_backend._go_on() is not None
    assert install_backend._go_on() is None
    assert [code for _, code in ended] == [0]


def test_a_worker_ends_with_the_extension(folder, monkeypatch, tmp_path):
    from duologue.addon.interface.operators.watching import stop_all

    slow = tmp_path / "python"
    slow.write_text("#!/bin/sh\nexec sleep 60\n")
    slow.chmod(0o755)
    monkeypatch.setattr(backend_installation, "_PATIENCE", backend_installation.Patience(grace=0.2))
    worker = backend_installation.start_installation(slow, folder, "cpu", None, again=False, home=ROOT)
    monkeypatch.setattr(RunningInstallation, "worker", worker)

    stop_all()

    assert not worker.running
    assert RunningInstallation.worker is None
