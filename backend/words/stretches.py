"""Where to look for words: one person's speech, cut into pieces that are aligned one by one.

Pieces bound the memory and the cost, and keep what goes wrong in one from the others.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from ..contract.constants import FRAME_RATE, SAMPLE_RATE, SAMPLES_PER_FRAME
from ..contract.runs import runs_of
from ..contract.segments import SPEAKING

_BRIDGED: Final = 0.3
"""Seconds of own silence over which two pieces are still one."""

_LONGEST: Final = 6.0
_EARLIEST_CUT: Final = 3.0
"""Seconds of a piece. Pieces of 14 s find no more words of a right text, and a quarter fewer of one in which every
tenth word is missing: what goes wrong stays in its piece."""

_SHORTEST: Final = 0.12
_MARGIN: Final = 0.2
"""Seconds taken in on both sides: who speaks when is known to about as much."""

_BLOCK: Final = SAMPLES_PER_FRAME


@dataclass(frozen=True)
class Stretch:
    """Seconds of a track in which one person speaks, with a margin."""

    start: float
    end: float

    def of(self, track: np.ndarray) -> np.ndarray:
        """The samples [n] of this stretch."""
        return track[round(self.start * SAMPLE_RATE) : round(self.end * SAMPLE_RATE)]


def speech_stretches(track: np.ndarray, speaking: np.ndarray, person: int, separate: bool) -> tuple[Stretch, ...]:
    """Where `person` speaks in `track` [N]; `speaking` [2, T] probabilities at FRAME_RATE.

    In a mix (`separate` False) not where the other one speaks too: words under words cannot be told.
    """
    own = speaking[person] > SPEAKING
    other = np.zeros_like(own) if separate else speaking[1 - person] > SPEAKING
    pieces: list[tuple[int, int]] = []
    for first, last in runs_of(own & ~other):
        free = bool(pieces) and not other[pieces[-1][1] : first].any()
        if free and first - pieces[-1][1] <= _BRIDGED * FRAME_RATE and last - pieces[-1][0] <= _LONGEST * FRAME_RATE:
            pieces[-1] = (pieces[-1][0], last)
        elif last - first >= _SHORTEST * FRAME_RATE:
            pieces += _cut(track, first, last)
    seconds = len(track) / SAMPLE_RATE
    return tuple(
        Stretch(max(0.0, first / FRAME_RATE - _MARGIN), min(seconds, last / FRAME_RATE + _MARGIN))
        for first, last in pieces
    )


def _cut(track: np.ndarray, first: int, last: int) -> list[tuple[int, int]]:
    """Frames `first` to `last` in parts of at most _LONGEST, cut where it is quietest."""
    parts = []
    while last - first > _LONGEST * FRAME_RATE:
        begin, stop = first + round(_EARLIEST_CUT * FRAME_RATE), first + round(_LONGEST * FRAME_RATE)
        blocks = track[begin * _BLOCK : stop * _BLOCK].reshape(-1, _BLOCK)
        cut = begin + int((blocks**2).mean(axis=1).argmin())
        parts.append((first, cut))
        first = cut
    return [*parts, (first, last)]
