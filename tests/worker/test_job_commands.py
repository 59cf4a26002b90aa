"""Commands in a job folder: the request by flag, the events, and how each ends."""

import json
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from backend.assets import assets_folder
from backend.command.entry import COMMANDS, main
from backend.contract.command_request import write_command_request
from backend.contract.constants import OPEN_HEAD
from backend.contract.errors import ExitCode
from backend.contract.face import load_face, save_face
from backend.contract.job import CANCEL_FILE, EVENTS_FILE, REQUEST_FILE, AudioInput, JobRequest, read_events
from backend.contract.performance import Performance, load_performance, save_performance
from backend.flame.flame_shaped import flame_shaped

ROOT = Path(__file__).resolve().parents[2]
PARITY = ROOT / "tests" / "data" / "dualtalk_parity.npz"
SECONDS = 60


@pytest.fixture
def run(tmp_path):
    """Run a command in a new job folder: its exit code and its events."""
    folder = tmp_path / "job"
    folder.mkdir()

    def in_folder(command, **arguments):
        write_command_request(folder, command, arguments)
        code = main([command, "--job", str(folder)])
        return code, read_events(folder)[0]

    in_folder.folder = folder
    return in_folder


@pytest.fixture
def open_head():
    return assets_folder() / "faces" / f"{OPEN_HEAD}.npz"


def test_check_reports_into_the_folder_and_prints_nothing(run, tmp_path, capsys):
    code, events = run("check", assets=str(tmp_path / "nowhere"))

    assert code == ExitCode.OK
    assert {event["event"] for event in events[:-1]} == {"progress"}
    assert events[-1]["event"] == "done"
    assert ExitCode.ASSET_MISSING in [problem["code"] for problem in events[-1]["report"]["problems"]]
    assert capsys.readouterr().out == ""
    assert sorted(path.name for path in run.folder.iterdir()) == [EVENTS_FILE, REQUEST_FILE]


def test_prepare_assets_with_nothing_to_do_says_where_everything_is(run):
    code, events = run("prepare-assets", only=[OPEN_HEAD], again=False)

    assert (code, events[-1]) == (ExitCode.OK, {"event": "done", "folder": str(assets_folder()), "derived": []})


@pytest.mark.parametrize("command", [name for name in COMMANDS if name != "serve"])  # which does many jobs
def test_every_command_runs_in_a_job_folder(command, capsys):
    with pytest.raises(SystemExit) as left:
        main([command, "--help"])

    assert left.value.code == 0
    assert "--job FOLDER" in capsys.readouterr().out


def test_a_face_is_exported(run, tmp_path):
    code, events = run("export-face", face=OPEN_HEAD, out=str(tmp_path / "face.npz"))

    assert code == ExitCode.OK, events
    assert [event["done"] for event in events[:-1]] == [0, 1]
    assert (events[-1]["id"], events[-1]["expression"]) == (OPEN_HEAD, 52)
    assert len(load_face(tmp_path / "face.npz").v_template) == events[-1]["vertices"]


def test_a_sentence_is_staged_in_a_job_folder(run, capsys):
    code, events = run("stage", prompt="Mia leans in", names=["Mia", "Max"])

    assert code == ExitCode.OK, events
    assert [event["event"] for event in events] == ["done"]
    assert [person["lean_degrees"] > 0 for person in events[0]["values"]["people"]] == [True, False]
    assert capsys.readouterr().out == ""


def test_a_job_folder_says_which_inferences_are_left_out(run):
    code, events = run("stage", prompt="Anna is agnry and hapy", without=["spelling:hapy"])

    assert code == ExitCode.OK, events
    assert [one["key"] for one in events[0]["inferences"]] == ["spelling:agnry"]
    assert len(events[0]["missed"]) == 1


@pytest.mark.parametrize(("tolerance", "beyond"), [(None, []), (0.0, ["output"])])
def test_differences_from_the_reference_are_a_result(run, monkeypatch, tolerance, beyond):
    if tolerance is not None:
        monkeypatch.setattr("backend.engines.dualtalk_official.parity.TOLERANCE", tolerance)

    code, events = run("verify-dualtalk", fixture=str(PARITY))

    assert (code, events[-1]["event"]) == (ExitCode.OK, "done")
    assert set(beyond) <= set(events[-1]["beyond"])
    assert bool(events[-1]["beyond"]) == bool(beyond)
    assert events[-1]["values"]["output"]["difference"] <= 1e-4


def test_an_unknown_asset_is_an_error_event(run):
    code, events = run("prepare-assets", only=["no such asset"])

    assert (code, events[-1]["event"], events[-1]["code"]) == (ExitCode.BAD_REQUEST, "error", ExitCode.BAD_REQUEST)


def test_a_performance_is_transferred(run, tmp_path, open_head):
    head = load_face(open_head)
    target = flame_shaped(head)
    save_face(tmp_path / f"{target.id}.npz", target)
    still = np.zeros((2, 3, len(head.expression_names)), np.float32)
    poses, places = np.zeros((2, 3, 5, 3), np.float32), np.zeros((2, 3, 3), np.float32)
    speaking = np.zeros((2, 3), np.float32)
    save_performance(tmp_path / "in.npz", Performance(25.0, OPEN_HEAD, ("A", "B"), still, poses, places, speaking, {}))
    paths = {"performance": str(tmp_path / "in.npz"), "out": str(tmp_path / "out.npz"), "faces": str(tmp_path)}

    code, events = run("transfer-performance", to=target.id, **paths)

    assert code == ExitCode.OK, events
    assert (events[-1]["source"], events[-1]["target"]) == (OPEN_HEAD, target.id)
    assert 0 < events[-1]["residual_millimetres"] < 10
    assert [event["done"] for event in events[:-1]] == [0, 1, 2]
    assert load_performance(tmp_path / "out.npz").face == target.id


def test_a_file_that_is_no_checkpoint_is_an_error_event_with_the_same_code(run, tmp_path, capsys):
    file = tmp_path / "DualTalk.pth"
    file.write_bytes(b"no weights")

    code, events = run("convert-checkpoint", checkpoint=str(file))

    assert (code, events[-1]["code"]) == (ExitCode.WEIGHTS_INVALID, ExitCode.WEIGHTS_INVALID)
    assert "DualTalk.pth" in events[-1]["message"]
    assert str(int(ExitCode.WEIGHTS_INVALID)) in capsys.readouterr().err


def test_the_cancel_file_stops_a_command_before_its_first_step(run, tmp_path):
    (run.folder / CANCEL_FILE).touch()

    code, events = run("import-flame", file=str(tmp_path / "model.pkl"), faces=str(tmp_path / "faces"))

    assert (code, events[-1]["code"]) == (ExitCode.CANCELLED, ExitCode.CANCELLED)
    assert not (tmp_path / "faces").exists()


@pytest.mark.parametrize(
    "arguments",
    [{}, {"file": "/f.pkl"}, {"faces": "/faces"}, {"file": "/f.pkl", "faces": "/faces", "colour": "red"}],
    ids=["none", "no faces", "no file", "one too many"],
)
def test_arguments_that_do_not_fit_the_command_are_a_bad_request(run, arguments):
    code, events = run("import-flame", **arguments)

    assert (code, events[-1]["code"]) == (ExitCode.BAD_REQUEST, ExitCode.BAD_REQUEST)


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "{}",
        '{"schema": 1, "command": "check"}',
        '{"schema": 1, "command": "check", "arguments": [1]}',
        '{"schema": 2, "command": "check", "arguments": {}}',
        '{"schema": 1, "command": "prepare-assets", "arguments": {}}',
        '{"schema": 1, "command": "check", "arguments": {"assets": ["\\ud800"], "x": 1}}',
    ],
)
def test_a_request_that_is_none_or_another_commands_is_refused(run, content):
    (run.folder / REQUEST_FILE).write_text(content)

    assert main(["check", "--job", str(run.folder)]) == ExitCode.BAD_REQUEST
    assert read_events(run.folder)[0][-1]["code"] == ExitCode.BAD_REQUEST


def test_a_folder_that_is_not_there_is_a_bad_request(tmp_path):
    assert main(["check", "--job", str(tmp_path / "none")]) == ExitCode.BAD_REQUEST


def test_animate_refuses_a_folder_for_another_command(run):
    write_command_request(run.folder, "check", {})

    assert main(["animate", "--job", str(run.folder)]) == ExitCode.BAD_REQUEST


def test_the_worker_stops_when_the_program_that_started_it_has_gone(run):
    write_command_request(run.folder, "check", {})
    words = [sys.executable, "-m", "backend", "check", "--job", str(run.folder)]
    process = subprocess.Popen(words, cwd=ROOT, stdin=subprocess.PIPE)
    began = time.monotonic()

    process.stdin.close()

    assert process.wait(SECONDS) == ExitCode.CANCELLED
    assert read_events(run.folder)[0][-1]["code"] == ExitCode.CANCELLED
    assert time.monotonic() - began < SECONDS


def test_a_request_of_before_there_were_other_commands_is_read(run):
    from dataclasses import asdict

    from backend.contract.job import read_request

    request = JobRequest(AudioInput("mix", ("/mix.wav",)), prompt="two people", seed=4)
    (run.folder / REQUEST_FILE).write_text(json.dumps({"schema": 1} | asdict(request)))

    assert read_request(run.folder) == request
