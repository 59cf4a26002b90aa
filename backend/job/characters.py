"""Characters from files, for the command line."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

from ..contract.errors import DuologueError, ExitCode
from ..contract.job import Character


def read_character(path: Path) -> Character:
    """Name, identity and habits from a character's JSON. Raises DuologueError (CHARACTER_INVALID)."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        return Character(str(data["name"]), _numbers(data.get("identity", {})), _numbers(data.get("habits", {})))
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise DuologueError(
            ExitCode.CHARACTER_INVALID,
            f"The character file {path} cannot be read ({type(error).__name__}: {error}).",
            "Choose another character, or repair the file after the ones in presets/characters.",
        ) from error


def _numbers(data: dict[str, Any]) -> dict[str, float]:
    numbers = {str(name): float(value) for name, value in data.items()}
    for name, value in numbers.items():
        if not math.isfinite(value):
            raise ValueError(f"{name} is {value}")
    return numbers
