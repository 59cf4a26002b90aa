"""Paths as a .blend remembers them: relative to itself (“//”) for what lies beside it, so that a project can move."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Final

import bpy

_OPTIONS: Final = (
    {"PATH_SUPPORTS_BLEND_RELATIVE"}
    if "is_path_supports_blend_relative" in bpy.types.StringProperty.bl_rna.properties
    else set()
)
FILE: Final[dict[str, Any]] = {"subtype": "FILE_PATH", "options": _OPTIONS}
"""What makes a string property a path that may begin with “//”; from 4.5 on Blender wants to be told."""
FOLDER: Final[dict[str, Any]] = {"subtype": "DIR_PATH", "options": _OPTIONS}
"""The same for a folder."""

PATHS: Final = (
    *("track_a", "track_b", "stereo", "mix", "segments", "transcript_a", "transcript_b", "checkpoint"),
    *("partner_take", "take"),
)
"""A conversation's properties that name files."""
_PREFIX: Final = "//"


def is_relative(path: str) -> bool:
    """Whether `path` belongs to the .blend that remembers it."""
    return path.startswith(_PREFIX)


def file_of(settings: bpy.types.PropertyGroup, path: str) -> Path:
    """The file that `settings` name by `path`, absolute; of a linked scene “//” is its library's folder.

    A conversation that was appended finds what still lies beside the .blend that it was saved in.
    """
    found = Path(bpy.path.abspath(path, library=settings.id_data.library)).absolute()
    if is_relative(path) and not os.path.exists(found):  # noqa: PTH110  (names may be too long)
        if os.sep == "/" and "\\" in path:
            return file_of(settings, path.replace("\\", "/"))  # chosen under Windows
        saved_in: str = getattr(settings, "saved_in", "")
        beside = Path(os.path.normpath(Path(saved_in).parent / path.removeprefix(_PREFIX)))
        if saved_in and os.path.exists(beside):  # noqa: PTH110
            return beside
    return found


def remembered(file: Path, blend: str = "") -> str:
    """`file` as the .blend at `blend`, by default the one that is open, remembers it: by “//” where it lies beside it.

    Anything else keeps its absolute path, and so does everything while there is no .blend.
    """
    blend = blend or bpy.data.filepath
    folder = Path(blend).parent
    if not blend or not file.is_absolute() or not file.is_relative_to(folder):
        return str(file)
    return _PREFIX + file.relative_to(folder).as_posix()


def told_from(file: Path, blend: str) -> str:
    """`file` by “//” from the .blend at `blend`, wherever it lies; its absolute path on another Windows drive."""
    try:
        return _PREFIX + Path(os.path.relpath(file, Path(blend).parent)).as_posix()
    except ValueError:
        return str(file)
