"""Measures and the one writer of reports: numbers as JSON, a page beside them, a shell's columns, and pictures.

measures.toml says what each number is called, its unit, where it should lie, and what it means to an artist.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Final

import numpy as np

from backend.contract.errors import DuologueError, ExitCode
from backend.contract.files import write_text_whole, write_whole

if TYPE_CHECKING:
    from matplotlib.figure import Figure
from dataclasses import dataclass

from ..simulation.tables import Range, read_table


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


COLOURS: Final = ("#2b6cb0", "#c05621")
GREY: Final = "#718096"


def as_json(value: Any) -> Any:
    """`value` with tuples as lists and numpy's numbers as Python's; what is not finite is null."""
    if isinstance(value, Mapping):
        return {name: as_json(each) for name, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [as_json(each) for each in value]
    if isinstance(value, (float, np.floating)):
        return float(value) if math.isfinite(value) else None
    return value.item() if isinstance(value, np.generic) else value


def write_report(data: Path, numbers: Mapping[str, Any], page: Path | None = None, text: str = "") -> None:
    """Write `numbers` into the JSON file `data`, and with them `text` into the HTML file `page`: both, or neither.

    Raises DuologueError (DISK_FULL, OUTPUT_NOT_WRITABLE).
    """
    content = json.dumps(as_json(numbers), indent=1, allow_nan=False) + "\n"
    if page is None:
        write_text_whole(data, content)
        return

    def write_both(file: BinaryIO) -> None:
        """The numbers are written while the page is, so that a failure of either leaves no page."""
        file.write(text.encode("utf-8"))
        write_text_whole(data, content)

    write_whole(page, write_both)


def short(value: float) -> str:
    """Four digits for a shell, a dash for nan."""
    return "–" if math.isnan(value) else f"{value:.4g}"


def new_figure(width: float, height: float, dpi: float = 100.0) -> Figure:
    """A figure of `width` by `height` inches. Raises DuologueError (DEPENDENCY_MISSING) without matplotlib."""
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        raise DuologueError(
            ExitCode.DEPENDENCY_MISSING,
            f"The report's pictures need matplotlib, which the backend's Python cannot load ({error}).",
            "Run `python3 build.py setup`.",
        ) from error
    return Figure(figsize=(width, height), layout="constrained", dpi=dpi)


def write_png(path: Path, figure: Figure) -> None:
    """Write `figure` into the PNG file `path`. Raises DuologueError (DISK_FULL, OUTPUT_NOT_WRITABLE)."""
    write_whole(path, lambda file: figure.savefig(file, format="png", metadata={"Software": None}))
