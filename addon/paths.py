"""Where the extension's own files are, and names inside RNA data paths."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from ..backend.contract.errors import DuologueError, ExitCode
from ..backend.contract.reading import explained_read_errors, read_json

EXTENSION: Final = Path(__file__).resolve().parents[1]
"""The folder that holds `addon`, `backend` and `presets`: a checkout, or the installed extension."""

PRESETS: Final = EXTENSION / "presets"


def table_of(path: Path) -> Any:
    """What one of the extension's own JSON tables holds. Raises DuologueError (ASSET_CORRUPT)."""

    def corrupt(reason: str) -> DuologueError:
        return DuologueError(ExitCode.ASSET_CORRUPT, f"{path} cannot be read ({reason}).", "Install Duologue again.")

    with explained_read_errors(corrupt):
        return read_json(path)


def rig_preset(face: str) -> Path:
    """The mapping of a face basis onto its rig."""
    return PRESETS / "rigs" / f"{face}.json"


def escaped(name: str) -> str:
    """`name` as it stands between quotes in an RNA path; as `bpy.utils.escape_identifier`, but without bpy."""
    for plain, safe in (("\\", "\\\\"), ('"', '\\"'), ("\n", "\\n"), ("\t", "\\t")):
        name = name.replace(plain, safe)
    return name
