"""A worker that imports a FLAME file, and misbehaves in every way the add-on must survive."""

import json
import sys
import textwrap
import time
from pathlib import Path

import pytest
from duologue.addon.heads.flame_import import start_import
from duologue.backend.contract.errors import DuologueError, ExitCode

from tests.support.refusals import refused

PRELUDE = """
import json, os, pathlib, sys, time
job = pathlib.Path(sys.argv[sys.argv.index("--job") + 1])
request = json.loads((job / "request.json").read_text())
faces = pathlib.Path(request["arguments"]["faces"])
def say(event, **fields):
    with (job / "events.jsonl").open("a") as file:
        file.write(json.dumps({"event": event} | fields) + "\\n")
say("progress", stage="Reading the file", done=0, total=4)
"""
DONE = """
say("done", id="flame-1", title="FLAME2020", identity=300, expression=100, residuals={"a": 0.25, "b": 0.75})
"""


class Clock:
    """Seconds that pass when a test says so."""

    now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def play(tmp_path):
    """Start a worker whose source is the prelude and `source`."""
    started = []

    def start(source, clock=time.monotonic, assets=None):
        home = tmp_path / "home"
        (home / "backend").mkdir(parents=True)
        (home / "backend" / "__main__.py").write_text(PRELUDE + textwrap.dedent(source))
        (tmp_path / "faces").mkdir()
        file = tmp_path / "generic_model.pkl"
        started.append(start_import(Path(sys.executable), file, tmp_path / "faces", assets, home, clock))
        return started[-1]

    yield start
    for process in started:
        process.close()


def run(worker):
    while (found := worker.poll()) is None:
        time.sleep(0.01)
    return found


def failure(worker):
    with pytest.raises(DuologueError) as caught:
        run(worker)
    return caught.value


def test_a_face_comes_with_what_it_misses_at_worst(play):
    found = run(play(DONE))

    assert (found.id, found.title, found.residual_millimetres) == ("flame-1", "FLAME2020", 0.75)
    for said in ("FLAME2020", "300 identity", "100 expression", "0.8 mm"):
        assert said in found.sentence()


def test_the_worker_gets_the_file_the_folder_and_the_assets(play, tmp_path):
    found = run(play('say("done", id=json.dumps([sys.argv[1], request]), title="", identity=0, expression=0, '
                     "residuals={})", assets=tmp_path / "assets"))  # fmt: skip

    command, request = json.loads(found.id)
    paths = {"file": "generic_model.pkl", "faces": "faces", "assets": "assets"}
    assert (command, request["command"]) == ("import-flame", "import-flame")
    assert request["arguments"] == {key: str(tmp_path / name) for key, name in paths.items()}


def test_steps_are_read_whatever_else_is_printed(play):
    worker = play("""
        print("warning: something else")
        print("{not json")
        print('{"json": "but no event"}')
        say("progress", stage="Writing", done=3, total=4)
        time.sleep(30)
    """)

    until = time.monotonic() + 20
    while worker.share < 0.7 and time.monotonic() < until:
        assert worker.poll() is None
        time.sleep(0.01)

    assert (worker.stage, worker.share) == ("Writing", 0.75)


def test_the_workers_own_failure_arrives_with_its_number_and_remedy(play):
    error = failure(play('say("error", code=27, message="It asks to run os.system.", fix="Download it again.")'))

    assert error.code == ExitCode.FLAME_FILE_REFUSED
    assert error.sentence() == "It asks to run os.system. Download it again."


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("sys.exit(0)", ExitCode.WORKER_DIED),
        ("sys.exit('No module named numpy')", ExitCode.DEPENDENCY_MISSING),
        ("os.abort()", ExitCode.WORKER_DIED),
        ('say("error", code="x", message=3)', ExitCode.WORKER_GARBAGE),
        ('say("error", code=9999, message="?")', ExitCode.WORKER_GARBAGE),
        ('say("progress", stage="x")', ExitCode.WORKER_GARBAGE),
        ('say("progress", stage="x", done=1, total="many")', ExitCode.WORKER_GARBAGE),
        ('say("done", id="x")', ExitCode.WORKER_GARBAGE),
        ('say("done", id="x", title="", identity=0, expression=0, residuals=[1])', ExitCode.WORKER_GARBAGE),
    ],
)
def test_other_ends_have_a_number_too(play, source, code):
    assert failure(play(source)).code == code


def test_a_silent_worker_is_ended(play):
    clock = Clock()
    worker = play("time.sleep(60)", clock)
    clock.now = 1000.0

    error = failure(worker)

    assert error.code == ExitCode.WORKER_HUNG
    assert not worker.running


def test_cancelling_ends_the_worker_and_its_half_written_files(play, tmp_path):
    worker = play('(faces / f"x.npz.{os.getpid()}.part").touch(); say("progress", stage="p", done=1, total=4)\n'
                  "time.sleep(60)")  # fmt: skip
    until = time.monotonic() + 20
    while worker.share == 0.0 and time.monotonic() < until:
        worker.poll()
        time.sleep(0.01)
    (tmp_path / "faces" / "other.npz").touch()

    worker.cancel()

    assert failure(worker).code == ExitCode.CANCELLED
    assert not worker.running
    assert [path.name for path in (tmp_path / "faces").iterdir()] == ["other.npz"]


def test_an_import_that_is_done_before_cancel_is_seen_is_not_denied(play):
    worker = play(DONE)
    until = time.monotonic() + 20
    while worker.running and time.monotonic() < until:
        time.sleep(0.01)

    worker.cancel()

    assert run(worker).id == "flame-1"


def test_nothing_is_left_of_a_job_folder(play, tmp_path, monkeypatch):
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    worker = play(DONE)
    assert len(list((tmp_path / "temporary").iterdir())) == 1

    run(worker)

    assert list((tmp_path / "temporary").iterdir()) == []


def test_a_python_that_is_none_is_told(tmp_path):
    with refused(ExitCode.WORKER_NOT_FOUND):
        start_import(tmp_path / "no python", tmp_path / "f.pkl", tmp_path, None)
