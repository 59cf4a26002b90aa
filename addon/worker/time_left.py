"""How long a job will still take, by how long its stages took before on this computer. No bpy here."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from ...backend.contract.errors import DuologueError
from ...backend.contract.files import write_text_whole
from ...backend.contract.reading import read_json, read_or_none
from .worker_process import STAGE_SENTENCES, Progress

KEYS: Final = "keys"
"""The stage after the worker's: Blender writes the keys."""
_STAGES: Final = (*STAGE_SENTENCES, KEYS)
_ONCE: Final = frozenset(("start", "load"))
"""Stages that take as long for any dialogue; a worker that is warm has them behind it."""
_NEW: Final = 0.5
"""What the latest take counts beside those before it."""
_SURE: Final = 0.5
"""Share of a stage from which its own pace alone counts."""
_SOON, _MINUTES, _HOURS, _STEP = 4.0, 90.0, 5400.0, 5


@dataclass(frozen=True)
class StageRates:
    """Seconds of each stage for each second of dialogue, and of stages that any dialogue has `once`."""

    rates: Mapping[str, float] = field(default_factory=dict)
    once: Mapping[str, float] = field(default_factory=dict)

    def expected(self, stage: str, length: float, *, warm: bool) -> float | None:
        """Seconds of a stage for a dialogue of `length` seconds; None where nobody knows."""
        if stage in _ONCE:
            return 0.0 if warm else self.once.get(stage)
        rate = self.rates.get(stage)
        return None if rate is None else rate * length

    def with_take(self, seconds: Mapping[str, float], length: float, *, warm: bool) -> StageRates:
        """These and what a take of `length` seconds has shown: `seconds` of its stages."""
        rates, once = dict(self.rates), dict(self.once)
        for stage, spent in seconds.items():
            if stage not in _STAGES or length <= 0.0 or (warm and stage in _ONCE):
                continue
            known, value = (once, spent) if stage in _ONCE else (rates, spent / length)
            known[stage] = value if stage not in known else (1.0 - _NEW) * known[stage] + _NEW * value
        return StageRates(rates, once)


def seconds_left(rates: StageRates, progress: Progress, now: float, *, warm: bool) -> float | None:
    """What a job that is at `progress` still takes; None as long as nobody can know.

    `now` is the clock that `progress.since` is of. A stage's own pace counts the more, the more of it is done.
    """
    if progress.length is None or progress.stage not in _STAGES:
        return None
    at, length = _STAGES.index(progress.stage), progress.length
    later = [stage for stage in _STAGES[at + 1 :] if stage in rates.rates or stage in rates.once]
    if at < _STAGES.index("model") and "model" not in later:
        return None
    left = sum(rates.expected(stage, length, warm=warm) or 0.0 for stage in later)
    expected, share = rates.expected(progress.stage, length, warm=warm), progress.share()
    spent = max(now - progress.since, 0.0)
    paced = spent * (1.0 - share) / share if share > 0.0 else None
    if expected is None:
        return None if paced is None or share < 0.1 else left + paced  # noqa: PLR2004
    trust = min(share / _SURE, 1.0)
    return left + (1.0 - trust) * max(expected - spent, 0.0) + trust * (paced or 0.0)


def left_in_words(seconds: float) -> str:
    """“about 20 s left”."""
    if seconds < _SOON:
        return "a few seconds left"
    if seconds < _MINUTES:
        return f"about {max(_STEP, _STEP * round(seconds / _STEP))} s left"
    if seconds < _HOURS:
        return f"about {round(seconds / 60.0)} min left"
    return f"about {round(seconds / 3600.0)} h left"


def read_rates(file: Path, engine: str) -> StageRates:
    """What is remembered of `engine` in `file`; nothing where it cannot be read."""
    kept = read_or_none(lambda: _rates(read_json(file)[engine]))
    return kept or StageRates()


def remember_rates(file: Path, engine: str, rates: StageRates) -> None:
    """Keep `rates` of `engine` in `file`; where it cannot be written, nothing is kept."""
    every = read_or_none(lambda: dict(read_json(file))) or {}
    every[engine] = {"rates": dict(rates.rates), "once": dict(rates.once)}
    with contextlib.suppress(DuologueError):
        write_text_whole(file, json.dumps(every, indent=1, sort_keys=True))


def _rates(data: Any) -> StageRates:
    kept = [
        {stage: float(seconds) for stage, seconds in data[name].items() if stage in _STAGES and 0.0 <= seconds < 1e6}  # noqa: PLR2004
        for name in ("rates", "once")
    ]
    return StageRates(*kept)
