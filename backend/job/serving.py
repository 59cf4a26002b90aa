"""One process for job after job: their folders come as lines on its standard input, and its models stay loaded.

A line is the folder's path as a JSON text. Everything else is as for a job that has a process of its own: events, log
and cancel file are in the job's folder. The process ends when its input does, and after `idle` seconds without a job.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import sys
import traceback
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

from ..contract.errors import DuologueError, ExitCode
from ..contract.job import LOG_FILE
from ..contract.reading import read_or_none
from .failures import explained, interrupt_on_signals, unexpected
from .parent import ParentWatch
from .running import Host

IDLE_SECONDS: Final = 600.0
_STANDARD_INPUT: Final = 0
_OUTPUTS: Final = (1, 2)


def serve(do: Callable[[Path, Host], ExitCode], idle: float = IDLE_SECONDS) -> ExitCode:
    """Call `do` with the folder of each job that comes, until there are no more; how the process ends.

    A job that fails, in whatever way, leaves the process to the next one.
    """
    lines = _Lines()
    watch = ParentWatch(_STANDARD_INPUT, hear=lines.hear)
    watch.finish()
    interrupted = interrupt_on_signals()
    with contextlib.suppress(KeyboardInterrupt):
        while (folder := lines.next_folder(idle)) is not None:
            _do_one(folder, do, watch, interrupted)
            if interrupted():
                break
    return ExitCode.CANCELLED if interrupted() else ExitCode.OK


def _do_one(
    folder: Path, do: Callable[[Path, Host], ExitCode], watch: ParentWatch, interrupted: Callable[[], bool]
) -> None:
    output = _JobOutput(folder / LOG_FILE)

    def explain(work: Callable[[], None], report: Callable[[DuologueError], None]) -> ExitCode:
        try:
            return explained(work, report, interrupted)
        except Exception as error:  # noqa: BLE001  (whatever it is, the next job is not to suffer from it)
            traceback.print_exc()
            report(unexpected(error))
            return ExitCode.UNEXPECTED

    try:
        do(folder, Host(watch, explain, output.close))
    finally:
        watch.finish()
        output.close()


class _Lines:
    """Reads whole lines from a pipe."""

    def __init__(self) -> None:
        self._rest = b""
        self._whole: queue.Queue[bytes | None] = queue.Queue()

    def hear(self, data: bytes) -> None:
        """Take the next bytes; none at the end."""
        if not data:
            self._whole.put(None)
            return
        *whole, self._rest = (self._rest + data).split(b"\n")
        for line in whole:
            self._whole.put(line)

    def next_folder(self, seconds: float) -> Path | None:
        """The folder that the next line names; None at the end, or where none comes for so many seconds."""
        while True:
            try:
                line = self._whole.get(timeout=seconds)
            except queue.Empty:
                return None
            if line is None:
                return None
            given = read_or_none(partial(json.loads, line))
            folder = Path(given) if isinstance(given, str) and given else None
            if folder is not None:
                return folder
            print(f"no job folder: {line[:80]!r}", file=sys.stderr, flush=True)


class _JobOutput:
    """Whatever this process prints, libraries too, goes to a job's log until it is closed, and nowhere afterwards."""

    def __init__(self, log: Path) -> None:
        self._open = True
        self._lead(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def close(self) -> None:
        """The log is nobody's any more, and may be removed."""
        if self._open:
            self._open = False
            self._lead(Path(os.devnull), os.O_WRONLY)

    def _lead(self, path: Path, flags: int) -> None:
        sys.stdout.flush()
        sys.stderr.flush()
        with contextlib.suppress(OSError):  # a folder that is not there, a full disk: the job says so itself
            there = os.open(path, flags, 0o666)
            for number in _OUTPUTS:
                os.dup2(there, number)
            os.close(there)
