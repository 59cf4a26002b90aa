"""Characters with a handful of shapes, or bones alone: what is there moves as far as it should, the rest is told."""

from dataclasses import replace
from math import radians

import bpy
import numpy as np
import pytest
from duologue.addon.keys import actions, key_writing
from duologue.addon.keys.rig_reports import rig_reports
from duologue.addon.settings.properties import settings_of
from duologue.backend.contract.arkit import ARKIT_INDEX, ARKIT_NAMES
from duologue.backend.contract.constants import JAW_OPEN_RADIANS
from duologue.backend.contract.errors import ExitCode
from duologue.backend.contract.performance import Performance, save_performance

from tests.support import vendor_rigs
from tests.support.flame_reference import rotation
from tests.support.refusals import refused
from tests.support.vendor_rigs import BLINK, EYE, HEAD, JAW, LOOK, OPEN, POINTS, SMILE, Vendor

REST, WIDE_OPEN, SHUT_OVER_OPEN, SMILING, BLINKING, WINKING, GAZE_LEFT, GAZE_UP = range(8)
YAW = radians(18.0)
EYES = ("LeftEye", "RightEye")


def body(**more):
    return {
        "Hips": (None, (0.0, 0.95, 0.0)),
        "Neck": ("Hips", (0.0, 1.42, -0.02)),
        "Head": ("Neck", HEAD),
        "LeftHand": ("Hips", (0.6, 1.0, 0.05)),
        "RightHand": ("Hips", (-0.6, 1.0, 0.05)),
        "LeftEye": ("Head", EYE["left"]),
        "RightEye": ("Head", EYE["right"]),
        **more,
    }


def both(*points, by):
    return dict.fromkeys(points, (0.0, by, 0.0))


SIX_SHAPES = Vendor(
    keys={
        "mouthOpen": both("chin", by=OPEN),
        "mouthSmile": both("corner_left", "corner_right", by=SMILE),
        "eyesClosed": both("lid_left", "lid_right", by=BLINK),
        "eyesLookUp": both("pupil_left", "pupil_right", by=LOOK),
        "eyesLookDown": both("pupil_left", "pupil_right", by=-LOOK),
    },
    bones=body(),
    carried={None: "Head", "pupil_left": "LeftEye", "pupil_right": "RightEye"},
)
BONES_ALONE = Vendor(
    keys={},
    bones=body(lowerJaw=("Head", JAW), lEyelidUpper=("Head", EYE["left"]), rEyelidUpper=("Head", EYE["right"])),
    carried={**SIX_SHAPES.carried, "chin": "lowerJaw", "lid_left": "lEyelidUpper", "lid_right": "rEyelidUpper"},
    modes={"lEyelidUpper": "XYZ", "lowerJaw": "YZX"},
)
ARKIT_WITH_JAW = Vendor(
    keys={name: {} for name in ARKIT_NAMES} | {"jawOpen": both("chin", by=OPEN)},
    bones=body(Jaw=("Head", JAW)),
    carried={None: "Head", "chin": "Jaw"},
)


def performance():
    expression, pose = np.zeros((2, 8, 52)), np.zeros((2, 8, 5, 3))
    pose[:, WIDE_OPEN, 2, 0] = pose[:, SHUT_OVER_OPEN, 2, 0] = JAW_OPEN_RADIANS
    expression[:, SHUT_OVER_OPEN, ARKIT_INDEX["mouthClose"]] = 1.0
    for name in ("mouthSmileLeft", "mouthSmileRight"):
        expression[:, SMILING, ARKIT_INDEX[name]] = 1.0
    for name in ("eyeBlinkLeft", "eyeBlinkRight"):
        expression[:, BLINKING, ARKIT_INDEX[name]] = 1.0
    expression[:, WINKING, ARKIT_INDEX["eyeBlinkLeft"]] = 1.0
    pose[:, GAZE_LEFT, 3:, 1], pose[:, GAZE_UP, 3:, 0] = YAW, -YAW
    still = np.zeros((2, 8))
    return Performance(25.0, "open-head-1", ("Anna", "Ben"), expression, pose, np.zeros((2, 8, 3)), still, {})


def pair(vendor, scene):
    anna = vendor_rigs.build(vendor, "Anna")
    ben = vendor_rigs.build(vendor, "Ben", turned=2.0, place=(-1.0, 0.0, 0.0))
    settings = settings_of(scene)
    settings.head_a, settings.head_b = anna.armature, ben.armature
    return anna


def play(vendor, scene, folder):
    anna = pair(vendor, scene)
    save_performance(folder / "performance.npz", performance())
    written = key_writing.write_take(bpy.context, folder / "performance.npz")
    frames = []
    for frame in range(8):
        scene.frame_set(1 + frame)
        frames.append(anna.points())
    return anna, frames, written


def moved(frames, frame, point):
    return frames[frame][point] - frames[REST][point]


def value(character, key, frame):
    bpy.context.scene.frame_set(1 + frame)
    return character.meshes[0].data.shape_keys.key_blocks[key].value


def test_six_shapes_open_shut_smile_and_blink(scene, tmp_path):
    anna, frames, written = play(SIX_SHAPES, scene, tmp_path)

    assert moved(frames, WIDE_OPEN, "chin")[1] == pytest.approx(OPEN, rel=0.02)
    assert moved(frames, SHUT_OVER_OPEN, "chin")[1] == pytest.approx(0.1 * OPEN, rel=0.1)
    assert moved(frames, SMILING, "corner_left")[1] == pytest.approx(SMILE, rel=0.02)
    assert moved(frames, BLINKING, "lid_right")[1] == pytest.approx(BLINK, rel=0.02)
    assert value(anna, "eyesClosed", WINKING) == pytest.approx(0.5, abs=0.01)  # one key for two eyes
    assert "brows: nothing" in written.sentence()


def test_eyes_that_keys_turn_up_and_down_only_are_turned_by_their_bones_once(scene, tmp_path):
    anna, frames, _ = play(SIX_SHAPES, scene, tmp_path)

    for frame, turn in ((GAZE_LEFT, [0.0, YAW, 0.0]), (GAZE_UP, [-YAW, 0.0, 0.0])):
        reach = np.array(POINTS["pupil_left"]) - EYE["left"]
        np.testing.assert_allclose(
            moved(frames, frame, "pupil_left"), rotation(np.array(turn)) @ reach - reach, atol=1e-5
        )
    assert not any("location" in curve.data_path for curve in actions.channels_of(anna.armature).fcurves)


def test_bones_alone_open_shut_and_blink(scene, tmp_path):
    _, frames, _ = play(BONES_ALONE, scene, tmp_path)

    joint = np.array(JAW)
    expected = joint + rotation(np.array([JAW_OPEN_RADIANS, 0, 0])) @ (POINTS["chin"] - joint)
    np.testing.assert_allclose(frames[WIDE_OPEN]["chin"], expected, atol=1e-4)
    assert moved(frames, SHUT_OVER_OPEN, "chin")[1] > 0.15 * moved(frames, WIDE_OPEN, "chin")[1]
    assert moved(frames, BLINKING, "lid_right")[1] < -0.008
    assert moved(frames, WINKING, "lid_left")[1] < -0.008
    assert np.abs(moved(frames, WINKING, "lid_right")).max() < 1e-5
    assert moved(frames, GAZE_UP, "lid_left")[1] > 0.001  # the lid goes with the eye


def test_key_that_opens_the_mouth_is_not_joined_by_the_jaw_s_bone(scene, tmp_path):
    anna, frames, _ = play(ARKIT_WITH_JAW, scene, tmp_path)

    assert moved(frames, WIDE_OPEN, "chin")[1] == pytest.approx(OPEN, rel=0.02)
    assert not [curve for curve in actions.channels_of(anna.armature).fcurves if "Jaw" in curve.data_path]


def test_key_that_only_corrects_leaves_the_mouth_to_the_jaw_s_bone(scene, tmp_path):
    keys = ARKIT_WITH_JAW.keys | {"jawOpen": both("chin", by=-0.003)}

    anna, frames, _ = play(replace(ARKIT_WITH_JAW, keys=keys), scene, tmp_path)

    joint = np.array(JAW)
    expected = joint + rotation(np.array([JAW_OPEN_RADIANS, 0, 0])) @ (POINTS["chin"] - joint)
    np.testing.assert_allclose(frames[WIDE_OPEN]["chin"], expected, atol=1e-4)
    assert value(anna, "jawOpen", WIDE_OPEN) == 0.0


def test_body_without_a_face_is_refused_before_and_after_and_keeps_its_bones(scene, tmp_path):
    anna = pair(replace(SIX_SHAPES, keys={}), scene)
    save_performance(tmp_path / "performance.npz", performance())

    for attempt in (
        lambda: rig_reports(scene),
        lambda: key_writing.write_take(bpy.context, tmp_path / "performance.npz"),
    ):
        with refused(ExitCode.RIG_UNSUITABLE):
            attempt()
    assert anna.armature.animation_data is None


def test_head_and_eyes_only_is_taken_when_it_is_chosen(scene, own, tmp_path):
    anna = pair(replace(SIX_SHAPES, keys={}), scene)

    for which in ("first", "second"):
        settings_of(scene).mapping_head = which
        assert bpy.ops.duologue.use_rig_preset(preset="head-and-eyes") == {"FINISHED"}
    save_performance(tmp_path / "performance.npz", performance())
    key_writing.write_take(bpy.context, tmp_path / "performance.npz")

    turned = {curve.data_path.split('"')[1] for curve in actions.channels_of(anna.armature).fcurves}
    assert turned == {"Neck", "Head", *EYES}
    assert all(report.coverage.lost == ("lips", "lids") for report in rig_reports(scene))
    assert all("lips and the lids" in report.warning() for report in rig_reports(scene))


def test_preset_that_is_not_the_rig_s_own_can_be_chosen_and_says_so(scene, own):
    pair(replace(SIX_SHAPES, keys={}), scene)

    assert bpy.ops.duologue.use_rig_preset(preset="rigify-face") == {"FINISHED"}

    assert "not this character's own" in settings_of(scene).message


def test_report_of_a_whole_face_warns_of_nothing(scene):
    pair(ARKIT_WITH_JAW, scene)

    for report in rig_reports(scene):
        assert report.warning() == ""
        assert {part.state for part in report.coverage.parts} == {"found"}
