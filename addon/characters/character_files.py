"""Which characters there are: the ones that come with Duologue and the artist's own, a JSON file each. No bpy here."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from zlib import crc32

from ...backend.contract.character import job_character, load_character
from ...backend.contract.errors import DuologueError, ExitCode
from ...backend.contract.files import explained_write_errors, write_text_whole
from ..paths import PRESETS
from .character_fields import check_looks

SHIPPED: Final = PRESETS / "characters"

_FIRST_NUMBERS: Final = {"anna": 0, "ben": 1}
_NUMBERS: Final = 2**31 - 3
_LONGEST_NAME: Final = 60
_FORBIDDEN: Final = frozenset('<>:"/\\|?*')
_RESERVED: Final = frozenset(
    ("con", "prn", "aux", "nul", *(f"{port}{number}" for port in ("com", "lpt") for number in range(1, 10)))
)


@dataclass(frozen=True)
class CharacterFile:
    """One character: `key` its file's name without .json, `own` whether the artist made it.

    `problem` says why the file cannot be used, empty when it can.
    """

    key: str
    path: Path
    own: bool
    name: str
    description: str
    problem: str = ""


def read_character(path: Path) -> dict[str, Any]:
    """All of a character's JSON, checked with its looks. Raises DuologueError (CHARACTER_INVALID)."""
    data = load_character(path)
    check_looks(data, f"The character file {path}")
    return data


def list_characters(own_folder: Path) -> list[CharacterFile]:
    """All characters by key, the shipped ones first; an own one hides a shipped one of the same key."""
    found: dict[str, CharacterFile] = {}
    for folder in (SHIPPED, own_folder):
        for path in sorted(folder.glob("*.json")):
            found[path.stem] = _described(path, own=folder == own_folder)
    return sorted(found.values(), key=lambda one: (one.own, one.key))


def folder_state(own_folder: Path) -> tuple[tuple[str, int], ...]:
    """Something that differs once `list_characters` would: every file's name and time of change."""
    found = []
    for folder in (SHIPPED, own_folder):
        if folder.is_dir():
            found += [(one.path, one.stat().st_mtime_ns) for one in os.scandir(folder) if one.name.endswith(".json")]
    return tuple(sorted(found))


def find_character(word: str, own_folder: Path) -> Path:
    """The file that `word` means: a character's key or name, or a path to a JSON file.

    Raises DuologueError (CHARACTER_INVALID).
    """
    known = list_characters(own_folder)
    for one in known:
        if word == one.key:
            return one.path
    for one in known:
        if word.casefold() in (one.key.casefold(), one.name.casefold()):
            return one.path
    path = Path(word).expanduser()
    if path.suffix.lower() == ".json":
        return path.absolute()
    raise DuologueError(
        ExitCode.CHARACTER_INVALID,
        f"There is no character “{word}”.",
        f"There are {', '.join(one.key for one in known)}; a path to a JSON file works, too.",
    )


def stable_number(key: str) -> int:
    """The number a menu stores for a character; it does not change when other characters come or go."""
    return _FIRST_NUMBERS.get(key, len(_FIRST_NUMBERS) + crc32(key.encode("utf-8")) % _NUMBERS)


def key_of(name: str) -> str:
    """The file name, without .json, of a character called `name`. Raises DuologueError (CHARACTER_INVALID)."""
    key = "_".join(name.lower().split())
    problem = _name_problem(key)
    if problem:
        raise DuologueError(
            ExitCode.CHARACTER_INVALID,
            f"“{name}” {problem}.",
            "Choose a name of letters, digits and spaces, such as Mira or Old Tom.",
        )
    return key


def free_name(name: str) -> str:
    """`name`, or “Anna 2” where it belongs to a shipped character, which is not for saving over."""
    return f"{name} 2" if (SHIPPED / f"{'_'.join(name.lower().split())}.json").exists() else name


def save_own(own_folder: Path, data: Mapping[str, Any], *, replace: bool = False) -> Path:
    """Write the character `data` to the artist's folder, whole or not at all, and return the file.

    Raises DuologueError: CHARACTER_INVALID where the name cannot be a file's, belongs to a shipped character or is
    taken (unless `replace`), or where a habit is off; DISK_FULL, OUTPUT_NOT_WRITABLE.
    """
    key = key_of(str(data.get("name", "")))
    job_character(data)
    if (SHIPPED / f"{key}.json").exists():
        raise DuologueError(
            ExitCode.CHARACTER_INVALID,
            f"{data['name']} is one of Duologue's own characters.",
            "Save yours under another name.",
        )
    path = own_folder / f"{key}.json"
    if path.exists() and not replace:
        raise DuologueError(
            ExitCode.CHARACTER_INVALID,
            f"There already is a character in {path}.",
            "Choose another name, or say that it is to be replaced.",
        )
    write_text_whole(path, json.dumps(dict(data), indent=1, ensure_ascii=False) + "\n")
    return path


def remove_own(own_folder: Path, key: str) -> None:
    """Delete one of the artist's own characters. Raises DuologueError (CHARACTER_INVALID, OUTPUT_NOT_WRITABLE)."""
    path = own_folder / f"{key}.json"
    if not path.is_file():
        raise DuologueError(
            ExitCode.CHARACTER_INVALID,
            f"“{key}” is not one of your own characters.",
            "Choose one that you saved; the ones that come with Duologue stay.",
        )
    with explained_write_errors(path):
        path.unlink()


def _described(path: Path, *, own: bool) -> CharacterFile:
    try:
        data = read_character(path)
    except DuologueError as error:
        return CharacterFile(path.stem, path, own, f"{path.stem} (cannot be read)", error.message, error.sentence())
    return CharacterFile(path.stem, path, own, str(data["name"]), str(data.get("description", "")))


def _name_problem(key: str) -> str | None:
    if not key:
        return "is no name"
    if len(key) > _LONGEST_NAME:
        return f"has more than {_LONGEST_NAME} letters"
    if any(letter in _FORBIDDEN or not letter.isprintable() for letter in key):
        return 'has a character that no file name may have (< > : " / \\ | ? *)'
    if key.startswith(".") or key.endswith("."):
        return "begins or ends with a full stop, which file names may not"
    if key.partition(".")[0] in _RESERVED:
        return "is a name that Windows keeps for itself"
    return None
