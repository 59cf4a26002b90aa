"""`train statistics`: what rehearsals are like next to their targets, printed, as a table and as a picture."""

from __future__ import annotations

import argparse
import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

from backend.contract.errors import DuologueError, ExitCode
from backend.job.reporting import Reporter, Step, step_of

from .statistics import TARGETS, measure_pairs

if TYPE_CHECKING:
    from .observed import Pair


TABLE: Final = "rehearsal-statistics.md"
PICTURE: Final = "rehearsals.png"
_MADE: Final = 60
"""Rehearsals that are made where no folder of them is given."""
_HEAD: Final = """# Statistics of the rehearsals

Made by `python3 build.py train statistics {words} --out docs/developers`; {count} rehearsals, {hours:.1f} hours.
*Range* is the target that a rehearsal corpus must stay in, and tests hold it there; where sources differ, or people do,
it is wider than one number. *Literature* is the value as it was collected for this project, and *checked* how far it
was compared with its source: **measured** on recordings, **abstract** where it stands in the paper's abstract,
**secondary** where others cite the paper, **trend** where the abstract says that it is so but not how often or how
large, or has numbers of something near it alone, **target** where nothing was found that says it, **own** where it is a
choice.

![Distributions of the rehearsals, values from the literature drawn in](pictures/rehearsals.png)
"""


def add_flags(parser: argparse.ArgumentParser) -> None:
    """Add the flags of `train statistics`."""
    parser.add_argument("corpus", type=Path, nargs="?", metavar="FOLDER", help="made by `train rehearse`")
    parser.add_argument("--rehearsals", type=int, default=_MADE, help="how many to make where FOLDER is not given")
    parser.add_argument("--seed", type=int, default=1, help="of the first that is made")
    parser.add_argument("--out", type=Path, metavar="DIR", help=f"where {TABLE} and pictures/{PICTURE} are written")


def run(given: argparse.Namespace, report: Reporter) -> None:
    """Measure, print and write. Raises DuologueError."""
    from backend.contract.constants import FRAME_RATE
    from backend.contract.files import write_text_whole

    pairs = list(_observed(given, step_of(report)))
    measured = measure_pairs(pairs)
    print(as_text(measured))
    if given.out is not None:
        from .picture import draw_statistics

        seconds = sum(first.frames for first, _ in pairs) / FRAME_RATE
        made = "FOLDER" if given.corpus else f"--rehearsals {given.rehearsals} --seed {given.seed}"
        write_text_whole(given.out / TABLE, as_markdown(measured, len(pairs), seconds / 3600, made))
        draw_statistics(given.out / "pictures" / PICTURE, pairs)
        print(f"{given.out / TABLE}\n{given.out / 'pictures' / PICTURE}")


def _observed(given: argparse.Namespace, step: Step) -> Iterator[Pair]:
    """Both people of every rehearsal, one at a time: sound and lips are let go. Raises DuologueError (BAD_REQUEST)."""
    from ..corpus import rehearsal_folders
    from ..rehearsal import make_rehearsal
    from ..rehearsal_files import load_rehearsal
    from .observed import observe

    if given.corpus is not None:
        folders = rehearsal_folders(given.corpus)
        for index, folder in enumerate(folders):
            step("rehearsals", index, len(folders))
            yield observe(load_rehearsal(folder))
        return
    if given.rehearsals < 1 or given.seed < 0:
        raise DuologueError(
            ExitCode.BAD_REQUEST,
            f"Statistics of {given.rehearsals} rehearsals from seed {given.seed} cannot be made.",
            "Ask for one or more, with a seed of 0 or more.",
        )
    for index in range(given.rehearsals):
        step("rehearsals", index, given.rehearsals)
        yield observe(make_rehearsal(given.seed + index))


def as_text(measured: Mapping[str, float]) -> str:
    """A line for every measure; what is out of its range has an exclamation mark."""
    width = max(len(name) for targets in TARGETS.values() for name in targets)
    lines = []
    for heading, targets in TARGETS.items():
        lines += [heading, "-" * len(heading)]
        for name, target in targets.items():
            mark = " " if target.allows(measured[name]) else "!"
            lines.append(
                f"{mark} {name:{width}} {shown(measured[name]):>7}  "
                f"{shown(target.low):>5} to {shown(target.high):<5}  {target.literature} ({target.source})"
            )
        lines.append("")
    return "\n".join(lines)


def as_markdown(measured: Mapping[str, float], count: int, hours: float, words: str) -> str:
    """The same as a page; `count` rehearsals of `hours` together, `words` of the command that made it."""
    lines = [_HEAD.format(count=count, hours=hours, words=words)]
    for heading, targets in TARGETS.items():
        lines += [f"## {heading}", ""]
        lines += ["| | rehearsals | range | literature | source | checked |", "|---|---|---|---|---|---|"]
        for name, target in targets.items():
            value = shown(measured[name]) + ("" if target.allows(measured[name]) else " (outside)")
            span = f"{shown(target.low)} to {shown(target.high)}"
            lines.append(f"| {name} | {value} | {span} | {target.literature} | {target.source} | {target.checked} |")
        lines.append("")
    return "\n".join(lines)


def shown(value: float) -> str:
    """Three figures, or a dash for what could not be measured."""
    if math.isnan(value):
        return "–"
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"  # noqa: PLR2004
