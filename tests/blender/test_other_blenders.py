"""Two Blenders on one .blend: no take is lost, and the later save says what it replaced."""

import os
import shutil
from pathlib import Path

import bpy
import pytest
from duologue.addon.keys import takes
from duologue.addon.settings.properties import settings_of

from tests.support.staged_worker import fake_python, write_wave


@pytest.fixture
def opened_twice(pair, tmp_path, monkeypatch):
    """A saved conversation that this Blender has open, and another one too; the project's folder."""
    project = tmp_path / "project"
    project.mkdir()
    monkeypatch.setenv("DUOLOGUE_PYTHON", str(fake_python(tmp_path, "good")))
    monkeypatch.setattr(bpy.utils, "user_resource", lambda *_, **__: str(tmp_path / "user"))
    settings = settings_of(pair)
    settings.track_a, settings.track_b = str(write_wave(project / "a.wav")), str(write_wave(project / "b.wav"))
    save(project)
    return project


def now():
    return settings_of(bpy.context.scene)


def save(project):
    bpy.ops.wm.save_as_mainfile(filepath=str(project / "scene.blend"), check_existing=False)


def generate():
    assert bpy.ops.duologue.generate() == {"FINISHED"}, now().message
    return takes.take_file(now()).parent


def other_generates_and_saves(project):
    """What another Blender does with the file as it is on disk: a take of its own, then a save."""
    folder = takes.new_take_folder()
    shutil.copy(next(project.rglob("performance.npz"), Path(__file__)), folder / "performance.npz")
    part = project / "part"
    shutil.copy(project / "scene.blend", part)
    os.utime(part, ns=(1, 1))
    part.replace(project / "scene.blend")
    return folder


def test_both_make_takes_and_none_is_lost(opened_twice):
    theirs = other_generates_and_saves(opened_twice)

    mine = generate()
    save(opened_twice)

    assert mine != theirs
    assert mine.parent == theirs.parent
    assert (theirs / "performance.npz").is_file()
    assert (mine / "performance.npz").is_file()
    assert takes.take_file(now()).parent == mine


def test_later_save_says_what_it_replaced_once(opened_twice):
    mine = generate()
    save(opened_twice)
    other_generates_and_saves(opened_twice)
    now().message = ""

    save(opened_twice)

    assert "scene.blend1" in now().message
    assert str(mine.parent) in now().message
    assert (opened_twice / "scene.blend1").is_file()
    now().message = ""
    save(opened_twice)
    assert now().message == ""


def test_file_that_is_opened_again_is_saved_without_a_word(opened_twice):
    other_generates_and_saves(opened_twice)
    bpy.ops.wm.open_mainfile(filepath=str(opened_twice / "scene.blend"))

    save(opened_twice)

    assert now().message == ""


def test_file_without_a_conversation_is_none_of_duologue_s_business(scene, tmp_path):
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "scene.blend"))
    os.utime(tmp_path / "scene.blend", ns=(1, 1))

    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "scene.blend"))

    assert now().message == ""
