"""Statistics of rehearsals next to their targets, as text and as Markdown."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final

from ..simulation.statistics.statistics import TARGETS

_HEAD: Final = """# Statistics of the rehearsals

Made by `python3 build.py train statistics {words} --out docs/developers`; {count} rehearsals, {hours:.1f} hours.
*Range* is the target that a rehearsal corpus must stay in, and tests hold it there; where sources differ, or people do,
it is wider than one number. *Literature* is the value as it was collected for this project, and *checked* how far it
was compared with its source: **measured** on recordings for this project, **abstract** where it stands in the paper's
abstract, **secondary** where others cite the paper, **no** where it is cited from memory, **own** where it is a choice.

![Distributions of the rehearsals, values from the literature drawn in](pictures/rehearsals.png)
"""


def as_text(measured: Mapping[str, float]) -> str:
    """A line for every measure; what is out of its range has an exclamation mark."""
    width = max(len(name) for targets in TARGETS.values() for name in targets)
    lines = []
    for heading, targets in TARGETS.items():
        lines += [heading, "-" * len(heading)]
        for name, target in targets.items():
            mark = " " if target.allows(measured[name]) else "!"
            lines.append(
                f"{mark} {name:{width}} {told(measured[name]):>7}  "
                f"{told(target.low):>5} to {told(target.high):<5}  {target.literature} ({target.source})"
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
            value = told(measured[name]) + ("" if target.allows(measured[name]) else " (outside)")
            span = f"{told(target.low)} to {told(target.high)}"
            lines.append(f"| {name} | {value} | {span} | {target.literature} | {target.source} | {target.checked} |")
        lines.append("")
    return "\n".join(lines)


def told(value: float) -> str:
    """Three figures, or a dash for what could not be measured."""
    if math.isnan(value):
        return "–"
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"  # noqa: PLR2004
