"""The operators from audio to keys, with a worker that behaves and with many that do not."""

from pathlib import Path
from types import SimpleNamespace

import bpy
import numpy as np
import pytest
from duologue.addon import conversation
from duologue.addon.heads.rig import head_mesh
from duologue.addon.interface.operators import generate
from duologue.addon.interface.operators.running_job import RunningJob
from duologue.addon.keys import actions, assigning, key_writing
from duologue.addon.settings.properties import settings_of
from duologue.backend.contract.errors import DuologueError, ExitCode
from duologue.backend.contract.job import PERFORMANCE_FILE
from duologue.backend.contract.performance import load_performance

from tests.support.staged_worker import fake_python, write_wave
from tests.support.written_keys import owners


@pytest.fixture
def worker(take_folders, tmp_path, monkeypatch):
    """Choose how the next worker behaves."""
    monkeypatch.setattr("duologue.addon.keys.takes.new_take_folder", None)

    def choose(play):
        monkeypatch.setenv("DUOLOGUE_PYTHON", str(fake_python(tmp_path, play)))

    choose("good")
    return choose


@pytest.fixture
def conversation_scene(pair, worker, tmp_path):
    settings = settings_of(pair)
    settings.track_a = str(write_wave(tmp_path / "a.wav"))
    settings.track_b = str(write_wave(tmp_path / "b.wav"))
    return pair


def test_conversation_is_two_heads_cameras_and_light(conversation_scene):
    settings = settings_of(conversation_scene)

    assert settings.head_a.name != settings.head_b.name
    kinds = [thing.type for thing in bpy.data.collections["Duologue"].objects]
    assert kinds.count("ARMATURE") == 2
    assert kinds.count("CAMERA") == 5
    assert kinds.count("LIGHT") >= 3
    assert conversation_scene.camera is not None


def test_missing_head_file_adds_nothing(scene, worker, monkeypatch, tmp_path):
    monkeypatch.setenv("DUOLOGUE_ASSETS", str(tmp_path))
    before = len(bpy.data.objects)

    assert bpy.ops.duologue.add_conversation() == {"CANCELLED"}

    settings = settings_of(scene)
    assert settings.message_code == ExitCode.FACE_NOT_FOUND
    assert len(bpy.data.objects) == before
    assert len(bpy.data.collections) == 0


def test_generate_waits_for_heads_and_audio(scene, worker):
    assert not bpy.ops.duologue.generate.poll()
    assert conversation.missing_input(settings_of(scene)) == "Press Add conversation first"


@pytest.mark.parametrize("gone", ["first", "second"])
def test_where_one_head_is_there_the_other_one_is_asked_for(scene, gone):
    mesh = bpy.data.meshes.new("Ada")
    head = bpy.data.objects.new("Ada", mesh)
    head.shape_key_add(name="Basis")
    setattr(settings_of(scene), "head_b" if gone == "first" else "head_a", head)

    assert gone in conversation.missing_input(settings_of(scene))
    assert not bpy.ops.duologue.write_keys.poll()


@pytest.mark.parametrize("done", [False, True])
def test_what_was_cancelled_changes_nothing_and_names_the_take_if_there_is_one(scene, tmp_path, done):
    folder = tmp_path / "take-007"
    folder.mkdir()
    if done:
        (folder / PERFORMANCE_FILE).touch()
    job = generate.Job(scene.name, 0, folder, (), 5)
    operator = SimpleNamespace(report=lambda *_: None)

    generate._say_failure(operator, bpy.context, job, DuologueError(ExitCode.CANCELLED, "Cancelled.", "Nothing."))

    settings = settings_of(scene)
    assert (str(folder) in settings.message, folder.exists()) == (done, done)
    assert (settings.message_is_error, settings.seed) == (False, 0)


def test_keys_of_a_take_are_written_only_once_one_was_made(scene, monkeypatch):
    assert not bpy.ops.duologue.write_take.poll()
    assert not bpy.ops.duologue.watch_take.poll()
    monkeypatch.setattr(RunningJob, "made", object())
    assert bpy.ops.duologue.write_take.poll()


def test_generate_writes_keys_on_both_heads(conversation_scene):
    assert bpy.ops.duologue.generate() == {"FINISHED"}

    take = load_performance(Path(settings_of(conversation_scene).take))
    for person, head in enumerate((settings_of(conversation_scene).head_a, settings_of(conversation_scene).head_b)):
        conversation_scene.frame_set(31)
        np.testing.assert_allclose(head.pose.bones["root"].location, take.translation[person, 30], atol=1e-5)
        keys = head_mesh(head).data.shape_keys.key_blocks
        assert keys["mouthFunnel"].value == pytest.approx(take.expression[person, 30].max(), abs=1e-5)
        assert len(actions.channels_of(head).fcurves) == 23


def test_generate_sets_the_cuts_leaves_the_range_and_tells(conversation_scene):
    bpy.ops.duologue.generate()

    settings = settings_of(conversation_scene)
    assert (conversation_scene.frame_start, conversation_scene.frame_end) == (1, 250)
    assert conversation_scene.timeline_markers[0].camera is not None
    assert "keys written" in settings.message
    assert "The sentence says nothing about the room." in settings.message
    assert not settings.message_is_error


def test_keys_start_where_the_artist_says(conversation_scene):
    settings_of(conversation_scene).start_frame = 101
    conversation_scene.render.fps = 30

    bpy.ops.duologue.generate()

    start, end = settings_of(conversation_scene).head_a.animation_data.action.frame_range
    assert start == 101
    assert end == pytest.approx(101 + round(1.96 * 30))


def test_former_actions_stay_and_are_named(conversation_scene):
    head = settings_of(conversation_scene).head_a
    former = assigning.assign_new_action(head, "My own pose").action

    bpy.ops.duologue.generate()

    assert "My own pose" in settings_of(conversation_scene).message
    assert former.use_fake_user
    assert head.animation_data.action != former


def test_mesh_of_a_head_stands_for_the_head(conversation_scene):
    settings = settings_of(conversation_scene)
    head = settings.head_a
    settings.head_a = head_mesh(head)

    assert bpy.ops.duologue.generate() == {"FINISHED"}, settings.message

    conversation_scene.frame_set(31)
    take = load_performance(Path(settings.take))
    np.testing.assert_allclose(head.pose.bones["root"].location, take.translation[0, 30], atol=1e-5)


def test_write_keys_needs_no_worker(conversation_scene, monkeypatch):
    bpy.ops.duologue.generate()
    monkeypatch.setenv("DUOLOGUE_PYTHON", "/nowhere")
    settings = settings_of(conversation_scene)
    settings.jaw_strength = 0.0

    assert bpy.ops.duologue.write_keys() == {"FINISHED"}, settings.message

    conversation_scene.frame_set(20)
    np.testing.assert_allclose(settings.head_a.pose.bones["jaw"].rotation_quaternion, (1, 0, 0, 0), atol=1e-6)


@pytest.mark.parametrize(
    ("play", "code"),
    [
        ("dies-at-once", ExitCode.WORKER_DIED),
        ("dies-midway", ExitCode.WORKER_DIED),
        ("dies-explained", ExitCode.AUDIO_SILENT),
        ("garbage", ExitCode.WORKER_GARBAGE),
        ("no-torch", ExitCode.DEPENDENCY_MISSING),
        ("nan", ExitCode.PERFORMANCE_INVALID),
        ("half-file", ExitCode.PERFORMANCE_INVALID),
        ("no-file", ExitCode.PERFORMANCE_INVALID),
        ("wrong-face", ExitCode.PERFORMANCE_INVALID),
    ],
)
def test_bad_worker_changes_no_key_and_is_explained(conversation_scene, worker, play, code, tmp_path):
    bpy.ops.duologue.generate()
    before = [owner.animation_data.action for owner in owners(conversation_scene)]
    take, count = settings_of(conversation_scene).take, len(bpy.data.actions)
    worker(play)

    assert bpy.ops.duologue.generate() == {"CANCELLED"}

    settings = settings_of(conversation_scene)
    assert settings.message_is_error
    assert settings.message_code == code
    assert [owner.animation_data.action for owner in owners(conversation_scene)] == before
    assert len(bpy.data.actions) == count
    assert settings.take == take
    assert not list(tmp_path.rglob("*.part"))


def test_chatter_on_the_worker_s_outputs_disturbs_nothing(conversation_scene, worker):
    worker("chatter")

    assert bpy.ops.duologue.generate() == {"FINISHED"}


def test_audio_that_is_gone_is_named_before_anything_starts(conversation_scene, tmp_path):
    (tmp_path / "b.wav").unlink()

    assert bpy.ops.duologue.generate() == {"CANCELLED"}

    assert settings_of(conversation_scene).message_code == ExitCode.AUDIO_NOT_FOUND
    assert not list(tmp_path.glob("take-*"))


def test_rig_that_lost_its_jaw_is_refused_before_a_key_is_written(conversation_scene):
    head = settings_of(conversation_scene).head_b
    head.data.bones["jaw"].name = "chin"

    assert bpy.ops.duologue.generate() == {"CANCELLED"}

    assert settings_of(conversation_scene).message_code == ExitCode.RIG_UNSUITABLE
    assert len(bpy.data.actions) == 0


def test_failure_between_two_heads_takes_back_the_first(conversation_scene, monkeypatch):
    bpy.ops.duologue.generate()
    before = [owner.animation_data.action for owner in owners(conversation_scene)]
    count, calls, real = len(bpy.data.actions), [], actions.write_curves

    def fail_third(owner, curves, frames):
        calls.append(owner)
        if len(calls) == 3:
            raise MemoryError
        return real(owner, curves, frames)

    monkeypatch.setattr(actions, "write_curves", fail_third)

    with pytest.raises(MemoryError):
        key_writing.write_take(bpy.context, Path(settings_of(conversation_scene).take))

    assert [owner.animation_data.action for owner in owners(conversation_scene)] == before
    assert len(bpy.data.actions) == count


def test_sound_strips_are_replaced_not_added(conversation_scene):
    pytest.importorskip("aud")
    bpy.ops.duologue.generate()
    bpy.ops.duologue.generate()

    editor = conversation_scene.sequence_editor
    strips = editor.strips if bpy.app.version >= (4, 4) else editor.sequences

    assert len(strips) == 2
    assert {int(strip.frame_final_start) for strip in strips} == {1}


def test_check_backend_puts_its_report_into_a_text(scene, worker):
    assert bpy.ops.duologue.check_backend() == {"FINISHED"}
    assert "torch" in bpy.data.texts["Duologue backend"].as_string()
    for word in ("CPU", "colocated", "dualtalk-official (transformers)"):
        assert word in settings_of(scene).message


def test_check_backend_names_every_problem_with_its_remedy(scene, worker):
    worker("no-torch")

    assert bpy.ops.duologue.check_backend() == {"CANCELLED"}
    assert settings_of(scene).message_code == ExitCode.DEPENDENCY_MISSING
    for word in ("torch", "Run setup.", "faces/open-head-1.npz", "Choose the folder."):
        assert word in settings_of(scene).message


def test_check_backend_looks_where_everything_else_finds_the_assets(scene, tmp_path, monkeypatch):
    (tmp_path / "checkout" / ".venv" / "bin").mkdir(parents=True)
    (tmp_path / "checkout" / ".assets").mkdir()
    python = fake_python(tmp_path / "checkout" / ".venv" / "bin", "good")
    monkeypatch.setenv("DUOLOGUE_PYTHON", str(python))
    monkeypatch.delenv("DUOLOGUE_ASSETS", raising=False)
    monkeypatch.setattr("duologue.addon.worker.preferences.EXTENSION", tmp_path / "installed")

    assert bpy.ops.duologue.check_backend() == {"FINISHED"}

    assert f"assets {tmp_path / 'checkout' / '.assets'}" in bpy.data.texts["Duologue backend"].as_string()
