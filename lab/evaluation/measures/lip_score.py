"""Lips against fixed limits in millimetres, as the model cards quote them.

Curves are [T] millimetres beyond rest at FRAME_RATE. `lips` measures the same with limits that suit any mouth.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from backend.contract.constants import FRAME_RATE

from .lips import TOLERANCE
from .phones import BILABIALS, SILENCE, Phone

SHUT: Final = 0.5
"""Millimetres beyond the gap at rest up to which lips count as shut in a `LipScore`."""

OPEN: Final = 4.0
"""Millimetres from which an open vowel counts as open in a `LipScore`."""

_OPEN_VOWELS: Final = frozenset(("aa", "ae", "ao", "aw", "ay", "eh", "ow", "ah"))
_CHANCE_DRAWS: Final = 50


@dataclass(frozen=True)
class LipScore:
    """Counts of lips against the limits SHUT and OPEN; clips add up."""

    closed: int
    closures: int
    by_chance: float
    opened: int
    vowels: int
    still: int
    silent: int

    def __add__(self, other: LipScore) -> LipScore:
        mine, theirs = vars(self), vars(other)
        return LipScore(**{name: mine[name] + theirs[name] for name in mine})

    def rates(self) -> dict[str, float]:
        """Shares from 0 to 1: closures hit, the same by chance, open vowels open, silence shut."""
        return {
            "closures": self.closed / max(self.closures, 1),
            "closures_by_chance": self.by_chance / max(self.closures, 1),
            "open_vowels": self.opened / max(self.vowels, 1),
            "shut_in_silence": self.still / max(self.silent, 1),
        }


def score_lips(gap: np.ndarray, phones: Sequence[Phone], seed: int = 0) -> LipScore:
    """`gap` [T] of one person against what this person says.

    A P, B or M counts as closed when some frame from 40 ms before it to 40 ms after it is shut. Chance is the same
    test with the phones at random places within the speech.
    """
    speech = [(start, end) for start, end, name in phones if name != SILENCE]
    bilabials = [(start, end) for start, end, name in phones if name in BILABIALS]
    vowels = [(start, end) for start, end, name in phones if name in _OPEN_VOWELS and end - start >= TOLERANCE]
    silent = silent_frames(len(gap), phones)
    return LipScore(
        closed=sum(_touches(gap, start, end) for start, end in bilabials),
        closures=len(bilabials),
        by_chance=_chance(np.random.default_rng(seed), gap, bilabials, speech),
        opened=sum(float(_within(gap, start, end).max(initial=-9.0)) >= OPEN for start, end in vowels),
        vowels=len(vowels),
        still=int((gap[silent] < 1.0).sum()),
        silent=int(silent.sum()),
    )


def silent_frames(frames: int, phones: Sequence[Phone], margin: float = 0.3) -> np.ndarray:
    """[T] bool: at least `margin` seconds away from everything this person says."""
    silent = np.ones(frames, bool)
    for start, end, name in phones:
        if name != SILENCE:
            silent[max(0, int((start - margin) * FRAME_RATE)) : int(np.ceil((end + margin) * FRAME_RATE)) + 1] = False
    return silent


def _touches(gap: np.ndarray, start: float, end: float) -> bool:
    return bool((_within(gap, start - TOLERANCE, end + TOLERANCE) <= SHUT).any())


def _within(gap: np.ndarray, start: float, end: float) -> np.ndarray:
    first, last = int(np.ceil(start * FRAME_RATE - 1e-6)), int(np.floor(end * FRAME_RATE + 1e-6))
    return gap[max(first, 0) : max(last + 1, 0)]


def _chance(
    rng: np.random.Generator, gap: np.ndarray, phones: list[tuple[float, float]], speech: list[tuple[float, float]]
) -> float:
    """How many of `phones` would be hit on average if they lay anywhere in the speech."""
    lengths = np.array([end - start for start, end in speech])
    hits = 0
    for start, end in phones:
        for pick in rng.choice(len(speech), size=_CHANCE_DRAWS, p=lengths / lengths.sum()):
            centre = rng.uniform(*speech[pick])
            hits += _touches(gap, centre - (end - start) / 2, centre + (end - start) / 2)
    return hits / _CHANCE_DRAWS
