"""Leaning in is something people do on lines."""

import numpy as np
import pytest

from backend.staging.leaning import USUAL_SHARE, lean_on_lines

FPS = 25
LEAN = np.radians(13.0)


def voice(seconds, *lines):
    """[T] from (start, end) in seconds."""
    speaking = np.zeros(round(seconds * FPS))
    for start, end in lines:
        speaking[round(start * FPS) : round(end * FPS)] = 1.0
    return speaking


def leant(speaking, lean=LEAN, seed=0):
    return lean_on_lines(speaking, lean, np.random.default_rng(seed))


def at(curve, seconds):
    return curve[round(seconds * FPS)]


def test_somebody_comes_forward_with_the_first_word_and_sinks_back_after_the_last():
    found = leant(voice(20, (5, 9)))

    assert at(found, 4.5) == pytest.approx(0.3 * LEAN)
    assert at(found, 4.9) > 0.32 * LEAN, "it begins before the voice"
    assert at(found, 5.4) > 0.7 * LEAN
    assert at(found, 9.2) > 0.65 * LEAN
    assert at(found, 11.0) == pytest.approx(0.3 * LEAN)


def test_it_goes_a_little_too_far_and_settles():
    found = leant(voice(20, (5, 9)))

    peak = int(np.argmax(found))
    assert 5.2 < peak / FPS < 5.6
    assert 0.03 < 1.0 - at(found, 7.0) / found[peak] < 0.1


def test_nobody_leans_farther_than_the_staging_says():
    for seed in range(20):
        found = leant(voice(60, *((start, start + 2.5) for start in range(1, 58, 5))), seed=seed)
        assert found.max() <= LEAN + 1e-12
        assert found.min() >= 0.3 * LEAN - 1e-12


def test_lines_differ_and_the_same_seed_gives_the_same():
    speaking = voice(60, *((start, start + 2.5) for start in range(1, 58, 6)))
    found = leant(speaking)

    peaks = [found[round(start * FPS) : round((start + 2) * FPS)].max() for start in range(1, 58, 6)]
    assert np.ptp(peaks) > 0.08 * LEAN
    np.testing.assert_array_equal(found, leant(speaking))


def test_short_words_and_silence_leave_somebody_where_they_are():
    assert np.ptp(leant(voice(10, (3, 3.5), (6, 6.4)))) == 0.0
    assert np.ptp(leant(voice(10))) == 0.0


def test_pauses_within_a_line_do_not_pump():
    found = leant(voice(20, (5, 7), (7.4, 9), (9.5, 12)))

    inside = found[round(5.8 * FPS) : round(12 * FPS)]
    assert np.ptp(inside) < 0.1 * LEAN


@pytest.mark.parametrize("lean", [0.0, -np.radians(13.0)])
def test_leaning_back_is_a_posture(lean):
    assert np.all(leant(voice(20, (5, 9)), lean) == lean)


def test_leaning_moves_smoothly():
    found = np.degrees(leant(voice(20, (5, 9), (11, 15))))

    assert np.abs(np.diff(found)).max() * FPS < 30.0


def test_mean_over_a_dialogue_is_what_the_evaluator_expects():
    found = leant(voice(120, *((start, start + 3.5) for start in range(1, 115, 8))))

    assert found.mean() / LEAN == pytest.approx(USUAL_SHARE, abs=0.1)
