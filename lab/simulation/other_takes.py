"""Other takes of a rehearsal: the sound stays as it is, what people do beside their lips is drawn anew.

Nobody can tell from the sound alone when somebody looks away or smiles. From one take of each sound a network learns by
heart what happened to happen; from many it learns what the sound makes likely.

takes.npz: `expression` [K, 2, T, 52], `neck` [K, 2, T, 3], `gaze` [K, 2, T, 2], `sway` [K, 2, T, 3] in half precision;
jaw and who speaks are the rehearsal's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Final

import numpy as np

from backend.contract.errors import ExitCode
from backend.contract.files import write_whole
from backend.contract.reading import read_arrays, read_errors_as, read_or_none
from backend.engines.base import Motion

from .rehearsal import act, cast_dialogue, generators_of
from .speech.voice import Synthesizer

TAKES: Final = "takes.npz"

_PARTS: Final = ("expression", "neck", "gaze", "sway")
_LARGEST_BYTES: Final = 8 << 30

OtherTakes = dict[str, np.ndarray]
"""The arrays of the file, by name."""


def act_again(seed: int, seconds: float, shares: Mapping[Synthesizer, float], count: int) -> OtherTakes:
    """`count` ≥ 1 more takes of `make_rehearsal(seed, seconds, shares)`; take k is the same whatever the count.

    Raises DuologueError (DEPENDENCY_MISSING where a synthesizer cannot be had).
    """
    dialogue = cast_dialogue(*generators_of(seed), seconds, shares)
    parts: dict[str, list[np.ndarray]] = {name: [] for name in _PARTS}
    for take in range(1, count + 1):
        answers = np.random.default_rng([seed, take, 0xA25E2])
        motion, events = act(np.random.default_rng([seed, take, 0x7A4E5]), dialogue, answers)
        for name, found in parts.items():
            found.append((events["sway"] if name == "sway" else getattr(motion, name)).astype(np.float16))
    return {name: np.stack(found) for name, found in parts.items()}


def save_takes(folder: Path, takes: OtherTakes) -> None:
    """Write them into the rehearsal's folder. Raises DuologueError (DISK_FULL, OUTPUT_NOT_WRITABLE)."""
    write_whole(folder / TAKES, lambda file: np.savez_compressed(file, **takes))  # type: ignore[arg-type]


def load_takes(folder: Path) -> OtherTakes | None:
    """What `save_takes` wrote; None where a recording has no other takes. Raises DuologueError (ASSET_CORRUPT)."""
    if not (folder / TAKES).is_file():
        return None
    path = folder / TAKES
    with read_errors_as(ExitCode.ASSET_CORRUPT, f"{path} cannot be read", "Delete it; rehearsing makes it anew."):
        found = read_arrays(path, _LARGEST_BYTES, _PARTS)
        takes = {name: found[name] for name in _PARTS}
        shapes = {takes[name].shape[:-1] for name in _PARTS}
        if len(shapes) > 1 or takes["expression"].ndim != 4:  # noqa: PLR2004
            raise ValueError("its parts do not fit together")
    return takes


def other_motions(folder: Path, motion: Motion, most: int | None = None) -> Iterator[Motion]:
    """The rehearsal's other takes one by one, the first `most` of them; `motion` is its own.

    Raises DuologueError (ASSET_CORRUPT).
    """
    takes = load_takes(folder)
    if takes is not None:
        for parts in islice(zip(*takes.values(), strict=True), most):
            yield replace(motion, **dict(zip(takes, parts, strict=True)))


def count_takes(folder: Path) -> int:
    """How many other takes the folder has; 0 where the file cannot be read."""
    return read_or_none(lambda: len(read_arrays(folder / TAKES, _LARGEST_BYTES, ("gaze",))["gaze"])) or 0
