"""The worker that installs, moves and removes the backend, and what it says. No bpy here."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from ...backend.contract.errors import DuologueError, ExitCode
from ...backend.contract.installation import (
    INSTALLATION_LOG,
    INSTALLED_FILE,
    Choice,
    Installation,
    installation_in,
    wanted_stamp,
)
from ...backend.contract.reading import is_file, read_or_none
from ..paths import EXTENSION
from .worker_process import CommandProcess, Patience

_PATIENCE: Final = Patience(start=60.0, silence=900.0, goodbye=20.0, grace=3.0)
"""A graphics card's torch is unpacked for minutes; a cancelled installation removes what it has unpacked."""
_VERSIONS: Final = ("3.13", "3.11", "3.12", "3.14")


@dataclass(frozen=True)
class Plan:
    """What an installation will be: `choices` with the proposed one first, `free` bytes where it goes."""

    folder: Path
    python: str
    choices: tuple[Choice, ...]
    free: int
    warnings: tuple[str, ...]


@dataclass(frozen=True)
class BackendState:
    """How the backend stands: `sentence` says it; `ready` to be used, `begun` but not whole, `outdated` by an update.

    `own`: the artist or a checkout names a Python, so that none is to be installed; `installed`: one is all the same.
    """

    sentence: str
    ready: bool
    begun: bool = False
    outdated: bool = False
    own: bool = False
    installed: bool = False


def state_of(folder: Path, own_python: Path | None, home: Path = EXTENSION) -> BackendState:
    """How the backend in `folder` stands; `own_python` is one that is used instead."""
    installed = installation_in(folder)
    if own_python is not None:
        there = installed is not None
        return BackendState(f"The backend is {own_python}.", ready=True, own=True, installed=there)
    if installed is None:
        begun = any(is_file(folder / name) for name in (INSTALLED_FILE, INSTALLATION_LOG))
        if begun:
            return BackendState("An installation was begun and not finished. It goes on where it ended.", False, True)
        return BackendState(
            "Duologue needs its backend once: a Python of its own, which makes heads and animates.", False
        )
    wanted = _wanted(home)
    if wanted and installed.stamp != wanted:
        return BackendState(
            "This version of Duologue wants a newer backend.", ready=True, outdated=True, installed=True
        )
    return BackendState(f"The backend is installed in {folder}, for {_device(installed)}.", ready=True, installed=True)


@cache
def _wanted(home: Path) -> str:
    return read_or_none(lambda: wanted_stamp(home)) or ""


def _device(installed: Installation) -> str:
    return {"cuda": "NVIDIA", "mps": "the Apple GPU"}.get(installed.device, "the processor")


def installer_python(own: str) -> Path:
    """A Python that can run the installation: Blender's `own`, else one on the path.

    Raises DuologueError (PYTHON_NOT_FOUND).
    """
    if own and Path(own).is_file() and "python" in Path(own).name.lower():
        return Path(own)
    found = next(filter(None, (shutil.which(f"python{version}") for version in _VERSIONS)), None)
    if found is None:
        raise DuologueError(
            ExitCode.PYTHON_NOT_FOUND,
            "This Blender has no Python of its own that can be started, and no other one was found.",
            "Install Python 3.13, then press Install backend again.",
        )
    return Path(found)


def start_plan(python: Path, folder: Path, packed: Path | None, home: Path = EXTENSION) -> CommandProcess[Plan]:
    """A worker that looks at this computer. Raises DuologueError (WORKER_NOT_FOUND)."""
    return _started(python, {"task": "plan", "folder": folder, "packed": packed}, _plan, home)


def start_installation(
    python: Path, folder: Path, device: str, packed: Path | None, *, again: bool, home: Path = EXTENSION
) -> CommandProcess[Path]:
    """A worker that installs; its result is the backend's folder. Raises DuologueError (WORKER_NOT_FOUND)."""
    arguments = {"folder": folder, "device": device or None, "packed": packed, "again": again}
    return _started(python, {"task": "install"} | arguments, _folder, home)


def start_move(python: Path, folder: Path, to: Path, home: Path = EXTENSION) -> CommandProcess[Path]:
    """A worker that moves the backend; its result is the new folder. Raises DuologueError (WORKER_NOT_FOUND)."""
    return _started(python, {"task": "move", "folder": folder, "to": to}, _folder, home)


def start_removal(python: Path, folder: Path, home: Path = EXTENSION) -> CommandProcess[bool]:
    """A worker that removes the backend; its result is whether there was one. Raises DuologueError as the others."""
    return _started(python, {"task": "remove", "folder": folder}, lambda done: bool(done["removed"]), home)


def _started(
    python: Path, arguments: dict[str, Any], read: Callable[[dict[str, Any]], Any], home: Path
) -> CommandProcess[Any]:
    """A worker of the command `install`. Raises DuologueError (WORKER_NOT_FOUND, DISK_FULL, OUTPUT_NOT_WRITABLE)."""
    told = {key: str(value) if isinstance(value, Path) else value for key, value in arguments.items()}
    worker = CommandProcess(python, "install", told, read, home=home, patience=_PATIENCE, clock=time.monotonic)
    worker.progress.stage = "Looking at this computer"
    return worker


def _folder(done: dict[str, Any]) -> Path:
    return Path(str(done["folder"]))


def _plan(done: dict[str, Any]) -> Plan:
    told = done["plan"]
    return Plan(
        folder=Path(str(told["folder"])),
        python=str(told["python"]),
        choices=tuple(Choice(**one) for one in told["choices"]),
        free=int(told["free"]),
        warnings=tuple(map(str, told["warnings"])),
    )
