"""The worker's conversion of DualTalk's official weights, and its result. No bpy here."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..paths import EXTENSION
from .worker_process import CommandProcess


@dataclass(frozen=True)
class UsableCheckpoint:
    """`file` is what the engine runs; `written` says that it was made now."""

    file: Path
    written: bool

    def sentence(self) -> str:
        """One line for the panel."""
        how = f"converted to {self.file}" if self.written else f"ready at {self.file}"
        return f"DualTalk's checkpoint is {how}. Press Generate to act by it."


def start_conversion(
    python: Path, file: Path, home: Path = EXTENSION, clock: Callable[[], float] = time.monotonic
) -> CommandProcess[UsableCheckpoint]:
    """A worker that checks `file` and writes the converted one beside it. Raises DuologueError (WORKER_NOT_FOUND)."""
    arguments = {"checkpoint": str(file)}
    return CommandProcess(python, "convert-checkpoint", arguments, _usable, output=file.parent, home=home, clock=clock)


def _usable(event: dict[str, Any]) -> UsableCheckpoint:
    return UsableCheckpoint(Path(str(event["file"])), bool(event["written"]))
