"""A backend that is there: moved to another folder, or removed."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from ..contract.errors import DuologueError, ExitCode
from ..contract.files import explained_write_errors
from ..contract.installation import (
    RUNNING_FILE,
    Installation,
    installation_in,
)
from .fetching import Say
from .folders import is_marked, named_as_ours, require_short
from .pythons import asked
from .resources import folder_bytes, one_at_a_time, require_room, require_writable


def remove(folder: Path, say: Say) -> bool:
    """Remove the backend in `folder`, whole or half done, and nothing else; whether there was one.

    A folder in which no installation began is left as it is, whatever its files are called.

    Raises DuologueError (INSTALLATION_RUNNING, OUTPUT_NOT_WRITABLE).
    """
    if not is_marked(folder):
        return False
    with one_at_a_time(folder), explained_write_errors(folder):
        ours = named_as_ours(folder)
        for number, path in enumerate(ours):
            say("Removing the backend", number, len(ours))
            shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
    (folder / RUNNING_FILE).unlink(missing_ok=True)
    if not any(folder.iterdir()):
        folder.rmdir()
    return bool(ours)


def move(folder: Path, to: Path, say: Say, check: Callable[[], None]) -> Installation:
    """Move the backend in `folder` to the folder `to`, and return it there; until it runs there, it stays here too.

    Raises DuologueError (WORKER_NOT_FOUND, BAD_REQUEST, INSTALLATION_RUNNING, DISK_FULL, OUTPUT_NOT_WRITABLE,
    INSTALLATION_FAILED), or what `check` does.
    """
    if installation_in(folder) is None:
        raise DuologueError(ExitCode.WORKER_NOT_FOUND, f"There is no backend in {folder}.", "Press Install backend.")
    if to.resolve() == folder.resolve() or folder.resolve() in to.resolve().parents or named_as_ours(to):
        raise DuologueError(
            ExitCode.BAD_REQUEST, f"{to} holds a backend already, or is part of this one.", "Choose another folder."
        )
    require_short(to)
    require_writable(to)
    with one_at_a_time(folder), one_at_a_time(to), explained_write_errors(to):
        total = folder_bytes(folder)
        require_room(to, total)
        try:
            _copy(folder, to, total, say, check)
            _lead_to(folder, to)
            moved = _running(to)
        except BaseException:
            _remove_ours(to)
            raise
        _remove_ours(folder)
    return moved


def _running(folder: Path) -> Installation:
    moved = installation_in(folder)
    if moved is None or asked(str(moved.python)) is None:
        raise DuologueError(
            ExitCode.INSTALLATION_FAILED,
            f"The backend does not run from {folder}.",
            "It stays where it was; choose another folder.",
        )
    return moved


def _copy(folder: Path, to: Path, total: int, say: Say, check: Callable[[], None]) -> None:
    done = 0

    def copied(source: str, target: str) -> str:
        nonlocal done
        check()
        shutil.copy2(source, target)
        done += Path(target).stat().st_size
        say(f"Moving the backend ({done / 1e6:.0f} of {total / 1e6:.0f} MB)", done // 1024, max(total // 1024, 1))
        return target

    for path in reversed(named_as_ours(folder)):  # the record last
        if path.is_dir():
            shutil.copytree(path, to / path.name, symlinks=True, copy_function=copied)
        else:
            copied(str(path), str(to / path.name))


def _lead_to(folder: Path, to: Path) -> None:
    """Let links and settings of the copy in `to` that name `folder` name `to`."""
    old, new = str(folder.absolute()), str(to.absolute())
    for environment in to.glob("environment-*"):
        for settings in environment.glob("pyvenv.cfg"):
            settings.write_text(settings.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
        for link in [path for path in environment.glob("bin/*") if path.is_symlink()]:
            leads = str(link.readlink())
            if leads.startswith(old):
                link.unlink()
                link.symlink_to(leads.replace(old, new, 1))


def _remove_ours(folder: Path) -> None:
    for path in named_as_ours(folder):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
