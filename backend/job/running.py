"""Runs a job for another program, which reads its events in a job folder or on standard output."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from ..contract.errors import DuologueError, ExitCode
from ..contract.job import remove_unfinished
from .failures import run_explained
from .parent import ParentWatch, watch_parent
from .reporting import EventReporter, JobReporter, OutputReporter, print_failure

AnyEvents = TypeVar("AnyEvents", bound=EventReporter)


def run_in_folder(folder: Path, work: Callable[[JobReporter], dict[str, object]]) -> ExitCode:
    """Call `work` with a reporter into `folder`'s events; report what it returns as done, or its failure.

    Stops when the parent process has gone. Returns how the job ended.
    """

    def clear_away(parent: ParentWatch) -> None:
        """Remove the job where nobody is left who would read its events, or remove it."""
        if parent.dead:
            remove_unfinished(folder)

    def checked(report: JobReporter) -> dict[str, object]:
        if not folder.is_dir():
            raise DuologueError(
                ExitCode.BAD_REQUEST, f"There is no job folder at {folder}.", "Start the job from Duologue's panel."
            )
        return work(report)

    def report_failure(failure: DuologueError) -> None:
        print_failure(failure)
        if not folder.is_dir():
            return
        try:
            report.error(failure)
        except DuologueError as error:  # a full disk has no room for the event either; the exit code still says it
            print(error.sentence(), file=sys.stderr, flush=True)

    parent = watch_parent(clear_away)
    report = JobReporter(folder, parent)
    code = _run_watched(report, parent, checked, report_failure)
    if parent is not None:
        clear_away(parent)
    return code


def run_with_output(work: Callable[[OutputReporter], dict[str, object]]) -> ExitCode:
    """Do the same with events on standard output, for a program that reads them there."""
    parent = watch_parent()
    report = OutputReporter(parent)
    return _run_watched(report, parent, work, report.error)


def _run_watched(
    report: AnyEvents,
    parent: ParentWatch | None,
    work: Callable[[AnyEvents], dict[str, object]],
    report_failure: Callable[[DuologueError], None],
) -> ExitCode:
    def release() -> None:
        if parent is not None:
            parent.finish()

    def work_and_finish() -> None:
        result = work(report)
        release()
        report.done(**result)

    def fail(failure: DuologueError) -> None:
        release()
        report_failure(failure)

    return run_explained(work_and_finish, fail)
