"""Two Blenders on one .blend: no take is lost, and the later save says what it replaced."""

import os
import shutil
from pathlib import Path

import bpy
from duologue.addon.keys import takes

from tests.support.blend_files import generate, now, reopen, save


def other_generates_and_saves(project):
    """What another Blender does with the file as it is on disk: a take of its own, then a save."""
    folder = takes.new_take_folder()
    shutil.copy(next(project.rglob("performance.npz"), Path(__file__)), folder / "performance.npz")
    part = project / "part"
    shutil.copy(project / "scene.blend", part)
    os.utime(part, ns=(1, 1))
    part.replace(project / "scene.blend")
    return folder


def test_both_make_takes_and_none_is_lost(saved_project):
    theirs = other_generates_and_saves(saved_project)

    mine = generate()
    save(saved_project / "scene.blend")

    assert mine != theirs
    assert mine.parent == theirs.parent
    assert (theirs / "performance.npz").is_file()
    assert (mine / "performance.npz").is_file()
    assert takes.take_file(now()).parent == mine


def test_later_save_says_what_it_replaced_once(saved_project):
    mine = generate()
    save(saved_project / "scene.blend")
    other_generates_and_saves(saved_project)
    now().message = ""

    save(saved_project / "scene.blend")

    assert "scene.blend1" in now().message
    assert str(mine.parent) in now().message
    assert (saved_project / "scene.blend1").is_file()
    now().message = ""
    save(saved_project / "scene.blend")
    assert now().message == ""


def test_file_that_is_opened_again_is_saved_without_a_word(saved_project):
    other_generates_and_saves(saved_project)
    reopen(saved_project / "scene.blend")

    save(saved_project / "scene.blend")

    assert now().message == ""


def test_file_without_a_conversation_is_none_of_duologue_s_business(scene, tmp_path):
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "scene.blend"))
    os.utime(tmp_path / "scene.blend", ns=(1, 1))

    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "scene.blend"))

    assert now().message == ""
