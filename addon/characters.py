"""Characters are data: who a head is, how it looks and what its habits are (presets/characters)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from ..backend.contract.errors import DuologueError, ExitCode
from ..backend.contract.job import Character


def character_names(folder: Path) -> list[str]:
    """File stems of all characters in `folder`, sorted."""
    return sorted(path.stem for path in folder.glob("*.json"))


def load_character(path: Path) -> dict[str, Any]:
    """Read one character. Raises DuologueError (CHARACTER_INVALID)."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        job_character(data, str(data["name"]))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise DuologueError(
            ExitCode.CHARACTER_INVALID,
            f"The character {path} cannot be read ({error}).",
            "Restore the file or choose another character.",
        ) from error
    return data


def job_character(character: dict[str, Any], name: str) -> Character:
    """What the worker wants to know of a character that plays under `name`."""
    habits = {key: float(value) for key, value in character.get("habits", {}).items()}
    return Character(name, {key: float(value) for key, value in character.get("identity", {}).items()}, habits)
