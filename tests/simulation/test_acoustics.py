"""What microphones and lines may do to a dialogue: anything but move it."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lab.simulation.room.acoustics import Conditions, draw_babble, draw_bystander, draw_conditions, record
from lab.simulation.room.lines import CODECS, through_codec
from lab.simulation.speech.voice import Voice
from lab.simulation.speech.voices import speak
from tests.support.examples import examples

RATE = 16_000
CLEAN = Conditions(
    room=False,
    shared_room=False,
    noise=80.0,
    leakage=(100.0, 100.0),
    bystander=None,
    babble=None,
    knocks=False,
    gain_control=False,
    clipping=False,
    band=None,
    telephone=False,
    codec=None,
)


@pytest.fixture(scope="module")
def voices():
    """Two people who take turns for 12 s. [2, N]"""
    dry = np.zeros((2, 12 * RATE), np.float32)
    for person, name in enumerate(("slt", "rms")):
        said = speak("Bob put a pair of boots on the table.", Voice("flite", name, 1.0, 1.0, 1.0)).samples
        for start in (0.5, 6.5):
            begin = round((start + 3 * person) * RATE)
            dry[person, begin : begin + len(said)] = said
    return dry


def delay(before, after):
    """Seconds by which `after` is late, within ±0.1, from the peak of their correlation."""
    size, reach = 2 * len(before), RATE // 10
    spectra = np.conj(np.fft.rfft(before, size)) * np.fft.rfft(after, size)
    correlation = np.abs(np.fft.irfft(spectra, size))
    near = np.concatenate([correlation[-reach:], correlation[:reach]])
    return (int(np.argmax(near)) - reach) / RATE


def speech_level(track, voice):
    """Decibels of a track where a voice sounds, and where it does not."""
    sounds = np.convolve(np.abs(voice), np.ones(800), mode="same") > 1e-3
    return tuple(10 * np.log10(np.mean(np.square(track[part])) + 1e-12) for part in (sounds, ~sounds))


@pytest.mark.parametrize(
    "condition",
    [
        {},
        {"room": True},
        {"room": True, "shared_room": True},
        {"noise": 10.0},
        {"leakage": (12.0, 12.0)},
        {"bystander": 12.0},
        {"babble": 12.0},
        {"knocks": True},
        {"gain_control": True},
        {"clipping": True},
        {"band": (400.0, 2600.0)},
        {"telephone": True},
        *({"codec": index} for index in range(len(CODECS))),
        {"telephone": True, "room": True, "codec": 4, "noise": 15.0},
    ],
    ids=str,
)
def test_no_condition_moves_a_voice(voices, condition):
    for seed in range(2):
        tracks = record(np.random.default_rng(seed), voices, replace(CLEAN, **condition))

        for voice, track in zip(voices, tracks, strict=True):
            assert abs(delay(voice, track)) < 0.003


@settings(max_examples=examples(12), deadline=None)
@given(st.integers(0, 10_000))
def test_whatever_is_drawn_keeps_length_range_and_timing(seed):
    rng = np.random.default_rng(seed)
    voices = np.zeros((2, 6 * RATE), np.float32)
    voices[0, 8000:40_000] = rng.normal(0, 0.1, 32_000) * np.hanning(32_000)
    voices[1, 50_000:90_000] = rng.normal(0, 0.2, 40_000) * np.hanning(40_000)

    tracks = record(rng, voices)

    assert tracks.shape == voices.shape
    assert tracks.dtype == np.float32
    assert np.abs(tracks).max() <= 1
    assert np.isfinite(tracks).all()


def test_the_same_seed_records_the_same(voices):
    first, second = (record(np.random.default_rng(5), voices) for _ in range(2))

    assert np.array_equal(first, second)


def test_silence_can_be_recorded():
    tracks = record(np.random.default_rng(2), np.zeros((2, RATE), np.float32))

    assert np.isfinite(tracks).all()


def test_a_studio_leaves_a_voice_as_it_was(voices):
    tracks = record(np.random.default_rng(0), voices, CLEAN)

    for voice, track in zip(voices, tracks, strict=True):
        assert np.corrcoef(voice, track)[0, 1] > 0.999


@pytest.mark.parametrize("level", [12.0, 20.0])
def test_the_other_is_heard_as_far_below_ones_own_voice_as_asked(voices, level):
    tracks = record(np.random.default_rng(1), voices, replace(CLEAN, leakage=(level, level)))

    for person in range(2):
        own, _ = speech_level(tracks[person], voices[person])
        other, _ = speech_level(tracks[person], voices[1 - person])
        assert own - other == pytest.approx(level, abs=3)


def test_a_bystander_talks_through_ones_silence_as_quietly_as_asked(voices):
    tracks = record(np.random.default_rng(3), voices, replace(CLEAN, bystander=15.0))

    gaps = [own - silent for own, silent in map(speech_level, tracks, voices)]
    assert min(gaps) == pytest.approx(15, abs=4)


def test_a_bystander_hardly_pauses():
    voice = draw_bystander(np.random.default_rng(1), 20 * RATE)

    assert len(voice) == 20 * RATE
    assert np.sqrt(np.mean(np.square(voice))) == pytest.approx(1, abs=0.15)
    seconds = np.abs(voice).reshape(20, RATE).max(axis=1)
    assert np.mean(seconds > 0.3) > 0.9


def test_many_at_once_swell_less_than_one():
    rng = np.random.default_rng(4)
    recording, many = draw_bystander(rng, 10 * RATE), draw_babble(rng, 10 * RATE, 6)

    def swing(sound):
        return np.std(np.log(np.sqrt(np.mean(np.square(sound.reshape(200, -1)), axis=1)) + 1e-3))

    assert swing(many) < 0.7 * swing(recording)


def test_a_band_takes_what_is_outside_of_it(voices):
    track = record(np.random.default_rng(0), voices, replace(CLEAN, band=(300.0, 3000.0)))[0]

    power = np.abs(np.fft.rfft(track)) ** 2
    hertz = np.fft.rfftfreq(len(track), 1 / RATE)
    assert power[(hertz < 100) | (hertz > 6000)].sum() < 0.01 * power.sum()


def test_automatic_gain_raises_what_is_quiet(voices):
    quiet = voices * np.where(np.arange(voices.shape[1]) < 6 * RATE, 1.0, 0.1)

    plain, raised = (
        record(np.random.default_rng(6), quiet, replace(CLEAN, gain_control=gain))[0] for gain in (False, True)
    )

    def ratio(track):
        return np.std(track[6 * RATE : 9 * RATE]) / np.std(track[: 3 * RATE])

    assert ratio(raised) > 2 * ratio(plain)


@pytest.mark.parametrize("codec", CODECS, ids=lambda recording: f"{recording.encoding} {recording.rate_hz}")
def test_a_codec_gives_back_every_sample_where_it_was(voices, codec):
    coded = through_codec(np.random.default_rng(0), voices[0], codec)

    assert len(coded) == len(voices[0])
    assert abs(delay(voices[0], coded)) < 0.0005
    assert 0.8 < np.corrcoef(voices[0], coded)[0, 1] < 0.99999


def test_recordings_are_clean_and_spoiled_in_many_ways():
    drawn = [draw_conditions(np.random.default_rng([seed, 8])) for seed in range(600)]

    shares = {
        "clean": np.mean([recording.leakage[0] > 99 for recording in drawn]),
        "bystander": np.mean([recording.bystander is not None for recording in drawn]),
        "codec": np.mean([recording.codec is not None for recording in drawn]),
        "telephone": np.mean([recording.telephone for recording in drawn]),
        "room": np.mean([recording.room for recording in drawn]),
    }

    assert shares == pytest.approx(
        {"clean": 0.2, "bystander": 0.24, "codec": 0.24, "telephone": 0.16, "room": 0.64}, abs=0.06
    )
    assert not any(recording.telephone and recording.band for recording in drawn)
