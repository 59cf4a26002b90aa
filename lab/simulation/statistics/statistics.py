"""Rehearsals in numbers, and the ranges that the numbers must stay in (targets.toml)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from ..rehearsal import Rehearsal
from ..tables import Range, read_table
from .measured_eyes import measure_eyes
from .measured_motion import measure_face, measure_head
from .measured_turns import measure_answers, measure_turns
from .observed import Pair, observe


@dataclass(frozen=True)
class Target(Range):
    """The range of a measure, beside the value in the `literature` and its `source`.

    `checked` says how far the value was compared with the source; targets.toml explains the words.
    """

    literature: str
    source: str
    checked: Literal["measured", "abstract", "secondary", "trend", "target", "own"]


TARGETS: Final[dict[str, dict[str, Target]]] = read_table(
    Path(__file__).with_name("targets.toml"), dict[str, dict[str, Target]]
)
"""Heading → name of a measure → target, in the order in which they are printed."""

_TARGET_OF: Final = {name: target for targets in TARGETS.values() for name, target in targets.items()}


def measure(rehearsals: Iterable[Rehearsal]) -> dict[str, float]:
    """Measure everything in TARGETS, pooled over both people of all `rehearsals`, of which one is held at a time."""
    return measure_pairs([observe(rehearsal) for rehearsal in rehearsals])


def measure_pairs(pairs: Sequence[Pair]) -> dict[str, float]:
    """Measure the same from what was observed."""
    groups = (measure_turns, measure_eyes, measure_head, measure_face, measure_answers)
    return {name: value for measure_group in groups for name, value in measure_group(pairs).items()}


def outside(measured: dict[str, float]) -> dict[str, float]:
    """Return those of `measured` that are not within their range; nan is not."""
    return {name: value for name, value in measured.items() if not _TARGET_OF[name].allows(value)}
