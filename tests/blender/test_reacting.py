"""One head is animated, the other one is what it reacts to: what is sampled, what is sent, and what stays untouched."""

import json
from dataclasses import replace
from pathlib import Path

import bpy
import numpy as np
import pytest
from duologue.addon.heads.rig import head_mesh
from duologue.addon.interface import generate_panel
from duologue.addon.keys import actions, assigning
from duologue.addon.keys.beside import Beside, placed
from duologue.addon.keys.key_writing import write_take
from duologue.addon.keys.partner import known_partner
from duologue.addon.keys.sampling import sampled
from duologue.addon.retargeting.curves import Curve
from duologue.addon.retargeting.own_heads import BONE_NAMES
from duologue.addon.settings import generate_properties
from duologue.addon.settings.properties import people_of, settings_of
from duologue.addon.staging.sightline import eyes_midpoint
from duologue.addon.steps import at_once
from duologue.backend.contract.arkit import ARKIT_INDEX, ARKIT_NAMES
from duologue.backend.contract.errors import DuologueError, ExitCode
from duologue.backend.contract.job import AudioInput, JobRequest, read_request
from duologue.backend.contract.performance import ALONE, Performance, load_performance, save_performance
from duologue.backend.contract.transfer import eyes_midpoint as staged_eyes
from mathutils import Matrix, Quaternion

from tests.support.drawn_panel import drawn
from tests.support.staged_worker import fake_python, write_wave

REQUEST = JobRequest(AudioInput("mix", ("/nowhere.wav",)))


def take_of(frames=100, side=0.6, face="open-head-1"):
    """Two heads that nod, look aside and open their mouths, each in a way of its own."""
    moment = np.arange(frames) / 25.0
    expression = np.zeros((2, frames, 52), np.float32)
    pose, translation = np.zeros((2, frames, 5, 3), np.float32), np.zeros((2, frames, 3), np.float32)
    for person, way in enumerate((-1.0, 1.0)):
        expression[person, :, ARKIT_INDEX["mouthSmileLeft"]] = 0.5 + 0.4 * np.sin((2 + person) * moment)
        pose[person, :, 0, 1] = -way * np.pi / 2
        pose[person, :, 1, 0] = 0.2 * np.sin((3 + person) * moment)
        pose[person, :, 2, 0] = 0.1 + 0.1 * np.sin(9 * moment)
        pose[person, :, 3:, 1] = 0.2 * np.sin(moment)[:, None]
        translation[person] = (way * side, 1.2, 0.0)
    return Performance(25.0, face, ("Anna", "Ben"), expression, pose, translation, np.ones((2, frames)), {})


@pytest.fixture
def played(pair, take_folders, tmp_path, monkeypatch):
    """Both heads play `take_of()`; the fake worker answers the next Generate."""
    monkeypatch.setenv("DUOLOGUE_PYTHON", str(fake_python(tmp_path, "good")))
    settings = settings_of(pair)
    settings.track_a, settings.track_b = str(write_wave(tmp_path / "a.wav")), str(write_wave(tmp_path / "b.wav"))
    take = tmp_path / "first" / "performance.npz"
    save_performance(take, take_of())
    write_take(bpy.context, take)
    pair.frame_end = 100
    return pair


def state_of(head):
    """Everything of a head that a key could change: actions, every F-curve's points, NLA, values as they are now."""
    found = []
    for owner in (head, head_mesh(head).data.shape_keys):
        data = owner.animation_data
        points = [
            (curve.data_path, curve.array_index, [tuple(key.co) for key in curve.keyframe_points])
            for curve in actions.channels_of(owner).fcurves
        ]
        found.append((data.action, len(data.nla_tracks), sorted(points), data.action.use_fake_user))
    found.append([(key.name, key.slider_min, key.slider_max) for key in head_mesh(head).data.shape_keys.key_blocks])
    found.append([tuple(bone.matrix_basis.to_translation()) for bone in head.pose.bones])
    return found


def test_the_choice_names_the_two(played):
    settings = settings_of(played)

    said = drawn(generate_panel.DUOLOGUE_PT_generate, played)
    settings.reaction = "second"
    more = drawn(generate_panel.DUOLOGUE_PT_generate, played)

    assert people_of(settings) == ("Anna", "Ben")
    assert [item[1] for item in generate_properties._reaction_items(settings, None)] == [
        "Both",
        "Only Anna reacts",
        "Only Ben reacts",
    ]
    assert ("Reacting to" in said, "Reacting to" in more) == (False, True)


def test_what_a_head_plays_is_sampled_as_it_was_written(played):
    settings = settings_of(played)
    settings.reaction = "second"

    found = known_partner(bpy.context, REQUEST)

    take = take_of()
    assert (found.face, found.frame_count, found.speakers) == ("open-head-1", 100, ("Anna", "Ben"))
    np.testing.assert_allclose(found.expression[0], take.expression[0], atol=1e-5)
    np.testing.assert_allclose(found.pose[0], take.pose[0], atol=1e-5)
    np.testing.assert_allclose(found.translation, take.translation, atol=1e-5)
    assert not found.meta[ALONE], "where Ben sits is known, so that Anna's glances have an aim"


@pytest.mark.parametrize(("fps", "start"), [(24, 1), (30, 101), (60, -20)])
def test_sampling_is_in_seconds_whatever_the_scenes_rate(played, tmp_path, fps, start):
    settings = settings_of(played)
    played.render.fps, settings.start_frame = fps, start
    write_take(bpy.context, tmp_path / "first" / "performance.npz")
    played.frame_start = played.frame_end = max(start, 0)
    settings.reaction = "first"

    found = known_partner(bpy.context, REQUEST)

    assert abs(found.seconds - 4.0) < 0.1
    assert np.abs(found.pose[1, :95, 1] - take_of().pose[1, :95, 1]).max() < 0.02


def test_hidden_heads_constraints_and_nla_count_as_they_are_seen(played):
    settings = settings_of(played)
    settings.reaction, head = "second", settings.head_a
    head.hide_viewport = head_mesh(head).hide_viewport = True
    action = head.animation_data.action
    head.animation_data.action = None
    track = head.animation_data.nla_tracks.new()
    strip = track.strips.new("moved", 1, action)
    if bpy.app.version >= (4, 4) and strip.action_slot is None:
        strip.action_slot = action.slots[0]
    aim = bpy.data.objects.new("Aim", None)
    turn = head.pose.bones["neck"].constraints.new("COPY_ROTATION")
    turn.target, turn.mix_mode, turn.owner_space, turn.target_space = aim, "REPLACE", "LOCAL", "WORLD"
    aim.rotation_euler = (0.0, 0.0, 0.3)
    frame = played.frame_current

    found = known_partner(bpy.context, REQUEST)

    np.testing.assert_allclose(found.pose[0, :, 2], take_of().pose[0, :, 2], atol=1e-5)
    assert np.ptp(found.pose[0, :, 1], axis=0).max() < 1e-5, "the constraint holds the neck"
    assert np.linalg.norm(found.pose[0, 0, 1]) == pytest.approx(0.3, abs=1e-4)
    assert (played.frame_current, len(bpy.data.scenes)) == (frame, 1)
    assert not [one for one in bpy.data.objects if "sampling" in one.name]


def test_ben_reacts_and_annas_keys_are_not_touched_at_all(played):
    settings = settings_of(played)
    settings.reaction = "second"
    before, cameras = state_of(settings.head_a), [marker.frame for marker in played.timeline_markers]
    action = settings.head_b.animation_data.action

    assert bpy.ops.duologue.generate() == {"FINISHED"}, settings.message

    take = Path(settings.take)
    request = read_request(take.parent)
    sent = load_performance(Path(request.partner.take))
    assert request.partner.person == 0
    assert Path(request.partner.take).parent == take.parent
    np.testing.assert_allclose(sent.expression[0], take_of().expression[0], atol=1e-5)
    assert state_of(settings.head_a) == before
    assert settings.head_b.animation_data.action not in (None, action)
    assert [marker.frame for marker in played.timeline_markers] == cameras
    made = load_performance(take)
    played.frame_set(31)
    smile = head_mesh(settings.head_b).data.shape_keys.key_blocks["mouthFunnel"].value
    assert smile == pytest.approx(made.expression[1, 30, ARKIT_INDEX["mouthFunnel"]], abs=1e-4)


def test_the_other_way_round_too(played):
    settings = settings_of(played)
    settings.reaction = "first"
    before = state_of(settings.head_b)

    assert bpy.ops.duologue.generate() == {"FINISHED"}, settings.message

    assert read_request(Path(settings.take).parent).partner.person == 1
    assert state_of(settings.head_b) == before
    assert "Ben" in settings.head_b.animation_data.action.name
    assert "take-0" in settings.head_a.animation_data.action.name


def test_writing_again_leaves_the_partner_alone_as_well(played):
    settings = settings_of(played)
    settings.reaction = "second"
    bpy.ops.duologue.generate()
    before = state_of(settings.head_a)
    played.frame_set(20)
    seat = eyes_midpoint(settings.head_b)

    assert bpy.ops.duologue.write_keys() == {"FINISHED"}

    assert state_of(settings.head_a) == before
    played.frame_set(20)
    assert (eyes_midpoint(settings.head_b) - seat).length < 1e-3, "and Ben does not creep"


def test_who_reacts_sits_before_the_partner_wherever_that_one_was_put(played):
    """Anna is moved and turned; the staged pair goes along, and Ben stays on the side on which he was."""
    settings = settings_of(played)
    root = settings.head_a.pose.bones["root"]
    for axis, value in enumerate((0.4, 1.5, -0.7)):
        (curve,) = (
            one
            for one in actions.channels_of(settings.head_a).fcurves
            if one.data_path.endswith('["root"].location') and one.array_index == axis
        )
        for key in curve.keyframe_points:
            key.co.y = value
        curve.update()
    settings.reaction = "second"
    bpy.context.view_layer.update()
    played.frame_set(20)
    way = eyes_midpoint(settings.head_b) - eyes_midpoint(settings.head_a)

    assert bpy.ops.duologue.generate() == {"FINISHED"}, settings.message

    played.frame_set(20)
    anna, ben = (eyes_midpoint(head) for head in (settings.head_a, settings.head_b))
    made = load_performance(Path(settings.take))
    rests = [[head.data.bones[name].head_local for name in BONE_NAMES] for head in (settings.head_a, settings.head_b)]
    staged = [staged_eyes(made.pose[one], made.translation[one], np.array(rests[one])).mean(axis=0) for one in (0, 1)]
    apart = float(np.hypot(*(staged[1] - staged[0])[[0, 2]]))
    assert np.hypot(*(ben - anna).xy) == pytest.approx(apart, abs=0.02)
    assert (ben - anna).xy.normalized().dot(way.xy.normalized()) > 0.995
    assert abs(ben.z - anna.z) < 0.02
    assert root.location.y == pytest.approx(1.5)


def test_a_turned_pair_keeps_its_lines_of_sight():
    take, root = take_of(), np.array([0.0, -0.1, 0.0])
    there = (take.translation[1, 0], take.translation[0, 0])
    now = (np.array([0.3, 1.4, 2.0]), np.array([0.3, 1.4, 1.0]))

    moved = placed(take, 1, Beside(root, there, now))

    turned = Matrix.Rotation(-np.pi / 2, 3, "Y") @ Quaternion(take.pose[1, 0, 0] / (np.pi / 2), np.pi / 2).to_matrix()
    vector = moved.pose[1, 0, 0]
    found = Quaternion(vector, np.linalg.norm(vector)).to_matrix()
    assert np.abs(np.array(found) - np.array(turned)).max() < 1e-5
    np.testing.assert_allclose(moved.translation[1, 0] + root, [0.3, 1.3, 2.2], atol=1e-5)
    np.testing.assert_array_equal(moved.pose[0], take.pose[0])
    np.testing.assert_array_equal(moved.expression, take.expression)


def test_a_still_partner_is_told_before_anything_runs(played, tmp_path):
    settings = settings_of(played)
    settings.reaction = "second"
    for owner in (settings.head_a, head_mesh(settings.head_a).data.shape_keys):
        owner.animation_data.action = None

    assert bpy.ops.duologue.generate() == {"CANCELLED"}

    assert settings.message_code == ExitCode.SCENE_UNSUITABLE
    assert "Nothing moves on Anna" in settings.message
    assert not list(tmp_path.glob("take-*"))


def test_a_take_may_tell_what_the_partner_does(played, tmp_path):
    settings = settings_of(played)
    settings.reaction, settings.partner_from = "second", "take"
    settings.partner_take = str(tmp_path / "nod.npz")
    save_performance(tmp_path / "nod.npz", take_of(50))

    assert bpy.ops.duologue.generate() == {"FINISHED"}, settings.message

    request = json.loads((Path(settings.take).parent / "request.json").read_text(encoding="utf-8"))
    assert load_performance(Path(request["partner"]["take"])).frame_count == 50


@pytest.mark.parametrize("path", ["", "/nowhere/take.npz"])
def test_a_take_that_is_not_there_is_told(played, path):
    settings = settings_of(played)
    settings.reaction, settings.partner_from, settings.partner_take = "second", "take", path

    assert bpy.ops.duologue.generate() == {"CANCELLED"}

    assert settings.message_code == ExitCode.TAKE_NOT_FOUND


@pytest.mark.parametrize("play", ["dies-midway", "dies-explained", "nan", "wrong-face"])
def test_a_job_that_ends_badly_leaves_both_heads_as_they_were(played, tmp_path, monkeypatch, play):
    monkeypatch.setenv("DUOLOGUE_PYTHON", str(fake_python(tmp_path, play)))
    settings = settings_of(played)
    settings.reaction = "second"
    before = [state_of(head) for head in (settings.head_a, settings.head_b)]

    assert bpy.ops.duologue.generate() == {"CANCELLED"}

    assert [state_of(head) for head in (settings.head_a, settings.head_b)] == before


def test_the_official_engine_is_not_started_for_heads_that_cannot_play_it(played, tmp_path, monkeypatch):
    monkeypatch.setattr("duologue.addon.keys.targets.faces_folder", lambda: tmp_path / "no faces")
    settings = settings_of(played)
    weights = tmp_path / "DualTalk.safetensors"
    weights.write_bytes(b"weights")
    settings.engine, settings.checkpoint = "dualtalk-official", str(weights)

    assert bpy.ops.duologue.generate() == {"CANCELLED"}

    assert settings.message_code == ExitCode.PERFORMANCE_INVALID
    assert "Use FLAME file…" in settings.message
    assert not list(tmp_path.glob("take-*"))


def arkit_character(name, rename=str):
    """A mesh without bones that carries ARKit's keys."""
    mesh = bpy.data.meshes.new(name)
    mesh.from_pydata([(0, 0, 0), (1, 0, 0), (0, 1, 0)], [], [(0, 1, 2)])
    part = bpy.data.objects.new(name, mesh)
    bpy.context.collection.objects.link(part)
    part.shape_key_add(name="Basis")
    for key in ARKIT_NAMES:
        part.shape_key_add(name=rename(key)).value = 0.0  # Blender 5 begins with 1
    return part


def test_a_captured_arkit_character_is_read_back_by_its_keys(played):
    """Jaw and eyes are keys there; a take says them as rotations."""
    part = arkit_character("Phone capture", lambda key: key.replace("Left", "_L").replace("Right", "_R"))
    frames = np.arange(1, 76)
    wave = 0.5 + 0.5 * np.sin(frames * 0.2)
    keys = {"jawOpen": wave, "mouthSmile_L": 0.5 * wave, "eyeLookOut_L": wave, "eyeLookIn_R": wave}
    owner = part.data.shape_keys
    assigning.assign_new_action(owner, "capture")
    actions.write_curves(owner, [Curve(f'key_blocks["{n}"].value', 0, v, "Face") for n, v in keys.items()], frames)
    settings = settings_of(played)
    settings.head_a, settings.reaction = part, "second"

    found = known_partner(bpy.context, REQUEST)

    assert found.meta[ALONE]
    assert found.face == "open-head-1"
    np.testing.assert_allclose(found.expression[0, :75, ARKIT_INDEX["mouthSmileLeft"]], 0.5 * wave, atol=2e-3)
    np.testing.assert_allclose(found.pose[0, :75, 2, 0], 0.4129 * wave, atol=2e-3)
    np.testing.assert_allclose(found.pose[0, :75, 3, 1], np.radians(30) * wave, atol=2e-3)


def test_a_character_nobody_can_read_is_told(played):
    part = arkit_character("Stranger", lambda key: f"shape {hash(key) % 9973}")
    settings = settings_of(played)
    settings.head_a, settings.reaction = part, "second"

    with pytest.raises(DuologueError) as caught:
        known_partner(bpy.context, REQUEST)

    assert caught.value.code == ExitCode.RIG_UNSUITABLE


def test_muted_keys_count_as_nothing(played):
    head = settings_of(played).head_a
    mesh = head_mesh(head)
    mesh.data.shape_keys.key_blocks["mouthSmileLeft"].mute = True

    found = at_once(sampled(played, head, [mesh], ("neck",), np.arange(1.0, 20.0)))

    assert found.values["mouthSmileLeft"].max() == 0.0


def test_a_take_of_another_face_is_refused_by_name(played, tmp_path, monkeypatch):
    monkeypatch.setattr("duologue.addon.keys.partner.faces_folder", lambda: tmp_path)
    settings = settings_of(played)
    settings.reaction, settings.partner_from = "second", "take"
    settings.partner_take = str(tmp_path / "other.npz")
    save_performance(tmp_path / "other.npz", replace(take_of(), face="flame-0123", expression=np.zeros((2, 100, 50))))

    with pytest.raises(DuologueError, match="flame-0123"):
        known_partner(bpy.context, REQUEST)
