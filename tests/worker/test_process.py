"""The worker as a process: its exit status, its parent, signals, a full disk, a Python that lacks torch."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from backend.contract.errors import ExitCode
from backend.contract.job import EVENTS_FILE, PERFORMANCE_FILE, REQUEST_FILE, read_events, remove_unfinished

ROOT = Path(__file__).resolve().parents[2]
posix = pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals and limits")
LIMIT = 120


def wait_for_stage(process, folder, stage):
    """Wait until `stage` was told; the worker must still run then."""
    until = time.monotonic() + LIMIT
    while time.monotonic() < until and process.poll() is None:
        if any(event.get("stage") == stage for event in read_events(folder)[0]):
            return
        time.sleep(0.02)
    pytest.fail(f"the worker ended before {stage}: {process.communicate()[0]!r}")


def output_of(process):
    """Everything it prints until it ends, with our end of its input left open all the while."""
    output = process.stdout.read()
    process.wait(LIMIT)
    return output


def assert_stopped_without_a_trace(process, folder):
    output = output_of(process)
    assert process.returncode == ExitCode.CANCELLED, output
    assert read_events(folder)[0][-1]["code"] == ExitCode.CANCELLED
    assert sorted(path.name for path in folder.iterdir()) == [EVENTS_FILE, REQUEST_FILE]


def test_the_worker_stops_when_its_parent_has_gone(job, request_for, start_worker):
    folder = job(request_for())
    process = start_worker(folder)
    wait_for_stage(process, folder, "start")

    process.stdin.close()
    process.stdin = None

    assert_stopped_without_a_trace(process, folder)


_PARENT = """
import subprocess, sys, time
job = subprocess.Popen(sys.argv[1:], stdin=subprocess.PIPE)
print("started", flush=True)
time.sleep(600)
"""


@posix
def test_a_job_whose_program_was_killed_leaves_no_folder(job, request_for):
    folder = job(request_for())
    command = [sys.executable, "-m", "backend", "animate", "--job", str(folder)]
    parent = subprocess.Popen([sys.executable, "-c", _PARENT, *command], stdout=subprocess.PIPE, cwd=ROOT)
    wait_for_stage(parent, folder, "start")

    parent.kill()
    parent.communicate()
    until = time.monotonic() + LIMIT
    while folder.exists() and time.monotonic() < until:
        time.sleep(0.05)

    assert not folder.exists()


def test_an_unfinished_job_is_removed_and_nothing_else(tmp_path):
    folders = [tmp_path / name for name in ("unfinished", "finished", "with a note")]
    for folder in folders:
        folder.mkdir()
        for name in (EVENTS_FILE, REQUEST_FILE, "performance.npz.12.part"):
            (folder / name).touch()
    (folders[1] / PERFORMANCE_FILE).touch()
    (folders[2] / "note.txt").touch()

    for folder in folders:
        remove_unfinished(folder)

    assert [path.name for path in sorted(tmp_path.iterdir())] == ["finished", "with a note"]
    assert len(list(folders[1].iterdir())) == 4
    assert [path.name for path in folders[2].iterdir()] == ["note.txt"]


@posix
def test_the_worker_stops_cleanly_when_it_is_told_to_terminate(job, request_for, start_worker):
    folder = job(request_for())
    process = start_worker(folder)
    wait_for_stage(process, folder, "turns")

    process.send_signal(signal.SIGTERM)

    assert_stopped_without_a_trace(process, folder)


def test_a_job_without_a_parent_at_the_other_end_runs_to_its_end(job, request_for):
    folder = job(request_for())

    result = subprocess.run(
        [sys.executable, "-m", "backend", "animate", "--job", str(folder)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )

    assert result.returncode == ExitCode.OK, result.stderr
    assert (folder / PERFORMANCE_FILE).is_file()


@pytest.mark.parametrize("name", ["torch", "numpy", "av"])
@pytest.mark.parametrize("error", ["ModuleNotFoundError", "OSError"])
def test_a_python_that_cannot_load_a_library_says_which(name, error, tmp_path, job, request_for, start_worker):
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / f"{name}.py").write_text(f"raise {error}('lib{name}.so: cannot open shared object file')")
    folder = job(request_for())

    process = start_worker(folder, environment={"PYTHONPATH": str(broken)})
    output = output_of(process)

    assert process.returncode == ExitCode.DEPENDENCY_MISSING, output
    last = read_events(folder)[0][-1]
    assert last["code"] == ExitCode.DEPENDENCY_MISSING
    assert f"cannot load {name}" in last["message"]
    assert "build.py setup" in last["fix"]


@posix
def test_a_limit_on_file_sizes_ends_like_a_full_disk(job, request_for, start_worker):
    folder = job(request_for())

    process = start_worker(folder, prefix=("prlimit", "--fsize=8192"))
    output = output_of(process)

    assert process.returncode == ExitCode.DISK_FULL, output
    assert read_events(folder)[0][-1]["code"] == ExitCode.DISK_FULL
    assert sorted(path.name for path in folder.iterdir()) == [EVENTS_FILE, REQUEST_FILE]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_disk_too_full_for_the_events_still_gives_the_exit_code(job, request_for, start_worker):
    folder = job(request_for())
    (folder / EVENTS_FILE).symlink_to("/dev/full")

    process = start_worker(folder)
    output = output_of(process)

    assert process.returncode == ExitCode.DISK_FULL
    assert b"no space left" in output


@pytest.mark.skipif(
    shutil.which("unshare") is None or os.geteuid() != 0, reason="needs the right to mount a small file system"
)
def test_a_really_full_disk_leaves_no_half_file(tmp_path, job, request_for):
    folder = job(request_for())
    disk = tmp_path / "disk"
    disk.mkdir()
    script = (
        'mount -t tmpfs -o size=40k tmpfs "$1" || exit 99; cp "$2"/request.json "$1"; '
        '"$3" -m backend animate --job "$1" </dev/null; code=$?; ls -A "$1"; exit $code'
    )

    result = subprocess.run(
        ["unshare", "-m", "sh", "-c", script, "sh", disk, folder, sys.executable],
        capture_output=True,
        text=True,
        check=False,
    )
    if result.returncode == 99 or result.stderr.startswith("unshare:"):
        pytest.skip("mounting is not allowed here")

    assert result.returncode == ExitCode.DISK_FULL, result.stderr
    assert result.stdout.split() == ["events.jsonl", "request.json"]
