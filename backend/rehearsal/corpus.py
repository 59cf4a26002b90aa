"""Rehearsals on disk: a folder of files `0000.npz`, `0001.npz` …, written by several processes, resumable."""

from __future__ import annotations

import json
import multiprocessing
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from ..contract.constants import SAMPLE_RATE
from ..contract.files import write_whole
from ..engines.motion import Motion
from .habits import Habits
from .rehearsal import DEFAULT_SECONDS, Rehearsal, make_rehearsal

_MOTION = ("expression", "jaw", "neck", "gaze", "speaking")


def write_corpus(
    folder: Path,
    hours: float,
    seed: int,
    workers: int = 2,
    progress: Callable[[int, int], None] | None = None,
    seconds: float = DEFAULT_SECONDS,
) -> list[Path]:
    """Write `hours` of rehearsals into `folder` and return their paths, in order.

    File k holds `make_rehearsal(seed * 100_000 + k)`; files that are there already are kept.
    `progress(done, total)` is called as files appear. Raises DuologueError (DEPENDENCY_MISSING, DISK_FULL,
    OUTPUT_NOT_WRITABLE).
    """
    count = max(1, round(hours * 3600 / seconds))
    paths = [folder / f"{index:04d}.npz" for index in range(count)]
    jobs = [(path, seed * 100_000 + index, seconds) for index, path in enumerate(paths) if not path.is_file()]
    done = count - len(jobs)
    if workers <= 1 or len(jobs) <= 1:
        for job in jobs:
            _write_one(job)
            done += 1
            _tell(progress, done, count)
        return paths
    # Spawned, not forked: the caller may already hold threads of a tensor library.
    with multiprocessing.get_context("spawn").Pool(workers) as pool:
        for _ in pool.imap_unordered(_write_one, jobs):
            done += 1
            _tell(progress, done, count)
    return paths


def save_rehearsal(path: Path, rehearsal: Rehearsal) -> None:
    """Write `path`, whole or not at all: audio as 16 bit, motion as half precision. Raises as `write_whole`."""
    arrays: dict[str, Any] = {f"motion/{name}": getattr(rehearsal.motion, name).astype(np.float16) for name in _MOTION}
    for name, array in rehearsal.events.items():
        arrays[f"event/{name}"] = array.astype(np.float16) if array.dtype == np.float32 else array
    arrays["audio"] = np.round(np.clip(rehearsal.audio, -1, 1) * 32767).astype(np.int16)
    told = {
        "phones": rehearsal.phones,
        "mood": rehearsal.mood,
        "habits": [asdict(one) for one in rehearsal.habits],
        "seed": rehearsal.seed,
        "rate": SAMPLE_RATE,
    }
    arrays["meta"] = np.str_(json.dumps(told))
    write_whole(path, lambda file: np.savez(file, **arrays))


def load_rehearsal(path: Path) -> Rehearsal:
    """Read what `save_rehearsal` wrote; floats come back as float32."""
    with np.load(path, allow_pickle=False) as archive:
        arrays = {name: archive[name] for name in archive.files if name != "meta"}
        told = json.loads(str(archive["meta"]))
    first, second = (tuple((start, end, name) for start, end, name in one) for one in told["phones"])
    return Rehearsal(
        audio=arrays["audio"].astype(np.float32) / 32767,
        motion=Motion(**{name: arrays[f"motion/{name}"].astype(np.float32) for name in _MOTION}),
        phones=(first, second),
        events={
            name.removeprefix("event/"): array.astype(np.float32) if array.dtype == np.float16 else array
            for name, array in arrays.items()
            if name.startswith("event/")
        },
        mood=told["mood"],
        habits=(Habits(**told["habits"][0]), Habits(**told["habits"][1])),
        seed=told["seed"],
    )


def _write_one(job: tuple[Path, int, float]) -> Path:
    path, seed, seconds = job
    save_rehearsal(path, make_rehearsal(seed, seconds))
    return path


def _tell(progress: Callable[[int, int], None] | None, done: int, total: int) -> None:
    if progress is not None:
        progress(done, total)
