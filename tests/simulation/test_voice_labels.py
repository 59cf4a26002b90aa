"""What synthesizers tell of their phones, and where these lie in the sound."""

import json
from pathlib import Path

import numpy as np
import pytest
import soundfile

from backend.animation.phones import BILABIALS, VOWELS
from backend.contract.errors import ExitCode
from lab.simulation.speech.festival import read_segments
from lab.simulation.speech.flite import read_durations
from lab.simulation.speech.ipa import phones_of
from lab.simulation.speech.labels import align_to_closures, align_to_silences, closure_near, level_of
from lab.simulation.speech.voice import Sound, Voice
from lab.simulation.speech.voices import LABEL_OFFSETS, move_labels, speak, speech_of
from tests.support.refusals import refused

DATA = Path(__file__).resolve().parents[1] / "data"


@pytest.fixture(scope="module")
def pepper():
    """A sentence as Kokoro spoke it, with its labels as they came."""
    labels = json.loads((DATA / "kokoro_pepper.json").read_text(encoding="utf-8"))
    samples, rate_hz = soundfile.read(DATA / "kokoro_pepper.flac", dtype="float32")
    return Sound(samples, rate_hz, phones_of(labels["symbols"], labels["frames"], 0.025))


def closures_within_their_labels(sound):
    """For each p, b or m between vowels whose closure is seen: whether it lies within its label and 20 ms."""
    level, phones = level_of(sound), sound.phones
    inside = []
    for before, (start, end, name), after in zip(phones, phones[1:], phones[2:], strict=False):
        if name not in BILABIALS or before[2] not in VOWELS or after[2] not in VOWELS:
            continue
        found = closure_near(level, start, end)
        if found is not None:
            inside.append(found[0] > start - 0.02 and found[1] < end + 0.02)
    return inside


def test_kokoros_last_phone_ends_with_its_sound(pepper):
    laid = align_to_silences(move_labels(pepper, LABEL_OFFSETS["kokoro"]))

    *_, (_, end, _), (_, _, pause) = laid.phones
    loudest = np.abs(pepper.samples).max()
    rest = pepper.samples[round(end * pepper.rate_hz) :]
    assert pause == "pau"
    assert np.abs(rest).max() < 0.03 * loudest
    assert np.abs(pepper.samples[round((end - 0.05) * pepper.rate_hz) :]).max() > 0.01 * loudest


def test_a_pause_is_as_long_as_the_silence():
    time = np.arange(16_000) / 16_000
    tone = np.sin(2 * np.pi * 700 * time) * ~((time > 0.4) & (time < 0.7))
    phones = ((0.0, 0.5, "aa"), (0.5, 0.6, "pau"), (0.6, 1.0, "ow"))

    laid = align_to_silences(Sound(tone, 16_000, phones))

    assert [name for *_, name in laid.phones] == ["aa", "pau", "ow"]
    assert laid.phones[1][:2] == pytest.approx((0.4, 0.7), abs=0.016)


def test_a_stop_after_a_pause_keeps_its_closure():
    time = np.arange(16_000) / 16_000
    tone = np.sin(2 * np.pi * 700 * time) * ~((time > 0.4) & (time < 0.7))
    phones = ((0.0, 0.4, "aa"), (0.4, 0.6, "pau"), (0.6, 0.75, "p"), (0.75, 1.0, "aa"))

    laid = align_to_silences(Sound(tone, 16_000, phones))

    assert laid.phones[2][0] == pytest.approx(0.64, abs=0.016)


def test_a_pause_that_is_not_silent_stays():
    hiss = np.random.default_rng(0).normal(0, 0.1, 16_000)
    phones = ((0.0, 0.4, "aa"), (0.4, 0.6, "pau"), (0.6, 1.0, "aa"))

    assert align_to_silences(Sound(hiss, 16_000, phones)).phones == phones


def test_flites_durations_are_phones():
    phones = read_durations("pau:0.200 b:0.310 aa:0.420\n pau:0.500")

    assert phones == ((0.0, 0.2, "pau"), (0.2, 0.31, "b"), (0.31, 0.42, "aa"), (0.42, 0.5, "pau"))


def test_festivals_segments_are_phones():
    labels = (
        "separator ;\nnfields 1\n#\n\t0.2000 \t100 \tpau\n\t0.2842 \t100 \tb\n\t0.3929 \t100 \taa\n\t0.6 \t100 \t#\n"
    )

    phones = read_segments(labels)

    assert phones == ((0.0, 0.2, "pau"), (0.2, 0.2842, "b"), (0.2842, 0.3929, "aa"), (0.3929, 0.6, "pau"))


def test_kokoros_labels_end_where_its_sound_does(pepper):
    assert pepper.phones[-1][1] == pytest.approx(len(pepper.samples) / pepper.rate_hz, abs=1e-6)


def test_kokoros_closures_lie_in_their_labels(pepper):
    inside = closures_within_their_labels(align_to_closures(move_labels(pepper, LABEL_OFFSETS["kokoro"])))

    assert len(inside) >= 3
    assert all(inside)


def test_labels_that_were_not_moved_would_be_wrong(pepper):
    inside = closures_within_their_labels(pepper)

    assert sum(inside) < 2


@pytest.mark.parametrize("name", ["kal16", "awb", "rms", "slt"])
def test_flites_closures_lie_in_their_labels(name):
    text = "My mother put a pepper above the table, about a bit of butter, a map and a member."

    speech = speak(text, Voice("flite", name, 1.1, 1.0, 1.06))

    inside = closures_within_their_labels(Sound(speech.samples, 16_000, speech.phones))
    assert len(inside) >= 5
    assert np.mean(inside) > 0.7


def test_a_closure_is_found_where_a_tone_pauses():
    time = np.arange(16_000) / 16_000
    tone = np.sin(2 * np.pi * 1500 * time) * ~((time > 0.5) & (time < 0.58))
    sound = Sound(tone.astype(np.float32), 16_000, ((0, 0.47, "aa"), (0.47, 0.6, "b"), (0.6, 1.0, "aa")))

    moved = align_to_closures(sound)

    assert moved.phones[1][0] == pytest.approx(0.5, abs=0.006)
    assert moved.phones[1][1] == pytest.approx(0.58, abs=0.006)
    assert moved.phones[0][1] == moved.phones[1][0]


def test_the_burst_of_a_voiceless_stop_stays_in_its_label():
    time = np.arange(16_000) / 16_000
    tone = np.sin(2 * np.pi * 1500 * time) * ~((time > 0.5) & (time < 0.55))
    sound = Sound(tone.astype(np.float32), 16_000, ((0, 0.48, "aa"), (0.48, 0.6, "p"), (0.6, 1.0, "aa")))

    moved = align_to_closures(sound)

    assert moved.phones[1] == (pytest.approx(0.5, abs=0.006), 0.6, "p")


def test_labels_stay_where_nothing_dips(pepper):
    steady = Sound(np.random.default_rng(1).normal(0, 0.1, 24_000).astype(np.float32), 24_000, pepper.phones[:6])

    laid = align_to_closures(steady)

    assert laid.phones == steady.phones
    assert np.array_equal(laid.samples, steady.samples)


@pytest.mark.parametrize("tract", [0.8, 1.0, 1.2])
def test_a_smaller_throat_speaks_the_same_phones_in_less_time(tract):
    time = np.arange(24_000) / 24_000
    sound = Sound(np.sin(2 * np.pi * 500 * time), 24_000, ((0, 0.2, "pau"), (0.2, 0.8, "aa"), (0.8, 1.0, "pau")))

    speech = speech_of(sound, tract)

    assert speech.phones[0][1] - speech.phones[0][0] == pytest.approx(0.6 / tract)
    assert speech.seconds == pytest.approx(0.6 / tract + 0.09, abs=0.002)
    spectrum = np.abs(np.fft.rfft(speech.samples))
    assert np.argmax(spectrum) / speech.seconds == pytest.approx(500 * tract, abs=4)


def test_speech_without_a_phone_is_told():
    with refused(ExitCode.UNEXPECTED):
        speech_of(Sound(np.zeros(1600, np.float32), 16_000, ((0, 0.1, "pau"),)), 1.0)
