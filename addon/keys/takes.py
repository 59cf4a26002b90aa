"""Takes: a folder each, with the request, the worker's log and the performance."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

import bpy

from ...backend.contract.files import explained_write_errors
from ...backend.contract.job import JobRequest, write_request
from ...backend.contract.performance import Performance
from ..paths import EXTENSION
from ..worker.worker_client import Progress, WorkerJob

_POLL_SECONDS: Final = 0.05


def new_take_folder() -> Path:
    """An empty folder for the next take: beside a saved .blend, otherwise in the user's Blender settings.

    Raises DuologueError (DISK_FULL, OUTPUT_NOT_WRITABLE).
    """
    saved = bpy.data.filepath
    if saved:
        base = Path(saved).parent / "duologue_takes" / Path(saved).stem
    else:
        base = Path(bpy.utils.user_resource("DATAFILES", path="duologue", create=True)) / "takes"
    number = 1
    while (base / f"take-{number:03d}").exists():
        number += 1
    folder = base / f"take-{number:03d}"
    with explained_write_errors(folder):
        folder.mkdir(parents=True)
    return folder


def start_take(folder: Path, request: JobRequest, python: Path) -> WorkerJob:
    """Write the request and start a worker on it. Raises DuologueError (WORKER_NOT_FOUND, DISK_FULL …)."""
    write_request(folder, request)
    return WorkerJob(python, EXTENSION, folder)


def make_take(
    folder: Path, request: JobRequest, python: Path, report: Callable[[Progress], None]
) -> tuple[Performance, Progress]:
    """The same, to its end, synchronously: what `-b` and scripts use. Raises DuologueError."""
    job = start_take(folder, request, python)
    try:
        while (performance := job.poll()) is None:
            report(job.progress)
            time.sleep(_POLL_SECONDS)
    finally:
        job.close()
    return performance, job.progress
