"""Progress of the lab's commands: printed for whoever watches a shell or reads a log, and reported as events.

What a function here returns is called as `progress(done, total)`, and raises DuologueError (CANCELLED) where the
command is to stop.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import Final

from backend.job.reporting import Reporter

_REPORT_SECONDS: Final = 5.0
"""Seconds between two lines that say how long it takes."""


def counter(report: Reporter, what: str, every: int = 1, *, shown: bool = True) -> Callable[[int, int], None]:
    """Print each `every`-th and the last; of several processes only the one that writes has its progress `shown`."""

    def count(done: int, total: int) -> None:
        report.check_cancel()
        if not shown:
            return
        report.progress(what, done, total)
        if done == total or done % every == 0:
            print(f"{what}: {done} of {total}", flush=True)

    return count


def time_left(report: Reporter, what: str, clock: Callable[[], float] = time.monotonic) -> Callable[[int, int], None]:
    """Print now and then how far it is and how long it still takes; `clock()` in seconds."""
    started = reported = clock()
    first = -1

    def progress(done: int, total: int) -> None:
        nonlocal reported, first
        report.check_cancel()
        report.progress(what, done, total)
        now = clock()
        first = done - 1 if first < 0 else first
        if done < total and now - reported < _REPORT_SECONDS:
            return
        reported = now
        left = (now - started) / (done - first) * (total - done)
        print(f"{what} {done} of {total}" + (f", {_duration(left)} left" if done < total else ""), flush=True)

    return progress


def _duration(seconds: float) -> str:
    minutes = math.ceil(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02d} min"  # noqa: PLR2004
