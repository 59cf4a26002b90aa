"""The board of a bundled head adds to what a take does; at rest it changes nothing."""

import bpy
import numpy as np
import pytest
from duologue.addon.heads.control_board import BONE_PREFIX, CONTROLS, KEY_PREFIX, PULLS
from duologue.addon.heads.controls import (
    BOARD,
    controls_of,
    has_controls,
)
from duologue.addon.heads.reshape import reshape_head
from duologue.addon.heads.rig import build_head, head_mesh
from duologue.addon.keys.acting import warnings_of
from duologue.addon.keys.targets import check_playable
from duologue.addon.steps import at_once
from duologue.backend.contract.arkit import ARKIT_NAMES
from duologue.backend.contract.constants import JAW_OPEN_RADIANS, OPEN_HEAD
from duologue.backend.contract.face import Face, load_face
from mathutils import Quaternion

from tests.support.control_board import (
    HUNDREDTH_OF_A_MILLIMETRE,
    X,
    keys_of,
    move,
    posed,
    surface,
    with_controls,
)
from tests.support.flame_reference import synthetic_face
from tests.support.head_comparison import assert_same_head, shapes_of
from tests.support.open_head import FACE_FILE


@pytest.mark.parametrize("pull", PULLS, ids=lambda pull: pull.key)
def test_every_shape_of_the_board_is_added_to_the_take_s(anna, pull):
    posed(anna)
    control = next(candidate for candidate in CONTROLS if pull in candidate.pulls)
    if not any(turn.axis == pull.axis for turn in control.turns):
        move(anna, control.name, **{("across", "up")[pull.axis]: 0.5 * pull.sign})
        found = surface(anna)
        anna.pose.bones[control.name].location = (0.0, 0.0, 0.0)
        for name, amount in pull.components.items():
            keys_of(anna)[name].value += 0.5 * amount

        np.testing.assert_allclose(found, surface(anna), atol=HUNDREDTH_OF_A_MILLIMETRE)


@pytest.mark.parametrize(
    ("control", "across", "up", "bones", "axis", "angle"),
    [
        ("control jaw", 0.0, -0.5, ("jaw",), X, 0.5 * JAW_OPEN_RADIANS),
        ("control jaw", 0.0, 0.2, ("jaw",), X, -0.2 * JAW_OPEN_RADIANS),
        ("control look", 1.0, 0.0, ("eye_left", "eye_right"), (0, 1, 0), np.radians(30)),
        ("control look", 0.0, 1.0, ("eye_left", "eye_right"), X, -np.radians(25)),
        ("control head", -0.4, 0.0, ("neck",), (0, 1, 0), -np.radians(10)),
    ],
)
def test_bones_turn_on_top_of_their_keys_and_lids_and_lips_go_along(anna, control, across, up, bones, axis, angle):
    posed(anna)
    move(anna, control, across, up)
    found = surface(anna)
    move(anna, control)
    for name in bones:
        bone = anna.pose.bones[name]
        bone.rotation_quaternion = Quaternion(axis, angle) @ bone.rotation_quaternion

    np.testing.assert_allclose(found, surface(anna), atol=HUNDREDTH_OF_A_MILLIMETRE)


def test_head_leans_aside_as_its_control_is_turned(anna):
    anna.pose.bones["control head"].rotation_euler.z = 0.2
    found = surface(anna)
    anna.pose.bones["control head"].rotation_euler.z = 0.0
    anna.pose.bones["neck"].rotation_quaternion = Quaternion((0, 0, 1), 0.2)

    np.testing.assert_allclose(found, surface(anna), atol=HUNDREDTH_OF_A_MILLIMETRE)


def test_board_at_rest_changes_nothing(anna):
    plain = build_head(bpy.context, load_face(FACE_FILE), {}, "Plain")
    for head in (anna, plain):
        posed(head)

    assert not has_controls(plain)
    np.testing.assert_allclose(surface(anna), surface(plain), atol=1e-7)


def test_shapes_of_a_board_at_rest_are_exactly_nothing_wherever_it_stands(anna):
    posed(anna)
    anna.location, anna.rotation_euler.z = (1.3, -0.7, 0.1), 2.1
    anna.pose.bones["root"].rotation_quaternion = Quaternion((0, 1, 0), 0.3)
    anna.pose.bones[BOARD].location = (0.03, 0.01, 0.02)
    bpy.context.view_layer.update()

    assert {key.value for key in keys_of(anna) if key.name.startswith(KEY_PREFIX)} == {0.0}
    drivers = [one.driver for one in head_mesh(anna).data.shape_keys.animation_data.drivers]
    assert all(one.is_simple_expression for one in drivers), "Python would cost several times as much"


def test_control_goes_no_further_than_its_way(anna):
    move(anna, "control corner.L", across=-3.0, up=7.0)
    bpy.context.view_layer.update()

    keys = keys_of(anna)
    assert keys[f"{KEY_PREFIX}mouthSmileLeft"].value == pytest.approx(1.0, abs=1e-5)
    assert keys[f"{KEY_PREFIX}mouthStretchLeft"].value == 0.0


def test_board_s_bones_are_known_by_their_names():
    assert all(name.startswith(BONE_PREFIX) for name in (BOARD, *(control.name for control in CONTROLS)))


def test_head_with_a_posed_board_acts_without_a_warning(anna, scene):
    for control in CONTROLS:
        move(anna, control.name, up=1.0)
    other = with_controls("Ben")

    targets = check_playable(scene, (anna, other), (0, 1), OPEN_HEAD, len(ARKIT_NAMES))

    assert at_once(warnings_of(scene, targets)) == []


def test_reshaped_head_has_the_board_s_shapes_of_one_built_anew(anna):
    reshape_head(anna, load_face(FACE_FILE), {"gender": 0.9, "age": 0.4})

    assert_same_head(anna, with_controls("Other", gender=0.9, age=0.4))


def test_face_without_arkit_s_shapes_gets_what_its_bones_can_do(scene):
    armature = with_controls("Anna", synthetic_face(Face))

    assert [bone.name for bone in controls_of(armature)] == ["control head", "control look", "control jaw"]
    assert not any(name.startswith(KEY_PREFIX) for name in shapes_of(armature))
