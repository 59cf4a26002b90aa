"""A worker at one job folder: started, polled, cancelled and ended, without threads. No bpy here."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Generic, TypeVar

from ...backend.contract.command_request import write_command_request
from ...backend.contract.errors import DuologueError, ExitCode
from ...backend.contract.job import CANCEL_FILE, EVENTS_FILE, PART, read_events
from ...backend.contract.reading import explained_read_errors
from ..paths import EXTENSION
from .job_process import JobProcess, KeptWorker, OwnProcess
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

    `grace` is how long an ended job's process may take to go before it is made to.
    """

    start: float = 90.0
    silence: float = 600.0
    goodbye: float = 1.2
    grace: float = 0.7


_FOR_COMMANDS: Final = Patience(start=300.0, silence=300.0)


@dataclass
class Progress:
    """What the worker last reported. `seconds` is how long each stage took so far, in the order they began.

    `length` is the dialogue's, in seconds, once it is known. `since` is when the stage began, by the worker's clock.
    """

    stage: str = "start"
    done: int = 0
    total: int = 0
    warnings: list[str] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)
    cancelling: bool = False
    length: float | None = None
    since: float = 0.0

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

    `poll` is called from a timer until it returns the result or raises; afterwards the job is over, and the process
    gone unless it is kept for the next job.
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
        kept: KeptWorker | None = None,
        start: Callable[[], JobProcess] | None = None,
    ) -> None:
        """Start `command`, at the worker that is `kept` where that is free. `home` is the folder that holds `backend`.

        With `start` the process is what that starts: another program that tells its events in `folder`.

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
        self._failure: DuologueError | None = None
        self._told_its_end = False
        self._over_at: float | None = None
        self._cancelled_at: float | None = None
        self._last_sign = self.progress.since = clock()

        def worker() -> JobProcess:
            if kept is not None and kept.free:
                return kept.begin(python, home, folder)
            return OwnProcess([str(python), "-m", "backend", command, "--job", str(folder)], folder, home)

        self._start = start or worker
        self._process: JobProcess = self._start()

    @property
    def running(self) -> bool:
        """Whether the worker is still at the job."""
        return self._process.busy

    @property
    def warm(self) -> bool:
        """Whether the worker was there before the job."""
        return self._process.stale

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
            if self._over_at is None and not self._is_over():
                return None
            if self._process.busy and self._clock() - (self._over_at or 0.0) < self._patience.grace:
                return None
            result = self._finish(self._done or {}, self._failure)
        except BaseException:
            self.close()
            raise
        self.close()
        return result

    def _is_over(self) -> bool:
        """Whether the job has come to an end; then its process is on its way."""
        # Asked before reading: whatever an ended process wrote is then surely read.
        status = self._process.status
        try:
            self._read_events()
            if self._done is None:
                if status is not None and self._process.stale and not self._answered:
                    self._process.end(0.0)  # it was idle for too long, or ended between two jobs
                    self._process, self._last_sign = self._start(), self._clock()
                    return False
                self._expect_life(status)
                return False
            self._process.let_go()
        except DuologueError as error:
            self._failure = error
            if not self._told_its_end:
                self._process.kill()
        self._over_at = self._clock()
        return True

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
        """End the job now if it is not over, with its process, and remove what it left half done."""
        self._process.end(0.0 if self._over_at is not None else self._patience.grace)
        _remove_files(self.folder, f"*{PART}")

    def _finish(self, done: dict[str, Any], failure: DuologueError | None) -> Result:
        if failure is None and self._cancelled_at is not None:
            failure = DuologueError(ExitCode.CANCELLED, "Cancelled.", "Nothing was changed.")
        return self._result_of(done, failure)

    def _result_of(self, done: dict[str, Any], failure: DuologueError | None) -> Result:
        if failure is not None:
            raise failure
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
        elif kind == "length":
            self.progress.length = _number_or_none(event.get("seconds"))
        elif kind == "error":
            self._told_its_end = True
            self._process.let_go()
            raise failure_of_event(event)
        elif kind == "done":
            self._done = event
            self._end_stage()
            megabytes = _number_or_none(event.get("megabytes"))
            if megabytes is not None:  # not every command tells
                self._process.note_memory(megabytes)

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
        spent[self.progress.stage] = spent.get(self.progress.stage, 0.0) + now - self.progress.since
        self.progress.since = now

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
        kept: KeptWorker | None = None,
    ) -> None:
        """Write `arguments`, by flag as the command's `--help` has them, into a folder and start `command` on it.

        None leaves an argument out. Raises DuologueError (WORKER_NOT_FOUND, DISK_FULL, OUTPUT_NOT_WRITABLE).
        """
        folder = Path(tempfile.mkdtemp(prefix="duologue-command-"))
        self._output = output
        try:
            write_command_request(folder, command, arguments)
            super().__init__(python, command, folder, read_result, home=home, patience=patience, clock=clock, kept=kept)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise

    def _finish(self, done: dict[str, Any], failure: DuologueError | None) -> Result:
        return self._result_of(done, failure)  # also when cancelled: what it made is in `output` already

    def close(self) -> None:
        """End the worker, and remove its job folder and what it left half done."""
        super().close()
        if self._output is not None:
            _remove_files(self._output, f"*.{self._process.pid}{PART}")
        shutil.rmtree(self.folder, ignore_errors=True)


def _number_or_none(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and abs(value) < _LARGEST_COUNT else None


def _remove_files(folder: Path, pattern: str) -> None:
    for path in folder.glob(pattern):
        with contextlib.suppress(OSError):
            path.unlink()
