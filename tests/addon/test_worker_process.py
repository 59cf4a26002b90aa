"""A worker that misbehaves in every way the add-on must survive; each plays `python -m backend` in its own folder."""

import os
import sys
import textwrap
import time
from pathlib import Path

import numpy as np
import pytest
from duologue.addon.worker.worker_process import Patience, WorkerProcess
from duologue.backend.contract.errors import DuologueError, ExitCode
from duologue.backend.contract.performance import Performance, load_performance, save_performance

from tests.support.refusals import refused

PRELUDE = """
import json, os, pathlib, sys, time
job = pathlib.Path(sys.argv[sys.argv.index("--job") + 1])
def say(event, **fields):
    with (job / "events.jsonl").open("a") as file:
        file.write(json.dumps({"event": event} | fields) + "\\n")
say("progress", stage="start", done=0, total=1)
"""
SILENT = PRELUDE.rpartition("say(")[0]


def started(python, folder, home, patience=None):
    def read_result(_done):
        return load_performance(folder / "performance.npz")

    return WorkerProcess(python, "animate", folder, read_result, home=home, patience=patience)


@pytest.fixture
def play(tmp_path):
    """Start a worker whose source is the prelude and `source`; returns its job."""
    jobs = []

    def start(source, prelude=PRELUDE, **patience):
        home, folder = tmp_path / "home", tmp_path / "job"
        (home / "backend").mkdir(parents=True)
        (home / "backend" / "__main__.py").write_text(prelude + textwrap.dedent(source))
        folder.mkdir()
        generous = {"start": 20.0, "silence": 20.0, "goodbye": 0.3, "grace": 0.2}
        jobs.append(started(Path(sys.executable), folder, home, Patience(**(generous | patience))))
        return jobs[-1]

    yield start
    for job in jobs:
        job.close()


def run(job):
    while (performance := job.poll()) is None:
        time.sleep(0.01)
    return performance


def failure(job):
    with pytest.raises(DuologueError) as caught:
        run(job)
    assert not job.running
    assert list(job.folder.glob("*.part")) == []
    return caught.value


def test_good_worker_delivers_its_performance_and_is_gone(play, tmp_path):
    made = tmp_path / "made.npz"
    save_performance(
        made,
        Performance(
            25.0,
            "f",
            ("A", "B"),
            np.zeros((2, 3, 1)),
            np.zeros((2, 3, 5, 3)),
            np.zeros((2, 3, 3)),
            np.zeros((2, 3)),
            {},
        ),
    )
    job = play(
        f"""
        import shutil
        say("progress", stage="decode", done=1, total=2)
        say("warning", message="The second track is shorter.")
        shutil.copy({str(made)!r}, job / "performance.npz")
        say("done")
        """
    )

    performance = run(job)

    assert performance.speakers == ("A", "B")
    assert job.progress.warnings == ["The second track is shorter."]
    assert set(job.progress.seconds) == {"start", "decode"}
    assert not job.running


def test_error_event_keeps_its_code_and_sentences(play):
    error = failure(play('say("error", code=13, message="The file is silent.", fix="Choose another."); sys.exit(13)'))

    assert (error.code, error.sentence()) == (ExitCode.AUDIO_SILENT, "The file is silent. Choose another.")


def test_death_at_once_quotes_the_log(play):
    error = failure(play("raise SystemExit('the disk fell off')", prelude=""))

    assert error.code == ExitCode.WORKER_DIED
    assert "the disk fell off" in error.message


def test_death_in_the_middle_leaves_no_half_file(play):
    error = failure(play('(job / "performance.npz.7.part").write_bytes(b"half"); os._exit(7)'))

    assert error.code == ExitCode.WORKER_DIED
    assert "exit code 7" in error.message


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_death_by_signal_is_named(play):
    error = failure(play("os.kill(os.getpid(), 9)"))

    assert "signal 9" in error.message


def test_package_that_is_not_there_is_a_missing_dependency(play):
    error = failure(play("import torch_that_nobody_installed", prelude=""))

    assert error.code == ExitCode.DEPENDENCY_MISSING
    assert "torch_that_nobody_installed" in error.message


@pytest.mark.parametrize(
    "source",
    [
        '(job / "events.jsonl").open("ab").write(bytes(range(128, 200)) + b"\\n"); time.sleep(60)',
        '(job / "events.jsonl").open("a").write("[1, 2]\\n"); time.sleep(60)',
        '(job / "events.jsonl").open("a").write("x" * (3 << 20)); time.sleep(60)',
        'say("progress", stage=3, done="many", total=None); time.sleep(60)',
        'say("error", code="bad", message=7); time.sleep(60)',
        'say("error", code=9999, message="unknown"); time.sleep(60)',
    ],
    ids=["bytes", "list", "endless line", "progress", "error", "code"],
)
def test_garbage_ends_the_worker(play, source):
    assert failure(play(source)).code == ExitCode.WORKER_GARBAGE


def test_no_sign_of_life_is_hung(play):
    error = failure(play('print("still loading", flush=True); time.sleep(60)', prelude=SILENT, start=1.0))

    assert error.code == ExitCode.WORKER_HUNG
    assert "still loading" in error.message


def test_silence_in_the_middle_is_hung(play):
    error = failure(play('say("progress", stage="model", done=0, total=1); time.sleep(60)', silence=0.5))

    assert error.code == ExitCode.WORKER_HUNG
    assert "model" in error.message


def test_worker_that_ignores_everything_is_killed(play):
    error = failure(
        play("import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); say('x')\ntime.sleep(60)", silence=0.7)
    )

    assert error.code == ExitCode.WORKER_HUNG


@pytest.mark.parametrize("content", [None, b"", b"not a zip", b"PK\x03\x04 half of one"])
def test_done_without_a_whole_performance_is_refused(play, content):
    write = "" if content is None else f'(job / "performance.npz").write_bytes({content!r})\n'

    assert failure(play(f'{write}say("done")')).code == ExitCode.PERFORMANCE_INVALID


def test_cancel_is_obeyed(play):
    job = play('while not (job / "cancel").exists(): time.sleep(0.01)\nsys.exit(40)')
    job.cancel()

    assert failure(job).code == ExitCode.CANCELLED


def test_cancel_that_is_ignored_is_enforced(play):
    job = play("time.sleep(60)")
    job.cancel()

    assert job.stage == "Cancelling"
    assert failure(job).code == ExitCode.CANCELLED


def test_a_performance_that_is_done_before_cancel_is_seen_is_not_delivered_and_stays_on_disk(play):
    job = play('(job / "performance.npz").write_bytes(b"whole")\nsay("done")')
    wait = time.monotonic() + 20.0
    while job.running and time.monotonic() < wait:
        time.sleep(0.01)
    job.cancel()

    assert failure(job).code == ExitCode.CANCELLED
    assert (job.folder / "performance.npz").exists()


def test_end_of_standard_input_reaches_the_worker(play):
    job = play('sys.stdin.read(); (job / "noticed").touch()', grace=10.0)
    while not job.progress.stage or not (job.folder / "events.jsonl").exists():
        job.poll()

    job.close()

    assert (job.folder / "noticed").exists()


def test_flood_of_events_is_swallowed(play):
    job = play(
        """
        sys.stdout.write("y" * 1_000_000)
        line = '{"event": "progress", "stage": "model", "done": %d, "total": 20000}'
        (job / "events.jsonl").open("a").writelines(line % i + chr(10) for i in range(20000))
        sys.exit(3)
        """
    )

    assert failure(job).code == ExitCode.WORKER_DIED
    assert job.progress.done == 19999


def test_interpreter_that_is_none_is_explained(tmp_path):
    fake = tmp_path / "python"
    fake.write_text("not a program")

    with refused(ExitCode.WORKER_NOT_FOUND):
        started(fake, tmp_path, tmp_path)


def test_worker_does_not_inherit_blenders_python_path(play, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", "/nowhere")
    job = play('(job / "path").write_text(os.environ.get("PYTHONPATH", "none")); sys.exit(1)')

    failure(job)

    assert (job.folder / "path").read_text() == "none"
    assert os.environ["PYTHONPATH"] == "/nowhere"
