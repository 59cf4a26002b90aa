"""Lag and correlation: a shifted curve gives that lag, unrelated curves give none."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lab.evaluation.measures.phones import at_timing_rate, loudness, timing
from tests.support.examples import examples

POINTS = 1500
EVERYWHERE = np.ones(POINTS, bool)


def _mouth(seed):
    """A smooth curve as lips move."""
    noise = np.random.default_rng(seed).standard_normal(POINTS + 40)
    return np.convolve(noise, np.hanning(21), mode="valid")[:POINTS]


@settings(max_examples=examples(40), deadline=None)
@given(seed=st.integers(0, 10_000), late=st.integers(-28, 28))
def test_a_shifted_curve_gives_that_lag(seed, late):
    curve = _mouth(seed)

    found = timing(np.roll(curve, late), curve, EVERYWHERE)

    assert found.lag == pytest.approx(late / 100, abs=0.005)
    assert found.best > 0.95


@settings(max_examples=examples(25), deadline=None)
@given(seed=st.integers(0, 10_000), scale=st.floats(0.01, 100), offset=st.floats(-50, 50))
def test_how_far_a_mouth_opens_does_not_change_how_well_it_follows(seed, scale, offset):
    curve, nominal = _mouth(seed), _mouth(seed) + 0.5 * _mouth(seed + 1)

    plain, scaled = timing(curve, nominal, EVERYWHERE), timing(curve * scale + offset, nominal, EVERYWHERE)

    assert scaled.correlation == pytest.approx(plain.correlation, abs=1e-6)
    assert scaled.lag == pytest.approx(plain.lag, abs=1e-4)


def test_a_fraction_of_a_frame_is_seen_at_twenty_five_a_second():
    time = np.arange(0, 60, 0.04)
    curve = sum(np.sin(2 * np.pi * hertz * (time - 0.013) + hertz) for hertz in (0.7, 1.3, 2.1))
    nominal = sum(np.sin(2 * np.pi * hertz * time + hertz) for hertz in (0.7, 1.3, 2.1))

    found = timing(at_timing_rate(curve, 25), at_timing_rate(nominal, 25), np.ones(6000, bool))

    assert found.lag == pytest.approx(0.013, abs=0.002)


def test_a_curve_that_does_not_move_follows_nothing():
    found = timing(np.zeros(POINTS), _mouth(0), EVERYWHERE)

    assert np.isnan([found.lag, found.correlation, found.best]).all()


def test_too_little_speech_gives_no_number():
    where = np.zeros(POINTS, bool)
    where[100:140] = True

    assert np.isnan(timing(_mouth(0), _mouth(0), where).lag)


def test_loudness_is_nought_in_silence_and_one_in_loud_passages_wherever_the_level_is():
    samples = np.zeros(32_000, np.float32)
    samples[16_000:] = np.random.default_rng(0).standard_normal(16_000) * 0.01

    curve = loudness(samples, 200)

    assert len(curve) == 200
    assert curve[:95].max() == 0
    assert curve[105:195].mean() > 0.95
    np.testing.assert_allclose(loudness(samples * 7, 200), curve, atol=0.01)


@pytest.mark.parametrize("seconds", [0.5, 1.0, 3.0])
def test_a_recording_of_another_length_is_cut_or_filled(seconds):
    assert len(loudness(np.ones(round(seconds * 16_000), np.float32), 100)) == 100
