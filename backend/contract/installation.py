"""An installed backend: where it lies, what it is made from. `backend.installation` makes it, the add-on finds it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from .files import write_text_whole
from .reading import is_file, read_json, read_or_none

INSTALLED_FILE: Final = "installed.json"
"""In the backend's folder, written last: without it what lies there is half done."""
ASSETS: Final = "assets"
MOVED_FILE: Final = "moved.json"
"""In the folder of a backend that is or was moved elsewhere: where to. It counts without a record; with one it goes."""
RUNNING_FILE: Final = "installing.lock"
INSTALLATION_LOG: Final = "installation.log"
_HOME: Final = Path(__file__).resolve().parents[2]
_LOCKS: Final = ("runtime.lock", "torch.lock", "torch-cpu.lock", "torch-cuda.lock", "pip.lock")


@dataclass(frozen=True)
class Installation:
    """A backend that is whole: its interpreter, its assets, the device it is for, and the stamp of its sources."""

    folder: Path
    python: Path
    assets: Path
    device: str
    python_version: str
    stamp: str


@dataclass(frozen=True)
class Choice:
    """A device: its `title` and what is to know of it; bytes to fetch, and bytes of room while it is installed."""

    device: str
    title: str
    note: str
    fetch: int
    room: int


def remedy(home: Path = _HOME) -> str:
    """How a backend comes to be in `home`, a checkout or the installed extension: the beginning of a sentence."""
    return "Run `python3 build.py setup`" if (home / "build.py").is_file() else "Press Install backend"


def installation_in(folder: Path) -> Installation | None:
    """The backend in `folder`; None where there is none, or one that is half done or whose interpreter is gone."""
    told = read_or_none(lambda: read_json(folder / INSTALLED_FILE))
    if not isinstance(told, dict) or not all(isinstance(told.get(key), str) for key in _KEYS):
        return None
    python = folder / told["python"]
    if not is_file(python):
        return None
    return Installation(folder, python, folder / ASSETS, told["device"], told["python_version"], told["stamp"])


_KEYS: Final = ("python", "device", "python_version", "stamp")


def moving_to(folder: Path) -> Path | None:
    """Where the backend of `folder` was about to be moved; None where nobody has."""
    if not is_file(folder / MOVED_FILE):
        return None
    told = read_or_none(lambda: read_json(folder / MOVED_FILE))
    to = told.get("to") if isinstance(told, dict) else None
    return Path(to) if isinstance(to, str) and to else None


def moved_from(folder: Path) -> Path:
    """Where the backend of `folder` is now: there, or where it was moved; a move may have been the last thing done."""
    seen = [folder]
    while installation_in(seen[-1]) is None:
        to = moving_to(seen[-1])
        if to is None or to in seen:
            return folder
        seen.append(to)
    return seen[-1]


def record_installation(installed: Installation) -> None:
    """Write `installed.json`. Raises DuologueError (DISK_FULL, OUTPUT_NOT_WRITABLE)."""
    told: dict[str, Any] = {
        "schema": 1,
        "python": installed.python.relative_to(installed.folder).as_posix(),
        "device": installed.device,
        "python_version": installed.python_version,
        "stamp": installed.stamp,
    }
    write_text_whole(installed.folder / INSTALLED_FILE, json.dumps(told, indent=1) + "\n")


def wanted_stamp(home: Path) -> str:
    """One hash of what the backend of `home`, a checkout or the extension, is made from: locks, assets, recipes.

    Raises OSError where a file is not there.
    """
    backend = home / "backend"
    manifest = backend / "assets.json"
    recipes = {
        source
        for asset in json.loads(manifest.read_text(encoding="utf-8"))["assets"]
        for pattern in asset["recipe"]
        for source in backend.glob(pattern)
    }
    return stamp_of([*(home / "locks" / name for name in _LOCKS), manifest, *sorted(recipes)])


def stamp_of(files: Iterable[Path]) -> str:
    """One hash of the texts of `files`, the same with every kind of line end."""
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.read_bytes().replace(b"\r\n", b"\n"))
    return digest.hexdigest()
