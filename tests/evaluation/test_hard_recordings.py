"""Recordings made hard keep their length and timing, and are as hard as said."""

import numpy as np
import pytest
from scipy.signal import welch

from lab.evaluation.recordings.dialogues import HARD_RECORDINGS, in_a_room, through_telephone, with_second_voice


@pytest.fixture
def tracks():
    """Bursts of noise, the second person's in the first's pauses."""
    noise = np.random.default_rng(0).standard_normal((2, 64_000)) * 0.1
    noise[0, 16_000:32_000] = noise[0, 48_000:] = 0
    noise[1, :16_000] = noise[1, 32_000:48_000] = 0
    return noise.astype(np.float32)


@pytest.mark.parametrize("name", HARD_RECORDINGS)
def test_length_type_and_finiteness_stay(name, tracks):
    hard = HARD_RECORDINGS[name](tracks)

    assert hard.shape == tracks.shape
    assert hard.dtype == np.float32
    assert np.isfinite(hard).all()
    assert not np.allclose(hard, tracks, atol=1e-3)


def test_a_telephone_passes_its_band_alone(tracks):
    hertz, power = welch(through_telephone(tracks)[0], 16_000)

    assert power[hertz > 5000].max() < 0.01 * power[(hertz > 800) & (hertz < 2500)].mean()


def test_a_room_goes_on_when_the_voice_stops(tracks):
    hard = in_a_room(tracks)

    assert np.abs(hard[0, 16_100:17_000]).mean() > 5 * np.abs(hard[0, 28_000:30_000]).mean() > 0


def test_the_second_voice_is_fifteen_decibels_lower(tracks):
    under = with_second_voice(tracks) - tracks

    ratio = 20 * np.log10(under[0].std() / tracks[0, :16_000].std())
    assert ratio == pytest.approx(-15, abs=0.5)
