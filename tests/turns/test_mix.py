from pathlib import Path

import numpy as np
import pytest
import soundfile
from scipy.signal import resample_poly

from backend.turns import diarise_mix, speaking_from_mix

DATA = Path(__file__).resolve().parents[1] / "data"


@pytest.fixture(scope="module")
def speaking(models, demo_mix):
    return speaking_from_mix(demo_mix, models)


def test_two_people_in_one_recording_are_told_apart(speaking, demo_turns):
    right = (speaking > 0.5) == demo_turns

    assert right.mean() > 0.95
    assert right.all(axis=0).mean() > 0.92


def test_the_first_to_speak_is_the_first_row(speaking):
    assert speaking[0, 30] > 0.9
    assert speaking[1, 30] < 0.1


def test_an_interruption_is_heard_as_both_speaking(speaking, demo_lines):
    start, end = demo_lines[2]["start"], demo_lines[1]["end"]  # Anna comes in before Ben has finished
    inside = slice(round(25 * (start + 0.15)), round(25 * (end - 0.15)))

    assert (speaking[:, inside] > 0.5).all(axis=0).mean() > 0.5


def test_the_same_voice_alone_is_one_person(models, demo_tracks):
    speaking = speaking_from_mix(demo_tracks[1], models)

    assert speaking[0].max() > 0.9
    assert speaking[1].max() < 0.5


def test_voices_are_counted(models, demo_mix, demo_tracks):
    third, rate = soundfile.read(DATA / "kokoro_pepper.flac", dtype="float32")
    third = resample_poly(third, 16_000, rate).astype(np.float32)

    assert diarise_mix(demo_tracks[0], models).voices == 1
    assert diarise_mix(demo_mix, models).voices == 2
    assert diarise_mix(np.concatenate((demo_mix, third, third)), models).voices == 3
    assert diarise_mix(np.zeros(16_000, np.float32), models).voices == 0


def test_noise_and_a_telephone_do_not_confuse_the_two(models, demo_mix, demo_turns):
    spectrum = np.fft.rfft(demo_mix)
    hertz = np.fft.rfftfreq(len(demo_mix), 1 / 16_000)
    telephone = np.fft.irfft(spectrum * ((hertz > 300) & (hertz < 3400)), len(demo_mix))
    noisy = telephone + np.random.default_rng(1).normal(0.0, 0.003, len(demo_mix))

    right = (speaking_from_mix(noisy.astype(np.float32), models) > 0.5) == demo_turns

    assert right.mean() > 0.90


def test_silence_is_nobody(models):
    assert speaking_from_mix(np.zeros(16_000, np.float32), models).max() < 0.5


def test_half_a_second_is_enough(models, demo_mix):
    assert speaking_from_mix(demo_mix[16_000:24_000], models).shape == (2, 13)


def test_work_stops_where_the_caller_raises(models, demo_mix):
    def stop(done, total):
        raise InterruptedError

    with pytest.raises(InterruptedError):
        speaking_from_mix(demo_mix, models, stop)
