"""A worker that stays between jobs: one process for several, and what happens when it ends by itself."""

import os
import signal
import sys
import textwrap
import time
from pathlib import Path

import pytest
from duologue.addon.worker.job_process import KeptWorker
from duologue.addon.worker.worker_process import CommandProcess, Patience, WorkerProcess
from duologue.backend.contract.errors import DuologueError, ExitCode

from tests.support.refusals import refused

SERVER = """
import json, os, pathlib, sys, time
if "serve" not in sys.argv:
    job = pathlib.Path(sys.argv[sys.argv.index("--job") + 1])
    folders = [job]
else:
    folders = (pathlib.Path(json.loads(line)) for line in sys.stdin)
count = 0
for job in folders:
    count += 1
    def say(event, **fields):
        with (job / "events.jsonl").open("a") as file:
            file.write(json.dumps({"event": event} | fields) + "\\n")
    say("progress", stage="decode", done=0, total=1)
"""


@pytest.fixture
def server(tmp_path):
    """Jobs of one kept worker, which does `source` for each."""
    home = tmp_path / "home"
    (home / "backend").mkdir(parents=True)
    kept, numbers = KeptWorker(), iter(range(100))

    def begin(source=None, **patience):
        if source is not None:
            code = SERVER + textwrap.indent(textwrap.dedent(source), "    ")
            (home / "backend" / "__main__.py").write_text(code)
        folder = tmp_path / f"job-{next(numbers)}"
        folder.mkdir()
        generous = Patience(**({"start": 20.0, "silence": 20.0, "goodbye": 0.3, "grace": 0.2} | patience))
        read = {"home": home, "patience": generous, "kept": kept}
        return WorkerProcess(Path(sys.executable), "animate", folder, lambda done: done["pid"], **read)

    begin.kept = kept
    yield begin
    kept.end(0.2)


DONE = 'say("done", pid=os.getpid(), megabytes=12.5)'


def run(job):
    until = time.monotonic() + 30.0
    while (found := job.poll()) is None:
        assert time.monotonic() < until
        time.sleep(0.01)
    return found


def failure(job):
    with pytest.raises(DuologueError) as caught:
        run(job)
    return caught.value.code


def test_one_process_does_job_after_job_until_it_is_ended(server):
    first, second = server(DONE), None
    pids = [run(first)]
    second = server()
    pids.append(run(second))

    assert pids[0] == pids[1]
    assert (first.warm, second.warm, server.kept.there, server.kept.free) == (False, True, True, True)
    assert server.kept.megabytes == 12.5

    server.kept.end()

    assert (server.kept.there, server.kept.megabytes) == (False, 0.0)
    assert run(server()) not in pids


def test_a_failure_leaves_the_process_to_the_next_job(server):
    code = failure(server('say("error", code=13, message="Silent.", fix="") if count == 1 else ' + DONE))

    assert code == ExitCode.AUDIO_SILENT
    assert server.kept.there
    assert run(server()) > 0


def test_a_second_job_at_the_same_time_gets_a_process_of_its_own(server):
    waiting = server('while not (job / "go").exists(): time.sleep(0.01)\n' + DONE)
    while not (waiting.folder / "events.jsonl").exists():
        time.sleep(0.01)
    beside = server()
    (beside.folder / "go").touch()
    other = run(beside)
    (waiting.folder / "go").touch()

    assert run(waiting) != other
    assert server.kept.free


def test_a_job_that_closes_late_leaves_the_next_ones_process_alone(server):
    waits = 'while not (job / "go").exists(): time.sleep(0.01)\n' + DONE
    first = server(waits)
    server.kept.end()  # as when memory is freed or another file is opened; nobody has told the job
    second = server()

    first.close()

    assert (second.running, server.kept.there, server.kept.free) == (True, True, False)
    (second.folder / "go").touch()
    assert run(second) > 0
    assert server.kept.there


def test_a_job_beside_the_kept_worker_says_nothing_of_its_memory(server):
    waiting = server('while not (job / "go").exists(): time.sleep(0.01)\n' + DONE)
    beside = server()
    (beside.folder / "go").touch()
    run(beside)

    assert server.kept.megabytes == 0.0
    (waiting.folder / "go").touch()
    run(waiting)
    assert server.kept.megabytes == 12.5


def test_a_crash_is_noticed_within_a_second_and_its_last_words_are_told(server):
    run(server(f"{DONE} if count == 1 else (print('the graphics card fell off', flush=True), os.abort())"))
    crashing = server()
    (crashing.folder / "worker.log").write_text("Fatal Python error: Aborted\n\nCurrent thread\n  File nobody reads\n")
    while crashing._process.status is None:
        time.sleep(0.01)
    died = time.monotonic()

    with refused(ExitCode.WORKER_DIED) as caught:
        run(crashing)

    assert time.monotonic() - died < 1.0
    assert "Fatal Python error: Aborted" in caught.value.message
    assert (server.kept.there, server.kept.free) == (False, True)


def test_a_worker_that_ended_between_two_jobs_is_started_again_without_a_word(server):
    first = run(server(DONE))
    os.kill(first, signal.SIGTERM)
    time.sleep(0.1)

    assert run(server()) != first


def test_a_worker_that_ends_just_as_a_job_comes_is_started_again(server):
    leaving = 'say("done", pid=os.getpid())\nif "AGAIN" not in os.environ: sys.stdin.readline(); sys.exit(0)'
    first = run(server(leaving))
    os.environ["AGAIN"] = "1"
    try:
        second = run(server())
    finally:
        del os.environ["AGAIN"]

    assert second != first


def test_a_job_that_does_not_stop_takes_the_worker_with_it(server):
    deaf = server("time.sleep(60)")
    while not (deaf.folder / "events.jsonl").exists():
        time.sleep(0.01)
    begun = time.monotonic()
    deaf.cancel()

    assert failure(deaf) == ExitCode.CANCELLED
    assert time.monotonic() - begun < 1.5
    assert not server.kept.there


def test_polling_never_waits_for_a_process(server):
    deaf = server("import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)\ntime.sleep(60)", goodbye=0.1)
    while not (deaf.folder / "events.jsonl").exists():
        time.sleep(0.01)
    deaf.cancel()
    longest, failed = 0.0, False
    while not failed:
        begun = time.perf_counter()
        try:
            deaf.poll()
        except DuologueError:
            failed = True
        longest = max(longest, time.perf_counter() - begun)
        time.sleep(0.02)

    assert longest < 0.05


def test_another_python_starts_another_worker(server, tmp_path):
    first = run(server(DONE))
    link = tmp_path / "python"
    link.symlink_to(sys.executable)

    job = server.kept.begin(link, tmp_path / "home", tmp_path / "job-0")

    assert job.pid != first
    assert not job.stale


def test_another_command_is_done_by_the_same_process_and_leaves_no_folder(server, tmp_path):
    pid = run(server(DONE))
    arguments, home = {"prompt": "sad"}, tmp_path / "home"

    command = CommandProcess(
        Path(sys.executable), "stage", arguments, lambda done: done["pid"], home=home, kept=server.kept
    )

    assert run(command) == pid
    assert not command.folder.exists()


def test_what_a_worker_holds_is_known_on_where_a_job_does_not_tell(server):
    first = server('say("done", pid=os.getpid(), **({"megabytes": 12.5} if count == 1 else {}))')

    assert run(first) == run(server())

    assert server.kept.megabytes == 12.5
