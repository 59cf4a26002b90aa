"""Where the extension's own files are, and names inside RNA data paths."""

from __future__ import annotations

from pathlib import Path
from typing import Final

EXTENSION: Final = Path(__file__).resolve().parents[1]
"""The folder that holds `addon`, `backend` and `presets`: a checkout, or the installed extension."""

PRESETS: Final = EXTENSION / "presets"


def rig_preset(face: str) -> Path:
    """The mapping of a face basis onto its rig."""
    return PRESETS / "rigs" / f"{face}.json"


def escaped(name: str) -> str:
    """`name` as it stands between quotes in an RNA path; as `bpy.utils.escape_identifier`, but without bpy."""
    for plain, safe in (("\\", "\\\\"), ('"', '\\"'), ("\n", "\\n"), ("\t", "\\t")):
        name = name.replace(plain, safe)
    return name
