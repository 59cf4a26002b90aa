"""What a command line says about an earlier take: who of it stays, and which seconds are made anew."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from .errors import DuologueError, ExitCode
from .job import KeptTake

_STRETCH: Final = re.compile(r"(?:(\d+):)?(\d+(?:\.\d*)?)-(?:(\d+):)?(\d+(?:\.\d*)?)")
_MINUTE: Final = 60.0


def kept_take_of(
    take: str | None, people: Sequence[str], stretches: Sequence[str], names: tuple[str, str]
) -> KeptTake | None:
    """What `--keep`, `--keep-person` and `--regenerate` say; None where nothing is said.

    Raises DuologueError (BAD_REQUEST) where one lacks another, for somebody who is not there and for no stretch.
    """
    if take is None:
        if people or stretches:
            raise _unclear("--keep-person and --regenerate need --keep", "Name the take with --keep.")
        return None
    if not people and not stretches:
        raise _unclear(
            "--keep does not say what stays",
            "Add --keep-person with a name, or --regenerate with seconds such as 12-18.",
        )
    staying = tuple(sorted({_person(word, names) for word in people}))
    return KeptTake(take, staying, tuple(stretch_of(word) for word in stretches))


def stretch_of(word: str) -> tuple[float, float]:
    """“12-18.5” or “1:12-1:18” → start and end in seconds. Raises DuologueError (BAD_REQUEST)."""
    found = _STRETCH.fullmatch(word.strip())
    if found is None:
        raise _unclear(f"“{word}” is no stretch of time", "Write seconds such as 12-18, or minutes such as 1:12-1:18.")
    minutes, seconds, end_minutes, end_seconds = (float(part or 0.0) for part in found.groups())
    return _MINUTE * minutes + seconds, _MINUTE * end_minutes + end_seconds


def _person(word: str, names: tuple[str, str]) -> int:
    said = word.strip().lower()
    meant = [person for person in (0, 1) if said in (names[person].lower(), "ab"[person])]
    if len(meant) != 1:
        raise _unclear(
            f"“{word}” is nobody here, or both",
            f"Say who stays after --keep-person: a ({names[0]}) or b ({names[1]}).",
        )
    return meant[0]


def _unclear(what: str, fix: str) -> DuologueError:
    return DuologueError(ExitCode.BAD_REQUEST, f"{what}.", fix)
