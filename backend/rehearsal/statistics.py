"""What rehearsals look like in numbers, to hold against published ones (rates, shares, ranges of real conversation)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from .measured_eyes import measure_eyes
from .measured_face import measure_face
from .measured_head import measure_head
from .measured_turns import measure_turns
from .observed import Pair, observe
from .published import EXPECTED
from .rehearsal import Rehearsal

__all__ = ["EXPECTED", "measure", "measure_pairs", "outside"]


def measure(rehearsals: Iterable[Rehearsal]) -> dict[str, float]:
    """The numbers of EXPECTED, pooled over both people of all `rehearsals`; each is let go once it was looked at."""
    return measure_pairs([observe(one) for one in rehearsals])


def measure_pairs(pairs: Sequence[Pair]) -> dict[str, float]:
    """The same of what was observed."""
    return measure_turns(pairs) | measure_eyes(pairs) | measure_head(pairs) | measure_face(pairs)


def outside(measured: dict[str, float]) -> dict[str, float]:
    """What of `measured` is not in its range; nan is not."""
    return {name: value for name, value in measured.items() if not EXPECTED[name][0] <= value <= EXPECTED[name][1]}
