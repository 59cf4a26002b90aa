"""Where a job says how far it is, and where it hears that it shall stop."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Protocol

from ..contract.errors import DuologueError, ExitCode
from ..contract.files import explained_write_errors
from ..contract.job import CANCEL_FILE, EVENTS_FILE, append_event
from .parent import ParentWatch


class Reporter(Protocol):
    """What every stage of a job may call."""

    def progress(self, stage: str, done: int, total: int) -> None:
        """`done` of `total` steps of `stage`."""

    def warning(self, message: str) -> None:
        """A sentence that stops nothing."""

    def check_cancel(self) -> None:
        """Raises DuologueError (CANCELLED) when the job shall stop."""


class JobReporter:
    """Reports into a job folder's events; stops for the cancel file or when the parent process has gone."""

    def __init__(self, folder: Path, parent: ParentWatch | None = None) -> None:
        self._folder = folder
        self._parent = parent

    def progress(self, stage: str, done: int, total: int) -> None:
        """Append a progress event. Raises DuologueError (DISK_FULL, OUTPUT_NOT_WRITABLE)."""
        self._append("progress", stage=stage, done=done, total=total)

    def warning(self, message: str) -> None:
        """Append a warning event. Raises as `progress`."""
        self._append("warning", message=message)

    def done(self, performance: Path, frames: int, seconds: dict[str, float], peak_megabytes: float) -> None:
        """Append the done event, the last of a job that worked. Raises as `progress`."""
        self._append(
            "done", performance=str(performance), frames=frames, seconds=seconds, peak_megabytes=peak_megabytes
        )

    def error(self, failure: DuologueError) -> None:
        """Append the error event, the last of a job that failed. Raises as `progress`."""
        self._append("error", code=int(failure.code), message=failure.message, fix=failure.fix)

    def check_cancel(self) -> None:
        """Raises DuologueError (CANCELLED)."""
        if (self._folder / CANCEL_FILE).exists():
            raise cancelled("The job was cancelled.")
        if self._parent is not None and self._parent.gone:
            raise cancelled("The program that started the job has gone.")

    def _append(self, event: str, **fields: object) -> None:
        with explained_write_errors(self._folder / EVENTS_FILE):
            append_event(self._folder, event, **fields)


class TerminalReporter:
    """Reports on standard error, for a person at a shell."""

    def __init__(self) -> None:
        self._stage = ""

    def progress(self, stage: str, done: int, total: int) -> None:
        """One line a stage; on a terminal the line counts the steps."""
        if sys.stderr.isatty():
            end = "\n" if done == total else ""
            print(f"\r{stage:10} {done}/{total}", end=end, file=sys.stderr, flush=True)
        elif stage != self._stage:
            print(stage, file=sys.stderr, flush=True)
        self._stage = stage

    def warning(self, message: str) -> None:
        """A line that begins with “warning”."""
        print(f"warning: {message}", file=sys.stderr, flush=True)

    def check_cancel(self) -> None:
        """A person at a shell interrupts with Ctrl-C instead."""


def cancelled(why: str) -> DuologueError:
    """The failure of a job that was asked to stop."""
    return DuologueError(ExitCode.CANCELLED, why, "Nothing was changed; run it again when you like.")
