"""Phrases of made-up voices: where they are, what they stress, how they end."""

import numpy as np
import pytest

from backend.contract.constants import FRAME_RATE, SAMPLE_RATE
from backend.prosody.phrases import Phrase, phrase_spans, phrases_of

SYLLABLE = 0.2


def _phrase(loud=(), hertz=120.0, syllables=8):
    """A buzz of `syllables` of 0.2 s; those in `loud` are 8 dB louder than the others."""
    time = np.arange(round(syllables * SYLLABLE * SAMPLE_RATE)) / SAMPLE_RATE
    which = np.minimum((time / SYLLABLE).astype(int), syllables - 1)
    envelope = 0.02 + np.sin(np.pi * (time % SYLLABLE) / SYLLABLE) ** 2
    envelope *= np.where(np.isin(which, loud), 0.25, 0.1)
    phase = 2 * np.pi * np.cumsum(np.broadcast_to(hertz, len(time))) / SAMPLE_RATE
    return (envelope * sum(np.sin(order * phase) / order for order in range(1, 6))).astype(np.float32)


def _dialogue(*phrases, pause=0.6):
    """Phrases behind one another, each after a pause: samples [N] and speaking [T]."""
    quiet = np.zeros(round(pause * SAMPLE_RATE), np.float32)
    samples = np.concatenate([part for phrase in phrases for part in (quiet, phrase)] + [quiet])
    speaks = np.concatenate([part for phrase in phrases for part in (quiet, np.ones(len(phrase)))] + [quiet])
    step = SAMPLE_RATE // FRAME_RATE
    return samples, speaks[: len(speaks) // step * step].reshape(-1, step).mean(axis=1)


def test_phrases_lie_between_pauses():
    samples, speaking = _dialogue(_phrase(), _phrase(syllables=5))

    found = phrases_of(samples, speaking)

    assert [phrase.start for phrase in found] == pytest.approx([0.6, 2.8], abs=0.05)
    assert [phrase.end for phrase in found] == pytest.approx([2.2, 3.8], abs=0.05)


def test_the_loud_syllable_is_the_accent():
    samples, speaking = _dialogue(_phrase(loud=(5,)))

    (phrase,) = phrases_of(samples, speaking)

    assert [accent.time for accent in phrase.accents] == pytest.approx([0.6 + 5.5 * SYLLABLE], abs=0.05)
    assert phrase.accents[0].strength > 0.5


def test_a_phrase_of_three_seconds_has_two_accents_and_they_are_apart():
    samples, speaking = _dialogue(_phrase(loud=(2, 3, 10), syllables=15))

    (phrase,) = phrases_of(samples, speaking)

    assert len(phrase.accents) == 2
    assert phrase.accents[1].time - phrase.accents[0].time > 0.7


def test_an_mm_hm_stresses_nothing():
    samples, speaking = _dialogue(_phrase(syllables=1))

    assert phrases_of(samples, speaking)[0].accents == ()


def test_a_rising_end_asks_and_a_falling_one_does_not():
    steady, length = np.full(round(1.2 * SAMPLE_RATE), 120.0), round(0.4 * SAMPLE_RATE)
    rising, falling = (np.concatenate((steady, np.linspace(120.0, end, length))) for end in (190.0, 85.0))
    samples, speaking = _dialogue(_phrase(hertz=rising), _phrase(hertz=falling))

    question, statement = phrases_of(samples, speaking)

    assert question.asks
    assert not statement.asks
    assert statement.fallen > 0.7
    assert question.fallen < 0.3


def test_the_phrase_that_stands_out_is_the_lively_one():
    samples, speaking = _dialogue(_phrase(), _phrase(loud=range(8)), _phrase())

    lively = [phrase.lively for phrase in phrases_of(samples, speaking)]

    assert int(np.argmax(lively)) == 1
    assert lively[1] > 0.5


def test_stops_within_words_end_no_phrase_and_clicks_are_none():
    speaking = np.zeros(100)
    speaking[10:30] = speaking[33:50] = speaking[80:82] = 1

    assert phrase_spans(speaking) == [(0.4, 2.0)]


def test_silence_and_noise_have_nothing_to_stress():
    speaking = np.ones(50)

    assert phrases_of(np.zeros(2 * SAMPLE_RATE, np.float32), speaking) == (Phrase(0.0, 2.0),)
    assert phrases_of(np.zeros(2 * SAMPLE_RATE, np.float32), np.zeros(50)) == ()
