"""The worker's import of a FLAME file, and its result. No bpy here."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..paths import EXTENSION
from ..worker.worker_process import CommandProcess


@dataclass(frozen=True)
class ImportedFace:
    """The face that was made. `residual_millimetres` is of the worse of the ways between it and the open head."""

    id: str
    title: str
    identity: int
    expression: int
    residual_millimetres: float

    def sentence(self) -> str:
        """One line for the panel."""
        return (
            f"{self.title} is imported: {self.identity} identity and {self.expression} expression components. "
            f"Movements made for the open head fit it to {self.residual_millimetres:.1f} mm. Press Add conversation."
        )


def start_import(
    python: Path,
    file: Path,
    faces: Path,
    assets: Path | None,
    home: Path = EXTENSION,
    clock: Callable[[], float] = time.monotonic,
) -> CommandProcess[ImportedFace]:
    """A worker that imports `file` into the folder `faces`. Raises DuologueError (WORKER_NOT_FOUND)."""
    arguments = {"file": str(file), "faces": str(faces), "assets": None if assets is None else str(assets)}
    return CommandProcess(python, "import-flame", arguments, _imported, output=faces, home=home, clock=clock)


def _imported(event: dict[str, Any]) -> ImportedFace:
    worst = max((float(value) for value in event["residuals"].values()), default=0.0)
    return ImportedFace(str(event["id"]), str(event["title"]), int(event["identity"]), int(event["expression"]), worst)
