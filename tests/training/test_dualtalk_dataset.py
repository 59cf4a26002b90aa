"""A data set in DualTalk's layout is taken whole, or what is wrong with it is named and nothing is left behind."""

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.contract.errors import ExitCode
from lab.__main__ import main as lab_main
from lab.training.dualtalk_official.data import survey
from lab.training.dualtalk_official.tracks import TrackFaultError, measure_sound, read_motion, read_sound
from lab.training.dualtalk_official.windows import read_index, write_cache
from tests.support.dualtalk_data import RATE, loudness, track, write_clip, write_dataset, write_motion
from tests.support.examples import examples
from tests.support.refusals import refused


@pytest.fixture
def data(tmp_path):
    return write_dataset(tmp_path / "data", train=3)


def wav(data, person=2):
    return track(data, "train", "clip01", person, "wav")


def npz(data, person=2):
    return track(data, "train", "clip01", person, "npz")


def rewritten_sound(data, change, rate=RATE, subtype="FLOAT"):
    samples, _ = soundfile.read(wav(data), dtype="float32")
    soundfile.write(wav(data), change(samples), rate, subtype=subtype)


def rewritten_motion(data, **changes):
    with np.load(npz(data)) as archive:
        arrays = {name: archive[name] for name in archive.files}
    for name, change in changes.items():
        arrays[name] = change(arrays[name])
    np.savez(npz(data), **{name: array for name, array in arrays.items() if array is not None})


def with_nan(array):
    broken = array.copy()
    broken[20] = np.nan
    return broken


def cut(path, share):
    content = path.read_bytes()
    path.write_bytes(content[: int(share * len(content))])


FAULTS = {
    "no partner's wav": (lambda data: wav(data).unlink(), "clip01 lacks clip01_speaker2.wav"),
    "no npz": (lambda data: npz(data, 1).unlink(), "clip01 lacks clip01_speaker1.npz"),
    "no partner at all": (
        lambda data: (wav(data).unlink(), npz(data).unlink()),
        "clip01 lacks clip01_speaker2.wav and clip01_speaker2.npz",
    ),
    "other length of sound": (lambda data: rewritten_sound(data, lambda samples: samples[:RATE]), "different lengths"),
    "other length of motion": (
        lambda data: rewritten_motion(data, exp=lambda samples: samples[:40], pose=lambda samples: samples[:40]),
        "1.60 s of speaker2.npz",
    ),
    "other length of pose": (
        lambda data: rewritten_motion(data, pose=lambda samples: samples[:-1]),
        "67 frames of exp but 66",
    ),
    "another sample rate": (
        lambda data: rewritten_sound(data, lambda samples: samples, 44_100),
        "has 44100 samples a second",
    ),
    "stereo": (
        lambda data: rewritten_sound(data, lambda samples: np.stack((samples, samples), 1)),
        "has 2 channels, not one",
    ),
    "NaN in sound": (lambda data: rewritten_sound(data, with_nan), "samples that are not numbers"),
    "no sound": (lambda data: rewritten_sound(data, lambda samples: samples[:0]), "holds no sound"),
    "NaN in motion": (lambda data: rewritten_motion(data, exp=with_nan), "not finite, the first in frame 20"),
    "infinite pose": (
        lambda data: rewritten_motion(data, pose=lambda samples: samples + np.inf),
        "in pose that are not finite",
    ),
    "degrees": (lambda data: rewritten_motion(data, pose=lambda samples: samples * 180), "which is in radians"),
    "100 components": (
        lambda data: rewritten_motion(data, exp=lambda samples: np.hstack((samples, samples))),
        "exp of shape (67, 100), not (T, 50)",
    ),
    "narrow pose": (lambda data: rewritten_motion(data, pose=lambda samples: samples[:, :3]), "pose of shape (67, 3)"),
    "no pose": (lambda data: rewritten_motion(data, pose=lambda samples: None), "holds no array pose"),
    "whole numbers": (
        lambda data: rewritten_motion(data, exp=lambda samples: samples.astype(int)),
        "not floating point",
    ),
    "objects": (lambda data: np.savez(npz(data), exp=np.array([None]), pose=np.zeros((1, 6))), "no npz file"),
    "wav cut off": (lambda data: cut(wav(data), 0.9), "is cut off"),
    "wav header alone": (lambda data: cut(wav(data), 0.0005), "clip01_speaker2.wav"),
    "empty wav": (lambda data: wav(data).write_bytes(b""), "no wav file that can be read"),
    "text for wav": (lambda data: wav(data).write_text("sound"), "no wav file that can be read"),
    "npz cut off": (lambda data: cut(npz(data), 0.5), "no npz file that can be read"),
    "text for npz": (lambda data: npz(data).write_text("motion"), "no npz file that can be read"),
    "too short": (lambda data: write_clip(data, "train", "clip01", 10, seed=0), "one second is the least"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_faulty_clip_is_named_and_nothing_is_written(data, tmp_path, capsys, fault):
    spoil, sentence = FAULTS[fault]
    spoil(data)

    status = lab_main(["train", "dualtalk", "--data", str(data), "--run", str(tmp_path / "run"), "--device", "cpu"])

    printed = capsys.readouterr().err
    assert status == ExitCode.DATASET_INVALID
    assert "1 of 5 clips" in printed
    assert "train/clip01" in printed
    assert sentence in printed
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("fault", ["no npz", "wav cut off", "NaN in motion"])
def test_a_faulty_clip_can_be_left_out(data, fault):
    FAULTS[fault][0](data)

    dataset = survey(data, leave_out_bad=True)

    assert [clip.name for clip in dataset.of("train")] == ["clip00", "clip02"]
    assert len(dataset.faults) == 1


def unclosed_header(content):
    return content.replace(b"'shape': (67, 50), }", b"'shape': (67, 50, {")


def said_to_be_encrypted(content):
    """The flags of every entry in the archive's directory."""
    first, *entries = content.split(b"PK\x01\x02")
    return b"PK\x01\x02".join([first, *(entry[:4] + b"\x01" + entry[5:] for entry in entries)])


@pytest.mark.parametrize("damaged", [unclosed_header, said_to_be_encrypted])
def test_damage_that_numpy_meets_in_ways_of_its_own_is_a_fault(data, damaged):
    content = npz(data).read_bytes()
    spoiled = damaged(content)
    npz(data).write_bytes(spoiled)

    with refused(ExitCode.DATASET_INVALID):
        survey(data)

    assert spoiled != content


def test_all_faults_are_reported_at_once(data):
    wav(data).unlink()
    track(data, "test", "clip00", 1, "npz").unlink()

    with refused(ExitCode.DATASET_INVALID, "train/clip01", "test/clip00"):
        survey(data)


@pytest.mark.parametrize("make", ["nothing", "an empty folder", "empty train", "files of another layout"])
def test_a_folder_without_training_clips_is_refused(tmp_path, make):
    data = tmp_path / "data"
    if make != "nothing":
        data.mkdir()
    if make == "empty train":
        (data / "train").mkdir()
    if make == "files of another layout":
        (data / "train").mkdir()
        (data / "train" / "clip_speaker3.wav").write_bytes(b"")
        write_clip(data, "test", "clip", 40, seed=0)

    with refused(ExitCode.DATASET_INVALID, str(data)):
        survey(data)


def test_a_recording_is_not_both_trained_and_tested_on(data):
    for person, kind in ((1, "wav"), (1, "npz")):
        content = track(data, "train", "clip00", person, kind).read_bytes()
        track(data, "test", "clip00", person, kind).write_bytes(content)

    with refused(ExitCode.DATASET_INVALID, "test/clip00", "train/clip00"):
        survey(data)


def test_a_silent_listener_is_no_fault_and_no_shared_recording(data):
    for split, name in (("train", "clip00"), ("test", "clip00")):
        soundfile.write(track(data, split, name, 2, "wav"), np.zeros(60 * 640, np.float32), RATE, subtype="FLOAT")

    assert len(survey(data).clips) == 5


def test_sound_may_be_integers_and_end_a_little_earlier(data):
    rewritten_sound(data, lambda samples: samples[: -3 * 640 - 17], subtype="PCM_16")

    clip = survey(data).of("train")[1]

    assert clip.frames == 67 - 3


def test_motion_comes_in_the_order_of_the_model(tmp_path):
    exp, pose = np.zeros((30, 50), np.float32), np.tile(np.arange(6, dtype=np.float32), (30, 1))
    write_motion(tmp_path / "one.npz", exp=exp, pose=pose)

    motion = read_motion(tmp_path / "one.npz")

    np.testing.assert_array_equal(motion[0, 50:], [3, 4, 5, 0, 1, 2])  # jaw, then neck


def test_sound_is_normalised_over_the_whole_file(data):
    sound = measure_sound(wav(data))
    samples, _ = soundfile.read(wav(data), dtype="float64")
    expected = (samples - samples.mean()) / np.sqrt(samples.var() + 1e-7)

    piece = read_sound(wav(data), sound, 10, 57)

    np.testing.assert_allclose(piece, expected[6400:], atol=1e-5)


def test_what_was_read_before_is_not_read_again(data, tmp_path):
    dataset = survey(data)
    write_cache(dataset, tmp_path / "run", loudness)
    sounds = []

    again = survey(data, read_index(tmp_path / "run"))
    write_cache(again, tmp_path / "run", sounds.append)

    assert again == dataset
    assert not sounds


def test_a_clip_that_changed_is_read_anew(data, tmp_path):
    write_cache(survey(data), tmp_path / "run", None)
    write_clip(data, "train", "clip01", 80, seed=50)

    cached = write_cache(again := survey(data, read_index(tmp_path / "run")), tmp_path / "run", None)

    assert again.of("train")[1].frames == 80
    assert cached.motion(again.of("train")[1]).shape == (2, 80, 56)


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A clip's files as bytes, by kind, and a place for spoiled ones."""
    folder = tmp_path_factory.mktemp("spoiled")
    write_clip(folder, "train", "one", 30, seed=0)
    return folder, {kind: track(folder, "train", "one", 1, kind).read_bytes() for kind in ("wav", "npz")}


@given(st.sampled_from(["wav", "npz"]), st.floats(0, 1), st.data())
@settings(max_examples=examples(250), deadline=None)
def test_no_damage_escapes_as_anything_but_a_named_fault(whole, kind, share, data):
    folder, contents = whole
    content = bytearray(contents[kind])
    last = len(content) - 1
    spots = st.one_of(st.integers(0, 300), st.integers(0, last), st.integers(last - 600, last))
    for place in data.draw(st.lists(spots, max_size=4)):
        content[place] = data.draw(st.integers(0, 255))
    path = folder / f"spoiled.{kind}"
    path.write_bytes(content[: round(share * len(content))] if share < 0.5 else content)

    try:
        read = measure_sound(path) if kind == "wav" else read_motion(path)
    except TrackFaultError as fault:
        read = str(fault)

    assert read is not None
