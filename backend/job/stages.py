"""The stages of a job: reported, timed, and stopped between steps; and the memory that they took."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path

from .reporting import Reporter

_IMPORTED = time.monotonic()


class StageClock:
    """Wall seconds of each stage, the first counted from the start of the process, or from `since` (monotonic)."""

    def __init__(self, since: float | None = None) -> None:
        self.seconds: dict[str, float] = {}
        self._stage = ""
        self._since = _process_start() if since is None else since

    def enter(self, stage: str) -> None:
        """What comes now belongs to `stage`; entering the stage one is in changes nothing."""
        if stage == self._stage:
            return
        now = time.monotonic()
        if self._stage:
            self.seconds[self._stage] = round(self.seconds.get(self._stage, 0.0) + now - self._since, 3)
            self._since = now
        self._stage = stage

    def stop(self) -> dict[str, float]:
        """Seconds of all stages, and of the whole as `total`."""
        self.enter("")
        self._stage = ""
        return self.seconds | {"total": round(sum(self.seconds.values()), 3)}


def peak_megabytes() -> float:
    """The most memory this process has held so far, in MB; 0 where the system does not say."""
    if sys.platform == "win32":
        return 0.0
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak / (1e6 if sys.platform == "darwin" else 1e3), 1)


def held_megabytes() -> float:
    """The memory that this process holds now, in MB; 0 where the system does not say."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except (OSError, ValueError, IndexError):
        return 0.0
    import os

    return round(pages * os.sysconf("SC_PAGESIZE") / 1e6, 1)


def _process_start() -> float:
    """Monotonic seconds at which this process began, on Linux; elsewhere when this module was imported."""
    try:
        ticks = int(Path("/proc/self/stat").read_text(encoding="ascii").rpartition(")")[2].split()[19])
    except (OSError, ValueError, IndexError):
        return _IMPORTED
    import os

    started = ticks / os.sysconf("SC_CLK_TCK")
    uptime = time.clock_gettime(time.CLOCK_BOOTTIME)
    return time.monotonic() - (uptime - started)


class Stages:
    """Tells each step to the reporter and its seconds to the clock, and hears at each step whether to stop.

    Every method may raise DuologueError (CANCELLED, DISK_FULL, OUTPUT_NOT_WRITABLE).
    """

    def __init__(self, report: Reporter, clock: StageClock) -> None:
        self._report = report
        self._clock = clock

    def progress(self, stage: str, done: int, total: int) -> None:
        """`done` of `total` steps of `stage`."""
        self._clock.enter(stage)
        self._report.progress(stage, done, total)
        self._report.check_cancel()

    def begin(self, stage: str) -> None:
        """`stage` begins."""
        self.progress(stage, 0, 1)

    def steps_of(self, stage: str) -> Callable[[int, int], None]:
        """`progress` of one stage."""
        return lambda done, total: self.progress(stage, done, total)

    def length(self, seconds: float) -> None:
        """How long the dialogue is."""
        self._report.length(seconds)

    def check_cancel(self) -> None:
        """Raises DuologueError (CANCELLED) when the job shall stop."""
        self._report.check_cancel()

    def warn(self, *sentences: str) -> None:
        """Sentences that stop nothing."""
        for sentence in sentences:
            self._report.warning(sentence)
