"""The measures of several listeners side by side, as Markdown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from backend.engines.dualtalk.model import EVENTS

from ...evaluation.measures.listener import PARTS, Estimate

_CLEAR: Final = 2.0
"""Standard errors of the difference beyond which a variant counts as worse than the whole."""

_UNITS: Final = {"p_fd": 1e3, "rpcc_pooled": 1e2, "rpcc": 1e2, "explained": 1e2}
_TITLES: Final = {
    "p_fd": "P-FD · 1000 ↓",
    "rpcc_pooled": "rPCC · 100 ↓ all frames,",
    "rpcc": "rPCC · 100 ↓ by person,",
    "explained": "explained, % ↑",
}
_OF: Final = {"expected": "mean motion", "drawn": "drawn"}


def listener_table(measured: Mapping[str, Mapping[str, Estimate]], full: str) -> str:
    """A row for each measure, a column for each variant: value ± standard error; bold where it is worse than `full`."""
    variants = list(measured)
    lines = [f"| | {' | '.join(variants)} |", "|---" * (len(variants) + 1) + "|"]
    for kind, title in _TITLES.items():
        for source, told in _OF.items():
            if kind == "explained" and source == "drawn":
                continue  # a draw is one of many, and never near to another one
            lines += [
                _row(f"{title} {part}, {told}", f"{source}_{kind}_{part}", _UNITS[kind], measured, full)
                for part in PARTS
            ]
    lines += [
        _row(f"{name.replace('_', ' ')}, bits a minute ↑", f"bits_{name}", 1.0, measured, full)
        for name in (*EVENTS, "all")
    ]
    return "\n".join(lines)


def _row(title: str, name: str, unit: float, measured: Mapping[str, Mapping[str, Estimate]], full: str) -> str:
    cells = []
    upward = "↑" in title
    for variant, found in measured.items():
        one = found[name]
        told = f"{unit * one.value:.2f} ± {unit * one.error:.2f}"
        difference = one.less(measured[full][name])
        worse = (-1 if upward else 1) * difference.value > _CLEAR * difference.error
        cells.append(f"**{told}**" if worse and variant != full else told)
    return f"| {title} | {' | '.join(cells)} |"
