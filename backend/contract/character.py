"""Characters are data: who a head is, how it looks and what its habits are (presets/characters)."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

from .errors import DuologueError, ExitCode
from .job import Character


def load_character(path: Path) -> dict[str, Any]:
    """All of a character's JSON, checked. Raises DuologueError (CHARACTER_INVALID)."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        job_character(data)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise DuologueError(
            ExitCode.CHARACTER_INVALID,
            f"The character file {path} cannot be read ({type(error).__name__}: {error}).",
            "Choose another character, or repair the file after the ones in presets/characters.",
        ) from error
    return dict(data)


def job_character(data: dict[str, Any]) -> Character:
    """What the worker wants to know of a character: name, identity, habits.

    Raises KeyError, TypeError, AttributeError or ValueError where a field is off.
    """
    return Character(str(data["name"]), _numbers(data.get("identity", {})), _numbers(data.get("habits", {})))


def _numbers(data: dict[str, Any]) -> dict[str, float]:
    numbers = {str(name): float(value) for name, value in data.items()}
    for name, value in numbers.items():
        if not math.isfinite(value):
            raise ValueError(f"{name} is {value}")
    return numbers
