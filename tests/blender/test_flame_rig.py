"""A FLAME-shaped head in Blender, at FLAME's own size, against FLAME's formula."""

import time
from itertools import pairwise

import bpy
import numpy as np
import pytest
from duologue.addon.heads.rig import BONE_NAMES, build_head, head_mesh
from duologue.backend.contract.face import Face
from mathutils import Matrix

from tests.support.flame_arrays import TRIANGLES, VERTICES, flame_arrays
from tests.support.flame_reference import posed_vertices, rotation

_TWENTIETH_OF_A_MILLIMETRE = 5e-5
_POSES, _PEOPLE = 200, 4


@pytest.fixture(scope="module")
def face():
    arrays = flame_arrays(seed=3)
    eyes = {
        f"eye_{side}": np.flatnonzero(arrays["weights"][:, joint] > 0.5) for side, joint in (("left", 3), ("right", 4))
    }
    return Face(
        id="flame-shaped",
        **{
            name: arrays[name].astype(np.float32)
            for name in ("v_template", "shapedirs", "posedirs", "J_regressor", "weights")
        },
        f=arrays["f"].astype(np.int32),
        kintree_table=np.array([[-1, 0, 1, 1, 1], range(5)]),
        identity_names=tuple(f"identity_{index:03d}" for index in range(1, 301)),
        expression_names=tuple(f"expression_{index:03d}" for index in range(1, 101)),
        landmarks={},
        regions={name: vertices.tolist() for name, vertices in eyes.items()},
    )


@pytest.fixture
def empty():
    bpy.ops.wm.read_factory_settings(use_empty=True)


def _person(face, random):
    """A rig with random identity coefficients, as large as FLAME's fitted people have them, and its shape [V, 3]."""
    coefficients = random.normal(size=len(face.identity_names))
    identity = dict(zip(face.identity_names, coefficients.tolist(), strict=True))
    armature = build_head(bpy.context, face, {"identity": identity}, "Person")
    return armature, face.v_template.astype(float) + face.identity_directions.astype(float) @ coefficients


def _turn(armature, pose, translation):
    for name, vector in zip(BONE_NAMES, pose, strict=True):
        armature.pose.bones[name].rotation_quaternion = Matrix(rotation(vector)).to_quaternion()
    armature.pose.bones["root"].location = translation


def _evaluated(armature):
    """[V, 3] metres in armature space."""
    bpy.context.view_layer.update()
    mesh = head_mesh(armature).evaluated_get(bpy.context.evaluated_depsgraph_get()).data
    found = np.empty(3 * len(mesh.vertices), np.float32)
    mesh.vertices.foreach_get("co", found)
    return found.reshape(-1, 3)


def test_the_head_has_flames_size_and_a_key_for_every_component_and_corrective(face, empty):
    armature = build_head(bpy.context, face, {}, "Person")
    mesh = head_mesh(armature).data
    names = [key.name for key in mesh.shape_keys.key_blocks]

    assert (len(mesh.vertices), len(mesh.polygons)) == (VERTICES, TRIANGLES)
    assert [name for name in names if name.startswith("expression_")] == list(face.expression_names)
    assert len([name for name in names if name.startswith("pose ")]) == 36
    assert len(mesh.shape_keys.animation_data.drivers) == 36


def test_evaluated_mesh_equals_flames_formula_on_two_hundred_random_poses(face, empty):
    random = np.random.default_rng(5)
    worst = []
    for start, end in pairwise(np.linspace(0, _POSES, _PEOPLE + 1).astype(int)):
        armature, shaped = _person(face, random)
        keys = head_mesh(armature).data.shape_keys.key_blocks
        expressive = [keys[name] for name in face.expression_names]
        for _ in range(start, end):
            pose, translation = random.normal(scale=0.3, size=(5, 3)), random.normal(scale=0.5, size=3)
            expression = random.normal(size=len(expressive)).clip(-3.0, 3.0)
            _turn(armature, pose, translation)
            for key, value in zip(expressive, expression.tolist(), strict=True):
                key.value = value

            expected = posed_vertices(face, shaped, expression, pose, translation)

            worst.append(np.abs(_evaluated(armature) - expected).max())
        bpy.data.objects.remove(head_mesh(armature))
        bpy.data.objects.remove(armature)

    assert len(worst) == _POSES
    assert max(worst) < _TWENTIETH_OF_A_MILLIMETRE


@pytest.mark.parametrize(("bone", "region"), [("eye_left", "eye_left"), ("eye_right", "eye_right")])
def test_an_eye_bone_turns_its_eyeball_and_nothing_else(face, empty, bone, region):
    armature = build_head(bpy.context, face, {}, "Person")
    for key in head_mesh(armature).data.shape_keys.key_blocks:
        key.mute = key.name.startswith("pose ")
    rest = _evaluated(armature)
    eyeball = np.zeros(len(rest), bool)
    eyeball[face.regions[region]] = True

    armature.pose.bones[bone].rotation_quaternion = Matrix(rotation([0.0, 0.5, 0.0])).to_quaternion()
    turned = _evaluated(armature)

    moved = np.linalg.norm(turned - rest, axis=1)
    pupil = np.flatnonzero(eyeball)[rest[eyeball, 2].argmax()]
    assert moved[~eyeball].max() < 1e-6
    assert turned[pupil, 0] - rest[pupil, 0] > 0.005  # towards the person's left
    centre = rest[eyeball].mean(axis=0)
    np.testing.assert_allclose(
        np.linalg.norm(turned[eyeball] - centre, axis=1), np.linalg.norm(rest[eyeball] - centre, axis=1), atol=2e-6
    )


def test_two_heads_are_built_in_a_second(face, empty):
    began = time.process_time()
    for _ in range(2):
        build_head(bpy.context, face, {}, "Person")

    assert time.process_time() - began < 1.0
