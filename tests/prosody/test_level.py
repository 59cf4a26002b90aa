"""The level of a track where it is known."""

import numpy as np
import pytest

from backend.contract.constants import SAMPLES_PER_FRAME
from backend.prosody.level import levels_around, levels_from

FRAMES = 100
HALF = SAMPLES_PER_FRAME // 2


def burst(first):
    """One frame's length of 0.1 from sample `first` on."""
    track = np.zeros(FRAMES * SAMPLES_PER_FRAME, np.float32)
    track[first:][:SAMPLES_PER_FRAME] = 0.1
    return track


def test_the_level_around_a_frame_is_that_of_the_sound_on_both_sides_of_its_moment():
    decibels = levels_around(burst(20 * SAMPLES_PER_FRAME - HALF), FRAMES)

    assert decibels.argmax() == 20
    assert decibels[20] == pytest.approx(-20.0, abs=0.1)
    assert decibels[[19, 21]] == pytest.approx(-120.0)


def test_the_level_from_a_frame_on_is_of_what_follows():
    one, ten = (levels_from(burst(20 * SAMPLES_PER_FRAME), FRAMES, seconds) for seconds in (0.0, 0.4))

    assert np.flatnonzero(one > -100).tolist() == [20]
    assert np.flatnonzero(ten > -100).tolist() == list(range(11, 21))
    assert ten[11:21] == pytest.approx(-30.0, abs=0.1)


@pytest.mark.parametrize("levels", [levels_from, levels_around])
def test_behind_the_end_of_a_track_there_is_silence(levels):
    assert levels(burst(0)[:SAMPLES_PER_FRAME], FRAMES)[2:] == pytest.approx(-120.0)
    assert levels(np.zeros(0, np.float32), 3) == pytest.approx(-120.0)
    assert len(levels(burst(0), 0)) == 0
