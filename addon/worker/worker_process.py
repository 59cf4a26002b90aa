"""A worker at one job folder: started, polled, cancelled and ended, without threads. No bpy here.

The worker gets a pipe as its standard input; when Blender ends, however it ends, the pipe ends, and so does the worker.
"""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Generic, TypeVar

from ...backend.contract.child_process import NO_WINDOW, python_environment
from ...backend.contract.command_request import write_command_request
from ...backend.contract.errors import DuologueError, ExitCode
from ...backend.contract.installation import remedy
from ...backend.contract.job import CANCEL_FILE, EVENTS_FILE, LOG_FILE, PART, read_events
from ...backend.contract.reading import explained_read_errors
from ..paths import EXTENSION
from .worker_failure import failure_of_event, failure_of_exit, hung, never_answered, no_event

STAGE_SENTENCES: Final = {
    "start": "Starting the worker",
    "decode": "Reading the audio",
    "turns": "Finding out who speaks",
    "words": "Finding the words",
    "load": "Loading the checkpoint",
    "features": "Listening",
    "model": "Acting",
    "staging": "Taking their places",
    "write": "Writing the take",
}
"""What the panel shows for the stages of `animate`, in their order; other commands name theirs in whole sentences."""
_LONGEST_LINE: Final = 1 << 20
_LARGEST_COUNT: Final = 1 << 31

Result = TypeVar("Result")


@dataclass(frozen=True)
class Patience:
    """Seconds: until the first sign of life, between two signs of life, for stopping when asked to.

    `grace` is how long an ended job's process may take to go; Blender stands still meanwhile.
    """

    start: float = 90.0
    silence: float = 600.0
    goodbye: float = 4.0
    grace: float = 0.7


_FOR_COMMANDS: Final = Patience(start=300.0, silence=300.0)


@dataclass
class Progress:
    """What the worker last reported. `seconds` is how long each stage took so far, in the order they began."""

    stage: str = "start"
    done: int = 0
    total: int = 0
    warnings: list[str] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)
    cancelling: bool = False

    def sentence(self) -> str:
        """What the worker is doing, for the panel."""
        if self.cancelling:
            return "Cancelling"
        return STAGE_SENTENCES.get(self.stage, self.stage)

    def share(self) -> float:
        """How much of the stage is done, 0 to 1."""
        return min(max(self.done / self.total, 0.0), 1.0) if self.total else 0.0


class WorkerProcess(Generic[Result]):
    """A worker at the request in `folder`.

    `poll` is called from a timer until it returns the result or raises; afterwards the worker is gone.
    """

    def __init__(
        self,
        python: Path,
        command: str,
        folder: Path,
        read_result: Callable[[dict[str, Any]], Result],
        *,
        home: Path = EXTENSION,
        patience: Patience | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Start `command`. `home` is the folder that holds `backend`.

        `read_result` makes of the event “done” what `poll` returns; where a field is off it may raise KeyError,
        TypeError, ValueError, AttributeError and the like. Raises DuologueError (WORKER_NOT_FOUND).
        """
        self.folder = folder
        self.progress = Progress()
        self._read_result = read_result
        self._patience = patience or Patience()
        self._clock = clock
        self._offset = 0
        self._answered = False
        self._done: dict[str, Any] | None = None
        self._cancelled_at: float | None = None
        self._last_sign = self._stage_began = clock()
        self._process = _started(python, home, [command, "--job", str(folder)], folder / LOG_FILE)

    @property
    def running(self) -> bool:
        """Whether the worker's process is still there."""
        return self._process.poll() is None

    @property
    def stage(self) -> str:
        """What the worker is doing, for the panel."""
        return self.progress.sentence()

    @property
    def share(self) -> float:
        """How much of the stage is done, 0 to 1."""
        return self.progress.share()

    def poll(self) -> Result | None:
        """The result once it is there, None before.

        Raises DuologueError with the worker's own code, or WORKER_DIED, WORKER_HUNG, WORKER_GARBAGE, CANCELLED, or
        what the result's reader raises; the worker has ended then.
        """
        try:
            # Asked before reading: whatever an ended process wrote is then surely read.
            status = self._process.poll()
            self._read_events()
            if self._done is None:
                self._expect_life(status)
                return None
            result = self._finish(self._done)
        except BaseException:
            self.close()
            raise
        self.close()
        return result

    def cancel(self) -> None:
        """Ask the worker to stop at its next step; `poll` then raises CANCELLED, at the latest after `goodbye`.

        So it does where the job is done all the same; then its files are there.
        """
        if self._cancelled_at is None:
            self._cancelled_at = self._clock()
            self.progress.cancelling = True
            with contextlib.suppress(OSError):  # without the file it is stopped the hard way
                (self.folder / CANCEL_FILE).touch()

    def close(self) -> None:
        """End the worker now if it is still there, and remove what it left half done."""
        self._end()
        _remove_files(self.folder, f"*{PART}")

    def _finish(self, done: dict[str, Any]) -> Result:
        if self._cancelled_at is not None:
            raise DuologueError(ExitCode.CANCELLED, "Cancelled.", "Nothing was changed.")
        return self._result_of(done)

    def _result_of(self, done: dict[str, Any]) -> Result:
        with explained_read_errors(lambda _reason: no_event(str(done))):
            return self._read_result(done)

    def _read_events(self) -> None:
        self._expect_lines()
        events, self._offset = read_events(self.folder, self._offset)
        for event in events:
            self._answered = True
            self._last_sign = self._clock()
            self._read_event(event)

    def _expect_lines(self) -> None:
        """A line that never ends is garbage too."""
        path = self.folder / EVENTS_FILE
        if path.exists() and path.stat().st_size - self._offset > _LONGEST_LINE:
            with path.open("rb") as file:
                file.seek(self._offset)
                if b"\n" not in file.read(_LONGEST_LINE):
                    raise no_event("a line without an end")

    def _read_event(self, event: dict[str, Any]) -> None:
        kind = event["event"]
        if kind == "progress":
            self._advance(event)
        elif kind == "warning":
            self.progress.warnings.append(str(event.get("message", "")))
        elif kind == "error":
            raise failure_of_event(event)
        elif kind == "done":
            self._done = event
            self._end_stage()

    def _advance(self, event: dict[str, Any]) -> None:
        stage, done, total = event.get("stage"), event.get("done"), event.get("total")
        counts = all(isinstance(count, int | float) and abs(count) < _LARGEST_COUNT for count in (done, total))
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
        if not self._answered and waited > self._patience.start:
            raise never_answered(waited, self.folder)
        if waited > self._patience.silence:
            raise hung(waited, self.progress.stage, self.folder)

    def _end(self) -> None:
        """Close the process's standard input, wait for up to `grace` seconds, then end it."""
        process = self._process
        if process.stdin is not None:
            with contextlib.suppress(OSError):
                process.stdin.close()
        if process.poll() is None and not self._ended():
            process.terminate()
            if not self._ended():
                process.kill()
                process.wait()

    def _ended(self) -> bool:
        try:
            self._process.wait(self._patience.grace)
        except subprocess.TimeoutExpired:
            return False
        return True


class CommandProcess(WorkerProcess[Result]):
    """A worker at a command whose job folder is temporary and whose files go elsewhere, to `output`."""

    def __init__(
        self,
        python: Path,
        command: str,
        arguments: Mapping[str, Any],
        read_result: Callable[[dict[str, Any]], Result],
        *,
        output: Path | None = None,
        home: Path = EXTENSION,
        patience: Patience = _FOR_COMMANDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Write `arguments`, by flag as the command's `--help` has them, into a folder and start `command` on it.

        None leaves an argument out. Raises DuologueError (WORKER_NOT_FOUND, DISK_FULL, OUTPUT_NOT_WRITABLE).
        """
        folder = Path(tempfile.mkdtemp(prefix="duologue-command-"))
        self._output = output
        try:
            write_command_request(folder, command, arguments)
            super().__init__(python, command, folder, read_result, home=home, patience=patience, clock=clock)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise

    def _finish(self, done: dict[str, Any]) -> Result:
        return self._result_of(done)  # also when cancelled: what it made is in `output` already

    def close(self) -> None:
        """End the worker, and remove its job folder and what it left half done."""
        super().close()
        if self._output is not None:
            _remove_files(self._output, f"*.{self._process.pid}{PART}")
        shutil.rmtree(self.folder, ignore_errors=True)


def _remove_files(folder: Path, pattern: str) -> None:
    for path in folder.glob(pattern):
        with contextlib.suppress(OSError):
            path.unlink()


def _started(python: Path, home: Path, words: list[str], log: Path) -> subprocess.Popen[bytes]:
    """`python -m backend …` with a pipe as stdin and its output in `log`. Raises DuologueError (WORKER_NOT_FOUND)."""
    environment = python_environment() | {"PYTHONDONTWRITEBYTECODE": "1"}
    try:
        with log.open("ab") as output:
            return subprocess.Popen(
                [str(python), "-m", "backend", *words],
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
            f"The backend's Python, {python}, cannot be started ({error.strerror or error}).",
            f"{remedy()}, or set its path in the preferences.",
        ) from error
