"""The process that does a job: one of its own, or one that is kept for the next job. No bpy here.

A process gets a pipe as its standard input; when Blender ends, however it ends, the pipe ends, and so does the process.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Final, Protocol

from ...backend.contract.child_process import NO_WINDOW, python_environment
from ...backend.contract.errors import DuologueError, ExitCode
from ...backend.contract.installation import remedy
from ...backend.contract.job import LOG_FILE

SERVE: Final = "serve"
"""The worker's command that does job after job (backend/job/serving.py)."""


class JobProcess(Protocol):
    """A process at one job."""

    @property
    def pid(self) -> int:
        """The process's number."""

    @property
    def status(self) -> int | None:
        """Its exit status, negative for a signal; None while it runs."""

    @property
    def busy(self) -> bool:
        """Whether it is still at this job."""

    @property
    def stale(self) -> bool:
        """Whether it was there before this job, so that its end may have nothing to do with the job."""

    def let_go(self) -> None:
        """The job is over, and the process need not stay for it."""

    def note_memory(self, megabytes: float) -> None:
        """The process holds so much after the job."""

    def kill(self) -> None:
        """Stop it, whatever it does, and do not wait."""

    def end(self, grace: float) -> None:
        """Have it leave the job within twice `grace` seconds, by force if need be, and wait for it."""


class OwnProcess:
    """A process that is there for one job alone."""

    stale: Final = False

    def __init__(self, words: Sequence[str], folder: Path | None, home: Path) -> None:
        """Start the program `words`; what it prints is added to the log in `folder`.

        Raises DuologueError (WORKER_NOT_FOUND).
        """
        self._process = started(words, home, folder)

    @property
    def pid(self) -> int:
        """As `JobProcess`."""
        return self._process.pid

    @property
    def status(self) -> int | None:
        """As `JobProcess`."""
        return self._process.poll()

    @property
    def busy(self) -> bool:
        """As `JobProcess`."""
        return self.status is None

    def let_go(self) -> None:
        """As `JobProcess`: it ends by itself."""
        _close_input(self._process)

    def note_memory(self, megabytes: float) -> None:
        """As `JobProcess`: it ends, so that nobody needs to know."""

    def kill(self) -> None:
        """As `JobProcess`."""
        self._process.kill()

    def end(self, grace: float) -> None:
        """As `JobProcess`."""
        _end(self._process, grace)


class KeptWorker:
    """The worker of this Blender that stays between jobs, with its models loaded; none until a job needs it.

    Its process belongs to the one job that is in its midst, if there is one: that job alone may end it. Anybody may
    `end` the worker as a whole.
    """

    def __init__(self) -> None:
        self.megabytes = 0.0
        """What it held after its last job; 0 where nobody knows."""
        self._process: subprocess.Popen[bytes] | None = None
        self._started_as: tuple[Path, Path] | None = None
        self._job: KeptJob | None = None

    @property
    def there(self) -> bool:
        """Whether the process runs."""
        return self._process is not None and self._process.poll() is None

    @property
    def free(self) -> bool:
        """Whether it is at no job."""
        return self._job is None

    def begin(self, python: Path, home: Path, folder: Path) -> KeptJob:
        """Give it the job in `folder`; it is started where it does not run, or runs by another Python.

        It must be free. Raises DuologueError (WORKER_NOT_FOUND).
        """
        if not self.free:
            raise RuntimeError("the kept worker is at a job")
        line = json.dumps(str(folder)).encode() + b"\n"
        stale = self.there and self._started_as == (python, home)
        if stale and self._process is not None:
            try:
                _write(self._process, line)
            except OSError:  # it ended just now
                stale = False
        if not stale:
            self.end()
            self._process = started([str(python), "-m", "backend", SERVE], home, folder)
            self._started_as = (python, home)
            with contextlib.suppress(OSError):  # where it has ended already, its exit status says why
                _write(self._process, line)
        job = self._job = KeptJob(self, self._process, stale=stale)
        return job

    def release(self, job: KeptJob, *, ended: bool = False) -> None:
        """`job` is over; with `ended` its process is gone as well.

        Nothing happens where the worker is at another job, or was ended and started again since.
        """
        if self._job is job:
            self._job = None
            if ended:
                self._process, self._started_as, self.megabytes = None, None, 0.0

    def note_memory(self, job: KeptJob, megabytes: float) -> None:
        """It holds so much after `job`, if that is its own."""
        if self._job is job:
            self.megabytes = megabytes

    def end(self, grace: float = 0.5) -> None:
        """End it: its memory is free then, and the next job starts another one."""
        if self._process is not None:
            _end(self._process, grace)
        self._process = self._started_as = self._job = None
        self.megabytes = 0.0


class KeptJob:
    """One job of a `KeptWorker`, whose process stays when the job ends as it should."""

    def __init__(self, worker: KeptWorker, process: subprocess.Popen[bytes], *, stale: bool) -> None:
        self._worker = worker
        self._process = process
        self._over = False
        self.stale = stale

    @property
    def pid(self) -> int:
        """As `JobProcess`."""
        return self._process.pid

    @property
    def status(self) -> int | None:
        """As `JobProcess`."""
        return self._process.poll()

    @property
    def busy(self) -> bool:
        """As `JobProcess`."""
        return not self._over and self.status is None

    def let_go(self) -> None:
        """As `JobProcess`: the next job may come."""
        self._over = True
        self._worker.release(self)

    def note_memory(self, megabytes: float) -> None:
        """As `JobProcess`: it keeps that between jobs."""
        self._worker.note_memory(self, megabytes)

    def kill(self) -> None:
        """As `JobProcess`; a process that this job has left is another one's."""
        if not self._over:
            self._process.kill()

    def end(self, grace: float) -> None:
        """As `JobProcess`; a job in its midst takes its process with it, which is the worker's no more."""
        if not self._over:
            self._over = True
            _end(self._process, grace)
            self._worker.release(self, ended=True)


KEPT_WORKER: Final = KeptWorker()
"""The one of this Blender."""


def started(words: Sequence[str], home: Path, folder: Path | None) -> subprocess.Popen[bytes]:
    """The program `words` in the folder `home`, with a pipe as stdin; what it prints is added to the log in `folder`.

    Without `folder` it prints nowhere. Raises DuologueError (WORKER_NOT_FOUND).
    """
    environment = python_environment() | {"PYTHONDONTWRITEBYTECODE": "1"}
    log = Path(os.devnull) if folder is None else folder / LOG_FILE
    try:
        with log.open("ab") as output:
            return subprocess.Popen(
                words,
                cwd=home,
                env=environment,
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=subprocess.STDOUT,
                creationflags=NO_WINDOW,
            )
    except OSError as error:
        raise DuologueError(
            ExitCode.WORKER_NOT_FOUND,
            f"The backend's Python, {words[0]}, cannot be started ({error.strerror or error}).",
            f"{remedy()}, or set its path in the preferences.",
        ) from error


def _write(process: subprocess.Popen[bytes], line: bytes) -> None:
    if process.stdin is None:
        raise BrokenPipeError
    process.stdin.write(line)
    process.stdin.flush()


def _close_input(process: subprocess.Popen[bytes]) -> None:
    if process.stdin is not None:
        with contextlib.suppress(OSError):
            process.stdin.close()


def _end(process: subprocess.Popen[bytes], grace: float) -> None:
    """Close its standard input, wait for up to `grace` seconds, tell it to stop, wait again, then kill it."""
    _close_input(process)
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
