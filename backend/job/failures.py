"""Runs a job so that every end of it has an exit code and a sentence, and is reported to whoever started it."""

from __future__ import annotations

import signal
import sys
import traceback
from collections.abc import Callable
from types import FrameType, TracebackType

from ..contract.errors import DuologueError, ExitCode
from ..contract.reading import reason_of
from .machine import missing_dependency
from .reporting import cancelled


def run_explained(work: Callable[[], None], report: Callable[[DuologueError], None]) -> ExitCode:
    """Call `work` and return how it ended; call `report` with a failure before.

    An unforeseen error is reported as UNEXPECTED, and Python ends with its traceback and status 1.
    """
    interrupted = interrupt_on_signals()

    def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        sys.__excepthook__(kind, error, trace)
        report(unexpected(error))

    sys.excepthook = hook
    return explained(work, report, interrupted)


def explained(
    work: Callable[[], None], report: Callable[[DuologueError], None], interrupted: Callable[[], bool]
) -> ExitCode:
    """The same where signals are seen to already: `interrupted` as `interrupt_on_signals` returns it.

    Raises unforeseen errors, which nobody has been told of then.
    """
    try:
        work()
    except (Exception, KeyboardInterrupt) as error:
        # A library of another language that is interrupted raises a failure of its own.
        stopped = interrupted() or isinstance(error, KeyboardInterrupt)
        foreseen = cancelled("The job was interrupted.") if stopped else _foreseen(error)
        if foreseen is None:
            raise
        failure = foreseen
    else:
        return ExitCode.OK
    if failure.__cause__ is not None:
        traceback.print_exception(failure)
    report(failure)
    return failure.code


def unexpected(error: BaseException) -> DuologueError:
    """The failure for an unforeseen error."""
    return DuologueError(
        ExitCode.UNEXPECTED,
        f"The worker failed in a way nobody foresaw ({reason_of(error)}).",
        "Please report it with the worker's log.",
    )


def _foreseen(error: BaseException) -> DuologueError | None:
    """The failure that `error` is; None where it is unforeseen."""
    if isinstance(error, DuologueError):
        return error
    if isinstance(error, ImportError):
        return missing_dependency(error.name or "a library", error)
    # torch names memory in its own ways
    if isinstance(error, MemoryError) or (isinstance(error, RuntimeError) and _is_about_memory(error)):
        return DuologueError(
            ExitCode.OUT_OF_MEMORY,
            f"The computer ran out of memory ({str(error).splitlines()[0] if str(error) else type(error).__name__}).",
            "Close other programs, choose the CPU as device, or cut the dialogue into scenes.",
        )
    return None


def _is_about_memory(error: RuntimeError) -> bool:
    text = f"{type(error).__name__} {error}".lower()
    return "outofmemory" in text or "out of memory" in text or "can't allocate memory" in text


def interrupt_on_signals() -> Callable[[], bool]:
    """Make SIGTERM and Ctrl-C raise KeyboardInterrupt, which leaves no partial file; return whether one has come."""
    came = False

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        nonlocal came
        came = True
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, interrupt)
    if callable(signal.getsignal(signal.SIGINT)):  # a shell's background jobs ignore Ctrl-C
        signal.signal(signal.SIGINT, interrupt)
    return lambda: came
