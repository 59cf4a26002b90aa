"""The worker's reading of the sentence about a scene, and its result. No bpy here."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..paths import EXTENSION
from .job_process import KeptWorker
from .worker_process import CommandProcess


@dataclass(frozen=True)
class ReadSentence:
    """`staging` is what the sentence makes of the two, as in a take's meta; `missed` names what was not understood.

    `inferences` are (key, words, meaning) of what was concluded from words that do not say it.
    """

    staging: dict[str, Any]
    missed: tuple[str, ...] = ()
    inferences: tuple[tuple[str, str, str], ...] = ()


def start_reading(
    python: Path,
    sentence: str,
    names: Sequence[str],
    assets: Path | None,
    *,
    without: Sequence[str] = (),
    kept: KeptWorker | None = None,
    home: Path = EXTENSION,
    clock: Callable[[], float] = time.monotonic,
) -> CommandProcess[ReadSentence]:
    """A worker that reads `sentence` about the two called `names`, but for the inferences `without`.

    It is the one that is `kept`, where that is free. Raises DuologueError (WORKER_NOT_FOUND).
    """
    arguments = {
        "prompt": sentence,
        "names": list(names),
        "assets": None if assets is None else str(assets),
        "without": list(without),
    }
    return CommandProcess(python, "stage", arguments, _read, home=home, clock=clock, kept=kept)


def _read(event: dict[str, Any]) -> ReadSentence:
    inferences = tuple((str(one["key"]), str(one["words"]), str(one["meaning"])) for one in event["inferences"])
    return ReadSentence(dict(event["staging"]), tuple(map(str, event["missed"])), inferences)
