"""Programs that the installation starts: each can be cancelled, leaves its words in a log, and fails in words."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Final

from ..contract.child_process import NO_WINDOW, python_environment
from ..contract.errors import DuologueError, ExitCode
from ..contract.job import complete_lines

_POLL_SECONDS: Final = 0.1
_TASKKILL_SECONDS: Final = 10.0
_SIGKILL: Final = -9
_TAIL: Final = 8192
_SIGNS: Final = (
    (
        ExitCode.DISK_FULL,
        re.compile(r"No space left|\[Errno 28\]|not enough space|WinError 112|Disk quota"),
    ),
    (ExitCode.OUT_OF_MEMORY, re.compile(r"MemoryError|Cannot allocate memory|\[Errno 12\]|WinError 8\]")),
    (ExitCode.OUTPUT_NOT_WRITABLE, re.compile(r"Permission denied|Read-only file system|WinError 5\]|WinError 32\]")),
)
_FIXES: Final = {
    ExitCode.DISK_FULL: "Free some disk space or choose another folder, then press Install backend again.",
    ExitCode.OUT_OF_MEMORY: "Close other programs, then press Install backend again.",
    ExitCode.OUTPUT_NOT_WRITABLE: "Close what uses the folder or choose another, then press Install backend again.",
    ExitCode.INSTALLATION_FAILED: "Press Install backend again; if it stays so, the log says more.",
}
_OF_ANOTHER_PIP: Final = ("PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_DRY_RUN", "PIP_REPORT", "PIP_PYTHON")
"""Options of pip that would lead an installation elsewhere."""


def printed(words: Sequence[str], seconds: float) -> str:
    """What a program says that ends within `seconds`. Raises OSError, subprocess.SubprocessError, ValueError."""
    return subprocess.run(
        words,
        capture_output=True,
        text=True,
        timeout=seconds,
        check=True,
        stdin=subprocess.DEVNULL,
        creationflags=NO_WINDOW,
    ).stdout


@dataclass(frozen=True)
class Children:
    """Starts programs. `log` gets what they print; `check` is called several times a second and may raise to stop."""

    log: Path
    check: Callable[[], None]
    folder: Path
    """Where they start: it holds `backend`."""
    environment: Mapping[str, str] = field(default_factory=dict)

    def run(self, words: Sequence[str | Path], what: str, tick: Callable[[], None] = lambda: None) -> None:
        """Run a program to its end, calling `tick` meanwhile.

        Raises DuologueError (DISK_FULL, OUT_OF_MEMORY, OUTPUT_NOT_WRITABLE, INSTALLATION_FAILED), or what `check` does.
        """
        with self.log.open("ab") as output:
            since = output.tell()
            self._finish(self._started(words, output), what, tick, since)

    def lines(self, words: Sequence[str | Path], what: str, hear: Callable[[bytes], None]) -> None:
        """Do the same, calling `hear` with each whole line on standard output; what is for people goes to the log."""
        with tempfile.TemporaryDirectory(prefix="duologue-lines-") as folder, self.log.open("ab") as output:
            path, offset = Path(folder) / "lines", 0

            def read() -> None:
                nonlocal offset
                lines, offset = complete_lines(path, offset)
                for line in lines:
                    hear(line)

            since = output.tell()
            with path.open("wb") as printed:
                process = self._started(words, printed, output)
            self._finish(process, what, read, since)
            read()

    def _started(
        self, words: Sequence[str | Path], output: IO[Any], errors: IO[Any] | int = subprocess.STDOUT
    ) -> subprocess.Popen[bytes]:
        environment = python_environment() | {"PIP_USER": "0", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
        for name in _OF_ANOTHER_PIP:
            environment.pop(name, None)
        try:
            return subprocess.Popen(
                [str(word) for word in words],
                cwd=self.folder,
                env=environment | dict(self.environment),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=errors,
                creationflags=NO_WINDOW,
                start_new_session=True,  # one group with all that it starts
            )
        except OSError as error:
            raise DuologueError(
                ExitCode.INSTALLATION_FAILED,
                f"{words[0]} cannot be started ({error.strerror or error}).",
                _FIXES[ExitCode.INSTALLATION_FAILED],
            ) from error

    def _finish(self, process: subprocess.Popen[bytes], what: str, tick: Callable[[], None], since: int) -> None:
        try:
            while process.poll() is None:
                self.check()
                tick()
                time.sleep(_POLL_SECONDS)
        except BaseException:
            _end_with_its_own(process)
            process.wait()
            raise
        if process.returncode:
            _end_with_its_own(process)
            raise self._failure(process.returncode, what, since)

    def _failure(self, status: int, what: str, since: int) -> DuologueError:
        said = _end_of(self.log, since)
        code = ExitCode.OUT_OF_MEMORY if status == _SIGKILL else ExitCode.INSTALLATION_FAILED
        code = next((number for number, sign in _SIGNS if sign.search(said)), code)
        ended = f"was ended by signal {-status}" if status < 0 else f"ended with exit code {status}"
        last = next((line.strip() for line in reversed(said.splitlines()) if line.strip()), "")
        quoted = f" and last said “{last[:200]}”" if last else ""
        return DuologueError(code, f"{what} {ended}{quoted}. The log is {self.log}.", _FIXES[code])


def _end_with_its_own(process: subprocess.Popen[bytes]) -> None:
    """End `process` and all that it started: workers of a pool would wait for ever for the one that is gone."""
    with contextlib.suppress(OSError, subprocess.SubprocessError):
        if sys.platform == "win32":
            printed(["taskkill", "/T", "/F", "/PID", str(process.pid)], _TASKKILL_SECONDS)
        else:
            os.killpg(process.pid, signal.SIGKILL)
    with contextlib.suppress(OSError):
        process.kill()


def _end_of(log: Path, since: int) -> str:
    """What was added to `log` after byte `since`, its end; empty where it cannot be read."""
    try:
        with log.open("rb") as file:
            file.seek(max(since, log.stat().st_size - _TAIL))
            return file.read().decode("utf-8", errors="replace")
    except OSError:
        return ""
