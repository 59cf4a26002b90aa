"""Lips say the words where these are sure, and are the engine's everywhere else."""

import numpy as np
import pytest

from backend.animation.lip_closure import lip_gap
from backend.contract.arkit import ARKIT_INDEX
from backend.contract.constants import FRAME_RATE, SAMPLE_RATE
from backend.engines.base import Motion
from backend.words.lip_articulation import with_articulated_lips, word_weight
from tests.support.made_words import fitted

SECONDS = 6
FRAMES = SECONDS * FRAME_RATE
SMILE = [ARKIT_INDEX["mouthSmileLeft"], ARKIT_INDEX["mouthSmileRight"]]
BROW = ARKIT_INDEX["browInnerUp"]
WORDS = ((fitted(0, 2.0, "m aa m"), fitted(1, 2.3, "b aa b")),)


@pytest.fixture
def motion():
    """An engine that holds the mouth of both people half open, with a smile and raised brows."""
    expression = np.zeros((2, FRAMES, 52), np.float32)
    expression[..., SMILE] = 0.3
    expression[..., BROW] = 0.4
    jaw = np.zeros((2, FRAMES, 3), np.float32)
    jaw[..., 0] = 0.08
    still = np.zeros((2, FRAMES, 3), np.float32)
    return Motion(expression, jaw, still, np.zeros((2, FRAMES, 2), np.float32), np.ones((2, FRAMES), np.float32))


@pytest.fixture
def track():
    return np.full(SECONDS * SAMPLE_RATE, 0.1, np.float32)


def gap(motion, person, seconds):
    frame = round(seconds * FRAME_RATE)
    return float(lip_gap(motion.expression[person, frame], motion.jaw[person, frame, 0]))


def test_bilabials_shut_and_vowels_open(motion, track):
    said = with_articulated_lips(motion, 0, WORDS, track)

    assert gap(motion, 0, 2.04) > 3
    assert gap(said, 0, 2.04) < 0.5
    assert gap(said, 0, 2.28) < 0.5
    assert gap(said, 0, 2.16) > 3


def test_away_from_the_words_nothing_changes(motion, track):
    said = with_articulated_lips(motion, 0, WORDS, track)

    away = np.abs(np.arange(FRAMES) / FRAME_RATE - 2.3) > 0.8
    np.testing.assert_array_equal(said.expression[0, away], motion.expression[0, away])
    np.testing.assert_array_equal(said.jaw[0, away], motion.jaw[0, away])


def test_the_other_person_the_head_and_the_brows_are_untouched(motion, track):
    said = with_articulated_lips(motion, 0, WORDS, track)

    np.testing.assert_array_equal(said.expression[1], motion.expression[1])
    np.testing.assert_array_equal(said.expression[..., BROW], motion.expression[..., BROW])
    assert said.neck is motion.neck
    assert said.gaze is motion.gaze


def test_a_smile_stays(motion, track):
    said = with_articulated_lips(motion, 0, WORDS, track)

    vowel = round(2.16 * FRAME_RATE)
    assert (said.expression[0, vowel, SMILE] > 0.2).all()


def test_the_mouth_does_not_jump_where_words_begin_and_end(motion, track):
    said = with_articulated_lips(motion, 0, WORDS, track)

    steps = np.abs(np.diff(lip_gap(said.expression[0], said.jaw[0, :, 0])))
    borders = [slice(round(start * FRAME_RATE), round(end * FRAME_RATE)) for start, end in ((1.6, 1.92), (2.64, 3.0))]
    assert all(0 < steps[border].max() < 5 for border in borders)


def test_words_in_doubt_change_nothing(motion, track):
    doubtful = ((fitted(0, 2.0, "m aa m", sure=False),),)

    assert with_articulated_lips(motion, 0, doubtful, track) is motion
    assert with_articulated_lips(motion, 0, (), track) is motion


def test_a_doubtful_word_between_sure_ones_is_the_engine_s():
    words = ((fitted(0, 1.0, "m aa m"), fitted(1, 1.3, "b iy b iy b iy", sure=False), fitted(2, 1.9, "m aa m")),)

    share = word_weight(words, FRAMES)

    assert share[round(1.16 * FRAME_RATE)] == 1
    assert share[round(1.6 * FRAME_RATE)] == 0
    assert share[round(2.04 * FRAME_RATE)] == 1


def test_a_loud_voice_opens_wider_than_a_mumble(motion, track):
    mumbled = Motion(motion.expression, motion.jaw * 0.3, motion.neck, motion.gaze, motion.speaking)
    called = Motion(motion.expression, motion.jaw * 3, motion.neck, motion.gaze, motion.speaking)

    low, high = (gap(with_articulated_lips(voice, 0, WORDS, track), 0, 2.16) for voice in (mumbled, called))

    assert high > low * 1.3


def test_words_at_the_very_ends_fit_in(motion, track):
    words = ((fitted(0, 0.0, "m aa m"),), (fitted(1, SECONDS - 0.3, "m aa m"),))

    said = with_articulated_lips(motion, 0, words, track)

    assert np.isfinite(said.expression).all()
    assert gap(said, 0, 0.04) < 0.5
