"""The worker: one job folder from its request to its performance, and an exit code for every way it can end.

At the top this module imports the standard library alone, so that even a broken Python can say what is missing.
"""

from __future__ import annotations

import sys
from pathlib import Path

from .contract.errors import DuologueError, ExitCode
from .contract.job import PERFORMANCE_FILE, JobRequest, read_request
from .job.clock import StageClock, peak_megabytes
from .job.dependencies import load_dependencies
from .job.failures import run_explained
from .job.parent import ParentWatch, watch_parent
from .job.reporting import JobReporter, Reporter


def run_job(folder: Path) -> ExitCode:
    """Do the job in `folder`, reporting into its events; how it ended."""
    parent = watch_parent()
    report = JobReporter(folder, parent)

    def tell(failure: DuologueError) -> None:
        _release(parent)
        print(f"error {int(failure.code)}: {failure.sentence()}", file=sys.stderr, flush=True)
        if not folder.is_dir():
            return
        try:
            report.error(failure)
        except DuologueError as error:  # a full disk has no room for the event either; the exit code still tells
            print(error.sentence(), file=sys.stderr, flush=True)

    def work() -> None:
        clock = StageClock()
        if not folder.is_dir():
            raise DuologueError(
                ExitCode.BAD_REQUEST, f"There is no job folder at {folder}.", "Start the job from Duologue's panel."
            )
        request = read_request(folder)
        frames = make_performance(request, folder / PERFORMANCE_FILE, report, clock)
        _release(parent)
        report.done(folder / PERFORMANCE_FILE, frames, clock.stop(), peak_megabytes())

    return run_explained(work, tell)


def make_performance(request: JobRequest, path: Path, report: Reporter, clock: StageClock) -> int:
    """Run `request` and write its performance to `path`; the number of frames. Raises DuologueError."""
    clock.enter("start")
    report.progress("start", 0, 1)
    load_dependencies()
    from .contract.performance import save_performance
    from .job.pipeline import animate

    report.progress("start", 1, 1)
    report.check_cancel()
    performance = animate(request, report, clock)
    save_performance(path, performance)
    report.progress("write", 1, 1)
    return performance.frame_count


def _release(parent: ParentWatch | None) -> None:
    if parent is not None:
        parent.finish()
