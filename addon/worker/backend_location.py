"""Where the worker's Python and its assets are: variables, preferences, the checkout, or what the button installed."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from ...backend.contract.constants import OPEN_HEAD
from ...backend.contract.errors import DuologueError, ExitCode
from ...backend.contract.installation import Installation, remedy

PYTHON_VARIABLE: Final = "DUOLOGUE_PYTHON"
ASSETS_VARIABLE: Final = "DUOLOGUE_ASSETS"
_ENVIRONMENT_FOLDER: Final = ".venv"
_ASSETS_FOLDER: Final = ".assets"


def find_python(
    preferred: str,
    extension: Path,
    environment: Mapping[str, str] = os.environ,
    installed: Installation | None = None,
) -> Path:
    """The interpreter that runs the worker. Raises DuologueError (WORKER_NOT_FOUND).

    The variable DUOLOGUE_PYTHON comes before the preference, that before the `.venv` of a checkout, and that before
    what the button `installed`.
    """
    for where, named in (
        (f"the variable {PYTHON_VARIABLE}", environment.get(PYTHON_VARIABLE)),
        ("the preferences", preferred),
    ):
        if not named:
            continue
        python = Path(named).expanduser()
        if python.is_file():
            return python
        raise _not_found(
            f"The backend's Python that {where} name{'s' if 'variable' in where else ''}, {python}, is not there."
        )
    for inside in ("bin/python", "Scripts/python.exe"):
        python = extension / _ENVIRONMENT_FOLDER / inside
        if python.is_file():
            return python
    if installed is not None:
        return installed.python
    raise _not_found("Duologue does not know the backend's Python yet.")


def find_assets(
    preferred: str,
    python: Path | None,
    extension: Path,
    environment: Mapping[str, str] = os.environ,
    installed: Installation | None = None,
) -> Path | None:
    """The folder with the head and the models; None when none is known, and the worker then uses its own default.

    An installed extension finds the assets beside the `.venv` that its backend Python lives in, or among what the
    button `installed`.
    """
    for named in (environment.get(ASSETS_VARIABLE), preferred):
        if named:
            return Path(named).expanduser().absolute()
    if installed is not None and python == installed.python:
        return installed.assets
    beside = [extension / _ASSETS_FOLDER]
    if python is not None:
        # The link itself counts, not the system's interpreter behind it.
        beside += [parent / _ASSETS_FOLDER for parent in python.absolute().parents[1:4]]
    return next((folder for folder in beside if folder.is_dir()), None)


def face_file(assets: Path | None, face: str = OPEN_HEAD) -> Path:
    """The face's file. Raises DuologueError (FACE_NOT_FOUND)."""
    path = assets / "faces" / f"{face}.npz" if assets is not None else None
    if path is None or not path.is_file():
        raise DuologueError(
            ExitCode.FACE_NOT_FOUND,
            f"The head {face} is not at {path}." if path else f"The folder with the head {face} is not known.",
            f"{remedy()}, or set the assets folder in the preferences.",
        )
    return path


def _not_found(message: str) -> DuologueError:
    return DuologueError(ExitCode.WORKER_NOT_FOUND, message, f"{remedy()}, or set its path in the preferences.")


def short_folder(system: str, environment: Mapping[str, str]) -> Path | None:
    """The backend's folder on Windows, where a path has 259 characters at most; None on other systems.

    `system` is as sys.platform says it. The extension's own folder is too deep there for what torch has in it.
    """
    local = environment.get("LOCALAPPDATA", "")
    return Path(local) / "Duologue" / "backend" if system == "win32" and local else None
