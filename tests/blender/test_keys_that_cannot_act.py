"""What keeps keys from acting is found by trying, told by name, and left as the artist has it."""

import bpy
import numpy as np
import pytest
from duologue.addon.keys.acting import warnings_on
from duologue.addon.settings.mapping_properties import show_hindrances, table_of
from duologue.addon.settings.properties import settings_of

from tests.support import vendor_rigs
from tests.support.hindered import block, put
from tests.support.vendors import VENDORS


@pytest.fixture
def anna(scene):
    return vendor_rigs.build(VENDORS["arkit-52"], "Anna")


def warned(character):
    """What is said of it, without the shapes that the stand-in does not sculpt."""
    bpy.context.view_layer.update()
    return [
        sentence
        for sentence in warnings_on(bpy.context.scene, character.armature)
        if "nothing: sculpted" not in sentence
    ]


def hold(character, kind, **settings):
    constraint = character.armature.pose.bones["Head"].constraints.new(kind)
    for name, value in settings.items():
        setattr(constraint, name, value)
    return constraint


@pytest.mark.parametrize("vendor", VENDORS)
def test_rig_as_its_vendor_makes_it_moves(scene, vendor):
    assert warned(vendor_rigs.build(VENDORS[vendor], "Anna")) == []


def test_heads_of_duologue_move(played):
    settings = settings_of(played)

    assert bpy.ops.duologue.write_keys() == {"FINISHED"}

    assert all(word not in settings.message for word in ("not follow", "muted", "not go along", "nothing"))


def test_muted_shapes_are_grouped_and_listed_short(anna):
    names = ["eyeBlinkLeft", "eyeBlinkRight", "mouthSmileLeft", "mouthSmileRight", "eyeLookUpLeft"]
    for name in names:
        block(anna, name).mute = True

    (sentence,) = warned(anna)

    assert sentence.startswith("5 shapes of Anna face")
    assert "and 2 more" in sentence
    assert "muted" in sentence
    assert all(block(anna, name).mute for name in names)


def test_locked_shapes_are_told_to_act_and_stay_locked(anna):
    block(anna, "jawOpen").lock_shape = True

    (sentence,) = warned(anna)

    assert "jawOpen" in sentence
    assert "act all the same" in sentence
    assert block(anna, "jawOpen").lock_shape


@pytest.mark.parametrize(
    ("what", "hinder"),
    [
        ("pin", lambda anna: setattr(anna.meshes[0], "show_only_shape_key", True)),
        ("not relative", lambda anna: setattr(anna.meshes[0].data.shape_keys, "use_relative", False)),
        ("rest position", lambda anna: setattr(anna.armature.data, "pose_position", "REST")),
        ("mirrored", lambda anna: setattr(anna.armature, "scale", (-1.0, 1.0, 1.0))),
        ("disabled", lambda anna: setattr(anna.meshes[0], "hide_render", True)),
        ("modifier Armature is off", lambda anna: setattr(anna.meshes[0].modifiers[0], "show_viewport", False)),
        ("locked", lambda anna: setattr(anna.armature.pose.bones["Head"], "lock_rotation", (True, False, False))),
        ("solo", lambda anna: setattr(anna.armature.animation_data_create().nla_tracks.new(), "is_solo", True)),
    ],
)
def test_what_is_switched_off_is_told(anna, what, hinder):
    hinder(anna)

    assert any(what in sentence for sentence in warned(anna))


@pytest.mark.parametrize(
    ("kind", "settings", "share"),
    [
        ("COPY_ROTATION", {}, "not follow"),
        ("COPY_ROTATION", {"influence": 0.5}, "50%"),
        ("COPY_TRANSFORMS", {}, "not follow"),
        ("DAMPED_TRACK", {}, "%"),
        ("LIMIT_ROTATION", {"use_limit_x": True, "use_limit_y": True, "use_limit_z": True}, "not follow"),
        ("IK", {"chain_count": 2}, "Neck"),
    ],
)
def test_constraint_that_overrules_keys_is_named(anna, kind, settings, share):
    held = hold(anna, kind, **settings)
    if hasattr(held, "target"):
        held.target = put("aim", (3.0, 0.0, 3.0), "EMPTY")
    if kind == "LIMIT_ROTATION":
        held.owner_space = "LOCAL"

    said = " ".join(warned(anna))

    assert share in said
    assert held.bl_rna.properties["type"].enum_items[kind].name in said


@pytest.mark.parametrize("kind", ["COPY_ROTATION", "DAMPED_TRACK"])
def test_constraint_that_is_off_is_not_told(anna, kind):
    hold(anna, kind, target=put("aim", (3.0, 0.0, 3.0), "EMPTY"), enabled=False)

    assert warned(anna) == []


def test_child_of_leaves_keys_their_turn(anna):
    hold(anna, "CHILD_OF", target=put("aim", (0.0, 0.0, 0.0), "EMPTY"))

    assert warned(anna) == []


def test_modifier_that_makes_another_surface_is_named(anna):
    group = bpy.data.node_groups.new("Cube", "GeometryNodeTree")
    group.interface.new_socket("Geometry", in_out="OUTPUT", socket_type="NodeSocketGeometry")
    cube, end = group.nodes.new("GeometryNodeMeshCube"), group.nodes.new("NodeGroupOutput")
    group.links.new(cube.outputs[0], end.inputs[0])
    anna.meshes[0].modifiers.new("Cubed", "NODES").node_group = group

    assert ["does not move with its shapes: the modifier Cubed" in sentence for sentence in warned(anna)] == [True]


@pytest.mark.parametrize("hidden", ["hide_viewport", "hide_render"])
def test_hidden_mesh_is_told_once_and_judged_no_further(anna, hidden):
    setattr(anna.meshes[0], hidden, True)

    (sentence,) = warned(anna)

    assert "Anna face" in sentence


def test_teeth_under_an_empty_that_no_bone_carries_stay_behind(anna):
    empty = put("face", anna.armature.data.bones["Head"].head_local, "EMPTY", anna.armature)
    put("teeth", (0.0, 0.0, 0.0), parent=empty)

    (sentence,) = warned(anna)

    assert sentence.startswith("teeth does not go along with the head of Anna")
    assert "face" in sentence


def test_teeth_under_an_empty_on_the_head_bone_go_along(anna):
    empty = put("face", (0.0, 0.0, 0.0), "EMPTY", anna.armature)
    empty.parent_type, empty.parent_bone = "BONE", "Head"
    put("teeth", (0.0, 0.0, 0.0), parent=empty)

    assert warned(anna) == []


def test_check_leaves_every_bit_as_it_was(anna):
    anna.armature["slider"] = 0.1
    anna.armature.pose.bones["Head"].rotation_euler = (0.1, 0.2, 0.3)
    block(anna, "jawOpen").value = 1 / 3
    hold(anna, "COPY_ROTATION", target=put("aim", (1.0, 0.0, 0.0), "EMPTY"), influence=0.3)
    bpy.context.view_layer.update()

    def everything():
        bones = [np.array(bone.matrix_basis).tobytes() for bone in anna.armature.pose.bones]
        poses = [np.array(bone.matrix).tobytes() for bone in anna.armature.pose.bones]
        values = [key.value for mesh in anna.meshes for key in mesh.data.shape_keys.key_blocks]
        blocks = [
            (kind, [sentence.name for sentence in getattr(bpy.data, kind)]) for kind in ("objects", "scenes", "actions")
        ]
        animated = [thing.animation_data is None for thing in bpy.data.objects]
        users = [thing.users for thing in bpy.data.objects]
        return bones, poses, values, blocks, animated, users, anna.armature["slider"], bpy.context.scene.frame_current

    before = everything()

    warnings_on(bpy.context.scene, anna.armature)

    assert everything() == before


def test_check_keeps_its_sentences_for_the_panel(anna):
    block(anna, "jawOpen").mute = True
    settings_of(bpy.context.scene).head_a = anna.armature

    found = warnings_on(bpy.context.scene, anna.armature)
    show_hindrances(bpy.context.scene, anna.armature, found)

    assert table_of(bpy.context.scene).hindrances.splitlines() == found
    assert any("jawOpen" in sentence for sentence in found)
    assert bpy.ops.duologue.check_character() == {"FINISHED"}
    assert bpy.ops.duologue.auto_map() == {"FINISHED"}
    assert "muted" in settings_of(bpy.context.scene).message
