"""Two tracks, a stereo file or a mix become two rows of the same length."""

import tracemalloc
from fractions import Fraction

import numpy as np
import pytest
import soundfile

from backend.audio.dialogue import mono, read_dialogue
from backend.audio.time_reference import ixml_seconds, timecode_seconds
from backend.contract.constants import SAMPLE_RATE, SAMPLES_PER_FRAME
from backend.contract.errors import ExitCode
from backend.contract.job import AudioInput
from tests.support.made_sound import BURSTS, burst_times, bursts, encode
from tests.support.refusals import refused


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
    assert "1.0 s before a.wav" in dialogue.warnings[0]


def test_tracks_of_one_length_give_no_warning(write):
    dialogue = read_dialogue(AudioInput("tracks", (write("a.wav", noise(1, 3)), write("b.wav", noise(2, 3)))))

    assert dialogue.warnings == ()


def test_a_track_may_be_far_shorter_and_its_person_listens_then(write):
    paths = (write("a.wav", noise(1, 20)), write("b.wav", noise(2, 3)))

    dialogue = read_dialogue(AudioInput("tracks", paths), names=("Anna", "Ben"))

    assert dialogue.seconds == 20
    assert not dialogue.tracks[1, 3 * SAMPLE_RATE :].any()
    assert len(dialogue.warnings) == 1
    assert "Ben listens" in dialogue.warnings[0]


@pytest.mark.parametrize("person", [0, 1])
@pytest.mark.parametrize("silence", [None, np.zeros(16_000, np.float32), np.full(80_000, 2e-5, np.float32)])
def test_who_has_no_sound_listens(write, person, silence):
    paths = [write("said.wav", noise(1, 3))] * 2
    paths[1 - person] = None if silence is None else write("silent.wav", silence)

    dialogue = read_dialogue(AudioInput("tracks", tuple(paths)), names=("Anna", "Ben"))

    assert dialogue.separate
    assert dialogue.seconds >= 3
    np.testing.assert_array_equal(dialogue.tracks[person, :48_000], noise(1, 3))
    assert np.abs(dialogue.tracks[1 - person]).max() < 1e-4
    assert len(dialogue.warnings) == 1
    assert f"{('Ben', 'Anna')[person]}" in dialogue.warnings[0]
    assert len(dialogue.files) == (1 if silence is None else 2)


@pytest.mark.parametrize("kind", ["tracks", "stereo", "mix"])
def test_two_who_are_silent_together_are_told_and_read(write, kind):
    silence = np.zeros(48_000, np.float32)
    path = write("s.wav", np.stack([silence, silence], 1) if kind == "stereo" else silence)

    dialogue = read_dialogue(AudioInput(kind, (path, path) if kind == "tracks" else (path,)))

    assert dialogue.seconds == 3
    assert not dialogue.tracks.any()
    assert len(dialogue.warnings) == 1
    assert "Nobody is heard" in dialogue.warnings[0]


def test_the_same_recording_twice_is_no_dialogue(write):
    with refused(ExitCode.AUDIO_MISMATCH):
        read_dialogue(AudioInput("tracks", (write("a.wav", noise(1, 3)), write("b.wav", noise(1, 3)))))


def test_stereo_gives_each_person_a_channel(write):
    left, right = noise(1, 3), noise(2, 3)

    dialogue = read_dialogue(AudioInput("stereo", (write("s.wav", np.stack([left, right], 1)),)))

    assert dialogue.separate
    np.testing.assert_array_equal(dialogue.tracks, np.stack([left, right]))


@pytest.mark.parametrize("channels", [1, 4])
def test_stereo_needs_two_channels(write, channels):
    path = write("s.wav", np.repeat(noise(1, 3)[:, None], channels, 1))

    with refused(ExitCode.AUDIO_MISMATCH):
        read_dialogue(AudioInput("stereo", (path,)))


@pytest.mark.parametrize("person", [0, 1])
def test_whose_channel_is_silent_listens(write, person):
    channels = np.zeros((48_000, 2), np.float32)
    channels[:, 1 - person] = noise(1, 3)

    dialogue = read_dialogue(AudioInput("stereo", (write("s.wav", channels),)), names=("Anna", "Ben"))

    assert dialogue.separate
    np.testing.assert_array_equal(dialogue.tracks, channels.T)
    assert f"{('Anna', 'Ben')[person]} listens" in dialogue.warnings[0]


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


def test_progress_counts_up_over_all_files(write):
    seen = []
    paths = (write("a.wav", noise(1, 60)), write("b.wav", noise(2, 60)))

    read_dialogue(AudioInput("tracks", paths), lambda done, total: seen.append((done, total)))

    assert seen[0] == (0, 200)
    assert seen[-1] == (200, 200)
    assert [done for done, _ in seen] == sorted({done for done, _ in seen})
    assert len(seen) > 4


def broadcast(folder, name, seconds, sound=None):
    """A Broadcast Wave that began so many seconds after midnight."""
    metadata = {"time_reference": str(round(seconds * 48_000)), "originator": "recorder"}
    sound = bursts(48_000) if sound is None else sound
    return str(encode(folder / name, sound, 48_000, "pcm_s16le", metadata=metadata, options={"write_bext": "1"}))


@pytest.mark.parametrize("first_begins", [36_000.0, 36_001.25])
def test_tracks_that_tell_when_they_were_recorded_are_laid_by_it(tmp_path, first_begins):
    paths = broadcast(tmp_path, "a.wav", first_begins), broadcast(tmp_path, "b.wav", 36_000.5, 0.5 * bursts(48_000))

    dialogue = read_dialogue(AudioInput("tracks", paths))

    begin = min(first_begins, 36_000.5)
    for track, file, seconds in zip(dialogue.tracks, dialogue.files, (first_begins, 36_000.5), strict=True):
        assert file.offset == pytest.approx(seconds - begin, abs=1e-4)
        np.testing.assert_allclose(burst_times(track, SAMPLE_RATE), np.array(BURSTS) + seconds - begin, atol=2e-3)
    assert any("time code" in warning for warning in dialogue.warnings)


def with_ixml(folder, name, numbers, sound=None, before=False):
    """A wav whose iXML holds `numbers`, before its sound or after it."""
    path = encode(folder / name, bursts(48_000) if sound is None else sound, 48_000, "pcm_s16le")
    stamps = "".join(f"<TIMESTAMP_{name}>{number}</TIMESTAMP_{name}>" for name, number in numbers.items())
    text = f"<BWFXML><SPEED>{stamps}</SPEED></BWFXML>".encode()
    chunk = b"iXML" + len(text).to_bytes(4, "little") + text + bytes(len(text) % 2)
    content = path.read_bytes()
    content = content[:12] + chunk + content[12:] if before else content + bytes(len(content) % 2) + chunk
    path.write_bytes(content[:4] + (len(content) - 8).to_bytes(4, "little") + content[8:])
    return str(path)


@pytest.mark.parametrize("before", [True, False])
@pytest.mark.parametrize("rate", [{}, {"SAMPLE_RATE": 48_000}])
def test_tracks_are_laid_by_what_ixml_tells_too(tmp_path, rate, before):
    high, low = divmod(86_000 * 96_000, 1 << 32)
    numbers = {"SAMPLES_SINCE_MIDNIGHT_HI": high, "SAMPLES_SINCE_MIDNIGHT_LO": low, "SAMPLE_RATE": 96_000}
    late = {"SAMPLES_SINCE_MIDNIGHT_HI": 0, "SAMPLES_SINCE_MIDNIGHT_LO": round(86_000.5 * 48_000)} | rate
    paths = (
        with_ixml(tmp_path, "a.wav", numbers, before=before),
        with_ixml(tmp_path, "b.wav", late, 0.5 * bursts(48_000), before=before),
    )

    dialogue = read_dialogue(AudioInput("tracks", paths))

    assert [file.offset for file in dialogue.files] == pytest.approx([0.0, 0.5], abs=1e-4)
    np.testing.assert_allclose(burst_times(dialogue.tracks[1], SAMPLE_RATE), np.array(BURSTS) + 0.5, atol=2e-3)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("", None),
        ("<TIMESTAMP_SAMPLES_SINCE_MIDNIGHT_HI>1</TIMESTAMP_SAMPLES_SINCE_MIDNIGHT_HI>", None),
        ("<TIMESTAMP_SAMPLES_SINCE_MIDNIGHT_LO>x</TIMESTAMP_SAMPLES_SINCE_MIDNIGHT_LO>", None),
        ("<TIMESTAMP_SAMPLES_SINCE_MIDNIGHT_LO> 96000 </TIMESTAMP_SAMPLES_SINCE_MIDNIGHT_LO>", 2.0),
        (f"<TIMESTAMP_SAMPLES_SINCE_MIDNIGHT_LO>{'9' * 5000}</TIMESTAMP_SAMPLES_SINCE_MIDNIGHT_LO>", None),
        ("<TIMESTAMP_SAMPLES_SINCE_MIDNIGHT_LO>5<TIMESTAMP_SAMPLE_RATE>0<", 5 / 48_000),
    ],
)
def test_ixml_is_seconds_since_midnight_or_nothing(text, seconds):
    assert ixml_seconds(text, 48_000) == seconds


def test_time_codes_can_be_left_aside(tmp_path):
    paths = broadcast(tmp_path, "a.wav", 36_000.0), broadcast(tmp_path, "b.wav", 36_000.5, 0.5 * bursts(48_000))

    dialogue = read_dialogue(AudioInput("tracks", paths, by_timecode=False))

    assert [file.offset for file in dialogue.files] == [0, 0]
    assert dialogue.warnings == ()


@pytest.mark.parametrize("apart", [3.5, 7_000.0])
def test_time_codes_of_recordings_that_do_not_overlap_are_left_aside_and_told(tmp_path, apart):
    paths = broadcast(tmp_path, "a.wav", 36_000.0), broadcast(tmp_path, "b.wav", 36_000.0 + apart, 0.5 * bursts(48_000))

    dialogue = read_dialogue(AudioInput("tracks", paths))

    assert dialogue.seconds == 3
    assert [file.offset for file in dialogue.files] == [0, 0]
    assert "not recorded together" in dialogue.warnings[0]


def test_one_time_code_alone_lays_nothing(tmp_path, write):
    dialogue = read_dialogue(
        AudioInput("tracks", (broadcast(tmp_path, "a.wav", 36_000.0), write("b.wav", noise(1, 3))))
    )

    assert dialogue.warnings == ()


def test_a_film_s_time_code_counts_too(tmp_path):
    film = encode(tmp_path / "a.mov", bursts(48_000), 48_000, "pcm_s16le", film=True, timecode="10:00:00:05")
    paths = str(film), broadcast(tmp_path, "b.wav", 36_000.0, 0.5 * bursts(48_000))

    dialogue = read_dialogue(AudioInput("tracks", paths))

    assert [file.offset for file in dialogue.files] == pytest.approx([0.2, 0.0], abs=1e-4)


@pytest.mark.parametrize(
    ("text", "fps", "seconds"),
    [
        ("00:00:01:00", Fraction(25), 1.0),
        ("01:00:00:00", Fraction(24_000, 1001), 3603.6),
        ("01:00:00;00", Fraction(30_000, 1001), 3599.9964),
        ("00:01:00;02", Fraction(30_000, 1001), 60.06),
        ("10:00:00:12", Fraction(0), None),
        ("now", Fraction(25), None),
        ("", Fraction(25), None),
    ],
)
def test_time_codes_are_seconds_of_real_time(text, fps, seconds):
    assert timecode_seconds(text, fps) == (seconds if seconds is None else pytest.approx(seconds, abs=1e-3))


def test_a_dialogue_holds_its_sound_once(write):
    audio = AudioInput("tracks", (write("a.wav", noise(1, 60)), write("b.wav", noise(2, 60))))
    tracemalloc.start()

    dialogue = read_dialogue(audio)
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert held < 1.3 * dialogue.tracks.nbytes
