"""How turns meet in rehearsals: gaps, overlaps, lengths, and what listeners say."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from backend.contract.constants import FRAME_RATE

from .observed import Pair, average, gaps_of, middle, ratio, turns_of

_MODE_WIDTH: Final = 0.05
_LONG_GAP, _SHORT_OVERLAP = 1.0, 0.4
_ANSWER_DELAY: Final = (-0.35, 0.7)
"""Seconds from a phrase's end within which an mm-hm belongs to it."""


def measure_turns(pairs: Sequence[Pair]) -> dict[str, float]:
    """Pooled over all dialogues; names as in `published.PUBLISHED`."""
    gaps = np.concatenate([gaps_of(pair) for pair in pairs])
    lengths = turn_lengths(pairs)
    overlaps = -gaps[gaps < 0]
    speaks = np.concatenate([one.speaks for pair in pairs for one in pair])
    signals = sum(len(one.signals) for pair in pairs for one in pair)
    listened = sum(one.listens.sum() for pair in pairs for one in pair) / FRAME_RATE / 60
    return {
        "speech share of a person": float(speaks.mean()),
        "turn gap mode, s": mode(gaps),
        "turn gap mean, s": average(gaps),
        "turn gap spread, s": float(gaps.std()) if len(gaps) else float("nan"),
        "turn gaps over 1 s": average(gaps > _LONG_GAP),
        "turn changes overlapped": average(gaps < 0),
        "overlaps under 0.4 s": average(overlaps < _SHORT_OVERLAP),
        "overlap share of speech": _overlap_share(pairs),
        "turn length median, s": middle(lengths),
        "turn length mean, s": average(lengths),
        "backchannels per minute of listening": ratio(signals, listened),
        "backchannels at phrase ends": _signals_at_ends(pairs),
    }


def turn_lengths(pairs: Sequence[Pair]) -> np.ndarray:
    """Seconds of every turn that neither begins nor ends a rehearsal."""
    return np.array([turn.seconds for pair in pairs for turn in turns_of(pair)[1:-1]])


def mode(values: np.ndarray) -> float:
    """The most frequent value, with a Gaussian of 0.05 laid over each."""
    grid = np.arange(-1.5, 2.5, 0.01)
    density = np.exp(-(((grid[:, None] - values) / _MODE_WIDTH) ** 2) / 2).sum(axis=1)
    return float(grid[density.argmax()])


def _overlap_share(pairs: Sequence[Pair]) -> float:
    """Time in which both are heard, mm-hm included, of the time in which anybody is."""
    both = either = 0
    for pair in pairs:
        first, second = (_heard(one.phrases + one.signals, one.frames) for one in pair)
        both, either = both + int((first & second).sum()), either + int((first | second).sum())
    return ratio(both, either)


def _heard(spans: Sequence[tuple[float, float]], frames: int) -> np.ndarray:
    """[10 T] bool at 4 ms."""
    heard = np.zeros(frames * 10, bool)
    for start, end in spans:
        heard[round(start * FRAME_RATE * 10) : round(end * FRAME_RATE * 10)] = True
    return heard


def _signals_at_ends(pairs: Sequence[Pair]) -> float:
    found = total = 0
    for pair in pairs:
        for one, other in (pair, pair[::-1]):
            ends = np.array([end for _, end in other.phrases] + [-99.0])
            for start, _ in one.signals:
                since = start - ends
                found += bool(((since > _ANSWER_DELAY[0]) & (since < _ANSWER_DELAY[1])).any())
                total += 1
    return ratio(found, total)
