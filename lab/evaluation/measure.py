"""What each number is called, its unit, where it should lie, and what it means to an artist (measures.toml)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ..ranges import Range
from ..simulation.tables import read_table


@dataclass(frozen=True)
class Measure(Range):
    """A number and the range that is wanted of it; `scale` turns the number into `unit`."""

    title: str
    unit: str
    scale: float
    meaning: str = ""

    def text(self, value: float) -> str:
        """`value` in its unit, a dash for nan."""
        if math.isnan(value):
            return "–"
        digits = 0 if self.unit == "%" else 2
        return f"{value * self.scale:.{digits}f} {self.unit}".strip()

    @property
    def target(self) -> str:
        """The range in its unit, empty where nothing is wanted."""
        if not self.is_bounded:
            return ""
        low, high = (f"{bound * self.scale:g}" for bound in (self.low, self.high))
        if math.isinf(self.high):
            return f"≥ {low} {self.unit}".strip()
        return f"≤ {high} {self.unit}".strip() if math.isinf(self.low) else f"{low} to {high} {self.unit}".strip()


_TABLES: Final[dict[str, dict[str, Measure]]] = read_table(
    Path(__file__).with_name("measures.toml"), dict[str, dict[str, Measure]]
)

PERFORMANCE_MEASURES: Final = _TABLES["performance"]
"""Name in the report's JSON → measure of one performance, in the report's order."""

COLOCATED_MEASURES: Final = _TABLES["colocated"]
"""Name → measure of the trials of two people in one room; `{case}` in a title is filled in."""
