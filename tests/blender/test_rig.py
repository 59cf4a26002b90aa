import bpy
import numpy as np
import pytest
from duologue.addon.heads.rig import BONE_NAMES, build_head, head_mesh
from duologue.backend.contract.errors import ExitCode
from duologue.backend.contract.face import Face
from mathutils import Matrix

from tests.support.flame_reference import posed_vertices, rotation, synthetic_face
from tests.support.refusals import refused

_FIFTIETH_OF_A_MILLIMETRE = 2e-5


@pytest.fixture
def face():
    bpy.ops.wm.read_factory_settings(use_empty=True)
    return synthetic_face(Face)


def _evaluated(armature):
    """[V, 3] metres in armature space."""
    bpy.context.view_layer.update()
    head = head_mesh(armature).evaluated_get(bpy.context.evaluated_depsgraph_get())
    mesh = head.to_mesh()
    coordinates = np.empty(3 * len(mesh.vertices), np.float32)
    mesh.vertices.foreach_get("co", coordinates)
    head.to_mesh_clear()
    return coordinates.reshape(-1, 3)


def test_evaluated_mesh_equals_flame_skinning_for_random_poses(face):
    armature = build_head(bpy.context, face, {"identity": {"wide": 0.7, "tall": -0.4}}, "Anna")
    shaped = face.v_template + face.identity_directions @ [0.7, -0.4]
    keys = head_mesh(armature).data.shape_keys.key_blocks
    random = np.random.default_rng(1)
    for _ in range(20):
        pose = random.normal(scale=0.35, size=(5, 3))
        expression = random.uniform(-1.5, 1.5, size=len(face.expression_names))
        translation = random.normal(size=3)
        for name, rotation_vector in zip(BONE_NAMES, pose, strict=True):
            armature.pose.bones[name].rotation_quaternion = Matrix(rotation(rotation_vector)).to_quaternion()
        armature.pose.bones["root"].location = translation
        for name, value in zip(face.expression_names, expression, strict=True):
            keys[name].value = value

        expected = posed_vertices(face, shaped, expression, pose, translation)

        assert np.abs(_evaluated(armature) - expected).max() < _FIFTIETH_OF_A_MILLIMETRE


def test_flame_forward_is_towards_the_viewer_and_up_is_up(face):
    armature = build_head(bpy.context, face, {}, "Anna")
    bpy.context.view_layer.update()

    world = np.array(armature.matrix_world.to_3x3())

    np.testing.assert_allclose(world @ [0, 0, 1], [0, -1, 0], atol=1e-6)
    np.testing.assert_allclose(world @ [0, 1, 0], [0, 0, 1], atol=1e-6)


def test_sliders_reach_beyond_one(face):
    armature = build_head(bpy.context, face, {}, "Anna")

    key = head_mesh(armature).data.shape_keys.key_blocks["expression0"]

    assert (key.slider_min, key.slider_max) == (-10, 10)


def test_component_that_moves_nothing_gets_no_key(face):
    face.shapedirs[:, :, 2] = 0

    armature = build_head(bpy.context, face, {}, "Anna")

    assert "expression0" not in head_mesh(armature).data.shape_keys.key_blocks
    assert "expression1" in head_mesh(armature).data.shape_keys.key_blocks


def test_drivers_are_simple_expressions(face):
    armature = build_head(bpy.context, face, {}, "Anna")

    drivers = [curve.driver for curve in head_mesh(armature).data.shape_keys.animation_data.drivers]

    assert len(drivers) == 36
    assert all(driver.is_simple_expression for driver in drivers)


def test_unknown_identity_component_is_named_and_builds_nothing(face):
    before = len(bpy.data.objects)

    with refused(ExitCode.CHARACTER_INVALID, "nosiness"):
        build_head(bpy.context, face, {"identity": {"nosiness": 1.0}}, "Anna")

    assert len(bpy.data.objects) == before


def test_object_without_a_head_is_refused(face):
    empty = bpy.data.objects.new("Chair", None)

    with refused(ExitCode.RIG_UNSUITABLE):
        head_mesh(empty)
