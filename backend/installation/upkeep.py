"""A backend that is there: moved to another folder, or removed."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from ..contract.errors import DuologueError, ExitCode
from ..contract.files import explained_write_errors, write_text_whole
from ..contract.installation import (
    ASSETS,
    INSTALLATION_LOG,
    INSTALLED_FILE,
    MOVED_FILE,
    RUNNING_FILE,
    Installation,
    installation_in,
    moving_to,
    record_installation,
)
from .fetching import Say
from .folders import BROUGHT, is_marked, named_as_ours, require_short
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
    for name in (RUNNING_FILE, MOVED_FILE):
        (folder / name).unlink(missing_ok=True)
    if not any(folder.iterdir()):
        folder.rmdir()
    return bool(ours)


def move(folder: Path, to: Path, say: Say, check: Callable[[], None]) -> Installation:
    """Move the backend in `folder` to the folder `to`, and return it there; until it runs there, it stays here too.

    However a move was cut short, the same one asked for again is made anew or finished.

    Raises DuologueError (WORKER_NOT_FOUND, BAD_REQUEST, INSTALLATION_RUNNING, DISK_FULL, OUTPUT_NOT_WRITABLE,
    INSTALLATION_FAILED), or what `check` does.
    """
    again = moving_to(folder) == to and is_marked(to)
    there, moved = installation_in(folder), installation_in(to) if again else None
    source = there or moved
    if source is None:
        raise DuologueError(ExitCode.WORKER_NOT_FOUND, f"There is no backend in {folder}.", "Press Install backend.")
    inside = to.resolve() == folder.resolve() or folder.resolve() in to.resolve().parents
    if inside or (named_as_ours(to) and not again):
        raise DuologueError(
            ExitCode.BAD_REQUEST, f"{to} holds a backend already, or is part of this one.", "Choose another folder."
        )
    require_short(to)
    require_writable(to)
    with one_at_a_time(folder), one_at_a_time(to), explained_write_errors(to):
        if moved is None or not _are_alike(moved, source):
            moved = _copied(source, to, say, check)
        (to / MOVED_FILE).unlink(missing_ok=True)  # of one that was moved away from there before
        say("Removing the backend from where it was", 1, 1)
        _remove_ours(folder)
    return moved


def _are_alike(moved: Installation, there: Installation) -> bool:
    """Whether the copy `moved`, which was tried when it was made, is of `there`."""
    return replace(moved, folder=there.folder, python=there.python, assets=there.assets) == there


def _copied(there: Installation, to: Path, say: Say, check: Callable[[], None]) -> Installation:
    """The backend `there` in the folder `to` as well, tried. What an earlier try left in `to` goes first."""
    folder = there.folder
    total = folder_bytes(folder)
    _remove_ours(to)
    require_room(to, total)
    write_text_whole(folder / MOVED_FILE, json.dumps({"to": str(to)}) + "\n")
    try:
        (to / INSTALLATION_LOG).touch()  # from now on the folder is known as a backend's
        _copy(folder, to, total, say, check)
        _lead_to(folder, to)
        moved = replace(there, folder=to, python=to / there.python.relative_to(folder), assets=to / ASSETS)
        _try(moved, folder)
        record_installation(moved)
    except BaseException:
        _remove_ours(to)
        (folder / MOVED_FILE).unlink(missing_ok=True)
        raise
    return moved


def _try(moved: Installation, folder: Path) -> None:
    """Raises DuologueError (INSTALLATION_FAILED) where `moved` does not run without what is in `folder`."""
    if asked(str(moved.python)) is None or moved.python.resolve().is_relative_to((folder / BROUGHT).resolve()):
        raise DuologueError(
            ExitCode.INSTALLATION_FAILED,
            f"The backend does not run from {moved.folder}.",
            "It stays where it was; choose another folder.",
        )


def _copy(folder: Path, to: Path, total: int, say: Say, check: Callable[[], None]) -> None:
    done = 0

    def copied(source: str, target: str) -> str:
        nonlocal done
        check()
        shutil.copy2(source, target)
        done += Path(target).stat().st_size
        say(f"Moving the backend ({done / 1e6:.0f} of {total / 1e6:.0f} MB)", done // 1024, max(total // 1024, 1))
        return target

    for path in reversed(named_as_ours(folder)):
        if path.name == INSTALLED_FILE:
            continue  # it is written once the copy runs
        if path.is_dir():
            shutil.copytree(path, to / path.name, symlinks=True, copy_function=copied)
        else:
            copied(str(path), str(to / path.name))


def _lead_to(folder: Path, to: Path) -> None:
    """Let links and settings of the copy in `to` that name what is in `folder` name the same in `to`.

    A Python that uv brought has links of its own, such as from its minor version to the whole one.
    """
    before, after = f" {folder.absolute()}{os.sep}", f" {to.absolute()}{os.sep}"
    for settings in to.glob("environment-*/pyvenv.cfg"):
        lines = (line.partition(" = ") for line in settings.read_text(encoding="utf-8").splitlines())
        # “command” names the environment last, behind the words that made it.
        led = (f"{name}{equals}{_led(value, folder, to).replace(before, after)}" for name, equals, value in lines)
        settings.write_text("\n".join(led) + "\n", encoding="utf-8")
    for where, folders, files in os.walk(to):
        for name in (*folders, *files):
            link = Path(where, name)
            if link.is_symlink():
                leads = os.readlink(link)  # noqa: PTH115  (as it is written)
                if (led_to := _led(leads, folder, to)) != leads:
                    link.unlink()
                    link.symlink_to(led_to, target_is_directory=link.name in folders)


def _led(path: str, folder: Path, to: Path) -> str:
    """`path` in `to` where it is one in `folder`, however that is spelled; else `path`."""
    for old in (folder.absolute(), folder.resolve()):
        if Path(path).is_relative_to(old):
            return str(to.absolute() / Path(path).relative_to(old))
    return path


def _remove_ours(folder: Path) -> None:
    """Remove a backend, whole or half done; what lies where no installation began is somebody else's."""
    for path in named_as_ours(folder) if is_marked(folder) else ():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
