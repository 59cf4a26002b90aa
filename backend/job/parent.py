"""Noticing that the program which started the worker has gone: its end of our standard input closes."""

from __future__ import annotations

import os
import stat
import threading
from collections.abc import Callable
from typing import Final

from ..contract.errors import ExitCode

_GRACE_SECONDS: Final = 20.0


class ParentWatch:
    """Reads a pipe in the background until its other end closes.

    A job that has not come to its next step `_GRACE_SECONDS` later is ended the hard way, so that no worker outlives
    the program that started it and keeps a graphics card's memory; `before_end` is called then. What comes through the
    pipe goes to `hear`, in the background, and nothing at its end.
    """

    def __init__(
        self,
        pipe: int,
        grace: float = _GRACE_SECONDS,
        before_end: Callable[[ParentWatch], None] | None = None,
        hear: Callable[[bytes], None] = lambda _data: None,
    ) -> None:
        self._pipe = pipe
        self._grace = grace
        self._before_end = before_end
        self._hear = hear
        self._parent = os.getppid()
        self._gone = threading.Event()
        self._finished = threading.Event()
        threading.Thread(target=self._read, name="parent watch", daemon=True).start()

    @property
    def gone(self) -> bool:
        """Whether the other end has closed."""
        return self._gone.is_set()

    @property
    def dead(self) -> bool:
        """Whether the program itself has ended, and not just this job; never under Windows, which does not say."""
        return self.gone and os.getppid() != self._parent

    def begin(self, before_end: Callable[[ParentWatch], None] | None) -> None:
        """Another job begins in this process."""
        self._before_end = before_end
        self._finished.clear()

    def finish(self) -> None:
        """The job is over by itself; nothing is to be ended any more."""
        self._finished.set()

    def _read(self) -> None:
        try:
            while data := os.read(self._pipe, 4096):
                self._hear(data)
        except OSError:  # a pipe that breaks has no other end either
            pass
        self._gone.set()
        self._hear(b"")
        if not self._finished.wait(self._grace):
            if self._before_end is not None:
                self._before_end(self)
            os._exit(int(ExitCode.CANCELLED))


def watch_parent(before_end: Callable[[ParentWatch], None] | None = None) -> ParentWatch | None:
    """A watch on standard input where that is a pipe; None at a terminal or with no input at all."""
    try:
        mode = os.fstat(0).st_mode
    except OSError:
        return None
    return ParentWatch(0, before_end=before_end) if stat.S_ISFIFO(mode) else None
