"""Hits, luck and lift: properties that hold for any curve."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lab.evaluation.measures.lips import HitRate, area_under_curve, hit_rate, lift, measure_lips, shut_up_to
from lab.evaluation.measures.phones import frames_of
from tests.support.examples import examples

PHONES = (
    (0.0, 1.0, "pau"),
    (1.0, 1.08, "b"),
    (1.08, 1.3, "aa"),
    (1.3, 1.38, "m"),
    (1.38, 1.6, "iy"),
    (1.6, 4.0, "pau"),
)
curves = st.lists(st.floats(-2, 20), min_size=100, max_size=100).map(np.array)
samples = st.lists(st.floats(-5, 5), min_size=1, max_size=30).map(np.array)


def _gap(*shut):
    gap = np.full(100, 6.0)
    gap[list(shut)] = 0.0
    return gap


def test_a_closure_may_miss_its_phone_by_forty_milliseconds():
    still = np.zeros(100)

    assert measure_lips(_gap(28), still, PHONES, 25).closed.hits == 1
    assert measure_lips(_gap(29), still, PHONES, 25).closed.hits == 0
    assert measure_lips(_gap(26, 33), still, PHONES, 25).closed.hits == 2


def test_shut_is_a_millimetre_or_an_eighth_of_the_opening_whichever_is_more():
    speech = np.ones(100, bool)

    assert shut_up_to(np.full(100, 2.0), speech) == 1.0
    assert shut_up_to(np.full(100, 20.0), speech) == pytest.approx(2.4)
    assert shut_up_to(np.full(100, 20.0), ~speech) == 1.0


def test_only_frames_far_from_speech_are_silence():
    gap = np.full(100, 5.0)
    gap[16:50] = 0.0  # 0.64 s to 1.96 s: more than 0.3 s around the speech

    measures = measure_lips(gap, np.zeros(100), PHONES, 25)

    assert measures.open_in_silence == 66  # frames 0 to 15 and 50 to 99


@pytest.mark.parametrize("fps", [10, 12.5, 24, 25, 29.97, 60, 120])
def test_no_phone_is_without_a_frame_at_any_rate(fps):
    spans = np.array([[1.001, 1.002], [1.5, 1.51]])

    first, last = frames_of(spans, fps, 500).T

    assert (first <= last).all()
    assert (np.abs((first + last) / 2 / fps - spans.mean(axis=1)) <= 0.5 / fps + 0.01).all()


@settings(max_examples=examples(60), deadline=None)
@given(gap=curves, seed=st.integers(0, 99))
def test_no_curve_lifts_above_one_and_all_shut_lifts_nothing(gap, seed):
    rng = np.random.default_rng(seed)
    windows = np.sort(rng.integers(0, 100, (8, 2)), axis=1)
    speech = rng.random(100) < 0.7

    some = hit_rate(gap <= 1.0, windows, speech, 25)
    everything = hit_rate(np.ones(100, bool), windows, speech, 25)

    assert some.lift <= 1.0
    assert 0.0 <= some.rate <= 1.0
    assert 0.0 <= some.luck <= 1.0
    assert everything.rate == 1.0
    assert everything.lift == 0.0
    assert everything.luck == pytest.approx(1.0)


@given(rate=st.floats(0, 1), chance=st.floats(0, 0.999))
def test_lift_is_nought_at_chance_and_grows_with_hits(rate, chance):
    assert lift(chance, chance) == 0
    assert lift(1.0, chance) == pytest.approx(1)
    assert (lift(rate, chance) > 0) == (rate > chance)


def test_curves_that_know_nothing_of_the_phones_lift_nothing_on_average():
    rng = np.random.default_rng(0)
    windows = frames_of(np.stack((np.arange(2, 190, 1.3), np.arange(2, 190, 1.3) + 0.1), axis=1), 25, 5000, 0.04)

    lifts = [hit_rate(rng.random(5000) < 0.2, windows, np.ones(5000, bool), 25).lift for _ in range(40)]

    assert abs(np.mean(lifts)) < 0.05


def test_a_lift_of_one_on_a_handful_of_phones_may_be_luck():
    assert HitRate(5, 5, 4.8).luck > 0.5
    assert HitRate(50, 50, 20.0).luck < 1e-6


@given(higher=samples, lower=samples, shift=st.floats(-10, 10))
def test_the_area_is_a_share_that_turns_round_and_ignores_where_zero_is(higher, lower, shift):
    area = area_under_curve(higher, lower)

    assert 0 <= area <= 1
    assert area + area_under_curve(lower, higher) == pytest.approx(1)
    assert area_under_curve(np.round(higher) + round(shift), np.round(lower) + round(shift)) == pytest.approx(
        area_under_curve(np.round(higher), np.round(lower))
    )
    assert area == pytest.approx(np.mean((higher[:, None] > lower) + 0.5 * (higher[:, None] == lower)))


def test_separated_values_have_all_the_area_and_nothing_has_none():
    assert area_under_curve(np.array([3.0, 4.0]), np.array([1.0, 2.0])) == 1
    assert area_under_curve(np.array([1.0]), np.array([1.0])) == 0.5
    assert np.isnan(area_under_curve(np.zeros(0), np.ones(3)))


def test_counts_of_two_people_add_up():
    person = measure_lips(_gap(26), np.zeros(100), PHONES, 25)

    assert (person + person).closed.count == 4
    assert (person + person).numbers()["bilabials_closed"] == person.numbers()["bilabials_closed"]
