"""The worker: one job folder from its request to its performance, and an exit code for every way it can end.

At the top this module imports the standard library alone, so that even a broken Python can say what is missing.
"""

from __future__ import annotations

from pathlib import Path

from .contract.errors import ExitCode
from .contract.job import PERFORMANCE_FILE, SEGMENTS_FILE, JobRequest, read_request
from .job.loaded_models import LoadedModels
from .job.machine import load_dependencies
from .job.reporting import JobReporter, Reporter
from .job.running import Host, run_in_folder
from .job.stages import StageClock, held_megabytes, peak_megabytes


def run_job(
    folder: Path, host: Host | None = None, models: LoadedModels | None = None, began: float | None = None
) -> ExitCode:
    """Animate the request in `folder`, reporting into its events; return how the job ended.

    `host` as in `run_in_folder`; `models` stay loaded for the next job; the job's first stage began at `began`, in
    monotonic seconds, or with the process.
    """

    def work(report: JobReporter) -> dict[str, object]:
        clock = StageClock(began)
        request, path = read_request(folder), folder / PERFORMANCE_FILE
        frames = make_performance(request, path, report, clock, folder / SEGMENTS_FILE, models)
        return {
            "performance": str(path),
            "frames": frames,
            "seconds": clock.stop(),
            "megabytes": held_megabytes(),
            "peak_megabytes": peak_megabytes(),
        }

    return run_in_folder(folder, work, host)


def make_performance(
    request: JobRequest,
    path: Path,
    report: Reporter,
    clock: StageClock,
    segments: Path | None = None,
    models: LoadedModels | None = None,
) -> int:
    """Run `request` and write its performance to `path`, and who speaks when to `segments`; the number of frames.

    `models` as in `run_job`. Raises DuologueError.
    """
    clock.enter("start")
    report.progress("start", 0, 1)
    load_dependencies()
    from .contract.performance import save_performance
    from .contract.segments_file import write_segments
    from .job.pipeline import animate

    report.progress("start", 1, 1)
    report.check_cancel()
    take = animate(request, report, clock, models)
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
