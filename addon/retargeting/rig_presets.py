"""Which rig presets there are (shipped, and the artist's own) and which mapping an object carries."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Final

import bpy

from ...backend.contract.errors import DuologueError, ExitCode
from ...backend.contract.files import explained_write_errors
from ...backend.contract.reading import explained_read_errors, is_file, parsed_json
from ..paths import PRESETS
from .rig_mapping import RigMapping, load_mapping, mapping_from_json, mapping_to_json, save_mapping

_SHIPPED: Final = PRESETS / "rigs"
_OWN: Final = "duologue/rigs"


@dataclass(frozen=True)
class PresetFile:
    """A preset on disk: its stem, the title that artists read, where it is, and whether the artist made it."""

    stem: str
    title: str
    path: Path
    own: bool


def own_folder() -> Path:
    """Where the artist's own presets are kept; it need not exist."""
    return Path(bpy.utils.user_resource("DATAFILES", path=_OWN))


def preset_files() -> tuple[PresetFile, ...]:
    """Shipped presets, then the artist's own, each by title; files that cannot be read are left out."""
    shipped = _files_in(_SHIPPED, own=False)
    stems = {one.stem for one in shipped}
    return (*shipped, *(one for one in _files_in(own_folder(), own=True) if one.stem not in stems))


def is_own_preset(stem: str) -> bool:
    """Whether the artist made the preset called `stem`; a button asks with every redraw, so no folder is listed."""
    return bool(stem) and is_file(own_folder() / f"{stem}.json") and not is_file(_SHIPPED / f"{stem}.json")


def preset_file(stem: str) -> PresetFile:
    """The preset called `stem`. Raises DuologueError (RIG_UNSUITABLE)."""
    for one in preset_files():
        if one.stem == stem:
            return one
    raise DuologueError(
        ExitCode.RIG_UNSUITABLE, f"There is no rig preset “{stem}”.", "Choose another one in the panel Mapping."
    )


def presets() -> dict[str, RigMapping]:
    """Every preset by its stem; the artist's own come first, and win where two fit equally well."""
    return {one.stem: load_mapping(one.path) for one in sorted(preset_files(), key=lambda one: not one.own)}


def save_preset(mapping: RigMapping, title: str, *, overwrite: bool) -> PresetFile:
    """Write `mapping` among the artist's own presets under `title`.

    Raises DuologueError: BAD_REQUEST for a name that cannot be or is taken; DISK_FULL, OUTPUT_NOT_WRITABLE.
    """
    title = title.strip()
    stem = re.sub(r"[\W_]+", "-", title.casefold()).strip("-")
    if not stem:
        raise DuologueError(ExitCode.BAD_REQUEST, f"“{title}” is no name for a preset.", "Use letters or digits.")
    if (_SHIPPED / f"{stem}.json").exists():
        raise DuologueError(
            ExitCode.BAD_REQUEST, f"“{title}” is the name of a preset that came with Duologue.", "Choose another name."
        )
    path = own_folder() / f"{stem}.json"
    if path.exists() and not overwrite:
        raise DuologueError(
            ExitCode.BAD_REQUEST, f"There is a preset “{title}” already.", "Choose another name, or tick Overwrite."
        )
    save_mapping(path, replace(mapping, title=title))
    return PresetFile(stem, title, path, own=True)


def remove_preset(stem: str) -> PresetFile:
    """Delete one of the artist's own presets. Raises DuologueError (RIG_UNSUITABLE, OUTPUT_NOT_WRITABLE)."""
    found = preset_file(stem)
    if not found.own:
        raise DuologueError(
            ExitCode.RIG_UNSUITABLE, f"“{found.title}” came with Duologue and stays.", "Remove presets of your own."
        )
    with explained_write_errors(found.path):
        found.path.unlink()
    return found


def store_mapping(owner: bpy.types.Object, mapping: RigMapping) -> None:
    """Keep `mapping` on `owner`, so that the .blend knows how takes land on it; also on a library override."""
    owner.duologue_mapping = json.dumps(mapping_to_json(mapping), ensure_ascii=False)  # type: ignore[attr-defined]


def as_kept(mapping: RigMapping) -> RigMapping:
    """`mapping` as `mapping_of` will tell it once it is stored."""
    return mapping_from_json(mapping_to_json(mapping))


def mapping_of(owner: bpy.types.Object) -> RigMapping | None:
    """The mapping kept on `owner`, in its own names, else the preset that it names, else None.

    Raises DuologueError (RIG_UNSUITABLE).
    """
    text: str = owner.duologue_mapping  # type: ignore[attr-defined]
    if not text:
        stem = preset_of(owner)
        return load_mapping(preset_file(stem).path) if stem else None
    with explained_read_errors(lambda reason: _unreadable(owner, reason)):
        return mapping_from_json(parsed_json(text))


def _unreadable(owner: bpy.types.Object, reason: str) -> DuologueError:
    return DuologueError(
        ExitCode.RIG_UNSUITABLE, f"The mapping kept on {owner.name} cannot be read ({reason}).", "Press Auto-map again."
    )


def preset_of(owner: bpy.types.Object) -> str:
    """The stem of the preset that the object's mapping began as, or nothing."""
    return str(owner.duologue_rig)  # type: ignore[attr-defined]


def name_preset(owner: bpy.types.Object, stem: str) -> None:
    """Remember the preset that the object's mapping began as."""
    owner.duologue_rig = stem  # type: ignore[attr-defined]


def carries_mapping(owner: bpy.types.Object) -> bool:
    """Whether `mapping_of` has something to tell."""
    return bool(owner.duologue_mapping or preset_of(owner))  # type: ignore[attr-defined]


def attach() -> None:
    """Give every object room for a mapping. Plain texts, since those survive on library overrides."""
    for name, what in (("duologue_rig", "Stem of the rig preset"), ("duologue_mapping", "The mapping as JSON")):
        kept = bpy.props.StringProperty(description=what, options={"HIDDEN"}, override={"LIBRARY_OVERRIDABLE"})
        setattr(bpy.types.Object, name, kept)


def detach() -> None:
    """Take it away again."""
    for name in ("duologue_rig", "duologue_mapping"):
        delattr(bpy.types.Object, name)


def _files_in(folder: Path, *, own: bool) -> tuple[PresetFile, ...]:
    found = []
    for path in folder.glob("*.json") if folder.is_dir() else ():
        title = _title(path, path.stat().st_mtime_ns)
        if title is not None:
            found.append(PresetFile(path.stem, title, path, own))
    return tuple(sorted(found, key=lambda one: (one.title.casefold(), one.stem)))


@lru_cache(maxsize=256)
def _title(path: Path, _changed: int) -> str | None:
    """The panel asks with every redraw; a file is read again only when it changed."""
    try:
        return load_mapping(path).title
    except DuologueError:
        return None
