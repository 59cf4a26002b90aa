"""Seconds a stage and peak memory, for the artist's panel and the bench."""

from __future__ import annotations

import sys
import time
from pathlib import Path

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
