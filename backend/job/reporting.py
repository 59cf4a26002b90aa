"""How a job reports its progress and its end, and how it learns that it is to stop."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from ..contract.errors import DuologueError, ExitCode
from ..contract.files import explained_write_errors
from ..contract.job import CANCEL_FILE, EVENTS_FILE, append_event
from .parent import ParentWatch

Step = Callable[[str, int, int], None]
"""Called with a stage, done and total before each step; may raise DuologueError (CANCELLED)."""


class Reporter(Protocol):
    """Interface by which every stage of a job reports, and learns whether to stop."""

    def progress(self, stage: str, done: int, total: int) -> None:
        """Report `done` of `total` steps of `stage`."""

    def warning(self, message: str) -> None:
        """Report a sentence that stops nothing."""

    def length(self, seconds: float) -> None:
        """Report how long the dialogue is, once it is known."""

    def check_cancel(self) -> None:
        """Raise DuologueError (CANCELLED) when the job is to stop."""


class EventReporter:
    """Reports events for another program; stops when that program, the parent process, has gone."""

    def __init__(self, parent: ParentWatch | None) -> None:
        self._parent = parent

    def progress(self, stage: str, done: int, total: int) -> None:
        """Write a progress event."""
        self._write("progress", stage=stage, done=done, total=total)

    def warning(self, message: str) -> None:
        """Write a warning event."""
        self._write("warning", message=message)

    def length(self, seconds: float) -> None:
        """Write a length event."""
        self._write("length", seconds=round(seconds, 3))

    def done(self, /, **result: object) -> None:
        """Write the done event with the result's fields, the last event of a job that worked."""
        self._write("done", **result)

    def error(self, failure: DuologueError) -> None:
        """Write the error event, the last event of a job that failed."""
        self._write("error", code=int(failure.code), message=failure.message, fix=failure.fix)

    def check_cancel(self) -> None:
        """Raise DuologueError (CANCELLED)."""
        if self._parent is not None and self._parent.gone:
            raise cancelled("The program that started the worker has gone.")

    def _write(self, event: str, /, **fields: object) -> None:
        raise NotImplementedError


class JobReporter(EventReporter):
    """Appends to a job folder's events, and stops for the cancel file too.

    Its methods raise DuologueError (DISK_FULL, OUTPUT_NOT_WRITABLE) where the events cannot be written.
    """

    def __init__(self, folder: Path, parent: ParentWatch | None = None) -> None:
        super().__init__(parent)
        self._folder = folder

    def check_cancel(self) -> None:
        """Raise DuologueError (CANCELLED)."""
        if (self._folder / CANCEL_FILE).exists():
            raise cancelled("The job was cancelled.")
        super().check_cancel()

    def _write(self, event: str, /, **fields: object) -> None:
        with explained_write_errors(self._folder / EVENTS_FILE):
            append_event(self._folder, event, **fields)


class OutputReporter(EventReporter):
    """Prints an event a line on standard output."""

    def _write(self, event: str, /, **fields: object) -> None:
        print(json.dumps({"event": event} | fields), flush=True)


class QuietReporter:
    """Reports warnings alone to a person at a shell, who interrupts with Ctrl-C."""

    def progress(self, stage: str, done: int, total: int) -> None:
        """Nothing: the result follows in seconds."""

    def warning(self, message: str) -> None:
        """Print a line that begins with “warning” on standard error."""
        print(f"warning: {message}", file=sys.stderr, flush=True)

    def length(self, seconds: float) -> None:
        """Nothing."""

    def check_cancel(self) -> None:
        """Nothing."""


class StageReporter(QuietReporter):
    """Prints each stage as a line on standard output."""

    def progress(self, stage: str, done: int, total: int) -> None:  # noqa: ARG002  (a line has no numbers)
        """Print `stage`."""
        print(stage, flush=True)


class TerminalReporter(QuietReporter):
    """Prints each stage on standard error, with its steps where that is a terminal."""

    def __init__(self) -> None:
        self._stage = ""

    def progress(self, stage: str, done: int, total: int) -> None:
        """Print a line a stage; on a terminal the line counts the steps."""
        if sys.stderr.isatty():
            end = "\n" if done == total else ""
            print(f"\r{stage:10} {done}/{total}", end=end, file=sys.stderr, flush=True)
        elif stage != self._stage:
            print(stage, file=sys.stderr, flush=True)
        self._stage = stage


def step_of(report: Reporter) -> Step:
    """Return a function that reports the step it is called with, and raises DuologueError (CANCELLED) before."""

    def step(stage: str, done: int, total: int) -> None:
        report.check_cancel()
        report.progress(stage, done, total)

    return step


def numbered_steps(report: Reporter, stages: Sequence[str]) -> Callable[[int], None]:
    """Return a function that reports the stage with the number it is called with; raises as `step_of`'s."""
    step = step_of(report)
    return lambda number: step(stages[number], number, len(stages))


def cancelled(why: str) -> DuologueError:
    """The failure of a job that was asked to stop."""
    return DuologueError(ExitCode.CANCELLED, why, "Nothing was changed; run it again when you like.")


def print_failure(failure: DuologueError) -> None:
    """Print the failure's code and sentences on standard error, for a person at a shell."""
    print(f"error {int(failure.code)}: {failure.sentence()}", file=sys.stderr, flush=True)
