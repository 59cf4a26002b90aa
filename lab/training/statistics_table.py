"""Statistics of rehearsals next to published ones, as text and as Markdown."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final

from ..simulation.statistics.published import PUBLISHED, Published

_HEAD: Final = """# Statistics of the rehearsals

Made by `python3 build.py train statistics {words} --out docs`; {count} rehearsals, {hours:.1f} hours.
*Published* is what the source says; the sources are cited from memory, as they were collected
for this project. *Range* is what a rehearsal corpus must stay in, and tests hold it there; where sources differ, or
people do, it is wider than one number.

![Distributions of the rehearsals, published values drawn in](pictures/rehearsals.png)
"""


def as_text(measured: Mapping[str, float]) -> str:
    """A line for every measure; what is out of its range has an exclamation mark."""
    width = max(len(row.name) for rows in PUBLISHED.values() for row in rows)
    lines = []
    for heading, rows in PUBLISHED.items():
        lines += [heading, "-" * len(heading)]
        for row in rows:
            mark = " " if _fits(row, measured[row.name]) else "!"
            lines.append(
                f"{mark} {row.name:{width}} {told(measured[row.name]):>7}  "
                f"{told(row.low):>5} to {told(row.high):<5}  {row.value} ({row.source})"
            )
        lines.append("")
    return "\n".join(lines)


def as_markdown(measured: Mapping[str, float], count: int, hours: float, words: str) -> str:
    """The same as a page; `count` rehearsals of `hours` together, `words` of the command that made it."""
    lines = [_HEAD.format(count=count, hours=hours, words=words)]
    for heading, rows in PUBLISHED.items():
        lines += [f"## {heading}", "", "| | rehearsals | range | published | source |", "|---|---|---|---|---|"]
        for row in rows:
            value = told(measured[row.name]) + ("" if _fits(row, measured[row.name]) else " (outside)")
            lines.append(f"| {row.name} | {value} | {told(row.low)} to {told(row.high)} | {row.value} | {row.source} |")
        lines.append("")
    return "\n".join(lines)


def told(value: float) -> str:
    """Three figures, or a dash for what could not be measured."""
    if math.isnan(value):
        return "–"
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"  # noqa: PLR2004


def _fits(row: Published, value: float) -> bool:
    return row.low <= value <= row.high
