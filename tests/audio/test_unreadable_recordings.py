"""Every file that cannot be read has a code of its own, and the sentence names the file."""

import av
import numpy as np
import pytest
import soundfile

from backend.audio.recording import read_recording
from backend.contract.errors import DuologueError, ExitCode
from tests.support.made_sound import make, tone
from tests.support.refusals import refused


def code_of(path):
    with pytest.raises(DuologueError) as caught:
        read_recording(path)
    assert str(path) in caught.value.message
    assert caught.value.fix.endswith(".")
    return caught.value.code


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

    with refused(ExitCode.AUDIO_UNREADABLE):
        read_recording(path)


def test_a_film_without_a_sound_track_holds_no_sound(tmp_path):
    path = tmp_path / "silent.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg4", rate=25)
        stream.width = stream.height = 64
        stream.pix_fmt = "yuv420p"
        for packet in stream.encode(av.VideoFrame.from_ndarray(np.zeros((96, 64), np.uint8), format="yuv420p")):
            container.mux(packet)
        container.mux(stream.encode(None))

    assert code_of(path) == ExitCode.AUDIO_EMPTY


@pytest.mark.parametrize(
    "text",
    [
        "ffconcat version 1.0\nfile {there}\n",
        "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\n{there}\n#EXT-X-ENDLIST\n",
        "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=audio 5004 RTP/AVP 0\n",
    ],
)
def test_a_file_that_only_points_elsewhere_is_no_recording(tmp_path, text):
    there = make(tmp_path, "a.ts")
    path = tmp_path / "list.m3u8"
    path.write_text(text.format(there=there))

    assert code_of(path) == ExitCode.AUDIO_UNREADABLE


@pytest.mark.parametrize("rate", [1_000_000, 4_000_000_000])
def test_a_rate_that_nothing_records_is_refused(tmp_path, rate):
    path = tmp_path / "a.wav"
    soundfile.write(path, tone(1, 16_000), 16_000)
    data = bytearray(path.read_bytes())
    data[24:28] = rate.to_bytes(4, "little")
    path.write_bytes(data)

    assert code_of(path) == ExitCode.AUDIO_UNREADABLE
