"""The board of a bundled head adds to what a take does; at rest it changes nothing."""

from pathlib import Path

import bpy
import numpy as np
import pytest
from duologue.addon.heads.control_board import BONE_PREFIX, CONTROLS, KEY_PREFIX, PULLS, TRAVEL
from duologue.addon.heads.controls import (
    BOARD,
    add_controls,
    controls_of,
    controls_shown,
    has_controls,
    show_controls,
    turn_board,
)
from duologue.addon.heads.reshape import reshape_head
from duologue.addon.heads.rig import BONE_NAMES, build_head, head_mesh
from duologue.addon.keys import actions, partner
from duologue.addon.keys.acting import warnings_of
from duologue.addon.keys.replacing import is_as_written, is_untouched
from duologue.addon.keys.targets import check_playable
from duologue.addon.removal import remove_conversation
from duologue.addon.settings.properties import settings_of
from duologue.addon.steps import at_once
from duologue.backend.contract.arkit import ARKIT_INDEX, ARKIT_NAMES
from duologue.backend.contract.constants import JAW_OPEN_RADIANS, OPEN_HEAD
from duologue.backend.contract.errors import DuologueError, ExitCode
from duologue.backend.contract.face import Face, load_face
from mathutils import Euler, Quaternion

from tests.support.flame_reference import synthetic_face
from tests.support.head_comparison import assert_same_head, coordinates, shapes_of

_FACE = Path(__file__).resolve().parents[2] / ".assets" / "faces" / "open-head-1.npz"
_HUNDREDTH_OF_A_MILLIMETRE = 1e-5
_X = (1.0, 0.0, 0.0)

needs_open_head = pytest.mark.skipif(not _FACE.is_file(), reason="python3 build.py setup derives the open head")


@pytest.fixture
def anna(scene):
    if not _FACE.is_file():
        pytest.skip("python3 build.py setup derives the open head")
    return with_controls("Anna")


def with_controls(name, face=None, **identity):
    head = build_head(bpy.context, face or load_face(_FACE), {"identity": identity}, name)
    add_controls(head, head_mesh(head))
    return head


def surface(armature):
    """[V, 3] metres as the head is shown."""
    bpy.context.view_layer.update()
    evaluated = head_mesh(armature).evaluated_get(bpy.context.evaluated_depsgraph_get())
    return coordinates(evaluated.data.vertices).reshape(-1, 3)


def keys_of(armature):
    return head_mesh(armature).data.shape_keys.key_blocks


def move(armature, name, across=0.0, up=0.0):
    """Move a control by shares of its way."""
    armature.pose.bones[name].location = (across * TRAVEL, up * TRAVEL, 0.0)


def posed(armature):
    """What a take may do: a smile, an open jaw, eyes aside, a nod."""
    keys_of(armature)["mouthSmileLeft"].value = 0.3
    for name, axis, angle in (("jaw", _X, 0.1), ("eye_left", _X, 0.2), ("neck", (0, 1, 0), 0.3)):
        armature.pose.bones[name].rotation_quaternion = Quaternion(axis, angle)


@pytest.mark.parametrize("pull", PULLS, ids=lambda pull: pull.key)
def test_every_shape_of_the_board_is_added_to_the_take_s(anna, pull):
    posed(anna)
    control = next(one for one in CONTROLS if pull in one.pulls)
    if not any(turn.axis == pull.axis for turn in control.turns):
        move(anna, control.name, **{("across", "up")[pull.axis]: 0.5 * pull.sign})
        found = surface(anna)
        anna.pose.bones[control.name].location = (0.0, 0.0, 0.0)
        for name, amount in pull.components.items():
            keys_of(anna)[name].value += 0.5 * amount

        np.testing.assert_allclose(found, surface(anna), atol=_HUNDREDTH_OF_A_MILLIMETRE)


@pytest.mark.parametrize(
    ("control", "across", "up", "bones", "axis", "angle"),
    [
        ("control jaw", 0.0, -0.5, ("jaw",), _X, 0.5 * JAW_OPEN_RADIANS),
        ("control jaw", 0.0, 0.2, ("jaw",), _X, -0.2 * JAW_OPEN_RADIANS),
        ("control look", 1.0, 0.0, ("eye_left", "eye_right"), (0, 1, 0), np.radians(30)),
        ("control look", 0.0, 1.0, ("eye_left", "eye_right"), _X, -np.radians(25)),
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

    np.testing.assert_allclose(found, surface(anna), atol=_HUNDREDTH_OF_A_MILLIMETRE)


def test_head_leans_aside_as_its_control_is_turned(anna):
    anna.pose.bones["control head"].rotation_euler.z = 0.2
    found = surface(anna)
    anna.pose.bones["control head"].rotation_euler.z = 0.0
    anna.pose.bones["neck"].rotation_quaternion = Quaternion((0, 0, 1), 0.2)

    np.testing.assert_allclose(found, surface(anna), atol=_HUNDREDTH_OF_A_MILLIMETRE)


def test_board_at_rest_changes_nothing(anna):
    plain = build_head(bpy.context, load_face(_FACE), {}, "Plain")
    for head in (anna, plain):
        posed(head)

    assert not has_controls(plain)
    np.testing.assert_allclose(surface(anna), surface(plain), atol=1e-7)


def test_control_goes_no_further_than_its_way(anna):
    move(anna, "control corner.L", across=-3.0, up=7.0)
    bpy.context.view_layer.update()

    keys = keys_of(anna)
    assert keys[f"{KEY_PREFIX}mouthSmileLeft"].value == pytest.approx(1.0, abs=1e-5)
    assert keys[f"{KEY_PREFIX}mouthStretchLeft"].value == 0.0


def test_keys_of_a_take_stay_as_they_are_while_the_board_is_keyed(played):
    head = settings_of(played).head_a
    assert bpy.ops.duologue.add_controls(person="first") == {"FINISHED"}
    owner = head_mesh(head).data.shape_keys
    before = {(one.data_path, one.array_index): len(one.keyframe_points) for one in actions.channels_of(head).fcurves}
    shapes = len(actions.channels_of(owner).fcurves)
    bone = head.pose.bones["control corner.L"]
    for frame, up in ((5, 0.0), (10, TRAVEL), (15, 0.0)):
        bone.location.y = up
        bone.keyframe_insert("location", index=1, frame=frame)
    played.frame_set(10)

    assert keys_of(head)[f"{KEY_PREFIX}mouthSmileLeft"].value == pytest.approx(1.0, abs=1e-5)
    played.frame_set(1)
    assert keys_of(head)[f"{KEY_PREFIX}mouthSmileLeft"].value == 0.0
    after = {(one.data_path, one.array_index): len(one.keyframe_points) for one in actions.channels_of(head).fcurves}
    assert {path: after[path] for path in before} == before
    assert len(after) == len(before) + 1
    assert len(actions.channels_of(owner).fcurves) == shapes


def polished(scene):
    """The first head, whose left corner an artist has keyed."""
    head = settings_of(scene).head_a
    assert bpy.ops.duologue.add_controls(person="first") == {"FINISHED"}
    bone = head.pose.bones["control corner.L"]
    for frame, up in ((5, 0.0), (10, TRAVEL), (15, 0.0)):
        bone.location.y = up
        bone.keyframe_insert("location", index=1, frame=frame)
    return head


def polish_at(scene, head, frame):
    scene.frame_set(frame)
    return keys_of(head)[f"{KEY_PREFIX}mouthSmileLeft"].value


def test_polish_comes_along_when_the_same_take_is_written_again(played):
    head = polished(played)
    count = len(bpy.data.actions)

    assert bpy.ops.duologue.write_keys() == {"FINISHED"}

    assert [polish_at(played, head, frame) for frame in (5, 10, 15)] == pytest.approx([0.0, 1.0, 0.0], abs=1e-5)
    assert len(bpy.data.actions) == count, "what was replaced holds nothing that is not in the new one"


def test_polish_stays_while_a_range_is_made_anew(played):
    head = polished(played)
    settings = settings_of(played)
    settings.regenerate_from, settings.regenerate_to = 20, 30

    assert bpy.ops.duologue.generate(anew="range") == {"FINISHED"}, settings.message

    assert polish_at(played, head, 10) == pytest.approx(1.0, abs=1e-5)


def test_polish_of_one_take_is_kept_aside_and_not_put_on_another(played):
    head = polished(played)
    action = head.animation_data.action

    assert bpy.ops.duologue.generate(anew="variation") == {"FINISHED"}, settings_of(played).message

    assert polish_at(played, head, 10) == 0.0
    assert action.use_fake_user
    assert actions.has_polish(action)
    assert not is_untouched(action)


def test_polished_keys_still_follow_the_take(played):
    head = polished(played)

    assert is_as_written(head.animation_data.action)
    actions.channels_of(head).fcurves[0].keyframe_points[3].co.y += 0.2
    assert not is_as_written(head.animation_data.action)


def test_board_s_bones_are_known_by_their_names():
    assert all(name.startswith(BONE_PREFIX) for name in (BOARD, *(one.name for one in CONTROLS)))


def test_partner_is_read_back_with_what_the_board_adds(anna):
    posed(anna)
    move(anna, "control corner.L", up=0.5)
    move(anna, "control cheek.R", up=0.25)
    move(anna, "control jaw", up=-0.5)

    seen = at_once(partner._own_head(bpy.context.scene, anna, np.array([1.0])))

    told = {name: seen.expression[0, index] for name, index in ARKIT_INDEX.items()}
    assert told["mouthSmileLeft"] == pytest.approx(0.8, abs=1e-5)
    assert told["eyeSquintRight"] == told["cheekSquintRight"] == pytest.approx(0.25, abs=1e-5)
    assert seen.pose[0, 2, 0] == pytest.approx(0.1 + 0.5 * JAW_OPEN_RADIANS, abs=1e-5)


def test_head_with_a_posed_board_acts_without_a_warning(anna, scene):
    for one in CONTROLS:
        move(anna, one.name, up=1.0)
    other = with_controls("Ben")

    targets = check_playable(scene, (anna, other), (0, 1), OPEN_HEAD, len(ARKIT_NAMES))

    assert at_once(warnings_of(scene, targets)) == []


def test_reshaped_head_has_the_board_s_shapes_of_one_built_anew(anna):
    reshape_head(anna, load_face(_FACE), {"gender": 0.9, "age": 0.4})

    assert_same_head(anna, with_controls("Other", gender=0.9, age=0.4))


def older(armature):
    """The head as it was built before there were controls: its correctives read what is keyed alone."""
    keys = head_mesh(armature).data.shape_keys
    for curve in list(keys.animation_data.drivers):
        driver = curve.driver
        for variable in list(driver.variables):
            bone = variable.targets[0].bone_target
            driver.variables.remove(variable)
        variable = driver.variables.new()
        variable.name, variable.targets[0].id = "entry", armature
        variable.targets[0].data_path = f'pose.bones["{bone}"].matrix_basis[1][2]'
        driver.expression = "entry"


def test_older_head_gets_controls_by_a_button(anna, scene):
    plain = build_head(bpy.context, load_face(_FACE), {}, "Plain")
    older(plain)
    settings_of(scene).head_a = plain

    assert bpy.ops.duologue.show_controls(person="first") == {"CANCELLED"}
    assert bpy.ops.duologue.add_controls(person="first") == {"FINISHED"}, settings_of(scene).message

    assert controls_shown(plain)
    for head in (anna, plain):
        posed(head)
        move(head, "control look", up=-1.0)
        move(head, "control corner.R", across=-0.5, up=0.5)
    np.testing.assert_allclose(surface(anna), surface(plain), atol=1e-6)
    assert bpy.ops.duologue.add_controls(person="first") == {"CANCELLED"}


def test_controls_are_shown_and_hidden_by_a_button(anna, scene):
    settings_of(scene).head_b = anna

    assert bpy.ops.duologue.show_controls(person="second") == {"FINISHED"}
    assert not controls_shown(anna)
    assert bpy.ops.duologue.show_controls(person="second") == {"FINISHED"}
    assert controls_shown(anna)


@pytest.mark.parametrize(("turned", "side"), [(0.0, 1.0), (-1.5, 1.0), (1.5, -1.0)], ids=["front", "left", "right"])
def test_board_stands_beside_the_head_as_whoever_looks_sees_it_and_adds_nothing(anna, turned, side):
    view = Euler((np.pi / 2, 0.0, 0.0)).to_quaternion()  # from the front: along the world's Y
    anna.pose.bones["root"].rotation_quaternion = Quaternion((0, 1, 0), turned)
    before = surface(anna)

    turn_board(anna, view)

    found = surface(anna)
    board = anna.matrix_world @ anna.pose.bones[BOARD].matrix
    eyes = anna.matrix_world @ (0.5 * (anna.pose.bones["eye_left"].head + anna.pose.bones["eye_right"].head))
    assert abs(board.to_quaternion().dot(view)) == pytest.approx(1.0, abs=1e-5)
    assert board.to_translation().x - eyes.x == pytest.approx(0.24 * side, abs=1e-4)
    np.testing.assert_allclose(found, before, atol=1e-6)


def test_bones_lie_in_collections_that_serve_as_selection_sets(anna):
    sets = {one.name: {bone.name for bone in one.bones} for one in anna.data.collections}

    assert sets["Head"] == {"root", "neck"}
    assert sets["Eyes"] == {"eye_left", "eye_right"}
    assert sets["Jaw"] == {"jaw"}
    assert {one.name for one in CONTROLS} < sets["Controls"]
    assert not {bone.name for bone in anna.data.bones if bone.use_deform} - set(BONE_NAMES)


def test_face_without_arkit_s_shapes_gets_what_its_bones_can_do(scene):
    armature = with_controls("Anna", synthetic_face(Face))

    assert [bone.name for bone in controls_of(armature)] == ["control head", "control look", "control jaw"]
    assert not any(name.startswith(KEY_PREFIX) for name in shapes_of(armature))


def test_head_from_another_file_is_refused_with_the_way_out(anna, scene, tmp_path):
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "head.blend"))
    bpy.ops.wm.read_factory_settings(use_empty=True)
    with bpy.data.libraries.load(str(tmp_path / "head.blend"), link=True) as (_, wanted):
        wanted.objects = ["Anna", "Anna head"]

    with pytest.raises(DuologueError) as caught:
        add_controls(wanted.objects[0], wanted.objects[1])

    assert caught.value.code == ExitCode.RIG_UNSUITABLE


def test_keying_set_keys_the_board_and_no_bone_of_the_head_that_is_not_selected(anna):
    bpy.context.view_layer.objects.active = anna
    bpy.ops.object.mode_set(mode="POSE")
    bpy.ops.pose.select_all(action="DESELECT")
    move(anna, "control corner.L", up=1.0)

    window = bpy.context.window_manager.windows[0]
    area = next(one for one in window.screen.areas if one.type == "VIEW_3D")
    with bpy.context.temp_override(window=window, area=area):
        assert bpy.ops.anim.keyframe_insert_by_name(type="DUOLOGUE_KSI_head") == {"FINISHED"}

    bpy.ops.object.mode_set(mode="OBJECT")
    curves = {(one.data_path, one.array_index) for one in actions.channels_of(anna).fcurves}
    assert ('pose.bones["control corner.L"].location', 1) in curves
    assert all("control" in path for path, _ in curves)
    ways = sum(not locked for bone in controls_of(anna) for locked in (*bone.lock_location, *bone.lock_rotation))
    assert len(curves) == ways


def test_shapes_of_bones_go_with_the_last_head(played):
    assert bpy.ops.duologue.add_controls(person="first") == {"FINISHED"}
    assert any("duologue_widget" in one for one in bpy.data.objects)

    remove_conversation(settings_of(played))

    assert not any("duologue_widget" in one for one in bpy.data.objects)
    assert not [one.name for one in bpy.data.meshes if one.name.startswith("Duologue ")]


def test_two_heads_share_the_shapes_of_their_bones(anna):
    ben = with_controls("Ben")

    assert anna.pose.bones[BOARD].custom_shape == ben.pose.bones[BOARD].custom_shape
    show_controls(anna, shown=False)
    assert controls_shown(ben)


@pytest.mark.parametrize("change", ["renamed", "removed"])
def test_controls_are_shown_and_hidden_without_their_bone_collection(anna, change):
    collection = anna.data.collections["Controls"]
    if change == "renamed":
        collection.name = "My controls"
    else:
        anna.data.collections.remove(collection)

    shown = []
    for wanted in (False, True):
        show_controls(anna, shown=wanted)
        shown.append((controls_shown(anna), anna.data.show_bone_custom_shapes))

    assert shown == [(False, False), (True, True)]


def test_a_bone_collection_that_is_in_another_one_is_hidden_too(anna):
    collection = anna.data.collections["Controls"]
    collection.parent = anna.data.collections.new("Mine")

    show_controls(anna, shown=False)

    assert not collection.is_visible
    assert not controls_shown(anna)


def test_a_board_whose_head_has_a_renamed_eye_is_not_turned(anna):
    anna.data.bones["eye_left"].name = "my eye"

    with pytest.raises(DuologueError) as caught:
        turn_board(anna, Quaternion())

    assert caught.value.code == ExitCode.RIG_UNSUITABLE
