"""What went wrong with a worker, as a sentence for the artist and what to do."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Final

from ...backend.contract.errors import DuologueError, ExitCode
from ...backend.contract.installation import remedy
from ...backend.contract.job import LOG_FILE

_LOOK: Final = "Press Check backend, or Open log to see what it said."
_TAIL: Final = 8192
_KIND: Final = re.compile(r"^(?:\w+\.)*\w*(?:Error|Exception|Interrupt)(?:: |$)")
"""What the last line of a Python program that failed begins with; it says nothing to an artist."""

_CRASH: Final = "Fatal Python error: "
"""Python's own report of a crash begins so; where it was follows on many lines."""


def failure_of_event(event: dict[str, Any]) -> DuologueError:
    """The DuologueError that an `error` event describes; garbage where a field is off."""
    code, message = event.get("code"), event.get("message")
    if not isinstance(code, int) or not isinstance(message, str) or code not in ExitCode._value2member_map_:
        return no_event(str(event))
    # The recipes of assets keep their words, because their bytes are part of what is derived from them.
    fix = str(event.get("fix", ""))
    for before, words in (("Run", remedy()), ("run", remedy()[0].lower() + remedy()[1:])):
        fix = fix.replace(f"{before} `python3 build.py setup`", words)
    return DuologueError(ExitCode(code), message, fix)


def failure_of_exit(status: int, folder: Path, *, cancelled: bool) -> DuologueError:
    """A worker that ended without a last word. `status` is its exit status, negative for a signal."""
    if cancelled or status == ExitCode.CANCELLED:
        return DuologueError(ExitCode.CANCELLED, "Cancelled.", "Nothing was changed.")
    said = last_log_line(folder)
    ended = f"was ended by signal {-status}" if status < 0 else f"ended with exit code {status}"
    if "No module named" in said:
        return DuologueError(
            ExitCode.DEPENDENCY_MISSING,
            f"The backend's Python lacks a package ({said}).",
            f"{remedy()}, or choose another Python in the preferences.",
        )
    return DuologueError(
        ExitCode.WORKER_DIED,
        f"The worker {ended} before it was done{f' and last said “{said}”' if said else ''}.",
        _LOOK,
    )


def never_answered(seconds: float, folder: Path) -> DuologueError:
    """Started, but not one event came."""
    return DuologueError(
        ExitCode.WORKER_HUNG, f"The worker gave no sign of life for {seconds:.0f} seconds.{_quoted(folder)}", _LOOK
    )


def hung(seconds: float, stage: str, folder: Path) -> DuologueError:
    """Events came, then none."""
    return DuologueError(
        ExitCode.WORKER_HUNG,
        f"The worker said nothing for {seconds:.0f} seconds at “{stage}” and was ended.{_quoted(folder)}",
        _LOOK,
    )


def no_event(what: str) -> DuologueError:
    """A line in the events that is none."""
    return DuologueError(ExitCode.WORKER_GARBAGE, f"The worker wrote something that is no event: {what[:80]}.", _LOOK)


def last_log_line(folder: Path) -> str:
    """The last line with something on it in the worker's log, at most 200 characters; empty when there is none.

    The kind of a Python error before what it says is left out; of a crash inside a library it is its name.
    """
    try:
        with (folder / LOG_FILE).open("rb") as file:
            file.seek(0, 2)
            file.seek(max(0, file.tell() - _TAIL))
            lines = file.read().decode("utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    lines = [line.strip() for line in reversed(lines) if line.strip()]
    said = next((line for line in lines if line.startswith(_CRASH)), next(iter(lines), ""))
    return _KIND.sub("", said)[:200] or said[:200]


def _quoted(folder: Path) -> str:
    said = last_log_line(folder)
    return f" It last said “{said}”." if said else ""
