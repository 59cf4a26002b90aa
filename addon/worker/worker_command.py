"""One command of the worker that prints an event a line: started, watched, cancelled and buried. No bpy here."""

from __future__ import annotations

import contextlib
import json
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, Generic, TypeVar

from ...backend.contract.errors import DuologueError, ExitCode
from ...backend.contract.job import LOG_FILE, complete_lines
from ...backend.contract.reading import explained_read_errors, read_or_none
from ..paths import EXTENSION
from .worker_client import end_process, start_worker
from .worker_failure import failure_of_event, failure_of_exit, hung, no_event

_LONGEST_SILENCE: Final = 300.0
_GRACE: Final = 0.7

Result = TypeVar("Result")


class WorkerCommand(Generic[Result]):
    """A worker at one command. `poll` is called until it returns a result or raises; then the worker is gone.

    `stage` and `share` (0 to 1) are what the worker last said.
    """

    def __init__(
        self,
        python: Path,
        words: list[str],
        folder: Path,
        result: Callable[[dict[str, Any]], Result],
        home: Path = EXTENSION,
        clock: Callable[[], float] = time.monotonic,
        events: str = "--json",
    ) -> None:
        """Start `words`, a command that writes into `folder` and prints its events when it is given `events`.

        `result` makes of the event “done” what `poll` returns; where a field is off it may raise KeyError, TypeError,
        ValueError, AttributeError and the like. `home` holds `backend`. Raises DuologueError (WORKER_NOT_FOUND).
        """
        self.stage = "Starting the worker"
        self.share = 0.0
        self._result = result
        self._written = folder
        self._folder = Path(tempfile.mkdtemp(prefix="duologue-command-"))
        self._read = 0
        self._cancelled = False
        self._clock = clock
        self._last_sign = clock()
        try:
            self._process = start_worker(python, home, [*words, events], self._folder / LOG_FILE)
        except DuologueError:
            shutil.rmtree(self._folder, ignore_errors=True)
            raise

    @property
    def running(self) -> bool:
        """Whether the worker's process is still there."""
        return self._process.poll() is None

    def poll(self) -> Result | None:
        """The result once it is there, None before.

        Raises DuologueError with the worker's own code, or WORKER_DIED, WORKER_HUNG, CANCELLED.
        """
        try:
            status = self._process.poll()  # asked before reading: whatever an ended process wrote is then surely read
            found = self._listen()
            if found is None:
                self._expect_life(status)
                return None
        except BaseException:
            self.close()
            raise
        self.close()
        return found

    def cancel(self) -> None:
        """Stop; `poll` then raises CANCELLED."""
        self._cancelled = True
        end_process(self._process, _GRACE)

    def close(self) -> None:
        """End the worker if it is still there, and remove what it left half done."""
        end_process(self._process, _GRACE)
        for part in self._written.glob(f"*.{self._process.pid}.part"):
            with contextlib.suppress(OSError):
                part.unlink()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _listen(self) -> Result | None:
        lines, self._read = complete_lines(self._folder / LOG_FILE, self._read)
        for line in lines:
            event = _event(line)
            if event is not None:
                self._last_sign = self._clock()
                found = self._hear(event)
                if found is not None:
                    return found
        return None

    def _hear(self, event: dict[str, Any]) -> Result | None:
        if event["event"] == "error":
            raise failure_of_event(event)
        with explained_read_errors(lambda _reason: no_event(str(event))):
            if event["event"] == "done":
                return self._result(event)
            share = float(event["done"]) / float(event["total"])
            self.stage, self.share = str(event["stage"]), min(max(share, 0.0), 1.0)
        return None

    def _expect_life(self, status: int | None) -> None:
        """`status` is the process's exit status, None while it runs."""
        if self._cancelled:
            raise DuologueError(ExitCode.CANCELLED, "Cancelled.", "Nothing was changed.")
        if status is not None:
            raise failure_of_exit(status, self._folder, cancelled=False)
        waited = self._clock() - self._last_sign
        if waited > _LONGEST_SILENCE:
            raise hung(waited, self.stage, self._folder)


def _event(line: bytes) -> dict[str, Any] | None:
    """The event on a line of the log; None for anything else a program may print."""
    if not line.startswith(b"{"):
        return None
    found = read_or_none(lambda: json.loads(line))
    return found if isinstance(found, dict) and "event" in found else None
