"""The board in the scene: added to heads that lack it, shown, hidden, selected, and gone with its head."""

import bpy
import numpy as np
import pytest
from duologue.addon.heads.control_board import CONTROLS
from duologue.addon.heads.controls import (
    BOARD,
    add_controls,
    controls_of,
    controls_shown,
    show_controls,
    turn_board,
)
from duologue.addon.heads.rig import BONE_NAMES, build_head, head_mesh
from duologue.addon.keys import actions
from duologue.addon.removal import remove_conversation
from duologue.addon.settings.properties import settings_of
from duologue.backend.contract.errors import ExitCode
from duologue.backend.contract.face import load_face
from mathutils import Euler, Quaternion

from tests.support.control_board import move, posed, surface, with_controls
from tests.support.open_head import FACE_FILE
from tests.support.refusals import refused


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
    plain = build_head(bpy.context, load_face(FACE_FILE), {}, "Plain")
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
    assert board.to_translation().x - eyes.x == pytest.approx(0.29 * side, abs=1e-4)
    np.testing.assert_allclose(found, before, atol=1e-6)


def test_bones_lie_in_collections_that_serve_as_selection_sets(anna):
    sets = {collection.name: {bone.name for bone in collection.bones} for collection in anna.data.collections}

    assert sets["Head"] == {"root", "neck"}
    assert sets["Eyes"] == {"eye_left", "eye_right"}
    assert sets["Jaw"] == {"jaw"}
    assert {control.name for control in CONTROLS} < sets["Controls"]
    assert not {bone.name for bone in anna.data.bones if bone.use_deform} - set(BONE_NAMES)


def test_head_from_another_file_is_refused_with_the_way_out(anna, scene, tmp_path):
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "head.blend"))
    bpy.ops.wm.read_factory_settings(use_empty=True)
    with bpy.data.libraries.load(str(tmp_path / "head.blend"), link=True) as (_, wanted):
        wanted.objects = ["Anna", "Anna head"]

    with refused(ExitCode.RIG_UNSUITABLE):
        add_controls(wanted.objects[0], wanted.objects[1])


def test_keying_set_keys_the_board_and_no_bone_of_the_head_that_is_not_selected(anna):
    bpy.context.view_layer.objects.active = anna
    bpy.ops.object.mode_set(mode="POSE")
    bpy.ops.pose.select_all(action="DESELECT")
    move(anna, "control corner.L", up=1.0)

    window = bpy.context.window_manager.windows[0]
    area = next(shown_area for shown_area in window.screen.areas if shown_area.type == "VIEW_3D")
    with bpy.context.temp_override(window=window, area=area):
        assert bpy.ops.anim.keyframe_insert_by_name(type="DUOLOGUE_KSI_head") == {"FINISHED"}

    bpy.ops.object.mode_set(mode="OBJECT")
    curves = {(curve.data_path, curve.array_index) for curve in actions.channels_of(anna).fcurves}
    assert ('pose.bones["control corner.L"].location', 1) in curves
    assert all("control" in path for path, _ in curves)
    ways = sum(not locked for bone in controls_of(anna) for locked in (*bone.lock_location, *bone.lock_rotation))
    assert len(curves) == ways


def test_shapes_of_bones_go_with_the_last_head(played):
    assert bpy.ops.duologue.add_controls(person="first") == {"FINISHED"}
    assert any("duologue_widget" in thing for thing in bpy.data.objects)

    remove_conversation(settings_of(played))

    assert not any("duologue_widget" in thing for thing in bpy.data.objects)
    assert not [mesh.name for mesh in bpy.data.meshes if mesh.name.startswith("Duologue ")]


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

    with refused(ExitCode.RIG_UNSUITABLE):
        turn_board(anna, Quaternion())
