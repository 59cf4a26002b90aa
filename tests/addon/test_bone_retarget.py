import numpy as np
import pytest
from duologue.addon.retargeting.bone_retarget import bone_curves, move_curves, turns_of
from duologue.addon.retargeting.character_axes import RestBone
from duologue.addon.retargeting.rig_mapping import BonePart
from duologue.addon.retargeting.rotation import axis_angles, matrices, product, quaternions
from duologue.backend.contract.performance import Performance
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.examples import examples

ANGLES = st.floats(-1.2, 1.2)
VECTORS = st.tuples(ANGLES, ANGLES, ANGLES)


def matrix(axis_angle):
    return matrices(quaternions(np.array([axis_angle], float)))[0]


def values(curves, channel):
    return np.stack([curve.values for curve in curves if curve.data_path.endswith(channel)], axis=1)


def take(pose):
    frames = pose.shape[1]
    return Performance(
        25.0,
        "open-head-1",
        ("Anna", "Ben"),
        np.zeros((2, frames, 52)),
        pose,
        np.zeros((2, frames, 3)),
        np.zeros((2, frames)),
        {},
    )


@settings(max_examples=examples(50), deadline=None)
@given(turning=VECTORS, rest=VECTORS, axes=VECTORS)
def test_bone_turns_the_character_by_the_take_s_rotation(turning, rest, axes):
    bone = RestBone("b", None, matrix(rest), np.zeros(3))
    character = matrix(axes)

    curves = bone_curves({"head": np.array([turning])}, {"head": [BonePart("b")]}, {"b": bone}, character)

    local = matrices(values(curves, "rotation_quaternion"))[0]
    in_armature = bone.rotation @ local @ bone.rotation.T
    np.testing.assert_allclose(in_armature, character @ matrix(turning) @ character.T, atol=1e-9)


def test_shares_of_a_chain_make_the_whole():
    turning = np.array([[0.3, 0.5, -0.2]])
    chain = {name: RestBone(name, None, np.eye(3), np.zeros(3)) for name in ("neck", "head")}
    parts = [BonePart("neck", 0.4), BonePart("head", 0.6)]

    curves = bone_curves({"head": turning}, {"head": parts}, chain, np.eye(3))

    neck = values([curve for curve in curves if "neck" in curve.data_path], "rotation_quaternion")
    head = values([curve for curve in curves if "head" in curve.data_path], "rotation_quaternion")
    np.testing.assert_allclose(axis_angles(product(neck, head)), turning, atol=1e-12)


def test_head_that_does_not_turn_with_the_neck_gets_the_neck_s_share_too():
    turning = np.array([[0.3, 0.5, -0.2]])
    chain = {
        "neck": RestBone("neck", None, np.eye(3), np.zeros(3)),
        "between": RestBone("between", "neck", np.eye(3), np.zeros(3), free=True),
        "head": RestBone("head", "between", np.eye(3), np.zeros(3)),
        "tooth": RestBone("tooth", None, np.eye(3), np.zeros(3), free=True),
    }
    parts = [BonePart("neck", 0.4), BonePart("head", 0.6), BonePart("tooth", 0.5)]

    curves = bone_curves({"head": turning}, {"head": parts}, chain, np.eye(3))

    for name, share in {"neck": 0.4, "head": 1.0, "tooth": 0.5}.items():
        found = values([curve for curve in curves if f'"{name}"' in curve.data_path], "rotation_quaternion")
        np.testing.assert_allclose(axis_angles(found), share * turning, atol=1e-12)


@pytest.mark.parametrize("mode", ["QUATERNION", "AXIS_ANGLE", "XYZ", "ZYX"])
def test_curves_are_in_the_bone_s_own_mode_and_never_jump(mode):
    time = np.linspace(0.0, 6.0, 300)
    turning = np.stack([0.6 * np.sin(time), 1.1 * np.sin(2 * time), 0.2 * np.cos(time)], axis=1)
    bone = RestBone("b", None, matrix((0.4, 2.0, -1.0)), np.zeros(3), mode)

    curves = bone_curves({"jaw": turning}, {"jaw": [BonePart("b")]}, {"b": bone}, np.eye(3))

    channel = {"QUATERNION": "rotation_quaternion", "AXIS_ANGLE": "rotation_axis_angle"}.get(mode, "rotation_euler")
    written = values(curves, channel)
    assert len(curves) == (3 if channel == "rotation_euler" else 4)
    assert np.abs(np.diff(written, axis=0)).max() < 0.25


def test_heading_is_taken_out_and_leaning_and_swaying_stay():
    pose = np.zeros((2, 40, 5, 3))
    sway = 0.1 * np.sin(np.linspace(0, 2 * np.pi, 40, endpoint=False))
    lean = matrix((0.25, 0, 0))
    for frame, yaw in enumerate(sway):
        pose[0, frame, 0] = _axis_angle(matrix((0, 1.3 + yaw, 0)) @ lean)

    trunk = turns_of(take(pose), 0, np.arange(40) / 25.0, 1.3).trunk

    for frame, yaw in enumerate(sway):
        np.testing.assert_allclose(matrix(trunk[frame]), matrix((0, yaw, 0)) @ lean, atol=1e-9)


def test_head_without_trunk_bones_has_the_trunk_s_lean_with_it():
    pose = np.zeros((2, 5, 5, 3))
    pose[:, :, 0, 0], pose[:, :, 1, 0] = 0.1, 0.2

    turns = turns_of(take(pose), 0, np.arange(5) / 25.0)

    np.testing.assert_allclose(turns.whole_head[:, 0], 0.3)
    np.testing.assert_allclose(turns.head[:, 0], 0.2)


def test_moves_are_in_bone_space_and_eye_distances():
    bone = RestBone("lip", None, matrix((0.3, 1.0, 0.2)), np.zeros(3))
    axes = matrix((0.0, 0.0, np.pi / 2))
    channels = {"mouthSmileLeft": np.array([0.0, 1.0]), "mouthFrownLeft": np.array([0.5, 0.0])}
    row = {"mouthSmileLeft": (0.1, 0.2, 0.0), "mouthFrownLeft": (0.0, -0.2, 0.0), "unknown": (9.0, 9.0, 9.0)}

    curves = move_curves({"lip": row}, channels, {"lip": bone}, axes, 0.06)

    in_armature = values(curves, "location") @ bone.rotation.T
    np.testing.assert_allclose(in_armature, 0.06 * np.array([[0, -0.1, 0], [0.1, 0.2, 0]]) @ axes.T, atol=1e-12)


def _axis_angle(turn):
    angle = np.arccos(np.clip((np.trace(turn) - 1) / 2, -1, 1))
    skew = np.array([turn[2, 1] - turn[1, 2], turn[0, 2] - turn[2, 0], turn[1, 0] - turn[0, 1]])
    return skew * (angle / (2 * np.sin(angle)))
