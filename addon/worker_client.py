"""Starting the worker, following its job folder, and ending it. No bpy, no threads: whoever calls it polls."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from ..backend.contract.errors import DuologueError, ExitCode
from ..backend.contract.job import (
    CANCEL_FILE,
    LOG_FILE,
    PERFORMANCE_FILE,
    JobRequest,
    read_events,
    write_request,
)
from ..backend.contract.performance import Performance, load_performance

PACKAGE_ROOT: Final = Path(__file__).resolve().parents[1]
_POLL_SECONDS: Final = 0.05
_ENDING_SECONDS: Final = 5.0
_LOG_LINES: Final = 6


@dataclass(frozen=True)
class WorkerSettings:
    """How to run the worker. `start_limit` and `silence_limit` are seconds without any event."""

    python: Path
    assets: Path | None = None
    start_limit: float = 90.0
    silence_limit: float = 300.0
    command: tuple[str, ...] = ("-m", "backend")


@dataclass
class JobStatus:
    """Where a job stands: the stage's name, steps done and in all, and what the worker warned of."""

    stage: str = "start"
    done: int = 0
    total: int = 0
    finished: bool = False
    warnings: list[str] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)


def find_python(preference: str, environment: Mapping[str, str] = os.environ) -> Path:
    """The backend's interpreter: DUOLOGUE_PYTHON, then the preference, then a checkout's own `.venv`.

    Raises DuologueError (WORKER_NOT_FOUND).
    """
    chosen = environment.get("DUOLOGUE_PYTHON") or preference
    if chosen:
        if Path(chosen).is_file():
            return Path(chosen)
        raise _not_found(f"There is no Python at {chosen}.")
    for candidate in ("bin/python", "Scripts/python.exe"):
        path = PACKAGE_ROOT / ".venv" / candidate
        if path.is_file():
            return path
    raise _not_found("The backend's Python is not set.")


class Worker:
    """One running job. The caller polls; `close` ends it whatever happened."""

    def __init__(self, folder: Path, settings: WorkerSettings) -> None:
        self.folder = folder
        self.status = JobStatus()
        self._settings = settings
        self._offset = 0
        self._heard_at = time.monotonic()
        self._heard_anything = False
        self._error: DuologueError | None = None
        self._done = False
        self._process = _start(folder, settings)

    def poll(self) -> JobStatus:
        """Read new events and look whether the worker lives.

        Raises DuologueError: the worker's own error, or WORKER_DIED, WORKER_HUNG, WORKER_GARBAGE.
        """
        code = self._process.poll()
        try:
            self._read_events()
        except DuologueError:
            self.close()
            raise
        if self._error is not None:
            self.close()
            raise self._error
        if self._done:
            self.status.finished = True
        elif code is not None:
            raise self._died(code)
        else:
            self._check_silence()
        return self.status

    def result(self) -> Performance:
        """The performance of a finished job. Raises DuologueError (PERFORMANCE_INVALID)."""
        return load_performance(self.folder / PERFORMANCE_FILE)

    def cancel(self) -> None:
        """Ask the worker to stop at its next step."""
        (self.folder / CANCEL_FILE).touch()

    def close(self) -> None:
        """End the worker: first by closing its input, then by force."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        try:
            self._process.wait(_ENDING_SECONDS if self._done else 0.5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _read_events(self) -> None:
        events, self._offset = read_events(self.folder, self._offset)
        for event in events:
            self._heard_at, self._heard_anything = time.monotonic(), True
            self._take(event)

    def _take(self, event: dict[str, Any]) -> None:
        kind = event["event"]
        if kind == "progress":
            self.status.stage = str(event.get("stage", self.status.stage))
            self.status.done, self.status.total = int(event.get("done", 0)), int(event.get("total", 0))
        elif kind == "warning":
            self.status.warnings.append(str(event.get("message", "")))
        elif kind == "error":
            self._error = _reported(event)
        elif kind == "done":
            self.status.seconds = {str(name): float(value) for name, value in event.get("seconds", {}).items()}
            self._done = True

    def _check_silence(self) -> None:
        limit = self._settings.silence_limit if self._heard_anything else self._settings.start_limit
        if time.monotonic() - self._heard_at > limit:
            self.close()
            raise DuologueError(
                ExitCode.WORKER_HUNG,
                f"The worker has said nothing for {limit:.0f} seconds (stage “{self.status.stage}”).{self._log_tail()}",
                "Run it again; if it hangs again, press Check backend.",
            )

    def _died(self, code: int) -> DuologueError:
        how = f"exit code {code}" if code >= 0 else f"signal {-code}"
        return DuologueError(
            ExitCode.WORKER_DIED,
            f"The worker ended in stage “{self.status.stage}” with {how} and no result.{self._log_tail()}",
            f"Press Check backend; its whole log is {self.folder / LOG_FILE}.",
        )

    def _log_tail(self) -> str:
        path = self.folder / LOG_FILE
        if not path.exists():
            return ""
        lines = path.read_text(encoding="utf-8", errors="replace").strip().splitlines()[-_LOG_LINES:]
        return f" It last wrote: {' | '.join(lines)}." if lines else ""


def run_job(
    folder: Path, request: JobRequest, settings: WorkerSettings, report: Callable[[JobStatus], None]
) -> tuple[Performance, JobStatus]:
    """Write the request, run the worker to its end and return what it made. Raises DuologueError."""
    worker = start_job(folder, request, settings)
    try:
        while not (status := worker.poll()).finished:
            report(status)
            time.sleep(_POLL_SECONDS)
        report(status)
        return worker.result(), status
    finally:
        worker.close()


def start_job(folder: Path, request: JobRequest, settings: WorkerSettings) -> Worker:
    """Write the request into `folder` and start a worker on it. Raises DuologueError."""
    folder.mkdir(parents=True, exist_ok=True)
    write_request(folder, request)
    return Worker(folder, settings)


def run_backend(words: list[str], settings: WorkerSettings, limit: float = 120.0) -> str:
    """Run a short backend command (check, export-face) and return what it printed.

    Raises DuologueError (WORKER_NOT_FOUND, WORKER_HUNG, WORKER_DIED or the code the command ended with).
    """
    try:
        result = subprocess.run(
            [str(settings.python), *settings.command, *words],
            cwd=PACKAGE_ROOT,
            env=_environment(settings),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            encoding="utf-8",
            errors="replace",
            timeout=limit,
            check=False,
            creationflags=_no_window(),
        )
    except subprocess.TimeoutExpired as error:
        raise DuologueError(
            ExitCode.WORKER_HUNG, f"The backend did not answer within {limit:.0f} seconds.", "Run it again."
        ) from error
    except OSError as error:
        raise _not_found(f"{settings.python} cannot be run ({error.strerror or error}).") from error
    if result.returncode:
        said = " ".join(result.stderr.strip().splitlines()[-2:]) or f"it ended with exit code {result.returncode}"
        known = result.returncode in {code.value for code in ExitCode}
        raise DuologueError(
            ExitCode(result.returncode) if known else ExitCode.WORKER_DIED,
            f"The backend could not do “{words[0]}”: {said}",
            "Run `python3 build.py setup` again.",
        )
    return result.stdout


def _start(folder: Path, settings: WorkerSettings) -> subprocess.Popen[bytes]:
    try:
        with (folder / LOG_FILE).open("wb") as log:
            return subprocess.Popen(
                [str(settings.python), *settings.command, "animate", "--job", str(folder)],
                cwd=PACKAGE_ROOT,
                env=_environment(settings),
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                creationflags=_no_window(),
            )
    except OSError as error:
        raise _not_found(f"{settings.python} cannot be run ({error.strerror or error}).") from error


def _environment(settings: WorkerSettings) -> dict[str, str]:
    """This process's environment without what would lead the other Python astray."""
    environment = {name: value for name, value in os.environ.items() if name not in {"PYTHONPATH", "PYTHONHOME"}}
    if settings.assets is not None:
        environment["DUOLOGUE_ASSETS"] = str(settings.assets)
    return environment | {"PYTHONIOENCODING": "utf-8"}


def _no_window() -> int:
    return int(getattr(subprocess, "CREATE_NO_WINDOW", 0)) if sys.platform == "win32" else 0


def _reported(event: dict[str, Any]) -> DuologueError:
    """The worker's own error, as it said it."""
    number = event.get("code")
    known = isinstance(number, int) and number in {code.value for code in ExitCode}
    return DuologueError(
        ExitCode(number) if known else ExitCode.UNEXPECTED,
        str(event.get("message", "The worker failed.")),
        str(event.get("fix", "")),
    )


def _not_found(what: str) -> DuologueError:
    return DuologueError(
        ExitCode.WORKER_NOT_FOUND,
        what,
        "Run `python3 build.py setup` and put the path it prints into Duologue's preferences.",
    )
