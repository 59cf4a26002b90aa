"""The worker's reading of the sentence about a scene, and its result. No bpy here."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..paths import EXTENSION
from .job_process import KEPT_WORKER
from .worker_process import CommandProcess


@dataclass(frozen=True)
class ReadSentence:
    """`staging` is what the sentence makes of the two, as in a take's meta; `warnings` name what was not understood."""

    staging: dict[str, Any]
    warnings: tuple[str, ...]


def start_reading(
    python: Path,
    sentence: str,
    names: Sequence[str],
    assets: Path | None,
    home: Path = EXTENSION,
    clock: Callable[[], float] = time.monotonic,
) -> CommandProcess[ReadSentence]:
    """A worker that reads `sentence` about the two called `names`, the one that waits for the next take if it does.

    Raises DuologueError (WORKER_NOT_FOUND).
    """
    kept = KEPT_WORKER if KEPT_WORKER.there else None
    arguments = {"prompt": sentence, "names": list(names), "assets": None if assets is None else str(assets)}
    return CommandProcess(python, "stage", arguments, _read, home=home, clock=clock, kept=kept)


def _read(event: dict[str, Any]) -> ReadSentence:
    return ReadSentence(dict(event["staging"]), tuple(map(str, event["warnings"])))
