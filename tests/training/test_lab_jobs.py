"""The lab's commands in a job folder: their words, progress, cancelling, and what is refused."""

import json
from pathlib import Path

import pytest

from backend.contract.command_request import write_command_request
from backend.contract.errors import ExitCode
from backend.contract.job import CANCEL_FILE, EVENTS_FILE, REQUEST_FILE, read_events
from lab.__main__ import main

FIXTURE = Path(__file__).resolve().parents[1] / "data" / "dualtalk_metrics.npz"
ASSETS = Path(__file__).resolve().parents[2] / ".assets"


@pytest.fixture
def run(tmp_path):
    """Run a command in a new job folder: its exit code and its events."""
    folder = tmp_path / "job"
    folder.mkdir()

    def in_folder(command, *words):
        write_command_request(folder, command, {"words": list(map(str, words))})
        return main([command, "--job", str(folder)]), read_events(folder)[0]

    in_folder.folder = folder
    return in_folder


def test_a_corpus_is_reported_rehearsal_by_rehearsal(run, tmp_path):
    short = ("--hours", 11 / 3600, "--seconds", 11, "--workers", 1, "--voices", "flite")

    code, events = run("train", "rehearse", *short, "--assets", ASSETS, "--out", tmp_path / "corpus")

    assert code == ExitCode.OK
    assert events == [{"event": "progress", "stage": "rehearsal", "done": 1, "total": 1}, {"event": "done"}]
    assert (tmp_path / "corpus" / "0000").is_dir()


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("train", ("statistics", "--rehearsals", "3")),
        ("evaluate", ("performance.npz", "--report", "report")),
        ("verify-metrics", (FIXTURE,)),
    ],
)
def test_the_cancel_file_stops_a_command_before_its_first_step(run, monkeypatch, tmp_path, command, words):
    monkeypatch.chdir(tmp_path)
    (run.folder / CANCEL_FILE).touch()

    code, events = run(command, *words)

    assert code == ExitCode.CANCELLED
    assert [(event["event"], event["code"]) for event in events] == [("error", ExitCode.CANCELLED)]
    assert [path.name for path in tmp_path.iterdir()] == [run.folder.name]


def test_metrics_are_verified_and_nothing_but_the_events_is_written(run):
    code, events = run("verify-metrics", FIXTURE)

    assert code == ExitCode.OK
    assert [event["event"] for event in events] == ["progress", "done"]
    assert sorted(path.name for path in run.folder.iterdir()) == [EVENTS_FILE, REQUEST_FILE]


@pytest.mark.parametrize(
    "arguments",
    [{"words": "rehearse"}, {"words": ["rehearse", 3]}, {"words": [], "seed": 3}, {"words": ["rehearse", "--colour"]}],
    ids=["no list", "no text", "one too many", "an unknown flag"],
)
def test_words_that_are_none_of_the_command_are_a_bad_request(run, arguments):
    request = {"schema": 1, "command": "train", "arguments": arguments}
    (run.folder / REQUEST_FILE).write_text(json.dumps(request))

    assert main(["train", "--job", str(run.folder)]) == ExitCode.BAD_REQUEST
    assert read_events(run.folder)[0][-1]["code"] == ExitCode.BAD_REQUEST


def test_an_unknown_flag_at_the_shell_is_a_bad_request_too():
    assert main(["train", "rehearse", "--colour", "red"]) == ExitCode.BAD_REQUEST
