"""Running other programs, with one sentence when one fails."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from .paths import ROOT


class BuildFailedError(Exception):
    """A step of the build did not work; the message says which and what to do."""

    def __init__(self, message: str, exit_code: int = 1) -> None:
        super().__init__(message)
        self.exit_code = exit_code


def run(
    command: Sequence[str | Path],
    *,
    what: str,
    environment: Mapping[str, str] | None = None,
    folder: Path = ROOT,
    log: Path | None = None,
) -> None:
    """Run `command` to its end, output to the terminal or to `log`. Raises BuildFailedError."""
    code = status(command, environment=environment, folder=folder, log=log)
    if code:
        end = f"; the end of its log, {log}:\n{tail(log)}" if log else ""
        raise BuildFailedError(f"{what} ended with exit code {code}{end}", exit_code=code if code > 0 else 1)


def status(
    command: Sequence[str | Path],
    *,
    environment: Mapping[str, str] | None = None,
    folder: Path = ROOT,
    log: Path | None = None,
) -> int:
    """Run `command` to its end and return its exit code."""
    merged = os.environ | dict(environment or {})
    words = [str(word) for word in command]
    if log is None:
        return subprocess.run(words, cwd=folder, env=merged, check=False).returncode
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as file:
        return subprocess.run(
            words, cwd=folder, env=merged, check=False, stdout=file, stderr=subprocess.STDOUT
        ).returncode


def status_shown(
    command: Sequence[str | Path], show: Callable[[str], str | None], *, environment: Mapping[str, str], log: Path
) -> int:
    """Run `command`, all its output into `log`, and print of each line what `show` makes of it."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with (
        log.open("w", encoding="utf-8", buffering=1) as file,
        subprocess.Popen(
            [str(word) for word in command],
            cwd=ROOT,
            env=os.environ | dict(environment),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
        ) as process,
    ):
        for line in process.stdout or ():
            file.write(line)
            text = show(line.rstrip())
            if text is not None:
                print(text, flush=True)
    return process.returncode


def output(command: Sequence[str | Path], *, folder: Path = ROOT, failing: bool = False) -> str | None:
    """Standard output of `command`, or None when it cannot run or (unless `failing` is fine) fails."""
    try:
        result = subprocess.run(
            [str(word) for word in command],
            cwd=folder,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            check=False,
            timeout=60,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return result.stdout.strip() if failing or result.returncode == 0 else None


def tail(log: Path, lines: int = 15) -> str:
    """The last lines of a log."""
    return "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])
