"""Runs a job for another program, which reads its events in a job folder or on standard output."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from ..contract.errors import DuologueError, ExitCode
from ..contract.job import remove_unfinished
from .failures import run_explained
from .parent import ParentWatch, watch_parent
from .reporting import EventReporter, JobReporter, OutputReporter, print_failure

AnyEvents = TypeVar("AnyEvents", bound=EventReporter)


@dataclass(frozen=True)
class Host:
    """The process around a job: its `parent`, None where nobody is at the other end of its input.

    `explain` as `run_explained`. `release` is called before the job's last event: from then on the job's folder may be
    removed.
    """

    parent: ParentWatch | None
    explain: Callable[[Callable[[], None], Callable[[DuologueError], None]], ExitCode] = run_explained
    release: Callable[[], None] = lambda: None


def run_in_folder(folder: Path, work: Callable[[JobReporter], dict[str, object]], host: Host | None = None) -> ExitCode:
    """Call `work` with a reporter into `folder`'s events; report what it returns as done, or its failure.

    Stops when the parent process has gone. Without a `host` the process is there for this job alone. Returns how the
    job ended.
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

    if host is None:
        host = Host(watch_parent(clear_away))
    elif host.parent is not None:
        host.parent.begin(clear_away)
    report = JobReporter(folder, host.parent)
    code = _run_watched(report, host, checked, print_failure, lambda failure: _report_failure(folder, report, failure))
    if host.parent is not None:
        clear_away(host.parent)
    return code


def _report_failure(folder: Path, report: JobReporter, failure: DuologueError) -> None:
    if not folder.is_dir():
        return
    try:
        report.error(failure)
    except DuologueError as error:  # a full disk has no room for the event either; the exit code still says it
        print(error.sentence(), file=sys.stderr, flush=True)


def run_with_output(work: Callable[[OutputReporter], dict[str, object]]) -> ExitCode:
    """Do the same with events on standard output, for a program that reads them there."""
    host = Host(watch_parent())
    report = OutputReporter(host.parent)
    return _run_watched(report, host, work, lambda _failure: None, report.error)


def _run_watched(
    report: AnyEvents,
    host: Host,
    work: Callable[[AnyEvents], dict[str, object]],
    log_failure: Callable[[DuologueError], None],
    report_failure: Callable[[DuologueError], None],
) -> ExitCode:
    def release() -> None:
        if host.parent is not None:
            host.parent.finish()
        host.release()

    def work_and_finish() -> None:
        result = work(report)
        release()
        report.done(**result)

    def fail(failure: DuologueError) -> None:
        log_failure(failure)
        release()
        report_failure(failure)

    return host.explain(work_and_finish, fail)
