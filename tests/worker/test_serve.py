"""Job after job in one process: what comes out, what each leaves, and how the process ends."""

import hashlib
import json
import os
import signal
import subprocess
import sys
import time
import weakref
from pathlib import Path
from types import SimpleNamespace

import pytest

from backend.command import serve
from backend.contract.command_request import write_command_request
from backend.contract.constants import DUALTALK_ENGINE
from backend.contract.errors import DuologueError, ExitCode
from backend.contract.job import CANCEL_FILE, LOG_FILE, PERFORMANCE_FILE, AudioInput, read_events, write_request
from backend.job import serving
from backend.job.loaded_models import LoadedModels
from backend.job.running import run_in_folder

ROOT = Path(__file__).resolve().parents[2]
LIMIT = 120.0
posix = pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")


class Server:
    """`python -m backend serve`, and jobs for it."""

    def __init__(self, folder, *words):
        self._folder, self._count = folder, 0
        command = [sys.executable, "-m", "backend", "serve", *words]
        self.process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stderr=subprocess.PIPE)

    def begin(self, request=None, command=None, **arguments):
        """Give it a job; its folder."""
        self._count += 1
        folder = self._folder / f"job-{self._count}"
        folder.mkdir()
        if request is not None:
            write_request(folder, request)
        else:
            write_command_request(folder, command, arguments)
        self.process.stdin.write(json.dumps(str(folder)).encode() + b"\n")
        self.process.stdin.flush()
        return folder

    def end_of(self, folder):
        """The last event of the job in `folder`, once it is there."""
        return self.wait(folder, lambda events: events and events[-1]["event"] in ("done", "error"))[-1]

    def wait(self, folder, enough):
        until = time.monotonic() + LIMIT
        while time.monotonic() < until:
            events = read_events(folder)[0]
            if enough(events):
                return events
            assert self.process.poll() is None, self.process.stderr.read()
            time.sleep(0.02)
        raise AssertionError(f"nothing more came in {folder}")


@pytest.fixture
def server(tmp_path):
    running = Server(tmp_path)
    yield running
    running.process.kill()
    running.process.communicate()


def _digest(folder):
    """Of the performance: two of them are too long to be shown where they differ."""
    return hashlib.sha256((folder / PERFORMANCE_FILE).read_bytes()).hexdigest()


def test_a_warm_worker_makes_the_takes_of_a_cold_one_to_the_last_bit(server, request_for, dialogue, tmp_path):
    requests = [
        request_for(),
        request_for(engine=DUALTALK_ENGINE, seed=4, audio=AudioInput("mix", (str(dialogue["mix"]),))),
        request_for(),
    ]

    folders = [server.begin(request) for request in requests]
    ends = [server.end_of(folder) for folder in folders]

    assert [end["event"] for end in ends] == ["done"] * 3
    for number, (request, folder) in enumerate(zip(requests[:2], folders[:2], strict=True)):
        cold = tmp_path / f"cold-{number}"
        cold.mkdir()
        write_request(cold, request)
        # A process of its own: this one may have other numbers of threads by now, and sums of another order.
        command = [sys.executable, "-m", "backend", "animate", "--job", str(cold)]
        assert subprocess.run(command, cwd=ROOT, check=False).returncode == ExitCode.OK
        assert _digest(folder) == _digest(cold)
    assert _digest(folders[2]) == _digest(folders[0])
    assert ends[2]["seconds"]["load"] < ends[0]["seconds"]["load"]
    assert ends[2]["seconds"]["start"] < 0.2


def test_a_job_that_fails_or_is_cancelled_leaves_the_worker_to_the_next_one(server, request_for):
    missing = server.begin(request_for(audio=AudioInput("mix", ("/nowhere.wav",))))
    codes = [server.end_of(missing)["code"]]
    cancelled = server.begin(request_for())
    (cancelled / CANCEL_FILE).touch()
    codes.append(server.end_of(cancelled)["code"])
    unknown = server.begin(command="juggle")
    codes.append(server.end_of(unknown)["code"])

    staged = server.end_of(server.begin(command="stage", prompt="Mia leans in", names=["Mia", "Max"]))

    assert codes == [ExitCode.AUDIO_NOT_FOUND, ExitCode.CANCELLED, ExitCode.BAD_REQUEST]
    assert (staged["event"], staged["names"]) == ("done", ["Mia", "Max"])
    assert staged["values"]["people"][0]["lean_degrees"] == 13
    assert "nowhere.wav" in (missing / LOG_FILE).read_text()
    assert "nowhere.wav" not in (unknown / LOG_FILE).read_text()
    assert sorted(path.name for path in unknown.iterdir()) == ["events.jsonl", "request.json", LOG_FILE]


def test_the_worker_ends_with_its_input(server, request_for):
    folder = server.begin(request_for())
    server.wait(folder, lambda events: any(event.get("stage") == "turns" for event in events))

    server.process.stdin.close()
    server.process.stdin = None
    server.process.wait(LIMIT)

    assert server.process.returncode == ExitCode.OK
    assert read_events(folder)[0][-1]["code"] == ExitCode.CANCELLED


def test_the_worker_ends_when_nothing_comes_for_long(tmp_path):
    idle = Server(tmp_path, "--idle", "0.2")

    assert idle.process.wait(LIMIT) == ExitCode.OK


@posix
def test_a_signal_ends_the_worker_that_waits(server):
    server.end_of(server.begin(command="stage", prompt="sad"))

    server.process.send_signal(signal.SIGTERM)

    assert server.process.wait(LIMIT) == ExitCode.CANCELLED


@pytest.fixture
def serve_here(monkeypatch):
    """Serve lines in this process, by a function of the test's own."""
    reading, writing = os.pipe()
    monkeypatch.setattr(serving, "_STANDARD_INPUT", reading)
    monkeypatch.setattr(serving, "_OUTPUTS", ())

    def serve(lines, do):
        os.write(writing, lines)
        os.close(writing)
        return serving.serve(do, idle=LIMIT)

    yield serve
    os.close(reading)


def test_lines_that_name_no_folder_are_passed_over(serve_here, tmp_path):
    seen = []

    code = serve_here(
        b'nonsense\n["a"]\n""\n' + json.dumps(str(tmp_path)).encode() + b"\n", lambda loaded, _host: seen.append(loaded)
    )

    assert (code, seen) == (ExitCode.OK, [tmp_path])


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (RuntimeError("nobody foresaw it"), ExitCode.UNEXPECTED),
        (MemoryError(), ExitCode.OUT_OF_MEMORY),
        (DuologueError(ExitCode.AUDIO_SILENT, "Silent.", "Louder."), ExitCode.AUDIO_SILENT),
    ],
)
def test_whatever_a_job_raises_is_told_and_the_next_one_is_done(serve_here, tmp_path, error, code):
    folders = [tmp_path / name for name in ("first", "second")]
    for folder in folders:
        folder.mkdir()
    codes = []

    def do(folder, host):
        def work(_report):
            if folder == folders[0]:
                raise error
            return {"frames": 7}

        codes.append(run_in_folder(folder, work, host))

    serve_here(b"".join(json.dumps(str(folder)).encode() + b"\n" for folder in folders), do)

    assert codes == [code, ExitCode.OK]
    assert read_events(folders[0])[0][-1]["code"] == code
    assert read_events(folders[1])[0] == [{"event": "done", "frames": 7}]


def test_a_model_stays_as_long_as_its_files_stay(tmp_path):
    file = tmp_path / "weights"
    file.write_bytes(b"one")
    models, loaded = LoadedModels(), []

    def load():
        loaded.append(file.read_bytes())
        return object()

    first = models.get("engine", "cpu", [file], load)
    again = models.get("engine", "cpu", [file], load)
    file.write_bytes(b"another")
    changed = models.get("engine", "cpu", [file], load)
    elsewhere = models.get("engine", "cuda", [file], load)
    models.forget()
    models.get("engine", "cuda", [file], load)

    assert first is again
    assert len({id(folder) for folder in (first, changed, elsewhere)}) == 3
    assert loaded == [b"one", *[b"another"] * 3]


def test_a_model_whose_file_changes_while_it_is_read_is_read_again(tmp_path):
    file = tmp_path / "weights"
    file.write_bytes(b"one")
    models = LoadedModels()

    def load():
        content = file.read_bytes()
        file.write_bytes(b"another")
        os.utime(file, ns=(1, 1))
        return content

    models.get("engine", "", [file], load)

    assert models.get("engine", "", [file], load) == b"another"


def test_no_more_than_one_model_of_a_kind_is_held(tmp_path):
    models, alive = LoadedModels(), []

    class Model:
        def __init__(self):
            alive.append(self)

    models.get("engine", "first", [], Model)
    former = weakref.ref(alive.pop())
    held = []
    models.get("engine", "second", [], lambda: held.append(former() is not None) or Model())

    assert held == [False], "the former one is let go before the next one is loaded"


@pytest.mark.parametrize("used", [False, True])
def test_after_a_job_the_graphics_card_gets_its_memory_back_where_it_was_used(tmp_path, monkeypatch, used):
    freed = []
    card = SimpleNamespace(is_initialized=lambda: used, empty_cache=lambda: freed.append(True))
    monkeypatch.setitem(sys.modules, "torch", SimpleNamespace(cuda=card))
    monkeypatch.setattr(serve, "command_of", lambda _folder: "animate")
    monkeypatch.setattr(serve, "run_job", lambda *_: ExitCode.OK)

    assert serve._do(tmp_path, None, LoadedModels()) == ExitCode.OK
    assert freed == [True] * used
