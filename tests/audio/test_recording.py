"""Every readable file decodes, to the same sound at the same time, whatever its format and length."""

import tracemalloc

import numpy as np
import pytest
import soundfile

from backend.audio.filters import remove_low_frequencies
from backend.audio.recording import is_silent, read_recording
from backend.contract.constants import SAMPLE_RATE
from backend.contract.errors import DuologueError, ExitCode
from tests.support.made_sound import BURSTS, KINDS, SECONDS, burst_times, bursts, encode, make, tone
from tests.support.refusals import refused


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


@pytest.mark.parametrize("bad", [np.nan, np.inf, 1e37])
def test_samples_that_are_not_numbers_are_told_with_their_time(tmp_path, bad):
    path = tmp_path / "a.wav"
    samples = tone(2, 16_000)
    samples[24_000] = bad
    soundfile.write(path, samples, 16_000, subtype="FLOAT")

    with refused(ExitCode.AUDIO_NOT_FINITE, "1.50 s"):
        read_recording(path)


@pytest.mark.parametrize("level", [0.0, 3e-5, -0.2])
def test_silence_is_read_and_is_silent_whatever_its_offset(tmp_path, level):
    path = tmp_path / "a.wav"
    soundfile.write(path, np.full(32_000, level, np.float32), 16_000, subtype="FLOAT")

    recording = read_recording(path)

    assert recording.file.seconds == 2
    assert is_silent(recording.samples)


def test_a_cut_off_mp3_decodes_with_a_warning(tmp_path):
    path = tmp_path / "a.mp3"
    soundfile.write(path, tone(20, 44_100), 44_100)
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])

    recording = read_recording(path)

    assert recording.file.seconds == pytest.approx(10, abs=0.5)
    assert "cut off" in recording.warnings[0]


def test_a_cut_off_flac_decodes_as_far_as_it_goes(tmp_path):
    path = tmp_path / "a.flac"
    soundfile.write(path, tone(20, 44_100), 44_100)
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])

    recording = read_recording(path)

    assert 5 < recording.file.seconds < 15
    assert "cut off" in recording.warnings[0]


def test_a_damaged_place_is_left_out_and_told(tmp_path):
    path = make(tmp_path, "a.aac")
    data = bytearray(path.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 200] = bytes(200)
    path.write_bytes(data)

    recording = read_recording(path)

    assert recording.file.seconds == pytest.approx(SECONDS, abs=0.5)
    assert "damaged" in recording.warnings[0]


@pytest.mark.parametrize("name", KINDS)
def test_every_kind_of_file_with_sound_is_read_where_its_sound_is(tmp_path, name):
    recording = read_recording(make(tmp_path, name))

    assert recording.file.rate == KINDS[name][1]
    assert recording.file.seconds == pytest.approx(SECONDS, abs=0.05)
    # Formats without a header for it keep the encoder's own delay, at most one packet.
    np.testing.assert_allclose(burst_times(recording.samples[0], SAMPLE_RATE), BURSTS, atol=0.05)
    assert recording.warnings == ()


def test_the_first_sound_of_a_film_counts_whatever_the_name_says(tmp_path):
    path = make(tmp_path, "film.mp4").rename(tmp_path / "two  words ünd “quotes” %d.wav")

    assert read_recording(path).file.seconds == pytest.approx(SECONDS, abs=0.05)


def test_surround_sound_becomes_one_track(tmp_path):
    path = encode(tmp_path / "a.m4a", bursts(48_000, channels=6), 48_000, "aac")

    recording = read_recording(path)

    assert recording.file.channels == 6
    assert recording.samples.shape[0] == 1


@pytest.mark.parametrize("offset", [0.003, 0.1, -0.5])
def test_a_constant_offset_is_taken_out_and_told(tmp_path, offset):
    path = tmp_path / "a.wav"
    wave = tone(4, 16_000) * np.linspace(0, 0.2, 64_000)[:, None]
    soundfile.write(path, wave + offset, 16_000, subtype="FLOAT")

    recording = read_recording(path)

    assert abs(recording.samples.mean()) < 1e-4
    np.testing.assert_allclose(recording.samples[0, 2_000:-2_000], wave[2_000:-2_000, 0], atol=1e-3)
    assert "offset" in recording.warnings[0]


def test_sound_around_zero_stays_bit_by_bit(tmp_path):
    path = tmp_path / "a.wav"
    samples = (tone(2, 16_000) * 30_000).astype(np.int16)
    soundfile.write(path, samples, 16_000)

    np.testing.assert_array_equal(read_recording(path).samples[0], samples[:, 0] / np.float32(32_768))


@pytest.mark.parametrize(("hertz", "left"), [(0.2, 0.01), (8, 0.02), (20, 0.1), (100, 1.02), (200, 1.01)])
def test_rumble_goes_and_voices_stay(hertz, left):
    times = np.arange(5 * SAMPLE_RATE) / SAMPLE_RATE
    wave = np.sin(2 * np.pi * hertz * times) + 0.3  # the offset makes sure that something is taken out

    cleaned, removed = remove_low_frequencies(wave[None].astype(np.float32))

    assert removed
    inner = cleaned[0, SAMPLE_RATE:-SAMPLE_RATE]
    assert np.abs(inner).max() <= left
    assert np.abs(inner).max() >= 0.98 or left < 0.5


def test_progress_rises_to_the_end(tmp_path):
    path = tmp_path / "a.wav"
    soundfile.write(path, tone(120, 48_000), 48_000)
    seen = []

    read_recording(path, progress=seen.append)

    assert seen == sorted(seen)
    assert len(seen) > 10
    assert seen[-1] == 1


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

    with refused(ExitCode.CANCELLED):
        read_recording(path, cancel)
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
