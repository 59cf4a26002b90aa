"""What each microphone hears of the other person is taken out."""

import tracemalloc

import numpy as np
import pytest
from scipy.signal import fftconvolve

from backend.turns.crosstalk import without_crosstalk

RATE = 16_000


def bursts(seed, when):
    """[N] four seconds of coloured noise that is on in the (start, end) of `when`: what speech is to a filter."""
    generator = np.random.default_rng(seed)
    sound = fftconvolve(generator.normal(0.0, 0.1, 12 * RATE), np.exp(-np.arange(20) / 4.0))[: 12 * RATE]
    on = np.zeros(12 * RATE)
    for start, end in when:
        on[int(start * RATE) : int(end * RATE)] = 1.0
    return sound * on


@pytest.fixture
def voices():
    """[2, N] two people who take turns and once speak together, over the noise of their microphones."""
    tracks = np.stack([bursts(1, [(0.5, 3.0), (5.5, 8.0), (10.0, 11.5)]), bursts(2, [(3.2, 5.7), (8.2, 9.8)])])
    return (tracks + np.random.default_rng(3).normal(0.0, 3e-4, tracks.shape)).astype(np.float32)


def leaked(voice, decibels):
    """`voice` as it arrives across the table: later, with an echo, `decibels` weaker."""
    path = np.zeros(600)
    path[[40, 170, 555]] = 0.8, -0.4, 0.2
    return 10 ** (decibels / 20) * fftconvolve(voice, path)[: len(voice)]


def decibels(part, whole):
    return 10 * np.log10((part**2).mean() / (whole**2).mean())


@pytest.mark.parametrize("level", [-20, -12])
def test_the_others_voice_is_taken_out_and_ones_own_stays(voices, level):
    leak = np.stack([leaked(voices[1], level), leaked(voices[0], level)]).astype(np.float32)

    tracks = without_crosstalk(voices + leak).tracks

    for own, before, after in zip(voices, leak, tracks, strict=True):
        quiet = np.abs(own) < 2e-3
        assert decibels((after - own)[quiet], before[quiet]) < -15.0
        assert decibels(after - own, own) < -20.0


def test_tracks_that_hear_nothing_of_each_other_stay_as_they_are(voices):
    assert decibels(without_crosstalk(voices).tracks - voices, voices) < -50.0


def test_microphones_may_differ_in_gain(voices):
    leak = np.stack([leaked(voices[1], -15), leaked(voices[0], -15)])
    gains = np.array([[1.0], [0.03]])  # the leak of the first is louder than the second's own voice would be

    tracks = without_crosstalk(((voices + leak) * gains).astype(np.float32)).tracks / gains

    assert decibels(tracks - voices, leak) < -9.0


def test_who_surely_speaks_alone_is_told(voices):
    alone = without_crosstalk(voices).alone

    assert alone[0, 25:70].all()
    assert alone[1, 90:130].all()
    assert not alone.all(axis=0).any()


def test_a_monologue_is_not_taken_out_of_itself():
    voice = bursts(1, [(0.5, 4.0), (5.0, 11.0)])
    tracks = np.stack([voice, leaked(voice, -15)]).astype(np.float32)

    cleaned = without_crosstalk(tracks).tracks

    assert decibels(cleaned[0] - voice, voice) < -20.0
    assert decibels(cleaned[1], tracks[1]) < -15.0


def test_the_same_sound_in_both_tracks_stays():
    voice = bursts(1, [(0.5, 4.0), (5.0, 11.0)]).astype(np.float32)

    assert np.array_equal(without_crosstalk(np.stack([voice, voice])).tracks, np.stack([voice, voice]))


@pytest.mark.parametrize("samples", [1, 640, 8_000])
def test_short_and_silent_tracks_pass(samples):
    assert np.array_equal(without_crosstalk(np.zeros((2, samples), np.float32)).tracks, np.zeros((2, samples)))


def test_long_tracks_are_the_same_in_blocks(voices, monkeypatch):
    leaking = (voices + np.stack([leaked(voices[1], -15), leaked(voices[0], -15)])).astype(np.float32)
    at_once = without_crosstalk(leaking).tracks
    monkeypatch.setattr("backend.turns.crosstalk._BLOCK", 7)

    assert np.allclose(without_crosstalk(leaking).tracks, at_once, atol=1e-5)


def test_a_longer_dialogue_takes_no_more_memory_than_its_own_sound_again(voices):
    def most_memory(times):
        tracks = np.tile(voices, (1, times))
        tracemalloc.start()
        try:
            without_crosstalk(tracks)
            return tracemalloc.get_traced_memory()[1], tracks.nbytes
        finally:
            tracemalloc.stop()

    (short, short_sound), (long, long_sound) = most_memory(4), most_memory(12)

    assert long - short < 1.5 * (long_sound - short_sound)
