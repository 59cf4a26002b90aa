"""A head becomes another person where it stands: the same as one built anew, and nothing else of the scene moves."""

import bpy
import numpy as np
import pytest
from duologue.addon.characters.character_editing import edited_character, note_character
from duologue.addon.heads.reshape import IDENTITY_PROPERTY, identity_of, reshape_head
from duologue.addon.heads.rig import build_head, head_mesh
from duologue.backend.contract.errors import ExitCode
from duologue.backend.contract.face import Face, load_face

from tests.support.flame_reference import synthetic_face
from tests.support.head_comparison import assert_same_head, shapes_of
from tests.support.open_head import FACE_FILE, needs_open_head
from tests.support.refusals import refused


@pytest.fixture
def face(scene):
    return synthetic_face(Face)


def test_reshaped_head_equals_one_built_with_that_identity(face):
    wanted = {"wide": 0.8, "tall": -0.5}
    armature = build_head(bpy.context, face, {"identity": {"wide": -0.3}}, "Anna")
    reshape_head(armature, face, {"wide": 2.0, "tall": 1.0})

    reshape_head(armature, face, wanted)

    assert_same_head(armature, build_head(bpy.context, face, {"identity": wanted}, "Other"))


@needs_open_head
def test_reshaped_open_head_equals_one_built_with_that_identity(scene):
    face = load_face(FACE_FILE)
    wanted = {"gender": 0.9, "age": 0.4, "nose_hump": 0.5, "neck_double": 0.3}
    armature = build_head(bpy.context, face, {"identity": {"gender": -1.0, "asian": 0.7}}, "Anna")

    reshape_head(armature, face, wanted)

    assert_same_head(armature, build_head(bpy.context, face, {"identity": wanted}, "Other"))


def test_identity_of_a_head_that_has_no_note_is_read_off_its_mesh(face):
    armature = build_head(bpy.context, face, {"identity": {"wide": 0.25, "tall": -0.75}}, "Anna")
    assert IDENTITY_PROPERTY not in armature

    assert identity_of(armature, face) == pytest.approx({"wide": 0.25, "tall": -0.75}, abs=1e-4)


def test_what_an_artist_sculpted_on_a_head_stays(face):
    armature, plain = (build_head(bpy.context, face, {}, name) for name in ("Anna", "Plain"))
    sculpted = head_mesh(armature).data.shape_keys.key_blocks["expression0"]
    sculpted.data[7].co.x += 0.01

    for head in (armature, plain):
        reshape_head(head, face, {"wide": 1.0})

    difference = shapes_of(armature)["expression0"] - shapes_of(plain)["expression0"]
    assert np.flatnonzero(np.abs(difference) > 1e-6).tolist() == [21]
    assert difference[21] == pytest.approx(0.01, abs=1e-6)


def test_selection_mode_animation_and_what_hangs_from_a_bone_stay(face):
    armature, posed = (build_head(bpy.context, face, {}, name) for name in ("Anna", "Ben"))
    armature.pose.bones["jaw"].rotation_quaternion = (0.98, 0.2, 0.0, 0.0)
    armature.animation_data_create().action = bpy.data.actions.new("nod")
    glasses = bpy.data.objects.new("Glasses", None)
    bpy.context.collection.objects.link(glasses)
    glasses.parent, glasses.parent_type, glasses.parent_bone = armature, "BONE", "eye_left"
    bpy.context.view_layer.objects.active = posed
    bpy.ops.object.mode_set(mode="POSE")
    bpy.context.view_layer.update()
    before = glasses.matrix_world.copy()

    reshape_head(armature, face, {"wide": 1.0})

    bpy.context.view_layer.update()
    np.testing.assert_allclose(np.array(glasses.matrix_world), np.array(before), atol=1e-6)
    assert (bpy.context.mode, bpy.context.view_layer.objects.active) == ("POSE", posed)
    assert armature.animation_data.action.name == "nod"
    assert tuple(armature.pose.bones["jaw"].rotation_quaternion) == pytest.approx((0.98, 0.2, 0.0, 0.0))
    assert len(head_mesh(armature).data.shape_keys.animation_data.drivers) == 36
    assert [scene.name for scene in bpy.data.scenes] == [bpy.context.scene.name]


@pytest.mark.parametrize("identity", [{"nosiness": 1.0}, {"wide": 1.0, "long": 0.1}])
def test_unknown_component_is_named_and_moves_nothing(face, identity):
    armature = build_head(bpy.context, face, {}, "Anna")
    before = shapes_of(armature)

    with refused(ExitCode.CHARACTER_INVALID):
        reshape_head(armature, face, identity)

    np.testing.assert_array_equal(shapes_of(armature)["Basis"], before["Basis"])


def test_head_in_edit_mode_or_with_other_vertices_is_refused(face):
    armature = build_head(bpy.context, face, {}, "Anna")
    other = build_head(bpy.context, synthetic_face(Face, vertices=500), {}, "Ben")
    bpy.context.view_layer.objects.active = head_mesh(armature)
    bpy.ops.object.mode_set(mode="EDIT")

    for head in (armature, other):
        with refused(ExitCode.RIG_UNSUITABLE):
            reshape_head(head, face, {"wide": 1.0})
    bpy.ops.object.mode_set(mode="OBJECT")


def test_a_statistical_faces_first_components_have_sliders_and_the_others_are_kept(scene):
    small = synthetic_face(Face, expressions=20)
    names = tuple(f"identity_{number:03d}" for number in range(1, 16))
    face = Face(**{**vars(small), "identity_names": names, "expression_names": small.expression_names[: 22 - 15]})
    character = {"name": "Anna", "flame_identity": [0.5] + [0.0] * 12 + [1.5]}
    armature = build_head(bpy.context, face, {}, "Anna")

    note_character(armature, face, character)

    sliders = armature.duologue_character.identity
    assert [slider.name for slider in sliders] == [*names[:10], "identity_014"]
    assert {slider.kind for slider in sliders} == {"deviations"}
    assert edited_character(armature) == character
