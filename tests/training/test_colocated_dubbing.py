"""Synthetic dubbing: stretches of one voice, alternated, with masks that are exact."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.contract.errors import ExitCode
from lab.training.colocated.synthetic_dubbing import (
    SHORTEST,
    Cut,
    Stretch,
    draw_cuts,
    speaking_alone,
    voices_of,
    window_of_cuts,
)
from tests.support.colocated_data import SETTINGS, made_up_dialogue
from tests.support.refusals import refused


def speaking_in(frames, first=(), second=()):
    speaking = np.zeros((2, frames), np.float32)
    for person, stretches in enumerate((first, second)):
        for start, stop in stretches:
            speaking[person, start:stop] = 1.0
    return speaking


def test_who_speaks_alone_long_enough_is_found():
    speaking = speaking_in(200, first=[(0, 60), (100, 120), (150, 200)], second=[(40, 70), (130, 160)])

    assert speaking_alone(speaking, 0) == (Stretch(0, 40), Stretch(160, 200))
    assert speaking_alone(speaking, 1) == ()
    assert speaking_alone(speaking, 1, least=20) == (Stretch(130, 150),)


@given(st.integers(0, 2**32 - 1))
def test_in_every_stretch_that_is_found_one_alone_speaks(seed):
    rng = np.random.default_rng(seed)
    speaking = np.repeat(rng.integers(0, 2, (2, 12)), rng.integers(5, 50), axis=1).astype(np.float32)

    for person in range(2):
        for stretch in speaking_alone(speaking, person):
            assert stretch.stop - stretch.start >= SHORTEST
            assert speaking[person, stretch.start : stretch.stop].all()
            assert not speaking[1 - person, stretch.start : stretch.stop].any()


@pytest.fixture
def voices():
    return voices_of([made_up_dialogue(f"{index:04d}", 300, seed=index) for index in range(2)])


@pytest.mark.parametrize("seed", range(20))
def test_cuts_alternate_and_fill_the_window_from_single_voices(voices, seed):
    pair = (voices[0], voices[3])

    cuts = draw_cuts(np.random.default_rng(seed), pair, 256)

    assert sum(cut.stop - cut.start for cut in cuts) == 256
    assert all(one.voice != other.voice for one, other in pairwise(cuts))
    assert all(cut.stop - cut.start >= SHORTEST for cut in cuts[:-1])
    for cut in cuts:
        assert any(stretch.start <= cut.start and cut.stop <= stretch.stop for stretch in pair[cut.voice].stretches)


@pytest.mark.parametrize("mix", [False, True])
def test_masks_are_exact_and_each_frame_is_its_stretch_s(voices, mix):
    first, second = voices[0], voices[3]  # the first of recording 0, the second of recording 1
    cuts = [Cut(0, 5, 25), Cut(1, 60, 80)]

    example = window_of_cuts(np.random.default_rng(0), (first, second), cuts, SETTINGS, 0.5, mix=mix)

    mask = np.zeros((2, 40), np.float32)
    mask[0, :20], mask[1, 20:] = 1.0, 1.0
    np.testing.assert_array_equal(example.active, mask)
    np.testing.assert_array_equal(example.given.speaking, mask)
    np.testing.assert_array_equal(example.clean[0, :20], first.dialogue.recording.stream[0, 5:25])
    np.testing.assert_array_equal(example.clean[1, 20:], second.dialogue.recording.stream[1, 60:80])
    np.testing.assert_array_equal(example.clean[0, 20:], second.dialogue.recording.stream[0, 60:80])
    features = first.dialogue.audio.features[2 if mix else 0, 10:50]
    np.testing.assert_array_equal(example.features[0, :40], features.astype(np.float32))
    mouth = second.dialogue.audio.mouths[1 if mix else 0, 1, 60:80]
    np.testing.assert_array_equal(example.given.mouth[1, 20:], mouth.astype(np.float32))
    np.testing.assert_array_equal(example.given.traits[1], second.dialogue.recording.traits[1])


def test_one_recording_is_not_dubbed_with_itself():
    with refused(ExitCode.DATASET_INVALID):
        voices_of([made_up_dialogue("0000", 300, seed=0)])
