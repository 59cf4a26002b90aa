"""The worker: one job folder from its request to its performance, and an exit code for every way it can end.

At the top this module imports the standard library alone, so that even a broken Python can say what is missing.
"""

from __future__ import annotations

import sys
from pathlib import Path

from .contract.errors import DuologueError, ExitCode
from .contract.job import PERFORMANCE_FILE, SEGMENTS_FILE, JobRequest, read_request, remove_unfinished
from .job.clock import StageClock, peak_megabytes
from .job.dependencies import load_dependencies
from .job.failures import run_explained
from .job.parent import ParentWatch, watch_parent
from .job.reporting import JobReporter, Reporter


def run_job(folder: Path) -> ExitCode:
    """Do the job in `folder`, reporting into its events; how it ended."""

    def clear_away(watch: ParentWatch) -> None:
        """Nobody is left who would read what was said, or remove it."""
        if watch.dead:
            remove_unfinished(folder)

    parent = watch_parent(clear_away)
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
        frames = make_performance(request, folder / PERFORMANCE_FILE, report, clock, folder / SEGMENTS_FILE)
        _release(parent)
        report.done(folder / PERFORMANCE_FILE, frames, clock.stop(), peak_megabytes())

    code = run_explained(work, tell)
    if parent is not None:
        clear_away(parent)
    return code


def make_performance(
    request: JobRequest, path: Path, report: Reporter, clock: StageClock, segments: Path | None = None
) -> int:
    """Run `request` and write its performance to `path`, and who speaks when to `segments`; the number of frames.

    Raises DuologueError.
    """
    clock.enter("start")
    report.progress("start", 0, 1)
    load_dependencies()
    from .contract.performance import save_performance
    from .contract.segments_file import write_segments
    from .job.pipeline import animate

    report.progress("start", 1, 1)
    report.check_cancel()
    take = animate(request, report, clock)
    if segments is not None:
        write_segments(segments, take.said)
    try:
        save_performance(path, take.performance)
    except BaseException:
        if segments is not None:
            segments.unlink(missing_ok=True)  # segments of a take that is not there help nobody
        raise
    report.progress("write", 1, 1)
    return take.performance.frame_count


def _release(parent: ParentWatch | None) -> None:
    if parent is not None:
        parent.finish()
