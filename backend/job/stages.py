"""The stages of a job: reported, timed, and stopped between steps."""

from __future__ import annotations

from collections.abc import Callable

from .clock import StageClock
from .reporting import Reporter


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
