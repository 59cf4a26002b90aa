"""The trials' numbers: held against what is asked for, as text for a shell and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from math import isnan
from pathlib import Path
from typing import Any, Final

from backend.contract.files import write_text_whole

from .comparison import UNITS
from .dialogues import INPUTS

JSON_NAME: Final = "colocated.json"

Numbers = Mapping[str, Any]

_TOLD: Final = {
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


@dataclass(frozen=True)
class Asked:
    """One number with its bounds: `value` between `low` and `high`, None where nothing bounds it."""

    name: str
    value: float
    low: float | None
    high: float | None
    unit: str

    @property
    def met(self) -> bool | None:
        """None where it could not be measured."""
        if isnan(self.value):
            return None
        return (self.low is None or self.value >= self.low) and (self.high is None or self.value <= self.high)

    def told(self) -> str:
        """For a shell."""
        bounds = "–".join("" if one is None else f"{one:g}" for one in (self.low, self.high))
        verdict = {True: "", False: "  missed", None: "  not measured"}[self.met]
        return f"{self.name:48}{self.value:10.3g} {self.unit:10}  asked {bounds}{verdict}"


def asked_for(found: Numbers) -> list[Asked]:
    """What is asked for, of whatever trials `found` has."""
    return list(_asked(found))


def as_text(found: Numbers) -> str:
    """Every trial as a block of lines, what is asked for at the end."""
    blocks: list[str] = []
    if "table" in found:
        blocks.append(_table(found["table"]))
    blocks += [_changes(trial, found[trial]) for trial in ("prompts", "seeds") if trial in found]
    blocks += [
        _plain(trial, found[trial]) for trial in ("timing", "seams", "mouths", "keeping", "rates") if trial in found
    ]
    blocks.append("\n".join(one.told() for one in asked_for(found)))
    return "\n\n".join(blocks)


def write_numbers(folder: Path, found: Numbers) -> Path:
    """`colocated.json` in `folder`, nan as null. Raises DuologueError (DISK_FULL, OUTPUT_NOT_WRITABLE)."""
    asked = {one.name: asdict(one) | {"met": one.met} for one in asked_for(found)}
    path = folder / JSON_NAME
    write_text_whole(path, json.dumps(_without_nan({**found, "asked": asked}), indent=1) + "\n")
    return path


def _asked(found: Numbers) -> Iterator[Asked]:
    if "mouths" in found:
        yield Asked("the wrong mouth moves, one mix", 100 * found["mouths"][INPUTS[1]]["share"], None, 3.0, "%")
    if "seams" in found:
        # A share of 1 % lies above the 99th percentile by nature; more than twice that is a seam.
        for name in ("streams", "motion", "landmarks"):
            value = 100 * found["seams"][name]["above"]
            yield Asked(f"jumps at seams above the 99th percentile, {name}", value, None, 2.0, "%")
    if "prompts" in found:
        mouth = found["prompts"]["opening in speech"]
        yield Asked("lips change with the prompt, RMS", mouth["rms"], None, 0.5, "mm")
    if "seeds" in found:
        yield Asked(
            "lips follow each other from seed to seed, r",
            found["seeds"]["opening in speech"]["correlation"],
            0.95,
            None,
            "",
        )
        yield Asked(
            "heads follow each other from seed to seed, r", found["seeds"]["head"]["correlation"], None, 0.7, ""
        )
    for case, numbers in found.get("keeping", {}).items():
        yield Asked(f"{case}: largest change of what is kept", numbers["kept_error"], None, 1e-5, "")
        if not isnan(numbers["joined_above"]):
            yield Asked(f"{case}: jumps at borders above the 99th", 100 * numbers["joined_above"], None, 5.0, "%")
    for kind in INPUTS:
        if kind in found.get("rates", {}):
            yield from _asked_of_rates(kind, found["rates"][kind])


def _asked_of_rates(kind: str, rates: Mapping[str, float]) -> Iterator[Asked]:
    yield Asked(f"blinks, {kind}", rates["blinks_per_minute"], 8.0, 30.0, "a minute")
    yield Asked(f"listener looks at partner, {kind}", 100 * rates["looking_at_partner_listening"], 60.0, 90.0, "%")
    yield Asked(f"speaker looks at partner, {kind}", 100 * rates["looking_at_partner_speaking"], 30.0, 65.0, "%")
    yield Asked(f"longest standstill, {kind}", rates["standstill"], None, 1.0, "s")
    yield Asked(f"largest jump, {kind}", rates["largest_jump"], None, 8.0, "mm a frame")
    yield Asked(f"largest jump of the skull, {kind}", rates["largest_jump_of_skull"], None, 8.0, "mm a frame")


def _table(rows: Numbers) -> str:
    lines = [f"{'':40}" + "".join(f"{title:>10}" for title in _TOLD.values())]
    for name, kinds in rows.items():
        for kind, numbers in kinds.items():
            told = "".join(f"{_short(numbers.get(column, float('nan'))):>10}" for column in _TOLD)
            lines.append(f"{f'{name}, {kind}':40}{told}")
    return "\n".join(lines)


def _changes(trial: str, parts: Numbers) -> str:
    lines = [f"{trial:24}{'RMS':>10}{'largest':>10}{'r':>10}{'spread':>10}"]
    for part, numbers in parts.items():
        told = "".join(f"{_short(numbers[name]):>10}" for name in ("rms", "largest", "correlation", "spread"))
        lines.append(f"  {part:22}{told} {UNITS[part]}")
    return "\n".join(lines)


def _plain(title: str, numbers: Numbers) -> str:
    lines = [title]
    for name, value in numbers.items():
        if isinstance(value, Mapping):
            lines.append(f"  {name}")
            lines += [f"    {inner:44}{_short(each):>12}" for inner, each in value.items()]
        else:
            lines.append(f"  {name:46}{_short(value):>12}")
    return "\n".join(lines)


def _short(value: float) -> str:
    return "–" if isnan(value) else f"{value:.4g}"


def _without_nan(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _without_nan(each) for name, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_without_nan(each) for each in value]
    return None if isinstance(value, float) and isnan(value) else value
