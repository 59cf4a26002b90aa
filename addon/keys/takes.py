"""Takes: a folder each, with the request, the worker's log and the performance, beside the .blend they are for."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Final

import bpy

from ...backend.contract.errors import DuologueError, ExitCode
from ...backend.contract.files import explained_write_errors
from ...backend.contract.job import (
    ANIMATE,
    LOG_FILE,
    PART,
    PERFORMANCE_FILE,
    UNFINISHED,
    JobRequest,
    write_request,
)
from ...backend.contract.performance import Performance, load_performance
from ...backend.contract.reading import is_file
from ..settings.blend_paths import file_of
from ..settings.properties import DuologueSettings
from ..worker.job_process import KeptWorker
from ..worker.worker_process import Progress, WorkerProcess
from .actions import OWN_PROPERTY
from .take_notes import read_notes, write_notes
from .take_picture import PICTURE_FILE

TAKES_FOLDER: Final = "duologue_takes"
_POLL_SECONDS: Final = 0.05
_DEAD: Final = 3600.0
"""Seconds without a change after which no Blender waits for a job any more."""
_IN_A_TAKE: Final = UNFINISHED | {PERFORMANCE_FILE, PICTURE_FILE, ".DS_Store", "Thumbs.db", "desktop.ini"}
"""What may lie in a take's folder, file browsers' own files too, beside files with the suffix `PART`."""
_NUMBERED: Final = re.compile(r"\btake-(\d{1,9})\b")


def takes_beside(blend: Path) -> Path:
    """The folder for the takes of the .blend at `blend`; each .blend of a folder has its own."""
    return blend.absolute().parent / TAKES_FOLDER / blend.stem


def users_takes() -> Path:
    """The folder for takes that have no .blend to lie beside; it need not exist."""
    return Path(bpy.utils.user_resource("DATAFILES", path="duologue")) / "takes"


def new_take_folder(base: Path | None = None) -> Path:
    """An empty folder for the next take: in `base`, else beside the .blend.

    Without `base`, it is among the user's Blender settings where nothing was saved yet or the .blend's folder is
    read-only. Its number is higher than those of takes whose keys are in the file, wherever they lie.
    Raises DuologueError (DISK_FULL, OUTPUT_NOT_WRITABLE).
    """
    saved = bpy.data.filepath
    if base is not None or not saved:
        return _new_folder(base or users_takes())
    try:
        return _new_folder(takes_beside(Path(saved)))
    except DuologueError as error:
        if error.code != ExitCode.OUTPUT_NOT_WRITABLE:
            raise
        return _new_folder(users_takes())


def away_note(take: Path) -> str:
    """A sentence where the .blend is saved and `take`, a folder, lies among the user's settings all the same."""
    if not bpy.data.filepath or take.parent != users_takes():
        return ""
    return f"The project's folder cannot be written, so the take is at {take}; saving elsewhere takes it along."


def discard_unfinished(folder: Path) -> None:
    """Remove the folder of a job that ended without a take, and folders above that are empty then.

    What its worker said is in `last_log` from then on, until another job ends without a take.
    """
    if not folder.is_dir() or (folder / PERFORMANCE_FILE).exists():
        return
    with contextlib.suppress(OSError):
        last_log().unlink(missing_ok=True)
        shutil.copyfile(folder / LOG_FILE, last_log())
    shutil.rmtree(folder, ignore_errors=True)
    above = folder.parent
    with contextlib.suppress(OSError):
        while TAKES_FOLDER in (above.name, above.parent.name) or above == users_takes():
            above.rmdir()
            above = above.parent


def duplicated(source: Path, owner: str) -> Path:
    """A new take folder with what is in the take folder `source`, as a take of the conversation `owner`.

    Raises DuologueError (TAKE_NOT_FOUND, DISK_FULL, OUTPUT_NOT_WRITABLE).
    """
    performance_at(source / PERFORMANCE_FILE)
    notes, target = read_notes(source), new_take_folder()
    try:
        with explained_write_errors(target):
            shutil.copytree(source, target, symlinks=True, dirs_exist_ok=True, copy_function=linked_or_copied)
        write_notes(target, replace(notes, name=f"{notes.name or source.name} copy", owner=owner))
    except DuologueError:
        shutil.rmtree(target, ignore_errors=True)
        raise
    return target


def linked_or_copied(source: str, target: str) -> str:
    """A copy of one file of a take; a performance never changes, so that it has a second name where the drive can."""
    if Path(source).name == PERFORMANCE_FILE:
        with contextlib.suppress(OSError):
            os.link(source, target)
            return target
    return str(shutil.copy2(source, target))


def check_deletable(folder: Path) -> None:
    """Raises DuologueError (TAKE_NOT_FOUND) where `folder` holds no take, or more than that."""
    performance_at(folder / PERFORMANCE_FILE)
    with contextlib.suppress(OSError):
        for one in sorted(folder.iterdir()):
            of_take = one.name in _IN_A_TAKE or one.suffix == PART or one.name.startswith("._")
            if not of_take or (one.is_dir() and not one.is_symlink()):
                raise DuologueError(
                    ExitCode.TAKE_NOT_FOUND,
                    f"{folder} is not a take's own folder: {one.name} is in it as well.",
                    f"Move {one.name} elsewhere first, or delete the take's files by hand.",
                )


def last_log() -> Path:
    """Where the log of the last job that ended without a take is; outlives a Blender in the background."""
    folder = tempfile.gettempdir() if bpy.app.background else bpy.app.tempdir
    return Path(folder) / f"duologue-worker-{os.getpid()}.log"


def take_file(settings: DuologueSettings, name: str = "take") -> Path:
    """The performance that the property `name` of `settings` names, or that lies in the folder it names.

    Raises DuologueError (TAKE_NOT_FOUND).
    """
    path: str = getattr(settings, name)
    if not path:
        what = "There is no take yet." if name == "take" else "No take to react to was chosen."
        raise DuologueError(ExitCode.TAKE_NOT_FOUND, what, "Choose one in the panel, or generate one.")
    return performance_at(file_of(settings, path))


def performance_at(file: Path) -> Path:
    """`file`, or the performance in it where it is a take's folder. Raises DuologueError (TAKE_NOT_FOUND)."""
    if is_file(file / PERFORMANCE_FILE):
        file /= PERFORMANCE_FILE
    if not is_file(file):
        raise DuologueError(
            ExitCode.TAKE_NOT_FOUND,
            f"The take is not at {file} any more.",
            "Press Locate… to say where it is now, or generate it again.",
        )
    return file


def start_take(
    folder: Path, request: JobRequest, python: Path, kept: KeptWorker | None = None
) -> WorkerProcess[Performance]:
    """Write the request and start a worker on it, the one that is `kept` if it is free.

    Raises DuologueError (WORKER_NOT_FOUND, DISK_FULL …).
    """
    write_request(folder, request)
    return WorkerProcess(python, ANIMATE, folder, lambda _done: load_performance(folder / PERFORMANCE_FILE), kept=kept)


def make_take(
    folder: Path,
    request: JobRequest,
    python: Path,
    report: Callable[[Progress], None],
    kept: KeptWorker | None = None,
) -> tuple[Performance, Progress]:
    """The same, to its end, synchronously: what `-b` and scripts use. Raises DuologueError."""
    job = start_take(folder, request, python, kept)
    try:
        while (performance := job.poll()) is None:
            report(job.progress)
            time.sleep(_POLL_SECONDS)
    finally:
        job.close()
    return performance, job.progress


def _new_folder(base: Path) -> Path:
    number = 1 + max((_number(action.name) for action in bpy.data.actions if OWN_PROPERTY in action), default=0)
    with explained_write_errors(base):
        base.mkdir(parents=True, exist_ok=True)
        _clear(base)
        while True:
            folder = base / f"take-{number:03d}"
            try:
                folder.mkdir()
            except FileExistsError:  # another Blender may be as quick
                number += 1
            else:
                return folder


def _clear(base: Path) -> None:
    """Remove folders in `base` that a Blender which crashed during a job left behind."""
    for folder in base.glob("take-*"):
        with contextlib.suppress(OSError):
            files = [one for one in folder.iterdir() if one.suffix != PART]
            last = max(one.stat().st_mtime for one in (folder, *files))
            if {one.name for one in files} <= UNFINISHED and time.time() - last > _DEAD:
                shutil.rmtree(folder, ignore_errors=True)


def _number(name: str) -> int:
    found = _NUMBERED.search(name)
    return int(found.group(1)) if found else 0
