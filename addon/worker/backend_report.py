"""What the backend says of itself."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path
from typing import Final

from ...backend.contract.errors import DuologueError, ExitCode
from ..paths import EXTENSION
from .worker_client import end_process, start_worker

_LONGEST_CHECK: Final = 120.0


def backend_report(python: Path) -> str:
    """What `python -m backend check` prints. Raises DuologueError (WORKER_NOT_FOUND, WORKER_HUNG, WORKER_DIED)."""
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "check.log"
        process = start_worker(python, EXTENSION, ["check"], log)
        try:
            status = process.wait(_LONGEST_CHECK)
        except subprocess.TimeoutExpired as error:
            raise DuologueError(
                ExitCode.WORKER_HUNG, f"The backend did not answer for {_LONGEST_CHECK:.0f} seconds.", "Try again."
            ) from error
        finally:
            end_process(process, 1.0)
        printed = log.read_text(encoding="utf-8", errors="replace")
    if status:
        last = " ".join(printed.strip().splitlines()[-2:])
        known = status in {code.value for code in ExitCode}
        raise DuologueError(
            ExitCode(status) if known else ExitCode.WORKER_DIED,
            f"The backend's check ended with {status}: {last}",
            "Run `python3 build.py setup` again.",
        )
    return printed
