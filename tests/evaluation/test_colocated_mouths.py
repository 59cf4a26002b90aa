"""The wrong mouth, on mouths whose opening is known."""

from dataclasses import replace

import numpy as np
import pytest

from lab.evaluation.colocated.behaviour import opening, silent_while_the_other_speaks, wrong_mouth
from tests.support.made_motion import FRAMES, JAW_OPEN, face_of_arkit, lively, turns


def with_silent_opening(millimetres, share=1.0):
    """The second one's lips part by so much in the first `share` of the first one's turn."""
    motion = lively(1)
    expression = motion.expression.copy()
    expression[1, : round(share * FRAMES / 2), JAW_OPEN] = millimetres / 10
    return replace(motion, expression=expression)


def test_opening_is_told_in_millimetres_beyond_rest():
    assert opening(with_silent_opening(2.5), face_of_arkit())[1, :100] == pytest.approx(2.5)


@pytest.mark.parametrize(("millimetres", "half"), [(1.4, 0.0), (1.6, 0.5)])
def test_lips_count_from_a_millimetre_and_a_half(millimetres, half):
    found = wrong_mouth(turns(), with_silent_opening(millimetres), face_of_arkit())

    assert found.share == pytest.approx(half, abs=0.01)  # the other half are the second one's turn
    assert found.frames > 450


def test_lips_may_part_just_before_the_own_turn():
    motion = lively(1)
    expression = motion.expression.copy()
    expression[1, FRAMES // 2 - 7 : FRAMES // 2, JAW_OPEN] = 1.0

    assert wrong_mouth(turns(), replace(motion, expression=expression), face_of_arkit()).open == 0


def test_people_who_both_speak_or_both_are_silent_are_not_judged():
    both = np.ones((2, FRAMES), np.float32)

    assert not silent_while_the_other_speaks(both).any()
    assert not silent_while_the_other_speaks(np.zeros_like(both)).any()
    assert np.isnan(wrong_mouth(both, with_silent_opening(9.0), face_of_arkit()).share)


def test_dialogues_add_up_by_their_frames():
    one = wrong_mouth(turns(), with_silent_opening(3.0, share=0.5), face_of_arkit())
    other = wrong_mouth(turns(), lively(1), face_of_arkit())

    assert (one + other).frames == one.frames + other.frames
    assert (one + other).share == pytest.approx(one.share / 2)
