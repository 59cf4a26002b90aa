"""The folder of a backend: what an installation puts there, and whether what lies there is its own."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Final

from ..contract.errors import DuologueError, ExitCode
from ..contract.installation import ASSETS, INSTALLATION_LOG, INSTALLED_FILE

PACKAGES: Final = "packages"
"""In the backend's folder: what was fetched and not yet installed."""
BROUGHT: Final = "python"
"""In the backend's folder: a Python that uv brought."""
ENVIRONMENT: Final = "environment"
_LONGEST_PATH: Final = 259
"""Characters of a path on Windows."""
_DEEPEST: Final = 175
"""Characters that torch's deepest file takes below the backend's folder, with the separator and some to spare."""
_ENVIRONMENT_NAME: Final = re.compile(rf"{ENVIRONMENT}-([0-9]+)")


def is_marked(folder: Path) -> bool:
    """Whether an installation has begun in `folder`: it leaves a log first, and a record last."""
    return (folder / INSTALLED_FILE).is_file() or (folder / INSTALLATION_LOG).is_file()


def named_as_ours(folder: Path) -> list[Path]:
    """What in `folder` has a name that an installation uses.

    The record comes first, so that nothing half removed counts as whole; the log last, so that it is still known.
    """
    names = (INSTALLED_FILE, ASSETS, PACKAGES, BROUGHT)
    first = [folder / name for name in names if (folder / name).exists() or (folder / name).is_symlink()]
    log = folder / INSTALLATION_LOG
    return [*first, *environments_in(folder), *([log] if log.exists() else [])]


def environments_in(folder: Path) -> list[Path]:
    """`environment-N` in `folder`, by number."""
    found = [path for path in folder.glob(f"{ENVIRONMENT}-*") if _ENVIRONMENT_NAME.fullmatch(path.name)]
    return sorted(found, key=number_of)


def number_of(environment: Path) -> int:
    """The N of `environment-N`."""
    return int(environment.name.rpartition("-")[2])


def require_short(folder: Path, system: str = sys.platform) -> None:
    """Raises DuologueError (BAD_REQUEST) where Windows could not name the files that come into `folder`."""
    spare = _LONGEST_PATH - _DEEPEST - len(str(folder.absolute()))
    if system == "win32" and spare < 0:
        raise DuologueError(
            ExitCode.BAD_REQUEST,
            f"The path {folder} is {-spare} character(s) too long: Windows could not name all files of the backend.",
            f"Choose a folder whose path has {_LONGEST_PATH - _DEEPEST} characters at most.",
        )


def require_own(folder: Path) -> None:
    """Raises DuologueError (BAD_REQUEST) where `folder` holds what would be replaced, and is no backend's."""
    foreign = [] if is_marked(folder) else named_as_ours(folder)
    if foreign:
        names = ", ".join(path.name for path in foreign)
        raise DuologueError(
            ExitCode.BAD_REQUEST,
            f"{folder} holds {names}, which no installation of Duologue made and which it would replace.",
            "Choose another folder, such as an empty one.",
        )
