"""Characters are data: who a head is, how it looks and what its habits are (presets/characters)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from .errors import DuologueError, ExitCode
from .job import Character, character_from_dict
from .reading import read_errors_as, read_json

_FIX: Final = "Choose another character, or repair the file after the ones in presets/characters."


@dataclass(frozen=True)
class Habit:
    """A number that says how somebody behaves: its range, the ordinary person's value, and what it does."""

    low: float
    high: float
    ordinary: float
    text: str


HABITS: Final[Mapping[str, Habit]] = MappingProxyType(
    {
        "stature": Habit(1.2, 2.2, 1.70, "Height in metres; who sits or stands taller looks down a little"),
        "blink_rate": Habit(4.0, 40.0, 17.0, "Blinks a minute while listening; about 1.4 times as many while speaking"),
        "expressiveness": Habit(0.5, 1.6, 1.0, "How much brows, smiles and head do; the lips' speech stays as it is"),
        "gaze": Habit(0.5, 1.5, 1.0, "How much of the time they look at the partner, as a factor"),
        "nod_rate": Habit(1.0, 20.0, 7.5, "Nods a minute of listening"),
        "head_activity": Habit(0.4, 2.4, 1.0, "How much the head moves, as a factor"),
        "brow_activity": Habit(0.4, 2.4, 1.0, "How much the brows move, as a factor"),
        "smile": Habit(0.4, 2.4, 1.0, "How often and how broadly they smile, as a factor"),
        "breathing_rate": Habit(0.4, 2.5, 1.0, "How fast they breathe, as a factor"),
        "gaze_speaking": Habit(0.05, 0.95, 0.5, "Share of time they look at the partner while speaking"),
        "gaze_listening": Habit(0.05, 0.97, 0.77, "Share of time they look at the partner while listening"),
        "articulation": Habit(0.5, 2.0, 1.0, "How clearly they speak, as a factor; kept for engines that can use it"),
    }
)
"""Every habit that a character may have. `expressiveness` and `gaze` multiply the ones they stand for."""


def load_character(path: Path) -> dict[str, Any]:
    """All of a character's JSON, checked. Raises DuologueError (CHARACTER_INVALID)."""
    with read_errors_as(ExitCode.CHARACTER_INVALID, f"The character file {path} cannot be read", _FIX):
        data = dict(read_json(path))
        character = character_from_dict(data)
    check_habits(character.habits, f"The character file {path}")
    return data


def job_character(data: Mapping[str, Any]) -> Character:
    """What the worker wants to know of a character: name, identity, habits.

    Raises DuologueError (CHARACTER_INVALID) where a field is off and for a habit that is unknown or out of its range.
    """
    with read_errors_as(ExitCode.CHARACTER_INVALID, "The character cannot be read", _FIX):
        character = character_from_dict(data)
    check_habits(character.habits, character.name)
    return character


def check_habits(habits: Mapping[str, float], whose: str) -> None:
    """Raises DuologueError (CHARACTER_INVALID) for a habit that `HABITS` does not know or that is out of its range."""
    for name, value in habits.items():
        habit = HABITS.get(name)
        if habit is None:
            raise DuologueError(
                ExitCode.CHARACTER_INVALID,
                f"{whose} has the habit “{name}”, which nobody has.",
                f"Habits are: {', '.join(HABITS)}.",
            )
        if not habit.low <= value <= habit.high:
            raise DuologueError(
                ExitCode.CHARACTER_INVALID,
                f"{whose} has the habit {name} {value:g}, which is out of its range.",
                f"Choose a value from {habit.low:g} to {habit.high:g}; {habit.ordinary:g} is ordinary.",
            )
