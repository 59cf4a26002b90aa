"""A .blend that an earlier version of the add-on wrote opens with what was in it, and goes on working."""

import shutil
from pathlib import Path

import bpy
import pytest
from duologue.addon.heads.controls import controls_shown, has_controls
from duologue.addon.heads.rig import head_mesh
from duologue.addon.keys import actions
from duologue.addon.keys.takes import take_file
from duologue.addon.settings.properties import settings_of

from tests.support.staged_worker import fake_python

OLDER = Path(__file__).resolve().parents[1] / "data" / "older"


@pytest.fixture
def older(registered, tmp_path, monkeypatch):
    """The file that version 0.4 of the add-on wrote in Blender 4.2, in a folder of its own."""
    monkeypatch.setenv("DUOLOGUE_PYTHON", str(fake_python(tmp_path, "good")))
    shutil.copytree(OLDER, tmp_path / "older")
    bpy.ops.wm.open_mainfile(filepath=str(tmp_path / "older" / "scene.blend"))
    return settings_of(bpy.context.scene)


def test_settings_take_and_actions_are_found(older):
    scene = bpy.context.scene
    assert (older.prompt, older.seed, older.jaw_strength) == ("two rivals, close", 7, 0.75)
    assert (older.audio_kind, older.track_a, older.track_b) == ("tracks", "//a.wav", "//b.wav")
    assert (older.start_from, older.start_frame) == ("frame", 1001)
    assert (scene.frame_start, scene.render.fps) == (1001, 24)
    assert [head.name for head in (older.head_a, older.head_b)] == ["Anna", "Ben"]
    assert take_file(older).is_file()
    for head in (older.head_a, older.head_b):
        for owner in (head, head_mesh(head).data.shape_keys):
            assert len(actions.channels_of(owner).fcurves) > 0
            assert actions.last_frame_of(owner) == 1048
    assert older.collection.name in scene.collection.children


def test_keys_are_written_again_where_they_were(older):
    assert bpy.ops.duologue.write_keys() == {"FINISHED"}, older.message

    assert tuple(older.head_a.animation_data.action.frame_range) == (1001, 1048)


def test_cuts_are_set_where_the_take_is(older):
    older.property_unset("take_start")

    assert bpy.ops.duologue.apply_cuts() == {"FINISHED"}, older.message

    assert min(marker.frame for marker in bpy.context.scene.timeline_markers) == 1001


def test_another_take_is_made(older):
    assert bpy.ops.duologue.generate() == {"FINISHED"}, older.message

    assert older.take == "//duologue_takes/scene/take-002/performance.npz"
    assert take_file(older).is_file()


def test_heads_act_without_controls_and_get_them_by_the_button(older):
    head, scene = older.head_a, bpy.context.scene
    scene.frame_set(1020)
    key = head_mesh(head).data.shape_keys.key_blocks["mouthFunnel"]
    before = key.value
    assert before > 0.0
    assert not has_controls(head)

    assert bpy.ops.duologue.add_controls(person="first") == {"FINISHED"}, older.message

    assert controls_shown(head)
    scene.frame_set(1020)
    assert key.value == pytest.approx(before)
