"""Sets of controls: as bone collections, which need nothing installed, and as Blender's Selection Sets."""

import bpy
import pytest
from duologue.addon.heads import selection_sets
from duologue.addon.heads.control_board import CONTROLS
from duologue.addon.heads.controls import add_controls, show_controls
from duologue.addon.heads.rig import build_head, head_mesh
from duologue.backend.contract.face import load_face

from tests.support.open_head import FACE_FILE, needs_open_head

_SETS = {
    "Brows": {"control brow.L", "control brow.R", "control brow inner"},
    "Lids": {"control lid.L", "control lid.R", "control cheek.L", "control cheek.R"},
    "Mouth": {"control corner.L", "control corner.R", "control mouth", "control lips", "control jaw"},
    "Left side": {f"control {name}.L" for name in ("brow", "lid", "cheek", "corner")},
    "Right side": {f"control {name}.R" for name in ("brow", "lid", "cheek", "corner")},
    "Head": {"root", "neck"},
    "Eyes": {"eye_left", "eye_right"},
    "Jaw": {"jaw"},
}


@pytest.fixture
def anna(anna):
    """The bundled head with its board, in pose mode."""
    bpy.context.view_layer.objects.active = anna
    bpy.ops.object.mode_set(mode="POSE")
    yield anna
    bpy.ops.object.mode_set(mode="OBJECT")


def selected(head):
    return {bone.name for bone in head.pose.bones if (bone.select if hasattr(bone, "select") else bone.bone.select)}


def test_a_selection_set_and_a_bone_collection_select_the_same_bones(anna):
    controls = {control.name for control in CONTROLS}
    assert {selection.name for selection in anna.selection_sets} == {*_SETS, "Controls"}
    for index, selection in enumerate(anna.selection_sets):
        bpy.ops.pose.select_all(action="DESELECT")
        assert bpy.ops.pose.selection_set_select(selection_set_index=index) == {"FINISHED"}
        assert selected(anna) == _SETS.get(selection.name, controls), selection.name
    for name, bones in _SETS.items():
        bpy.ops.pose.select_all(action="DESELECT")
        anna.data.collections.active = anna.data.collections_all[name]
        assert bpy.ops.armature.collection_select() == {"FINISHED"}
        assert selected(anna) == bones, name


def test_parts_of_the_board_are_hidden_with_it(anna):
    show_controls(anna, shown=False)

    assert not any(anna.data.collections_all[name].is_visible_effectively for name in list(_SETS)[:5])
    bpy.ops.pose.select_all(action="SELECT")
    assert selected(anna) == {"root", "neck", "jaw", "eye_left", "eye_right"}


def test_sets_that_are_added_again_are_not_doubled(anna):
    before = (
        {selection.name: len(selection.bone_ids) for selection in anna.selection_sets},
        len(anna.data.collections_all),
    )

    selection_sets.add_sets(anna)

    assert (
        {selection.name: len(selection.bone_ids) for selection in anna.selection_sets},
        len(anna.data.collections_all),
    ) == before


def test_a_board_of_an_older_file_gets_sets_when_it_is_shown(anna):
    anna.selection_sets.clear()
    for child in list(anna.data.collections["Controls"].children):
        anna.data.collections.remove(child)

    show_controls(anna, shown=False)
    assert not anna.selection_sets
    show_controls(anna, shown=True)

    assert {selection.name for selection in anna.selection_sets} == {*_SETS, "Controls"}
    assert len(anna.data.collections["Controls"].children) == 5


@needs_open_head
def test_an_artist_s_collection_of_the_same_name_gets_no_controls(scene):
    head = build_head(bpy.context, load_face(FACE_FILE), {}, "Anna")
    mine = head.data.collections.new("Mouth")
    mine.assign(head.data.bones["jaw"])

    add_controls(head, head_mesh(head))

    assert [bone.name for bone in mine.bones] == ["jaw"]
    (child,) = [group for group in head.data.collections["Controls"].children if group.name.startswith("Mouth")]
    assert {bone.name for bone in child.bones} == _SETS["Mouth"]


def test_selection_sets_are_saved_with_the_file(anna, tmp_path):
    bpy.ops.object.mode_set(mode="OBJECT")
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "anna.blend"))
    bpy.ops.wm.open_mainfile(filepath=str(tmp_path / "anna.blend"))

    found = {
        selection.name: {bone.name for bone in selection.bone_ids}
        for selection in bpy.data.objects["Anna"].selection_sets
    }
    bpy.context.view_layer.objects.active = bpy.data.objects["Anna"]

    assert {name: bones for name, bones in found.items() if name != "Controls"} == _SETS
