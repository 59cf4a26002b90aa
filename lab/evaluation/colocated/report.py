"""The trials' numbers against their targets, as text for a shell and as JSON; and a picture of one performance."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite, isnan
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from backend.contract.arkit import ARKIT_INDEX
from backend.contract.constants import FRAME_RATE
from backend.contract.face import Face
from backend.engines.base import Motion

from ..report import COLOCATED_MEASURES, COLOURS, Measure, new_figure, short, write_png, write_report
from .behaviour import opening
from .comparison import UNITS
from .dialogues import INPUTS

if TYPE_CHECKING:
    from matplotlib.axes import Axes

JSON_NAME: Final = "colocated.json"
PICTURE_NAME: Final = "colocated.png"

_SECONDS: Final = 30.0
_BROW: Final = ARKIT_INDEX["browInnerUp"]
_BLINK: Final = ARKIT_INDEX["eyeBlinkLeft"]

Numbers = Mapping[str, Any]

_COLUMN_TITLES: Final = {
    "fd_expression": "FD exp",
    "fd_rotation": "FD rot",
    "fd_translation": "FD tra",
    "p_fd_expression": "P-FD exp",
    "p_fd_rotation": "P-FD rot",
    "mse_expression": "MSE exp",
    "mse_rotation": "MSE rot",
    "lip": "lip mm",
    "lip_settled": "settled",
    "gaze": "gaze",
    "sid_speaking": "SID sp",
    "sid_listening": "SID li",
}
"""Columns of the table in a shell; JSON has all of them."""

_TARGETS: Final = (
    ("wrong_mouth", "", ("mouths", INPUTS[1], "share")),
    ("seams", "streams", ("seams", "streams", "above")),
    ("seams", "motion", ("seams", "motion", "above")),
    ("seams", "landmarks", ("seams", "landmarks", "above")),
    ("lips_by_prompt", "", ("prompts", "opening in speech", "rms")),
    ("lips_by_seed", "", ("seeds", "opening in speech", "correlation")),
    ("heads_by_seed", "", ("seeds", "head", "correlation")),
)
"""Measure, its case, and where the trials' numbers hold it."""

_RATES: Final = {
    "blinks": "blinks_per_minute",
    "listener_gaze": "looking_at_partner_listening",
    "speaker_gaze": "looking_at_partner_speaking",
    "standstill": "standstill",
    "jump": "largest_jump",
    "skull_jump": "largest_jump_of_skull",
}
"""Measure → the rate that it bounds."""


@dataclass(frozen=True)
class Checked:
    """A number of the trials with the measure that bounds it; `title` is the measure's with its case filled in."""

    title: str
    value: float
    measure: Measure

    @property
    def met(self) -> bool | None:
        """Whether the target is met; None where the number could not be measured."""
        return self.measure.verdict(self.value)

    def as_json(self) -> dict[str, Any]:
        """Value and bounds in the measure's unit, and whether they are met."""
        value, low, high = (self.measure.scale * number for number in (self.value, self.measure.low, self.measure.high))
        return {
            "name": self.title,
            "value": value,
            "low": low,
            "high": high,
            "unit": self.measure.unit,
            "met": self.met,
        }

    def text(self) -> str:
        """One line for a shell."""
        scale, unit = self.measure.scale, self.measure.unit
        bounds = "–".join(
            f"{scale * bound:g}" if isfinite(bound) else "" for bound in (self.measure.low, self.measure.high)
        )
        verdict = {True: "", False: "  missed", None: "  not measured"}[self.met]
        return f"{self.title:48}{scale * self.value:10.3g} {unit:10}  asked {bounds}{verdict}"


def check(found: Numbers) -> list[Checked]:
    """Set every number of `found` that has a target beside that target."""
    return [
        Checked(measure.title.format(case=case), value, measure)
        for measure, case, value in ((COLOCATED_MEASURES[name], case, value) for name, case, value in _checked(found))
    ]


def as_text(found: Numbers) -> str:
    """Every trial as a block of lines, the numbers that have targets at the end."""
    blocks: list[str] = []
    if "table" in found:
        blocks.append(_table(found["table"]))
    blocks += [_changes(trial, found[trial]) for trial in ("prompts", "seeds") if trial in found]
    blocks += [
        _plain(trial, found[trial]) for trial in ("timing", "seams", "mouths", "keeping", "rates") if trial in found
    ]
    blocks.append("\n".join(checked.text() for checked in check(found)))
    return "\n\n".join(blocks)


def write_numbers(folder: Path, found: Numbers) -> Path:
    """`colocated.json` in `folder`. Raises DuologueError (DISK_FULL, OUTPUT_NOT_WRITABLE)."""
    path = folder / JSON_NAME
    write_report(path, {**found, "asked": {checked.title: checked.as_json() for checked in check(found)}})
    return path


def _checked(found: Numbers) -> Iterator[tuple[str, str, float]]:
    """(name among COLOCATED_MEASURES, case, value)."""
    for name, case, (trial, part, number) in _TARGETS:
        if trial in found:
            yield name, case, found[trial][part][number]
    for case, numbers in found.get("keeping", {}).items():
        yield "kept", case, numbers["kept_error"]
        if not isnan(numbers["joined_above"]):
            yield "borders", case, numbers["joined_above"]
    for kind in INPUTS:
        rates = found.get("rates", {}).get(kind, {})
        yield from ((name, kind, rates[rate]) for name, rate in _RATES.items() if rate in rates)


def _table(rows: Numbers) -> str:
    lines = [f"{'':40}" + "".join(f"{title:>10}" for title in _COLUMN_TITLES.values())]
    for name, kinds in rows.items():
        for kind, numbers in kinds.items():
            cells = "".join(f"{short(numbers.get(column, float('nan'))):>10}" for column in _COLUMN_TITLES)
            lines.append(f"{f'{name}, {kind}':40}{cells}")
    return "\n".join(lines)


def _changes(trial: str, parts: Numbers) -> str:
    lines = [f"{trial:24}{'RMS':>10}{'largest':>10}{'r':>10}{'spread':>10}"]
    for part, numbers in parts.items():
        cells = "".join(f"{short(numbers[name]):>10}" for name in ("rms", "largest", "correlation", "spread"))
        lines.append(f"  {part:22}{cells} {UNITS[part]}")
    return "\n".join(lines)


def _plain(title: str, numbers: Numbers) -> str:
    lines = [title]
    for name, value in numbers.items():
        if isinstance(value, Mapping):
            lines.append(f"  {name}")
            lines += [f"    {inner:44}{short(each):>12}" for inner, each in value.items()]
        else:
            lines.append(f"  {name:46}{short(value):>12}")
    return "\n".join(lines)


@dataclass(frozen=True)
class Pictured:
    """A column of the picture: what it is called and the motion in it."""

    title: str
    motion: Motion


def draw_performances(path: Path, columns: Sequence[Pictured], speaking: np.ndarray, face: Face) -> None:
    """The first half minute of each of `columns`, a row for each part, both people in a colour each.

    `speaking` [2, T] who truly speaks: a band at the foot of each panel.
    Raises DuologueError (DEPENDENCY_MISSING without matplotlib, DISK_FULL, OUTPUT_NOT_WRITABLE).
    """
    frames = round(_SECONDS * FRAME_RATE)
    curves = [_curves(pictured.motion, frames, face) for pictured in columns]
    rows = list(curves[0])
    figure = new_figure(5.2 * len(columns), 1.5 * len(rows))
    panels = figure.subplots(len(rows), len(columns), sharex=True, sharey="row", squeeze=False)
    for column, (pictured, found) in enumerate(zip(columns, curves, strict=True)):
        panels[0][column].set_title(pictured.title, fontsize=9)
        for row, name in enumerate(rows):
            _draw_panel(panels[row][column], found[name], speaking[:, :frames])
            if column == 0:
                panels[row][column].set_ylabel(name, fontsize=8)
    for panel in panels[-1]:
        panel.set_xlabel("seconds", fontsize=8)
    write_png(path, figure)


def _curves(motion: Motion, frames: int, face: Face) -> dict[str, np.ndarray]:
    """Row → [2, T] of both people."""
    sway = np.zeros_like(motion.jaw) if motion.sway is None else motion.sway
    found = {
        "lips apart, mm": opening(motion, face),
        "head down, °": np.degrees(motion.neck[..., 0]),
        "head to the left, °": np.degrees(motion.neck[..., 1]),
        "gaze off the eyes, °": np.degrees(np.linalg.norm(motion.gaze, axis=-1)),
        "brows up": motion.expression[..., _BROW],
        "lids": motion.expression[..., _BLINK],
        "closer, mm": 1000.0 * sway[..., 2],
    }
    return {name: curve[:, :frames] for name, curve in found.items()}


def _draw_panel(axes: Axes, curve: np.ndarray, speaking: np.ndarray) -> None:
    for who, colour in enumerate(COLOURS):
        seconds = np.arange(curve.shape[1]) / FRAME_RATE
        axes.plot(seconds, curve[who], color=colour, linewidth=0.8)
        axes.fill_between(
            np.arange(speaking.shape[1]) / FRAME_RATE,
            0.035 * who,
            0.035 * (who + 1),
            where=speaking[who] > 0.5,  # noqa: PLR2004  (more likely than not)
            transform=axes.get_xaxis_transform(),
            color=colour,
            alpha=0.5,
            linewidth=0,
        )
    axes.tick_params(labelsize=7)
    axes.spines[["top", "right"]].set_visible(False)
    axes.margins(x=0)
