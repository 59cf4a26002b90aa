"""Commands that another program watches: with --json an event a line, and an end when standard input ends."""

from __future__ import annotations

import json
from collections.abc import Callable

from ..contract.errors import DuologueError
from ..job.failures import run_explained
from ..job.parent import watch_parent
from ..job.reporting import cancelled

Step = Callable[[str, int, int], None]
"""Called with a stage, done and total before each step; may raise DuologueError (CANCELLED)."""


def run_with_events(work: Callable[[Step], dict[str, object]]) -> int:
    """Do `work`, print its steps, and last what it returns as the event “done” or its failure; the exit code."""
    watch = watch_parent()

    def step(stage: str, done: int, total: int) -> None:
        if watch is not None and watch.gone:
            raise cancelled("The program that started the worker has gone.")
        _print(event="progress", stage=stage, done=done, total=total)

    code = run_explained(lambda: _print(event="done", **work(step)), _print_error)
    if watch is not None:
        watch.finish()
    return int(code)


def _print_error(failure: DuologueError) -> None:
    _print(event="error", code=int(failure.code), message=failure.message, fix=failure.fix)


def _print(**fields: object) -> None:
    print(json.dumps(fields), flush=True)
