import numpy as np
import pytest
from duologue.addon.retargeting.character_axes import RestBone
from duologue.addon.retargeting.retarget import carriers_of, character_curves
from duologue.addon.retargeting.rig_mapping import BonePart, RigMapping
from duologue.backend.contract.arkit import ARKIT_INDEX
from duologue.backend.contract.constants import JAW_OPEN_RADIANS
from duologue.backend.contract.performance import Performance

SECONDS = np.arange(5) / 25.0
UP = np.array([0.0, 1.0, 0.0])
LOOKING = {"eyeLookOutLeft": {"eyeLookOutLeft": 1.0}}
PLACES = {
    "hips": (0, 0, 0),
    "neck": (0, 0.5, 0),
    "head": (0, 0.6, 0),
    "eye.L": (0.03, 0.7, 0),
    "eye.R": (-0.03, 0.7, 0),
}


def bones(*names, driven=()):
    return {
        name: RestBone(name, None, np.eye(3), np.array(PLACES.get(name, (0, 0, 0)), float), driven=name in driven)
        for name in names
    }


def mapping(eyes="either", shapes=None, **channels):
    parts = {channel: tuple(BonePart(name) for name in names) for channel, names in channels.items()}
    return RigMapping("A test's", "arkit", shapes=shapes or {}, bones=parts, eyes=eyes)


def take(**joints):
    """A take in which named joints turn by an axis-angle; the left eye's lid says 0.4."""
    pose = np.zeros((2, 5, 5, 3))
    for name, turning in joints.items():
        pose[:, :, ("whole", "neck", "jaw", "eye_left", "eye_right").index(name)] = turning
    expression = np.zeros((2, 5, 52))
    expression[:, :, ARKIT_INDEX["eyeLookOutLeft"]] = 0.4
    still = np.zeros((2, 5))
    return Performance(25.0, "open-head-1", ("Anna", "Ben"), expression, pose, np.zeros((2, 5, 3)), still, {})


def by_path(curves):
    return {(curve.data_path, curve.index): curve.values[0] for curve in (*curves.bones, *curves.shapes)}


def value(curves, key):
    return by_path(curves)[f'key_blocks["{key}"].value', 0]


def quaternion(curves, bone):
    found = by_path(curves)
    return np.array([found[f'pose.bones["{bone}"].rotation_quaternion', axis] for axis in range(4)])


def about(axis, angle):
    return np.array([np.cos(angle / 2), *(np.sin(angle / 2) * np.eye(3)[axis])])


def curves_of(performance, rig_mapping, rig_bones):
    return character_curves(performance, 0, SECONDS, rig_mapping, rig_bones, UP)


def test_head_takes_the_trunk_with_it_where_no_bone_carries_the_trunk():
    performance = take(whole=(0.2, 0, 0), neck=(0.1, 0, 0))

    curves = curves_of(performance, mapping(head=["head"]), bones("head"))

    np.testing.assert_allclose(quaternion(curves, "head"), about(0, 0.3), atol=1e-9)


def test_trunk_that_a_bone_carries_is_not_on_the_head_again():
    performance = take(whole=(0.2, 0, 0), neck=(0.1, 0, 0))

    curves = curves_of(performance, mapping(head=["head"], trunk=["hips"]), bones("hips", "head"))

    np.testing.assert_allclose(quaternion(curves, "hips"), about(0, 0.2), atol=1e-9)
    np.testing.assert_allclose(quaternion(curves, "head"), about(0, 0.1), atol=1e-9)


def test_jaw_bone_opens_the_mouth_and_jaw_open_rests():
    shapes = {"jawOpen": {"jawOpen": 1.0}}
    performance = take(jaw=(JAW_OPEN_RADIANS, 0, 0))

    by_bone = curves_of(performance, mapping(shapes=shapes, jaw=["jaw"]), bones("jaw"))
    by_shape = curves_of(performance, mapping(shapes=shapes, jaw=["jaw"]), bones("jaw", driven=("jaw",)))

    np.testing.assert_allclose(quaternion(by_bone, "jaw"), about(0, JAW_OPEN_RADIANS), atol=1e-9)
    assert value(by_bone, "jawOpen") == 0.0
    assert value(by_shape, "jawOpen") == pytest.approx(1.0)
    assert not by_shape.bones


@pytest.mark.parametrize(("eyes", "lid"), [("bones", 0.4), ("either", 0.0)])
def test_eye_bones_turn_and_their_keys_are_lids_or_rest(eyes, lid):
    performance = take(eye_left=(0, 0.3, 0))
    rig = mapping(eyes, LOOKING, eye_left=["eye.L"], eye_right=["eye.R"])

    curves = curves_of(performance, rig, bones("eye.L", "eye.R"))

    np.testing.assert_allclose(quaternion(curves, "eye.L"), about(1, 0.3), atol=1e-9)
    assert value(curves, "eyeLookOutLeft") == pytest.approx(lid)


def test_eyes_by_shapes_leave_the_bones_alone():
    rig = mapping("shapes", LOOKING, eye_left=["eye.L"], eye_right=["eye.R"])

    curves = curves_of(take(eye_left=(0, np.deg2rad(15), 0)), rig, bones("eye.L", "eye.R"))

    assert not curves.bones
    assert value(curves, "eyeLookOutLeft") == pytest.approx(0.5)


@pytest.mark.parametrize("eyes", ["bones", "shapes", "either"])
def test_eyes_fall_back_to_what_the_rig_has(eyes):
    parts = {"eye_left": [BonePart("eye.L")], "eye_right": [BonePart("eye.R")]}

    assert carriers_of(mapping(eyes), parts).eyes
    assert not carriers_of(mapping(eyes, LOOKING), {}).eyes


def test_one_eye_s_bone_is_not_enough():
    rig = mapping("either", LOOKING, eye_left=["eye.L"], eye_right=["eye.R"])

    curves = curves_of(take(eye_left=(0, np.deg2rad(15), 0)), rig, bones("eye.L"))

    assert not curves.bones
    assert value(curves, "eyeLookOutLeft") == pytest.approx(0.5)


def test_nothing_is_written_to_places():
    performance = take(neck=(0.1, 0, 0))

    curves = curves_of(performance, mapping(head=["neck", "head"]), bones("neck", "head"))

    assert {curve.data_path.rpartition(".")[2] for curve in curves.bones} == {"rotation_quaternion"}
