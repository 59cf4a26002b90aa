"""One head is animated, the other one is what it reacts to: what is sampled, what is sent, and what stays untouched."""

import json
from dataclasses import replace
from pathlib import Path

import bpy
import numpy as np
import pytest
from duologue.addon.heads.rig import head_mesh
from duologue.addon.interface import generate_panel
from duologue.addon.keys import actions
from duologue.addon.keys.beside import Beside, placed
from duologue.addon.keys.partner import known_partner
from duologue.addon.retargeting.own_heads import BONE_NAMES
from duologue.addon.settings import generate_properties
from duologue.addon.settings.properties import people_of, settings_of
from duologue.addon.staging.sightline import eyes_midpoint
from duologue.backend.contract.arkit import ARKIT_INDEX
from duologue.backend.contract.errors import ExitCode
from duologue.backend.contract.job import read_request
from duologue.backend.contract.performance import load_performance, save_performance
from duologue.backend.contract.transfer import eyes_midpoint as staged_eyes
from mathutils import Matrix, Quaternion

from tests.support.drawn_panel import drawn
from tests.support.reacting import REQUEST, take_of
from tests.support.refusals import refused
from tests.support.staged_worker import fake_python


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


def test_the_choice_names_the_two(reacting):
    settings = settings_of(reacting)

    said = drawn(generate_panel.DUOLOGUE_PT_generate, reacting)
    settings.reaction = "second"
    more = drawn(generate_panel.DUOLOGUE_PT_generate, reacting)

    assert people_of(settings) == ("Anna", "Ben")
    assert [item[1] for item in generate_properties._reaction_items(settings, None)] == [
        "Both",
        "Only Anna reacts",
        "Only Ben reacts",
    ]
    assert ("Reacting to" in said, "Reacting to" in more) == (False, True)


def test_ben_reacts_and_annas_keys_are_not_touched_at_all(reacting):
    settings = settings_of(reacting)
    settings.reaction = "second"
    before, cameras = state_of(settings.head_a), [marker.frame for marker in reacting.timeline_markers]
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
    assert [marker.frame for marker in reacting.timeline_markers] == cameras
    made = load_performance(take)
    reacting.frame_set(31)
    smile = head_mesh(settings.head_b).data.shape_keys.key_blocks["mouthFunnel"].value
    assert smile == pytest.approx(made.expression[1, 30, ARKIT_INDEX["mouthFunnel"]], abs=1e-4)


def test_the_other_way_round_too(reacting):
    settings = settings_of(reacting)
    settings.reaction = "first"
    before = state_of(settings.head_b)

    assert bpy.ops.duologue.generate() == {"FINISHED"}, settings.message

    assert read_request(Path(settings.take).parent).partner.person == 1
    assert state_of(settings.head_b) == before
    assert "Ben" in settings.head_b.animation_data.action.name
    assert "take-0" in settings.head_a.animation_data.action.name


def test_writing_again_leaves_the_partner_alone_as_well(reacting):
    settings = settings_of(reacting)
    settings.reaction = "second"
    bpy.ops.duologue.generate()
    before = state_of(settings.head_a)
    reacting.frame_set(20)
    seat = eyes_midpoint(settings.head_b)

    assert bpy.ops.duologue.write_keys() == {"FINISHED"}

    assert state_of(settings.head_a) == before
    reacting.frame_set(20)
    assert (eyes_midpoint(settings.head_b) - seat).length < 1e-3, "and Ben does not creep"


def test_who_reacts_sits_before_the_partner_wherever_that_one_was_put(reacting):
    """Anna is moved and turned; the staged pair goes along, and Ben stays on the side on which he was."""
    settings = settings_of(reacting)
    root = settings.head_a.pose.bones["root"]
    for axis, value in enumerate((0.4, 1.5, -0.7)):
        (curve,) = (
            fcurve
            for fcurve in actions.channels_of(settings.head_a).fcurves
            if fcurve.data_path.endswith('["root"].location') and fcurve.array_index == axis
        )
        for key in curve.keyframe_points:
            key.co.y = value
        curve.update()
    settings.reaction = "second"
    bpy.context.view_layer.update()
    reacting.frame_set(20)
    way = eyes_midpoint(settings.head_b) - eyes_midpoint(settings.head_a)

    assert bpy.ops.duologue.generate() == {"FINISHED"}, settings.message

    reacting.frame_set(20)
    anna, ben = (eyes_midpoint(head) for head in (settings.head_a, settings.head_b))
    made = load_performance(Path(settings.take))
    rests = [[head.data.bones[name].head_local for name in BONE_NAMES] for head in (settings.head_a, settings.head_b)]
    staged = [
        staged_eyes(made.pose[person], made.translation[person], np.array(rests[person])).mean(axis=0)
        for person in (0, 1)
    ]
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


def test_a_still_partner_is_told_before_anything_runs(reacting, tmp_path):
    settings = settings_of(reacting)
    settings.reaction = "second"
    for owner in (settings.head_a, head_mesh(settings.head_a).data.shape_keys):
        owner.animation_data.action = None

    assert bpy.ops.duologue.generate() == {"CANCELLED"}

    assert settings.message_code == ExitCode.SCENE_UNSUITABLE
    assert "Nothing moves on Anna" in settings.message
    assert not list(tmp_path.glob("take-*"))


def test_a_take_may_tell_what_the_partner_does(reacting, tmp_path):
    settings = settings_of(reacting)
    settings.reaction, settings.partner_from = "second", "take"
    settings.partner_take = str(tmp_path / "nod.npz")
    save_performance(tmp_path / "nod.npz", take_of(50))

    assert bpy.ops.duologue.generate() == {"FINISHED"}, settings.message

    request = json.loads((Path(settings.take).parent / "request.json").read_text(encoding="utf-8"))
    assert load_performance(Path(request["partner"]["take"])).frame_count == 50


@pytest.mark.parametrize("path", ["", "/nowhere/take.npz"])
def test_a_take_that_is_not_there_is_told(reacting, path):
    settings = settings_of(reacting)
    settings.reaction, settings.partner_from, settings.partner_take = "second", "take", path

    assert bpy.ops.duologue.generate() == {"CANCELLED"}

    assert settings.message_code == ExitCode.TAKE_NOT_FOUND


@pytest.mark.parametrize("play", ["dies-midway", "dies-explained", "nan", "wrong-face"])
def test_a_job_that_ends_badly_leaves_both_heads_as_they_were(reacting, tmp_path, monkeypatch, play):
    monkeypatch.setenv("DUOLOGUE_PYTHON", str(fake_python(tmp_path, play)))
    settings = settings_of(reacting)
    settings.reaction = "second"
    before = [state_of(head) for head in (settings.head_a, settings.head_b)]

    assert bpy.ops.duologue.generate() == {"CANCELLED"}

    assert [state_of(head) for head in (settings.head_a, settings.head_b)] == before


def test_the_official_engine_is_not_started_for_heads_that_cannot_play_it(reacting, tmp_path, monkeypatch):
    monkeypatch.setattr("duologue.addon.keys.targets.faces_folder", lambda: tmp_path / "no faces")
    settings = settings_of(reacting)
    weights = tmp_path / "DualTalk.safetensors"
    weights.write_bytes(b"weights")
    settings.engine, settings.checkpoint = "dualtalk-official", str(weights)

    assert bpy.ops.duologue.generate() == {"CANCELLED"}

    assert settings.message_code == ExitCode.PERFORMANCE_INVALID
    assert "Use FLAME file…" in settings.message
    assert not list(tmp_path.glob("take-*"))


def test_a_take_of_another_face_is_refused_by_name(reacting, tmp_path, monkeypatch):
    monkeypatch.setattr("duologue.addon.keys.partner.faces_folder", lambda: tmp_path)
    settings = settings_of(reacting)
    settings.reaction, settings.partner_from = "second", "take"
    settings.partner_take = str(tmp_path / "other.npz")
    save_performance(tmp_path / "other.npz", replace(take_of(), face="flame-0123", expression=np.zeros((2, 100, 50))))

    with refused(ExitCode.PERFORMANCE_INVALID, "flame-0123"):
        known_partner(bpy.context, REQUEST)
