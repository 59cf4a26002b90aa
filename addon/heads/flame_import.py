"""One import of a FLAME file by the worker: what it is asked, and what came of it. No bpy here."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..paths import EXTENSION
from ..worker.worker_command import WorkerCommand


@dataclass(frozen=True)
class ImportedFace:
    """What came of it. `residual_millimetres` is the worse of the two ways between this face and the open head."""

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
) -> WorkerCommand[ImportedFace]:
    """A worker that imports `file` into the folder `faces`. Raises DuologueError (WORKER_NOT_FOUND)."""
    words = ["import-flame", str(file), "--faces", str(faces)]
    words += ["--assets", str(assets)] if assets is not None else []
    return WorkerCommand(python, words, faces, _imported, home, clock)


def _imported(event: dict[str, Any]) -> ImportedFace:
    worst = max((float(value) for value in event["residuals"].values()), default=0.0)
    return ImportedFace(str(event["id"]), str(event["title"]), int(event["identity"]), int(event["expression"]), worst)
