"""What an artist says about a take: take.json in its folder, so that neither a crash nor undo takes it back."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from ...backend.contract.files import write_text_whole
from ...backend.contract.job import NOTES_FILE
from ...backend.contract.reading import read_json, read_or_none

_SCHEMA: Final = 1
_LARGEST: Final = 1 << 20


@dataclass(frozen=True)
class TakeNotes:
    """`name`, `star` and `note` are the artist's; `owner` names the conversation that the take was made for."""

    name: str = ""
    star: bool = False
    note: str = ""
    owner: str = ""


def read_notes(folder: Path) -> TakeNotes:
    """The notes in the take's `folder`; empty ones where there are none or they are damaged."""
    return read_or_none(lambda: _notes(read_json(folder / NOTES_FILE, _LARGEST))) or TakeNotes()


def write_notes(folder: Path, notes: TakeNotes) -> None:
    """Raises DuologueError (DISK_FULL, OUTPUT_NOT_WRITABLE)."""
    write_text_whole(folder / NOTES_FILE, json.dumps({"schema": _SCHEMA} | asdict(notes), indent=1))


def _notes(found: dict[str, Any]) -> TakeNotes:
    words = {name: str(found.get(name, "")) for name in ("name", "note", "owner")}
    return TakeNotes(star=found.get("star") is True, **words)
