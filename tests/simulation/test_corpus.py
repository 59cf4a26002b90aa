"""Rehearsals on disk: whole or not there, the same from any number of processes, continued where they stopped."""

import errno
import json
import shutil

import numpy as np
import pytest
import soundfile

from backend.contract.constants import SAMPLE_RATE
from backend.contract.errors import DuologueError, ExitCode
from backend.contract.face import load_face
from backend.contract.performance import load_performance
from backend.contract.segments import speaking_curves
from backend.contract.segments_file import read_segments
from lab.simulation import corpus, rehearsal_files
from lab.simulation.corpus import rehearsal_folders, write_corpus
from lab.simulation.rehearsal import perform_rehearsal
from lab.simulation.rehearsal_files import load_rehearsal, save_rehearsal
from lab.simulation.speech import flite
from tests.support.open_head import FACE_FILE
from tests.support.refusals import refused

SECONDS = 8.0
FILES = {"audio.flac", "performance.npz", "turns.json", "dialogue.json", "events.npz"}


def rehearsals_in(folder):
    return [path.name for path in folder.iterdir() if path.is_dir()]


def write_two(folder, **options):
    return write_corpus(folder, 2 * SECONDS / 3600, 1, FACE_FILE, seconds=SECONDS, **({"workers": 1} | options))


@pytest.fixture(scope="module")
def saved(rehearsal, tmp_path_factory):
    folder = tmp_path_factory.mktemp("corpus") / "0000"
    save_rehearsal(folder, rehearsal, perform_rehearsal(rehearsal, load_face(FACE_FILE)))
    return folder


def test_a_saved_rehearsal_comes_back(rehearsal, saved):
    back = load_rehearsal(saved)

    assert {path.name for path in saved.iterdir()} == FILES
    for name in ("phones", "habits", "voices", "staging", "prompt", "mood", "seed"):
        assert getattr(back, name) == getattr(rehearsal, name)
    assert np.allclose(back.motion.expression, rehearsal.motion.expression, atol=1e-3)
    assert np.allclose(back.audio, rehearsal.audio, atol=1e-4)
    assert np.array_equal(back.events["closure"], rehearsal.events["closure"])
    assert {name: array.dtype.kind for name, array in back.events.items()} == {
        name: array.dtype.kind for name, array in rehearsal.events.items()
    }


def test_audio_and_performance_last_equally_long(saved):
    performance = load_performance(saved / "performance.npz")
    sound = soundfile.info(saved / "audio.flac")

    assert (sound.channels, sound.samplerate) == (2, SAMPLE_RATE)
    assert sound.duration == pytest.approx(performance.seconds)


def test_the_performance_is_the_rehearsed_motion_where_the_staging_has_it(rehearsal, saved):
    performance = load_performance(saved / "performance.npz")

    apart = np.linalg.norm(performance.translation[0] - performance.translation[1], axis=1)
    assert np.allclose(performance.pose[:, :, 2], rehearsal.motion.jaw, atol=1e-6)
    assert np.median(apart) == pytest.approx(rehearsal.staging.staging.distance, abs=0.3)
    assert performance.meta["prompt"] == rehearsal.prompt
    assert performance.speakers == rehearsal.staging.names


def test_turns_are_when_the_voices_sound(rehearsal, saved):
    turns = speaking_curves(read_segments(saved / "turns.json"), rehearsal.motion.frames)

    assert np.mean((turns > 0.5) != (rehearsal.speaking > 0.5)) < 0.04


def test_a_minute_stays_under_four_megabytes(rehearsal, saved):
    size = sum(path.stat().st_size for path in saved.iterdir())

    assert size / rehearsal.motion.frames * 1500 < 4e6


def test_a_corpus_that_was_interrupted_is_continued(tmp_path):
    first = write_two(tmp_path)
    kept = (first[0] / "audio.flac").stat().st_mtime_ns
    shutil.rmtree(first[1])
    first[1].with_name("0001.part").mkdir()

    again = write_two(tmp_path)

    assert again == first == rehearsal_folders(tmp_path)
    assert (first[0] / "audio.flac").stat().st_mtime_ns == kept
    assert {path.name for path in first[1].iterdir()} == FILES
    assert not list(tmp_path.glob("*.part"))


def test_the_number_of_processes_does_not_change_the_corpus(tmp_path):
    alone = write_two(tmp_path / "one")
    together = write_two(tmp_path / "two", workers=2)

    for one, other in zip(alone, together, strict=True):
        for name in ("audio.flac", "turns.json", "dialogue.json"):
            assert (one / name).read_bytes() == (other / name).read_bytes()
        assert np.array_equal(
            load_performance(one / "performance.npz").pose, load_performance(other / "performance.npz").pose
        )


@pytest.mark.parametrize("stopped_at", ["save_performance", "write_segments"])
@pytest.mark.parametrize("fault", [KeyboardInterrupt(), OSError(errno.ENOSPC, "full"), OSError(errno.EACCES, "no")])
def test_nothing_is_left_of_a_rehearsal_that_could_not_be_written(monkeypatch, tmp_path, rehearsal, stopped_at, fault):
    def fail(*_arguments):
        raise fault

    monkeypatch.setattr(rehearsal_files, stopped_at, fail)
    codes = {errno.ENOSPC: ExitCode.DISK_FULL, errno.EACCES: ExitCode.OUTPUT_NOT_WRITABLE}

    with pytest.raises((DuologueError, KeyboardInterrupt)) as raised:
        save_rehearsal(tmp_path / "0000", rehearsal, perform_rehearsal(rehearsal, load_face(FACE_FILE)))

    assert list(tmp_path.iterdir()) == []
    if isinstance(fault, OSError):
        assert raised.value.code == codes[fault.errno]


def test_a_folder_of_another_seed_is_left_alone(tmp_path):
    write_two(tmp_path)

    with refused(ExitCode.BAD_REQUEST):
        write_corpus(tmp_path, 2 * SECONDS / 3600, 2, FACE_FILE, workers=1, seconds=SECONDS)
    assert len(rehearsal_folders(tmp_path)) == 2


def test_a_folder_that_cannot_be_made_is_told(tmp_path):
    (tmp_path / "file").write_text("in the way")

    with refused(ExitCode.OUTPUT_NOT_WRITABLE):
        write_two(tmp_path / "file")


def test_a_failure_in_another_process_is_told(monkeypatch, tmp_path):
    monkeypatch.setattr(corpus, "load_face", lambda _path: None)  # here, so that it is met there

    with refused(ExitCode.FACE_NOT_FOUND):
        write_corpus(tmp_path, 2 * SECONDS / 3600, 1, tmp_path / "no-face.npz", workers=2, seconds=SECONDS)
    assert rehearsals_in(tmp_path) == []


def test_without_flite_nothing_is_made(monkeypatch, tmp_path):
    flite._program.cache_clear()
    monkeypatch.setenv("PATH", str(tmp_path))

    with refused(ExitCode.DEPENDENCY_MISSING):
        write_two(tmp_path / "corpus")

    flite._program.cache_clear()
    assert rehearsals_in(tmp_path / "corpus") == []


@pytest.mark.parametrize("name", sorted(FILES - {"performance.npz", "turns.json"}))
def test_a_rehearsal_with_a_broken_file_is_named(saved, tmp_path, name):
    folder = shutil.copytree(saved, tmp_path / "0007")
    (folder / name).write_bytes(b"nothing of the kind")

    with refused(ExitCode.ASSET_CORRUPT) as raised:
        load_rehearsal(folder)

    assert "0007" in raised.value.message


def test_a_rehearsal_of_another_schema_is_refused(saved, tmp_path):
    folder = shutil.copytree(saved, tmp_path / "0007")
    written = json.loads((folder / "dialogue.json").read_text(encoding="utf-8"))
    (folder / "dialogue.json").write_text(json.dumps(written | {"schema": 99}), encoding="utf-8")

    with refused(ExitCode.ASSET_CORRUPT) as raised:
        load_rehearsal(folder)

    assert "99" in raised.value.message
