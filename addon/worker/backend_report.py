"""The worker's check of itself, and its result. No bpy here."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...backend.contract.errors import DuologueError, ExitCode
from ..paths import EXTENSION
from .worker_process import CommandProcess


@dataclass(frozen=True)
class BackendReport:
    """`table` is for reading and sending along; `problems` keep jobs from working.

    `working` are the things that can be asked for, and `lacking` those that cannot yet, each with what it lacks.
    """

    table: str
    device: str
    working: tuple[str, ...]
    lacking: tuple[tuple[str, str], ...]
    problems: tuple[DuologueError, ...]

    def sentence(self) -> str:
        """What works and what does not, each with what to do, for the panel."""
        if self.problems:
            return " ".join(problem.sentence() for problem in self.problems)
        works = f"The backend works on {self.device}: {', '.join(self.working)}."
        missing = "; ".join(f"{name} ({what})" for name, what in self.lacking)
        return works + (f" Not set up: {missing}." if missing else "")


def start_check(
    python: Path,
    assets: Path | None,
    checkpoint: str,
    home: Path = EXTENSION,
    clock: Callable[[], float] = time.monotonic,
) -> CommandProcess[BackendReport]:
    """A worker that looks at everything; `checkpoint` is DualTalk's file, empty where none is known.

    Raises DuologueError (WORKER_NOT_FOUND).
    """
    arguments = {"assets": None if assets is None else str(assets), "checkpoint": checkpoint or None}
    return CommandProcess(python, "check", arguments, _report, home=home, clock=clock)


def _report(event: dict[str, Any]) -> BackendReport:
    report = event["report"]
    device = report["device"]
    abilities = {str(name): ", ".join(map(str, lacking)) for name, lacking in report["abilities"].items()}
    return BackendReport(
        table=str(event["table"]),
        device="no device" if device is None else str(device["title"]),
        working=tuple(name for name, lacking in abilities.items() if not lacking),
        lacking=tuple((name, lacking) for name, lacking in abilities.items() if lacking),
        problems=tuple(
            DuologueError(ExitCode(bad["code"]), str(bad["message"]), str(bad["fix"])) for bad in report["problems"]
        ),
    )
