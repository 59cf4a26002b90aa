"""Behaviour of composed heads: who stands still, and who jumps."""

from dataclasses import replace

import numpy as np
import pytest

from backend.engines.base import Motion
from lab.evaluation.colocated.behaviour import rates, scene_of_heads, together
from tests.support.made_motion import FRAMES, JAW_OPEN, face_of_arkit, lively, table_for_two


def rates_of(motion):
    return rates(motion, scene_of_heads(motion, table_for_two(), face_of_arkit(), 0))


def test_a_head_that_is_thrown_about_jumps():
    motion = lively(1)
    neck = motion.neck.copy()
    neck[0, FRAMES // 2 :, 1] += np.radians(30.0)

    calm, thrown = rates_of(motion), rates_of(replace(motion, neck=neck))

    assert thrown["largest_jump"] > calm["largest_jump"] + 15.0


def test_frames_in_which_something_is_too_fast_are_counted():
    still = Motion(
        expression=np.zeros((2, FRAMES, 52), np.float32),
        speaking=np.zeros((2, FRAMES), np.float32),
        **{name: np.zeros((2, FRAMES, 3), np.float32) for name in ("jaw", "neck", "sway")},
        gaze=np.zeros((2, FRAMES, 2), np.float32),
    )
    expression = still.expression.copy()
    expression[0, 100:110, JAW_OPEN] = 1.0

    flapping = rates_of(replace(still, expression=expression))

    assert rates_of(still)["above_8_mm"] == 0.0
    assert flapping["above_8_mm"] == pytest.approx(2 / (2 * (FRAMES - 1)))  # it opens, and it shuts


def test_lips_that_fly_open_are_no_jump_of_the_skull():
    motion = lively(1)
    expression = motion.expression.copy()
    expression[0, FRAMES // 2, :] = 3.0

    calm, flapping = rates_of(motion), rates_of(replace(motion, expression=expression))

    assert flapping["largest_jump"] > 20.0
    assert flapping["largest_jump_of_skull"] == pytest.approx(calm["largest_jump_of_skull"])


def test_extremes_stay_extremes_over_dialogues_and_rates_become_means():
    one = {"blinks_per_minute": 10.0, "largest_jump": 3.0, "standstill": 0.2, "mutual_gaze": float("nan")}
    other = {"blinks_per_minute": 20.0, "largest_jump": 9.0, "standstill": 0.1, "mutual_gaze": 0.5}

    found = together([one, other])

    assert found == {"blinks_per_minute": 15.0, "largest_jump": 9.0, "standstill": 0.2, "mutual_gaze": 0.5}
