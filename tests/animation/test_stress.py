"""Stressed vowels are held open, the word that carries a phrase opens the jaw by 8–10°, the rest gives way."""

import numpy as np
import pytest

from backend.animation.lip_closure import lip_gap
from backend.animation.stress import PHRASE_PAUSE, stress_of, with_stress
from backend.contract.arkit import ARKIT_INDEX
from backend.prosody.phrases import phrase_frames
from lab.evaluation.measures.face_motion import jaw_measures

FRAMES = 100
OPEN = np.zeros(FRAMES)


def _spikes(*peaks):
    """A jaw [T] radians that touches each (frame, degrees) for one frame."""
    at = np.arange(FRAMES)
    return np.radians(sum(degrees * np.clip(1 - np.abs(at - frame) / 4, 0, None) for frame, degrees in peaks))


def _said(first=14, stop=58):
    speaking = np.zeros(FRAMES)
    speaking[first:stop] = 1
    return speaking


SENTENCE = _spikes((20, 2.0), (30, 6.5), (40, 3.0), (50, 2.5))


def _spoken(jaw, closure=OPEN):
    lips = np.zeros((FRAMES, 52))
    return with_stress(lips, jaw, closure, stress_of(jaw, _said()))


def test_the_word_that_carries_a_phrase_opens_the_jaw_by_eight_to_ten_degrees_for_two_or_three_frames():
    _, jaw = _spoken(SENTENCE)

    degrees = np.degrees(jaw)
    assert 8.0 <= degrees.max() <= 10.0
    assert 2 <= (degrees > 0.9 * degrees.max()).sum() <= 3


def test_unstressed_vowels_open_a_fifth_less():
    _, jaw = _spoken(SENTENCE)

    assert np.degrees(jaw[20]) == pytest.approx(0.8 * 2.0, abs=0.05)


def test_contrast_grows_and_the_median_does_not():
    _, jaw = _spoken(SENTENCE)
    speaking = _said() > 0

    assert np.median(jaw[speaking]) <= np.median(SENTENCE[speaking])
    assert jaw.max() / jaw[20] > 1.5 * SENTENCE.max() / SENTENCE[20]


def test_closed_vowels_stay_closed_vowels_and_wide_ones_are_not_widened():
    small, wide = _spoken(_spikes((20, 1.0), (30, 1.8), (40, 1.0)))[1], _spoken(_spikes((20, 3.0), (30, 12.0)))[1]

    assert np.degrees(small.max()) < 3.5
    assert np.degrees(wide.max()) == pytest.approx(12.0, abs=0.5)


def test_lips_that_meet_go_on_meeting_beside_a_stressed_vowel():
    closure = np.zeros(FRAMES)
    closure[27] = 1
    lips = np.zeros((FRAMES, 52))
    lips[27, ARKIT_INDEX["mouthClose"]] = lip_gap(lips[27], SENTENCE[27]) / 41.0

    settled, jaw = with_stress(lips, SENTENCE, closure, stress_of(SENTENCE, _said()))

    assert float(lip_gap(settled[27], jaw[27])) == pytest.approx(0.0, abs=0.2)
    assert float(lip_gap(settled[30], jaw[30])) > 12


def test_of_two_vowels_as_wide_the_louder_is_stressed():
    jaw = _spikes((20, 4.0), (32, 4.0), (44, 4.0))
    decibels = np.full(FRAMES, -30.0)
    decibels[30:35] = -20.0

    stress = stress_of(jaw, _said(), decibels)

    assert stress.frames.tolist() == [20, 32, 44]
    assert stress.emphasised.tolist() == [False, True, False]


def test_a_long_phrase_has_two_emphasised_words_and_a_pause_parts_phrases():
    jaw = _spikes(*((frame, 3.0 + (frame in (20, 70)) * 3.0) for frame in range(10, 90, 10)))

    assert stress_of(jaw, _said(5, 95)).emphasised.sum() == 2
    speaking = _said(10, 40) + _said(44, 60) + _said(75, 90)
    assert phrase_frames(speaking, PHRASE_PAUSE) == [(10, 60), (75, 90)]


def test_a_silent_mouth_has_no_stress():
    lips = np.zeros((FRAMES, 52))

    stress = stress_of(OPEN, OPEN)

    assert len(stress.frames) == 0
    assert with_stress(lips, OPEN, OPEN, stress)[1].max() == 0


def test_the_measures_tell_spikes_from_holds():
    spikes = _spikes(*((frame, 2.0 + 4.0 * (frame % 30 == 0)) for frame in range(10, 95, 10)))
    speaking = np.ones(FRAMES, bool)
    stressed = with_stress(np.zeros((FRAMES, 52)), spikes, OPEN, stress_of(spikes, np.ones(FRAMES)))[1]

    before, after = (jaw_measures(np.degrees(jaw), speaking, 25) for jaw in (spikes, stressed))

    assert before["jaw_hold"] < 0.06
    assert 0.06 <= after["jaw_hold"] <= 0.2
    assert after["jaw_contrast"] > before["jaw_contrast"]


def test_a_short_pause_parts_no_phrase_at_any_rate():
    def emphasis(fps):
        seconds = np.arange(round(4 * fps)) / fps
        degrees = 4.0 * np.abs(np.sin(np.pi * 2.5 * seconds)) * np.where(seconds < 2, 1.0, 2.0)
        return jaw_measures(degrees, (seconds < 1.9) | (seconds > 2.1), fps)["jaw_emphasis"]

    assert emphasis(25) == pytest.approx(8.0, abs=0.2)
    assert emphasis(60) == pytest.approx(8.0, abs=0.2)
