"""Every readable file decodes; every unreadable one gets its own sentence and code."""

import tracemalloc

import numpy as np
import pytest
import soundfile

from backend.audio.recording import read_recording
from backend.contract.constants import SAMPLE_RATE
from backend.contract.errors import DuologueError, ExitCode


def tone(seconds, rate, channels=1):
    wave = 0.3 * np.sin(np.arange(int(seconds * rate)) / rate * 2 * np.pi * 220)
    return np.repeat(wave[:, None], channels, axis=1).astype(np.float32)


def code_of(path):
    with pytest.raises(DuologueError) as caught:
        read_recording(path)
    assert str(path) in caught.value.message
    assert caught.value.fix.endswith(".")
    return caught.value.code


@pytest.mark.parametrize(
    ("name", "rate", "channels"),
    [
        ("a.wav", 16_000, 1),
        ("a.wav", 8_000, 1),
        ("a.wav", 44_100, 6),
        ("a.flac", 48_000, 2),
        ("a.ogg", 22_050, 2),
        ("a.mp3", 44_100, 2),
        ("a.mp3", 24_000, 1),
        ("named like a voice memo.m4a", 44_100, 1),
    ],
)
def test_any_format_rate_and_channel_count_decodes(tmp_path, name, rate, channels):
    path = tmp_path / name
    soundfile.write(path, tone(2, rate, channels), rate, format="wav" if name.endswith("m4a") else None)

    recording = read_recording(path)

    assert recording.samples.shape[0] == min(channels, 2) if channels <= 2 else 1
    assert recording.samples.dtype == np.float32
    assert recording.file.seconds == pytest.approx(2, abs=0.15)
    assert (recording.file.rate, recording.file.channels) == (rate, channels)
    middle = recording.samples[0, SAMPLE_RATE // 2 : SAMPLE_RATE]
    assert np.abs(middle).max() == pytest.approx(0.3, abs=0.03)
    assert recording.warnings == ()


@pytest.mark.parametrize("subtype", ["PCM_U8", "PCM_16", "PCM_24", "PCM_32", "FLOAT", "DOUBLE", "ULAW"])
def test_any_sample_format_decodes_to_the_same_level(tmp_path, subtype):
    path = tmp_path / "a.wav"
    soundfile.write(path, tone(1, 16_000), 16_000, subtype=subtype)

    assert np.abs(read_recording(path).samples).max() == pytest.approx(0.3, abs=0.01)


def test_a_missing_file_is_named(tmp_path):
    assert code_of(tmp_path / "nobody.wav") == ExitCode.AUDIO_NOT_FOUND


def test_a_folder_is_no_recording(tmp_path):
    assert code_of(tmp_path) == ExitCode.AUDIO_UNREADABLE


def test_an_empty_file_is_told(tmp_path):
    path = tmp_path / "a.wav"
    path.touch()
    assert code_of(path) == ExitCode.AUDIO_EMPTY


def test_a_header_without_samples_is_empty(tmp_path):
    path = tmp_path / "a.wav"
    soundfile.write(path, np.zeros((0, 1), np.float32), 16_000)
    assert code_of(path) == ExitCode.AUDIO_EMPTY


@pytest.mark.parametrize("name", ["a.wav", "a.mp3", "a.raw", "a.txt", "a.png"])
def test_a_text_file_is_no_recording(tmp_path, name):
    path = tmp_path / name
    path.write_text("Anna: shall we?\nBen: in a minute.\n" * 50)
    assert code_of(path) == ExitCode.AUDIO_UNREADABLE


def test_random_bytes_with_a_wav_header_are_no_recording(tmp_path):
    path = tmp_path / "a.wav"
    path.write_bytes(b"RIFF" + np.random.default_rng(1).bytes(4000))
    assert code_of(path) == ExitCode.AUDIO_UNREADABLE


@pytest.mark.parametrize("bad", [np.nan, np.inf, 1e37])
def test_samples_that_are_not_numbers_are_told_with_their_time(tmp_path, bad):
    path = tmp_path / "a.wav"
    samples = tone(2, 16_000)
    samples[24_000] = bad
    soundfile.write(path, samples, 16_000, subtype="FLOAT")

    with pytest.raises(DuologueError, match=r"1\.50 s") as caught:
        read_recording(path)

    assert caught.value.code == ExitCode.AUDIO_NOT_FINITE


def test_zeros_are_silence(tmp_path):
    path = tmp_path / "a.wav"
    soundfile.write(path, np.zeros(32_000, np.float32), 16_000)
    assert code_of(path) == ExitCode.AUDIO_SILENT


def test_a_click_is_too_short(tmp_path):
    path = tmp_path / "a.wav"
    soundfile.write(path, tone(0.3, 44_100), 44_100)
    assert code_of(path) == ExitCode.AUDIO_TOO_SHORT


def test_a_day_of_audio_is_refused_by_its_header_before_decoding(tmp_path):
    path = tmp_path / "a.flac"
    soundfile.write(path, np.zeros(3 * 3600 * 4_000, np.int16), 4_000)
    assert code_of(path) == ExitCode.AUDIO_TOO_LONG


def test_a_rate_below_speech_is_refused(tmp_path):
    path = tmp_path / "a.wav"
    soundfile.write(path, tone(2, 1_000), 1_000)
    assert code_of(path) == ExitCode.AUDIO_UNREADABLE


def test_a_file_nobody_may_read_is_told(tmp_path, monkeypatch):
    path = tmp_path / "a.wav"
    soundfile.write(path, tone(1, 16_000), 16_000)

    def refuse(*_args, **_kwargs):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(type(path), "open", refuse)

    with pytest.raises(DuologueError, match="Permission denied") as caught:
        read_recording(path)
    assert caught.value.code == ExitCode.AUDIO_UNREADABLE


def test_a_cut_off_mp3_decodes_with_a_warning(tmp_path):
    path = tmp_path / "a.mp3"
    soundfile.write(path, tone(20, 44_100), 44_100)
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])

    recording = read_recording(path)

    assert recording.file.seconds == pytest.approx(10, abs=0.5)
    assert "cut off" in recording.warnings[0]


def test_a_damaged_flac_is_told_as_such(tmp_path):
    path = tmp_path / "a.flac"
    soundfile.write(path, tone(20, 44_100), 44_100)
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])

    with pytest.raises(DuologueError, match="damaged after") as caught:
        read_recording(path)
    assert caught.value.code == ExitCode.AUDIO_UNREADABLE


def test_float_samples_at_integer_scale_are_scaled_down_with_a_warning(tmp_path):
    path = tmp_path / "a.wav"
    soundfile.write(path, tone(2, 16_000) * 32_767, 16_000, subtype="FLOAT")

    recording = read_recording(path)

    assert np.abs(recording.samples).max() == pytest.approx(1)
    assert "louder than full scale" in recording.warnings[0]


def test_cancelling_stops_within_a_block(tmp_path):
    path = tmp_path / "a.wav"
    soundfile.write(path, tone(60, 16_000), 16_000)
    calls = []

    def cancel():
        calls.append(1)
        raise DuologueError(ExitCode.CANCELLED, "Cancelled.", "")

    with pytest.raises(DuologueError) as caught:
        read_recording(path, cancel)
    assert caught.value.code == ExitCode.CANCELLED
    assert len(calls) == 1


def test_half_an_hour_in_stereo_never_lies_in_memory_at_its_own_rate(tmp_path):
    path = tmp_path / "a.wav"
    rate, seconds = 48_000, 300  # a sixth of it, to stay quick; memory is linear
    soundfile.write(path, tone(seconds, rate, 2), rate)

    tracemalloc.start()
    recording = read_recording(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert peak < 2.5 * recording.samples.nbytes + 60e6


def test_half_an_hour_decodes_whole(tmp_path):
    path = tmp_path / "a.wav"
    soundfile.write(path, np.tile(tone(60, 8_000)[:, 0], 30), 8_000)

    recording = read_recording(path)

    assert recording.file.seconds == 1800
    assert np.abs(recording.samples[0, -SAMPLE_RATE // 2 :]).max() == pytest.approx(0.3, abs=0.02)
