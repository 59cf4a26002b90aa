"""Which takes lie on disk, and what of each is worth a line in a list; damaged ones too."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal

from ...backend.contract.errors import DuologueError
from ...backend.contract.job import PERFORMANCE_FILE
from ...backend.contract.performance import load_performance
from ...backend.contract.reading import is_file, read_arrays, read_or_none, text_of
from ..steps import Steps
from .take_notes import TakeNotes, read_notes
from .take_picture import PICTURE_FILE, write_picture

State = Literal["whole", "damaged", "missing"]
_LARGEST: Final = 64 << 20
"""Bytes of what is read: 2 h of who speaks are 2 MB."""
_known: dict[Path, tuple[tuple[int, int], Made | None]] = {}
"""By performance file: its time and size, and what was read of it; a performance never changes."""
_without_picture: set[tuple[Path, tuple[int, int]]] = set()
"""Performances whose picture cannot be drawn or written, as in a read-only folder: they are not read for it again."""


@dataclass(frozen=True)
class Made:
    """How a take was made: by which engine, with which seed and sentence; and how long it is."""

    engine: str
    seed: int
    sentence: str
    seconds: float


@dataclass(frozen=True)
class Listed:
    """A take: its folder, whether it can be used, what the artist says, and how it was made where that is known."""

    folder: Path
    state: State
    notes: TakeNotes = field(default_factory=TakeNotes)
    made: Made | None = None
    written: float = 0.0

    @property
    def picture(self) -> Path | None:
        """The file of its small picture, None where there is none."""
        return self.folder / PICTURE_FILE if is_file(self.folder / PICTURE_FILE) else None


def listed_in_steps(folders: Iterable[Path], extra: Iterable[Path] = ()) -> Steps[list[Listed]]:
    """The takes in `folders`, each the place of several takes, and the take folders `extra` beside them; by number.

    Of copies in several places the first one is listed. One of `extra` that holds no take is listed as missing. A take
    without a picture gets one, where it can be written.
    """
    found = _without_copies(folders)
    found += [take for take in dict.fromkeys(extra) if take not in found]
    found.sort(key=lambda take: (len(take.name), take.name))  # take-9 comes before take-10
    takes = []
    for index, folder in enumerate(found):
        yield "Reading takes", index / len(found)
        takes.append(listed(folder))
    return takes


def listed(folder: Path) -> Listed:
    """The take in `folder`."""
    file = folder / PERFORMANCE_FILE
    try:
        status = os.stat(file)  # noqa: PTH116  (Path's own raises for names that no file can have)
    except (OSError, ValueError):
        return Listed(folder, "missing", read_notes(folder))
    stamp = (status.st_mtime_ns, status.st_size)
    if file not in _known or _known[file][0] != stamp:
        _known[file] = (stamp, read_or_none(lambda: _made(file)))
    made = _known[file][1]
    if made is not None and (file, stamp) not in _without_picture and not is_file(folder / PICTURE_FILE):
        try:
            write_picture(folder, load_performance(file))
        except DuologueError:
            _without_picture.add((file, stamp))
    return Listed(folder, "damaged" if made is None else "whole", read_notes(folder), made, status.st_mtime)


def _without_copies(folders: Iterable[Path]) -> list[Path]:
    """Folders with a performance; a copy keeps size and time of what it is of."""
    found: dict[tuple[str, int, int], Path] = {}
    for place in dict.fromkeys(folders):
        here = {}
        with contextlib.suppress(OSError), os.scandir(place) as entries:
            for entry in entries:
                with contextlib.suppress(OSError):
                    status = os.stat(os.path.join(entry.path, PERFORMANCE_FILE))  # noqa: PTH116, PTH118  (hundreds)
                    stamp = (status.st_size, status.st_mtime_ns)
                    if not any(key[1:] == stamp for key in found):
                        here[entry.name, *stamp] = place / entry.name
        found |= here
    return list(found.values())


def _made(file: Path) -> Made:
    arrays = read_arrays(file, _LARGEST, ("fps", "speaking", "meta"))
    meta: dict[str, Any] = json.loads(text_of(arrays["meta"]))
    seconds = arrays["speaking"].shape[1] / float(arrays["fps"])
    seed = meta.get("seed")
    return Made(
        engine=str(meta.get("engine", "")),
        seed=seed if isinstance(seed, int) else 0,
        sentence=str(meta.get("prompt", "")),
        seconds=seconds,
    )
