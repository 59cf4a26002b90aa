"""`train statistics`: what rehearsals are like next to their targets, printed, as a table and as a picture."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

from backend.contract.errors import DuologueError, ExitCode

if TYPE_CHECKING:
    from ..simulation.statistics.observed import Pair

TABLE: Final = "rehearsal-statistics.md"
PICTURE: Final = "rehearsals.png"
_MADE: Final = 60
"""Rehearsals that are made where no folder of them is given."""


def add_flags(parser: argparse.ArgumentParser) -> None:
    """Of `train statistics`."""
    parser.add_argument("corpus", type=Path, nargs="?", metavar="FOLDER", help="made by `train rehearse`")
    parser.add_argument("--rehearsals", type=int, default=_MADE, help="how many to make where FOLDER is not given")
    parser.add_argument("--seed", type=int, default=1, help="of the first that is made")
    parser.add_argument("--out", type=Path, metavar="DIR", help=f"where {TABLE} and pictures/{PICTURE} are written")


def run(given: argparse.Namespace) -> None:
    """Measure, print and write. Raises DuologueError."""
    from backend.contract.constants import FRAME_RATE
    from backend.contract.files import write_text_whole

    from ..simulation.statistics.statistics import measure_pairs
    from .statistics_table import as_markdown, as_text

    pairs = list(_observed(given))
    measured = measure_pairs(pairs)
    print(as_text(measured))
    if given.out is not None:
        from .statistics_picture import draw_statistics

        seconds = sum(first.frames for first, _ in pairs) / FRAME_RATE
        made = "FOLDER" if given.corpus else f"--rehearsals {given.rehearsals} --seed {given.seed}"
        write_text_whole(given.out / TABLE, as_markdown(measured, len(pairs), seconds / 3600, made))
        draw_statistics(given.out / "pictures" / PICTURE, pairs)
        print(f"{given.out / TABLE}\n{given.out / 'pictures' / PICTURE}")


def _observed(given: argparse.Namespace) -> Iterator[Pair]:
    """Both people of every rehearsal, one at a time: sound and lips are let go. Raises DuologueError (BAD_REQUEST)."""
    from ..simulation.corpus import rehearsal_folders
    from ..simulation.rehearsal import make_rehearsal
    from ..simulation.rehearsal_files import load_rehearsal
    from ..simulation.statistics.observed import observe

    if given.corpus is not None:
        yield from (observe(load_rehearsal(folder)) for folder in rehearsal_folders(given.corpus))
        return
    if given.rehearsals < 1 or given.seed < 0:
        raise DuologueError(
            ExitCode.BAD_REQUEST,
            f"Statistics of {given.rehearsals} rehearsals from seed {given.seed} cannot be made.",
            "Ask for one or more, with a seed of 0 or more.",
        )
    for index in range(given.rehearsals):
        yield observe(make_rehearsal(given.seed + index))
