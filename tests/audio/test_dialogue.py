"""Two tracks, a stereo file or a mix become two rows of the same length."""

import tracemalloc

import numpy as np
import pytest
import soundfile

from backend.audio.dialogue import mono, read_dialogue
from backend.contract.constants import SAMPLES_PER_FRAME
from backend.contract.errors import DuologueError, ExitCode
from backend.contract.job import AudioInput


def noise(seed, seconds, rate=16_000):
    return (0.1 * np.random.default_rng(seed).standard_normal(int(seconds * rate))).astype(np.float32)


@pytest.fixture
def write(tmp_path):
    def write(name, samples, rate=16_000):
        soundfile.write(tmp_path / name, samples, rate, subtype="FLOAT")
        return str(tmp_path / name)

    return write


def test_two_tracks_are_padded_to_the_longer_and_to_whole_frames(write):
    paths = (write("a.wav", noise(1, 4.01)), write("b.wav", noise(2, 3)))

    dialogue = read_dialogue(AudioInput("tracks", paths))

    assert dialogue.separate
    assert dialogue.tracks.shape == (2, 101 * SAMPLES_PER_FRAME)
    assert not dialogue.tracks[1, 48_000:].any()
    assert "1.0 s shorter than a.wav" in dialogue.warnings[0]


def test_tracks_of_one_length_give_no_warning(write):
    dialogue = read_dialogue(AudioInput("tracks", (write("a.wav", noise(1, 3)), write("b.wav", noise(2, 3)))))

    assert dialogue.warnings == ()


def test_a_track_that_is_far_too_short_does_not_match(write):
    paths = (write("a.wav", noise(1, 20)), write("b.wav", noise(2, 3)))

    with pytest.raises(DuologueError, match=r"3\.0 s .* 20\.0 s") as caught:
        read_dialogue(AudioInput("tracks", paths))

    assert caught.value.code == ExitCode.AUDIO_MISMATCH


def test_the_same_recording_twice_is_no_dialogue(write):
    with pytest.raises(DuologueError) as caught:
        read_dialogue(AudioInput("tracks", (write("a.wav", noise(1, 3)), write("b.wav", noise(1, 3)))))

    assert caught.value.code == ExitCode.AUDIO_MISMATCH


def test_stereo_gives_each_person_a_channel(write):
    left, right = noise(1, 3), noise(2, 3)

    dialogue = read_dialogue(AudioInput("stereo", (write("s.wav", np.stack([left, right], 1)),)))

    assert dialogue.separate
    np.testing.assert_array_equal(dialogue.tracks, np.stack([left, right]))


@pytest.mark.parametrize("channels", [1, 4])
def test_stereo_needs_two_channels(write, channels):
    path = write("s.wav", np.repeat(noise(1, 3)[:, None], channels, 1))

    with pytest.raises(DuologueError) as caught:
        read_dialogue(AudioInput("stereo", (path,)))

    assert caught.value.code == ExitCode.AUDIO_MISMATCH


def test_a_silent_channel_is_named(write):
    path = write("s.wav", np.stack([noise(1, 3), np.zeros(48_000, np.float32)], 1))

    with pytest.raises(DuologueError, match="right channel") as caught:
        read_dialogue(AudioInput("stereo", (path,)))

    assert caught.value.code == ExitCode.AUDIO_SILENT


def test_stereo_with_equal_channels_is_taken_as_a_mix_with_a_warning(write):
    path = write("s.wav", np.repeat(noise(1, 3)[:, None], 2, 1))

    dialogue = read_dialogue(AudioInput("stereo", (path,)))

    assert not dialogue.separate
    assert "mixed recording" in dialogue.warnings[0]


def test_a_mix_fills_both_rows(write):
    dialogue = read_dialogue(AudioInput("mix", (write("m.wav", noise(1, 3)),)))

    assert not dialogue.separate
    np.testing.assert_array_equal(dialogue.tracks[0], dialogue.tracks[1])


def test_channels_that_cancel_each_other_keep_the_louder():
    wave = noise(1, 1)

    np.testing.assert_array_equal(mono(np.stack([wave, -wave])), wave)


def test_progress_counts_files(write):
    seen = []
    paths = (write("a.wav", noise(1, 3)), write("b.wav", noise(2, 3)))

    read_dialogue(AudioInput("tracks", paths), lambda done, total: seen.append((done, total)))

    assert seen == [(0, 2), (1, 2), (2, 2)]


def test_a_dialogue_holds_its_sound_once(write):
    audio = AudioInput("tracks", (write("a.wav", noise(1, 60)), write("b.wav", noise(2, 60))))
    tracemalloc.start()

    dialogue = read_dialogue(audio)
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert held < 1.3 * dialogue.tracks.nbytes
