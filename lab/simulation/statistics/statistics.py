"""What rehearsals look like in numbers, to hold against published ones (rates, shares, ranges of real conversation)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ..rehearsal import Rehearsal
from .measured_answers import measure_answers
from .measured_eyes import measure_eyes
from .measured_face import measure_face
from .measured_head import measure_head
from .measured_turns import measure_turns
from .observed import Pair, observe
from .published import EXPECTED

__all__ = ["EXPECTED", "measure", "measure_pairs", "outside"]


def measure(rehearsals: Iterable[Rehearsal]) -> dict[str, float]:
    """The numbers of EXPECTED, pooled over both people of all `rehearsals`; each is let go once it was looked at."""
    return measure_pairs([observe(one) for one in rehearsals])


def measure_pairs(pairs: Sequence[Pair]) -> dict[str, float]:
    """The same of what was observed."""
    seen_in = (measure_turns, measure_eyes, measure_head, measure_face, measure_answers)
    return {name: value for measure_one in seen_in for name, value in measure_one(pairs).items()}


def outside(measured: dict[str, float]) -> dict[str, float]:
    """What of `measured` is not in its range; nan is not."""
    return {name: value for name, value in measured.items() if not EXPECTED[name][0] <= value <= EXPECTED[name][1]}
