import dataclasses

import numpy as np
import pytest

from backend.contract.arkit import ARKIT_INDEX, ARKIT_NAMES
from backend.contract.errors import ExitCode
from backend.staging.compose import compose
from backend.staging.prompt import stage_prompt
from tests.support.refusals import refused


def test_shapes_are_those_of_a_performance(face, characters, lively_motion):
    pose, translation, expression = compose(lively_motion, stage_prompt("").staging, face, characters)

    assert pose.shape == (2, 250, 5, 3)
    assert translation.shape == (2, 250, 3)
    assert expression.shape == (2, 250, len(ARKIT_NAMES))
    assert all(np.isfinite(array).all() and array.dtype == np.float32 for array in (pose, translation, expression))


def test_same_arguments_give_the_same_result_and_another_seed_another(face, characters, lively_motion):
    staging = stage_prompt("Anna avoids Ben's eyes").staging

    first = compose(lively_motion, staging, face, characters, seed=7)
    again = compose(lively_motion, staging, face, characters, seed=7)
    other = compose(lively_motion, staging, face, characters, seed=8)

    assert all(np.array_equal(one, two) for one, two in zip(first, again, strict=True))
    assert not np.array_equal(first.pose, other.pose)


def test_jaw_passes_through(face, characters, still_motion):
    jaw = np.zeros_like(still_motion.jaw)
    jaw[1, :, 0] = 0.2

    pose = compose(dataclasses.replace(still_motion, jaw=jaw), stage_prompt("").staging, face, characters).pose

    assert np.allclose(pose[:, :, 2], jaw)


def test_a_single_frame_is_enough(face, characters, still_motion):
    arrays = {name: array for name, array in vars(still_motion).items() if array is not None}
    short = dataclasses.replace(still_motion, **{name: array[:, :1] for name, array in arrays.items()})

    assert compose(short, stage_prompt("").staging, face, characters).pose.shape == (2, 1, 5, 3)


def test_trunk_breathes_and_never_stands_still(face, characters, still_motion):
    translation = compose(still_motion, stage_prompt("").staging, face, characters).translation

    assert np.ptp(translation, axis=1).max(axis=-1).min() > 0.0005
    assert np.abs(np.diff(translation, axis=1)).max() < 0.01


def test_a_sway_that_the_engine_tells_carries_the_head_that_way(face, characters, still_motion):
    def neck_base(sway):
        motion = dataclasses.replace(still_motion, sway=np.tile(sway, (2, still_motion.frames, 1)))
        return compose(motion, stage_prompt("").staging, face, characters).translation

    still = neck_base(np.zeros(3))
    moved = neck_base(np.array((0.0, 0.004, 0.02))) - still
    aside = neck_base(np.array((0.02, 0.0, 0.0))) - still

    assert np.allclose(moved[0, :, 0], 0.02, atol=0.004)  # Anna, on the left, faces right: towards Ben
    assert np.allclose(moved[1, :, 0], -0.02, atol=0.004)
    assert np.allclose(moved[..., 1], 0.004, atol=0.003)
    assert np.allclose(np.abs(aside[..., 2]), 0.02, atol=0.004)
    assert aside[0, 0, 2] * aside[1, 0, 2] < 0  # each one's own left


def test_a_sway_of_the_engine_leaves_eye_contact_eye_contact(face, characters, still_motion):
    swaying = 0.03 * np.sin(np.arange(still_motion.frames) / 8)[None, :, None] * np.ones((2, 1, 3))

    there, back = (
        compose(motion, stage_prompt("").staging, face, characters)
        for motion in (still_motion, dataclasses.replace(still_motion, sway=swaying))
    )

    assert not np.allclose(there.translation, back.translation, atol=0.01)
    assert np.isfinite(back.pose).all()


def test_leaning_in_brings_a_head_closer_and_leaning_back_takes_it_away(face, characters, still_motion):
    def x_of_anna(sentence):
        return compose(still_motion, stage_prompt(sentence).staging, face, characters).translation[0, :, 0].mean()

    assert x_of_anna("Anna leans in") - x_of_anna("") > 0.06
    assert x_of_anna("Anna leans back") - x_of_anna("") < -0.06


def test_lids_follow_eyes_that_look_down(face, characters, still_motion):
    expression = compose(still_motion, stage_prompt("Anna looks down").staging, face, characters).expression

    assert expression[0, :, ARKIT_INDEX["eyeLookDownLeft"]].max() > 0.3
    assert expression[1, :, ARKIT_INDEX["eyeLookDownLeft"]].max() < 0.3


def test_looking_to_the_left_moves_each_lid_on_its_own_side(face, characters, still_motion):
    gaze = np.zeros_like(still_motion.gaze)
    gaze[0, :, 0] = np.radians(20.0)

    moved = dataclasses.replace(still_motion, gaze=gaze)
    expression = compose(moved, stage_prompt("").staging, face, characters).expression[0]

    assert expression[:, ARKIT_INDEX["eyeLookOutLeft"]].min() > 0.2
    assert expression[:, ARKIT_INDEX["eyeLookInRight"]].min() > 0.2
    assert expression[:, ARKIT_INDEX["eyeLookInLeft"]].max() == 0.0


def test_a_blink_is_never_closed_twice(face, characters, still_motion):
    expression = still_motion.expression.copy()
    expression[:, :, ARKIT_INDEX["eyeBlinkLeft"]] = 1.0

    blinking = dataclasses.replace(still_motion, expression=expression)
    result = compose(blinking, stage_prompt("Anna looks down").staging, face, characters).expression

    assert result[..., ARKIT_INDEX["eyeLookDownLeft"]].max() < 1e-6


def test_who_frowns_already_is_not_made_to_frown_twice(face, characters, still_motion):
    frown = ARKIT_INDEX["browDownLeft"]
    frowning = still_motion.expression.copy()
    frowning[1, :, frown] = 0.35
    staging = stage_prompt("Anna and Ben are angry").staging

    motion = dataclasses.replace(still_motion, expression=frowning)
    anna, ben = compose(motion, staging, face, characters).expression[..., frown]

    assert ben.min() > 0.2
    assert ben.mean() == pytest.approx(anna.mean(), abs=0.15)
    assert ben.max() < 0.5


def test_a_mood_colours_only_the_person_it_is_said_of(face, characters, still_motion):
    expression = compose(still_motion, stage_prompt("Anna is happy").staging, face, characters).expression

    assert expression[0, :, ARKIT_INDEX["mouthSmileLeft"]].mean() > 0.1
    assert expression[1, :, ARKIT_INDEX["mouthSmileLeft"]].max() == 0.0


def test_a_face_that_no_motion_drives_is_refused(face, characters, still_motion):
    flame = dataclasses.replace(face, expression_names=tuple(f"expression_{index}" for index in range(52)))

    with refused(ExitCode.FACE_INVALID):
        compose(still_motion, stage_prompt("").staging, flame, characters)


def test_expression_comes_in_the_order_of_the_face(face, characters, still_motion):
    backwards = dataclasses.replace(face, expression_names=ARKIT_NAMES[::-1])
    expression = still_motion.expression.copy()
    expression[0, :, ARKIT_INDEX["mouthPucker"]] = 0.7

    result = compose(
        dataclasses.replace(still_motion, expression=expression), stage_prompt("").staging, backwards, characters
    )

    assert np.allclose(result.expression[0, :, ARKIT_NAMES[::-1].index("mouthPucker")], 0.7)
