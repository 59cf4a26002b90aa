"""A job folder goes in; a performance comes out, or a sentence and a code and nothing else."""

import json

import numpy as np
import pytest
import soundfile

from backend.contract.constants import DEFAULT_ENGINE, DUALTALK_ENGINE, JOINT_NAMES
from backend.contract.errors import ExitCode
from backend.contract.job import (
    CANCEL_FILE,
    EVENTS_FILE,
    PERFORMANCE_FILE,
    REQUEST_FILE,
    SEGMENTS_FILE,
    AudioInput,
    read_events,
)
from backend.contract.performance import load_performance
from backend.worker import run_job

JAW, EYES = JOINT_NAMES.index("jaw"), JOINT_NAMES.index("eye_left")


def events_of(folder):
    return read_events(folder)[0]


def error_of(folder):
    last = events_of(folder)[-1]
    assert last["event"] == "error"
    assert last["message"].endswith(".")
    assert last["fix"].endswith(".")
    return last


def left_in(folder):
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture(scope="module")
def finished(dialogue, tmp_path_factory):
    """One job that worked, for the tests that only look at what it left."""
    from backend.contract.job import Character, JobRequest, write_request

    folder = tmp_path_factory.mktemp("finished")
    audio = AudioInput("tracks", (str(dialogue["a"]), str(dialogue["b"])))
    cast = (Character("Mia"), Character("Tom"))
    write_request(folder, JobRequest(audio, "Mia leans in", seed=3, characters=cast, device="cpu"))
    assert run_job(folder) == ExitCode.OK
    return folder


def test_a_job_ends_with_done_and_a_performance_of_the_dialogues_length(finished):
    performance = load_performance(finished / PERFORMANCE_FILE)

    assert performance.seconds == pytest.approx(4.0, abs=0.04)
    assert performance.speakers == ("Mia", "Tom")
    assert performance.expression.shape[2] == 52
    done = events_of(finished)[-1]
    assert done["event"] == "done"
    assert done["frames"] == performance.frame_count
    assert done["peak_megabytes"] > 0


def test_a_job_leaves_nothing_but_its_own_files(finished):
    assert left_in(finished) == sorted([REQUEST_FILE, EVENTS_FILE, PERFORMANCE_FILE, SEGMENTS_FILE])


def test_progress_passes_every_stage_in_order_and_counts_its_seconds(finished):
    events = events_of(finished)
    stages = list(dict.fromkeys(event["stage"] for event in events if event["event"] == "progress"))

    assert stages == ["start", "decode", "turns", "load", "features", "model", "staging", "write"]
    assert list(events[-1]["seconds"]) == [*stages, "total"]
    assert all(0 <= event["done"] <= event["total"] for event in events if event["event"] == "progress")


def test_the_performance_tells_what_made_it(finished):
    meta = load_performance(finished / PERFORMANCE_FILE).meta

    assert (meta["engine"], meta["seed"]) == (DEFAULT_ENGINE, 3)
    assert (meta["prompt"], meta["device"]) == ("Mia leans in", "cpu")
    assert len(meta["weights_sha256"]) == 64
    assert meta["weights"]["colocated.safetensors"] == meta["weights_sha256"]
    assert set(meta["weights"]) >= {
        "lip-reader.safetensors",
        "whisper-base-encoder-4.safetensors",
        "segmentation-3.0.safetensors",
        "campplus-zh-en.safetensors",
        "open-head-1.npz",
    }
    assert meta["given"] == {}
    assert [file["name"] for file in meta["audio"]["files"]] == ["a.wav", "b.wav"]
    assert meta["staging"]["places"]


def test_the_same_request_gives_the_same_file(finished, tmp_path):
    (tmp_path / REQUEST_FILE).write_bytes((finished / REQUEST_FILE).read_bytes())

    assert run_job(tmp_path) == ExitCode.OK

    assert (tmp_path / PERFORMANCE_FILE).read_bytes() == (finished / PERFORMANCE_FILE).read_bytes()


@pytest.mark.parametrize("kind", ["mix", "stereo"])
def test_one_file_is_enough(kind, dialogue, request_for, job):
    folder = job(request_for(audio=AudioInput(kind, (str(dialogue[kind]),))))

    assert run_job(folder) == ExitCode.OK

    performance = load_performance(folder / PERFORMANCE_FILE)
    assert performance.meta["audio"]["separate"] is (kind == "stereo")


def bad_recording(folder, what):
    path = folder / f"{what}.wav"
    samples = (0.1 * np.random.default_rng(5).standard_normal(32_000)).astype(np.float32)
    if what == "nan":
        samples[9_000] = np.nan
    if what == "short":
        samples = samples[:1_000]
    if what == "empty":
        path.touch()
    elif what == "text":
        path.write_text("Anna: hello")
    elif what != "missing":
        soundfile.write(path, samples, 16_000, subtype="FLOAT")
    return path


@pytest.mark.parametrize(
    ("what", "code"),
    [
        ("missing", ExitCode.AUDIO_NOT_FOUND),
        ("text", ExitCode.AUDIO_UNREADABLE),
        ("empty", ExitCode.AUDIO_EMPTY),
        ("nan", ExitCode.AUDIO_NOT_FINITE),
        ("short", ExitCode.AUDIO_TOO_SHORT),
    ],
)
def test_a_bad_recording_ends_the_job_with_its_own_code(what, code, tmp_path, dialogue, request_for, job):
    bad = bad_recording(tmp_path, what)
    folder = job(request_for(audio=AudioInput("tracks", (str(dialogue["a"]), str(bad)))))

    assert run_job(folder) == code

    error = error_of(folder)
    assert error["code"] == code
    assert str(bad) in error["message"]
    assert left_in(folder) == [EVENTS_FILE, REQUEST_FILE]


@pytest.mark.parametrize("silence", ["no file", "zeros", "channel", "nobody at all"])
def test_who_is_silent_listens_with_shut_lips(silence, tmp_path, dialogue, request_for, job):
    quiet = tmp_path / "quiet.wav"
    voice, rate = soundfile.read(dialogue["a"], dtype="float32")
    soundfile.write(quiet, 0 * voice, rate)
    stereo = tmp_path / "stereo.wav"
    soundfile.write(stereo, np.stack([voice, 0 * voice], 1), rate)
    audio = {
        "no file": AudioInput("tracks", (str(dialogue["a"]), None)),
        "zeros": AudioInput("tracks", (str(dialogue["a"]), str(quiet))),
        "channel": AudioInput("stereo", (str(stereo),)),
        "nobody at all": AudioInput("tracks", (str(quiet), str(quiet))),
    }[silence]
    folder = job(request_for(audio=audio, engine=DUALTALK_ENGINE))

    assert run_job(folder) == ExitCode.OK

    take = load_performance(folder / PERFORMANCE_FILE)
    assert take.seconds == pytest.approx(4.0, abs=0.04)
    assert (take.speaking[1] < 0.5).all()
    assert np.degrees(take.pose[1, :, JAW, 0]).max() < 1.0
    assert np.degrees(np.ptp(take.pose[1, :, EYES, 1])).max() > 0.5  # and looks about
    warnings = [event["message"] for event in events_of(folder) if event["event"] == "warning"]
    assert len(warnings) == 1


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"face": "/nowhere/face.npz"}, ExitCode.FACE_NOT_FOUND),
        ({"engine": "oracle"}, ExitCode.ENGINE_UNKNOWN),
        ({"device": "abacus"}, ExitCode.BAD_REQUEST),
        ({"device": "cpu:7"}, ExitCode.BAD_REQUEST),
        ({"seed": -1}, ExitCode.BAD_REQUEST),
        ({"assets": "/nowhere"}, ExitCode.ASSET_MISSING),
    ],
)
def test_a_request_for_what_is_not_there_has_its_own_code(fields, code, request_for, job):
    folder = job(request_for(**fields))

    assert run_job(folder) == code

    assert error_of(folder)["code"] == code
    assert left_in(folder) == [EVENTS_FILE, REQUEST_FILE]


def test_a_face_that_is_none_is_told(tmp_path, request_for, job):
    face = tmp_path / "face.npz"
    face.write_bytes(b"PK\x03\x04 no face")
    folder = job(request_for(face=str(face)))

    assert run_job(folder) == ExitCode.FACE_INVALID


def test_missing_assets_are_all_named_at_once(request_for, job):
    folder = job(request_for(assets="/nowhere"))

    run_job(folder)

    message = error_of(folder)["message"]
    for file in ("open-head-1.npz", "whisper-base-encoder-4", "segmentation-3.0", "campplus-zh-en"):
        assert file in message


@pytest.mark.parametrize(
    "content", ["", "{", "[]", '{"schema": 99}', '{"schema": 1}', '{"schema": 1, "audio": {"kind": "tracks"}}']
)
def test_a_request_that_is_none_is_told(content, tmp_path):
    (tmp_path / REQUEST_FILE).write_text(content)

    assert run_job(tmp_path) == ExitCode.BAD_REQUEST

    assert error_of(tmp_path)["code"] == ExitCode.BAD_REQUEST


def test_a_job_folder_that_is_not_there_is_told_and_not_made(tmp_path, capsys):
    assert run_job(tmp_path / "none") == ExitCode.BAD_REQUEST

    assert "no job folder" in capsys.readouterr().err
    assert not (tmp_path / "none").exists()


def test_a_job_cancelled_before_it_began_does_nothing(request_for, job):
    folder = job(request_for())
    (folder / CANCEL_FILE).touch()

    assert run_job(folder) == ExitCode.CANCELLED

    assert left_in(folder) == [CANCEL_FILE, EVENTS_FILE, REQUEST_FILE]


@pytest.mark.parametrize("stage", ["decode", "turns", "load", "features", "model", "staging"])
def test_a_job_stops_at_the_next_step_of_any_stage(stage, request_for, job, monkeypatch):
    from backend.job import reporting

    folder = job(request_for())
    append = reporting.append_event

    def append_and_cancel(folder, event, **fields):
        append(folder, event, **fields)
        if fields.get("stage") == stage:
            (folder / CANCEL_FILE).touch()

    monkeypatch.setattr(reporting, "append_event", append_and_cancel)

    assert run_job(folder) == ExitCode.CANCELLED

    assert error_of(folder)["code"] == ExitCode.CANCELLED
    stages = [event["stage"] for event in events_of(folder) if event["event"] == "progress"]
    assert stages[-1] == stage
    assert not (folder / PERFORMANCE_FILE).exists()


def test_what_the_prompt_does_not_get_across_is_a_warning(request_for, job):
    folder = job(request_for(prompt="on the back of a purple whale"))

    run_job(folder)

    assert any(event["event"] == "warning" for event in events_of(folder))


def test_a_take_remembers_what_was_not_to_be_inferred(request_for, job):
    folder = job(request_for(prompt="Anna is agnry and hapy", prompt_without=("spelling:agnry",)))

    run_job(folder)

    meta = load_performance(folder / PERFORMANCE_FILE).meta
    assert meta["prompt_without"] == ["spelling:agnry"]
    assert meta["staging"]["places"][0]["mood"] == "happy"


def test_identity_components_the_face_lacks_are_a_warning(request_for, job):
    from backend.contract.job import Character

    folder = job(request_for(characters=(Character("Anna", {"third-eye": 1.0}), Character("Ben"))))

    run_job(folder)

    assert any("third-eye" in event.get("message", "") for event in events_of(folder))


def test_every_line_of_the_events_is_json(finished):
    for line in (finished / EVENTS_FILE).read_text(encoding="utf-8").splitlines():
        assert isinstance(json.loads(line), dict)
