"""One worker, one job: started, listened to, cancelled and buried, without threads.

The worker gets a pipe as its standard input; when Blender ends, however it ends, the pipe ends, and so does the worker.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from ...backend.contract.errors import DuologueError, ExitCode
from ...backend.contract.job import CANCEL_FILE, EVENTS_FILE, LOG_FILE, PART, PERFORMANCE_FILE, read_events
from ...backend.contract.performance import Performance, load_performance
from .worker_failure import failure_of_event, failure_of_exit, hung, never_answered, no_event

_LONGEST_LINE: Final = 1 << 20
_LARGEST_COUNT: Final = 1 << 31


@dataclass(frozen=True)
class Patience:
    """Seconds: until the first sign of life, between two signs of life, for stopping when asked to.

    `grace` is how long an ended job's process may take to go; Blender stands still meanwhile.
    """

    start: float = 90.0
    silence: float = 600.0
    goodbye: float = 4.0
    grace: float = 0.7


@dataclass
class Progress:
    """What the worker last said. `seconds` is how long each stage took so far, in the order they began."""

    stage: str = "start"
    done: int = 0
    total: int = 0
    warnings: list[str] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)


class WorkerJob:
    """A worker that animates the request in `folder`.

    `poll` is called from a timer until it returns a performance or raises; afterwards the worker is gone.
    """

    def __init__(
        self,
        python: Path,
        backend_home: Path,
        folder: Path,
        patience: Patience | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Start it. `backend_home` is the folder that holds `backend`. Raises DuologueError (WORKER_NOT_FOUND)."""
        self.folder = folder
        self.progress = Progress()
        self._patience = patience or Patience()
        self._clock = clock
        self._offset = 0
        self._finished = False
        self._heard = False
        self._cancelled_at: float | None = None
        self._last_sign = self._stage_began = clock()
        self._process = start_worker(python, backend_home, ["animate", "--job", str(folder)], folder / LOG_FILE)

    @property
    def running(self) -> bool:
        """Whether the worker's process is still there."""
        return self._process.poll() is None

    def poll(self) -> Performance | None:
        """The performance once it is done, None while it is being made.

        Raises DuologueError with the worker's own code, or WORKER_DIED, WORKER_HUNG, WORKER_GARBAGE, CANCELLED,
        PERFORMANCE_INVALID; the worker has ended then.
        """
        try:
            # Asked before reading: whatever an ended process wrote is then surely read.
            status = self._process.poll()
            self._listen()
            if self._finished:
                return self._deliver()
            self._expect_life(status)
        except BaseException:
            self.close()
            raise
        return None

    def cancel(self) -> None:
        """Ask the worker to stop at its next step; `poll` then raises CANCELLED, at the latest after `goodbye`."""
        if self._cancelled_at is None:
            self._cancelled_at = self._clock()
            with contextlib.suppress(OSError):  # without the file it is stopped the hard way
                (self.folder / CANCEL_FILE).touch()

    def close(self) -> None:
        """End the worker now if it is still there, and remove what it left half done."""
        end_process(self._process, self._patience.grace)
        for part in self.folder.glob(f"*{PART}"):
            with contextlib.suppress(OSError):
                part.unlink()

    def _listen(self) -> None:
        self._expect_lines()
        events, self._offset = read_events(self.folder, self._offset)
        for event in events:
            self._heard = True
            self._last_sign = self._clock()
            self._hear(event)

    def _expect_lines(self) -> None:
        """A line that never ends is garbage too."""
        path = self.folder / EVENTS_FILE
        if path.exists() and path.stat().st_size - self._offset > _LONGEST_LINE:
            with path.open("rb") as file:
                file.seek(self._offset)
                if b"\n" not in file.read(_LONGEST_LINE):
                    raise no_event("a line without an end")

    def _hear(self, event: dict[str, Any]) -> None:
        kind = event["event"]
        if kind == "progress":
            self._advance(event)
        elif kind == "warning":
            self.progress.warnings.append(str(event.get("message", "")))
        elif kind == "error":
            raise failure_of_event(event)
        elif kind == "done":
            self._finished = True
            self._end_stage()

    def _advance(self, event: dict[str, Any]) -> None:
        stage, done, total = event.get("stage"), event.get("done"), event.get("total")
        counts = all(isinstance(one, int | float) and abs(one) < _LARGEST_COUNT for one in (done, total))
        if not isinstance(stage, str) or not counts:
            raise no_event(str(event))
        if stage != self.progress.stage:
            self._end_stage()
        self.progress.stage, self.progress.done, self.progress.total = stage, int(done), int(total)

    def _end_stage(self) -> None:
        now = self._clock()
        spent = self.progress.seconds
        spent[self.progress.stage] = spent.get(self.progress.stage, 0.0) + now - self._stage_began
        self._stage_began = now

    def _deliver(self) -> Performance:
        performance = load_performance(self.folder / PERFORMANCE_FILE)
        self.close()
        return performance

    def _expect_life(self, status: int | None) -> None:
        """`status` is the process's exit status, None while it runs."""
        if status is not None:
            raise failure_of_exit(status, self.folder, cancelled=self._cancelled_at is not None)
        now = self._clock()
        if self._cancelled_at is not None:
            if now - self._cancelled_at > self._patience.goodbye:
                raise DuologueError(ExitCode.CANCELLED, "Cancelled.", "Nothing was changed.")
            return
        waited = now - self._last_sign
        if not self._heard and waited > self._patience.start:
            raise never_answered(waited, self.folder)
        if waited > self._patience.silence:
            raise hung(waited, self.progress.stage, self.folder)


def start_worker(python: Path, backend_home: Path, words: list[str], log: Path) -> subprocess.Popen[bytes]:
    """`python -m backend …` with a pipe as stdin and its output in `log`. Raises DuologueError (WORKER_NOT_FOUND)."""
    environment = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "PYTHONHOME")}
    environment |= {"PYTHONUNBUFFERED": "1", "PYTHONIOENCODING": "utf-8:backslashreplace", "PYTHONNOUSERSITE": "1"}
    environment |= {"PYTHONDONTWRITEBYTECODE": "1"}
    try:
        with log.open("ab") as output:
            return subprocess.Popen(
                [str(python), "-m", "backend", *words],
                cwd=backend_home,
                env=environment,
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=subprocess.STDOUT,
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0) if sys.platform == "win32" else 0,
            )
    except OSError as error:
        raise DuologueError(
            ExitCode.WORKER_NOT_FOUND,
            f"The backend's Python, {python}, cannot be started ({error.strerror or error}).",
            "Run `python3 build.py setup` and put the path it prints into the preferences.",
        ) from error


def end_process(process: subprocess.Popen[bytes], grace: float) -> None:
    """Close its stdin, wait up to `grace` seconds, then end it."""
    if process.stdin is not None:
        with contextlib.suppress(OSError):
            process.stdin.close()
    if process.poll() is None and not _ended(process, grace):
        process.terminate()
        if not _ended(process, grace):
            process.kill()
            process.wait()


def _ended(process: subprocess.Popen[bytes], seconds: float) -> bool:
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        return False
    return True
