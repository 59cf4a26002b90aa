"""Phones: their viseme classes, the mouth that each aims at, and runs of phones with their sound."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final, Protocol

import numpy as np

from ..contract.constants import SAMPLE_RATE

Phone = tuple[float, float, str]
"""(start, end, name) in seconds; names are flite's (the CMU set in lower case, `pau` for a pause)."""

PAUSE: Final = "pau"

VISEMES: Final = ("sil", "PP", "FF", "TH", "DD", "kk", "CH", "SS", "nn", "RR", "aa", "E", "I", "O", "U")
"""The 15 viseme classes in the order of `Rehearsal.events["viseme"]` (the set that MPEG-4 and Oculus use)."""


@dataclass(frozen=True)
class Mouth:
    """The mouth a phone aims at.

    `jaw` 0 shut to 1 wide open; `gap` millimetres between the inner lips beyond rest; `spread` −1 narrow to 1 wide;
    `pucker`, `funnel`, `tuck` (lower lip under the upper teeth), `teeth` (lips drawn off the teeth) and `tongue`
    (tip at the teeth) from 0 to 1. `hold` is how much the phone insists on its mouth against its neighbours.
    """

    jaw: float
    gap: float
    spread: float = 0.0
    pucker: float = 0.0
    funnel: float = 0.0
    tuck: float = 0.0
    teeth: float = 0.0
    tongue: float = 0.0
    hold: float = 1.0


REST: Final = Mouth(jaw=0.0, gap=0.0, hold=0.8)

_MOUTHS: Final[dict[str, tuple[str, Mouth]]] = {
    "pau": ("sil", REST),
    "p": ("PP", Mouth(0.03, 0.0, hold=3.0)),
    "b": ("PP", Mouth(0.03, 0.0, hold=3.0)),
    "m": ("PP", Mouth(0.03, 0.0, hold=3.0)),
    "f": ("FF", Mouth(0.05, 0.6, 0.05, tuck=1.0, teeth=0.25, hold=2.4)),
    "v": ("FF", Mouth(0.05, 0.8, 0.05, tuck=0.9, teeth=0.2, hold=2.2)),
    "th": ("TH", Mouth(0.08, 2.7, 0.05, teeth=0.2, tongue=1.0, hold=1.2)),
    "dh": ("TH", Mouth(0.06, 2.2, 0.05, teeth=0.15, tongue=0.8, hold=0.9)),
    "t": ("DD", Mouth(0.05, 2.3, 0.1, teeth=0.2, tongue=0.25, hold=0.8)),
    "d": ("DD", Mouth(0.05, 2.3, 0.1, teeth=0.18, tongue=0.25, hold=0.8)),
    "n": ("nn", Mouth(0.05, 2.3, 0.05, teeth=0.15, tongue=0.3, hold=0.8)),
    "l": ("nn", Mouth(0.07, 2.8, 0.05, teeth=0.15, tongue=0.55, hold=0.8)),
    "k": ("kk", Mouth(0.06, 2.6, 0.0, teeth=0.1, hold=0.6)),
    "g": ("kk", Mouth(0.06, 2.5, 0.0, teeth=0.1, hold=0.6)),
    "ng": ("kk", Mouth(0.06, 2.6, 0.05, teeth=0.1, hold=0.6)),
    "hh": ("kk", Mouth(0.08, 3.2, 0.0, hold=0.4)),
    "s": ("SS", Mouth(0.02, 2.0, 0.35, teeth=0.45, hold=1.0)),
    "z": ("SS", Mouth(0.03, 2.0, 0.3, teeth=0.4, hold=1.0)),
    "ch": ("CH", Mouth(0.03, 3.0, -0.2, funnel=0.45, teeth=0.25, hold=1.3)),
    "jh": ("CH", Mouth(0.03, 3.0, -0.2, funnel=0.4, teeth=0.22, hold=1.2)),
    "sh": ("CH", Mouth(0.03, 3.2, -0.2, funnel=0.5, teeth=0.25, hold=1.4)),
    "zh": ("CH", Mouth(0.03, 3.0, -0.2, funnel=0.45, teeth=0.22, hold=1.3)),
    "r": ("RR", Mouth(0.05, 2.4, -0.2, pucker=0.3, funnel=0.15, hold=0.9)),
    "w": ("U", Mouth(0.04, 1.6, -0.5, pucker=1.0, funnel=0.1, hold=1.8)),
    "y": ("I", Mouth(0.05, 2.5, 0.35, teeth=0.2, hold=0.7)),
    "aa": ("aa", Mouth(0.31, 13.0, 0.0, teeth=0.15, hold=1.4)),
    "ae": ("aa", Mouth(0.28, 12.0, 0.4, teeth=0.38, hold=1.4)),
    "ah": ("aa", Mouth(0.23, 10.2, 0.05, teeth=0.12, hold=1.7)),
    "ax": ("E", Mouth(0.18, 8.2, 0.0, teeth=0.08, hold=1.4)),
    "ao": ("O", Mouth(0.26, 11.0, -0.3, pucker=0.35, funnel=0.45, hold=1.5)),
    "aw": ("aa", Mouth(0.27, 11.3, 0.0, teeth=0.1, hold=1.5)),
    "ay": ("aa", Mouth(0.27, 11.3, 0.1, teeth=0.18, hold=1.5)),
    "eh": ("E", Mouth(0.19, 8.4, 0.4, teeth=0.32, hold=1.1)),
    "ey": ("E", Mouth(0.16, 7.6, 0.5, teeth=0.34, hold=1.2)),
    "er": ("RR", Mouth(0.12, 5.2, -0.25, pucker=0.25, funnel=0.25, hold=1.1)),
    "ih": ("I", Mouth(0.09, 3.9, 0.4, teeth=0.28, hold=1.0)),
    "iy": ("I", Mouth(0.07, 3.2, 0.65, teeth=0.34, hold=1.2)),
    "ow": ("O", Mouth(0.17, 6.2, -0.4, pucker=0.65, funnel=0.3, hold=1.4)),
    "oy": ("O", Mouth(0.24, 8.5, -0.3, pucker=0.45, funnel=0.4, hold=1.4)),
    "uh": ("U", Mouth(0.10, 4.0, -0.3, pucker=0.6, funnel=0.2, hold=1.1)),
    "uw": ("U", Mouth(0.06, 2.4, -0.5, pucker=0.95, funnel=0.2, hold=1.6)),
}
"""This project's targets. Phones that look alike share a viseme (the groups of Fisher 1968, as others cite them);
consonants are further from vowels than a camera would measure: a mouth that is half open on everything reads as
mumbling."""

_GLIDES: Final[dict[str, str]] = {"aw": "uw", "ay": "iy", "ey": "iy", "ow": "uw", "oy": "iy"}
"""Diphthongs and the vowel they end near."""

VOWELS: Final = frozenset(
    ("aa", "ae", "ah", "ax", "ao", "aw", "ay", "eh", "ey", "er", "ih", "iy", "ow", "oy", "uh", "uw")
)
BILABIALS: Final = frozenset(("p", "b", "m"))
LABIODENTALS: Final = frozenset(("f", "v"))
SIBILANTS: Final = frozenset(("s", "z", "sh", "zh", "ch", "jh"))


def viseme_of(phone: str) -> int:
    """Index into VISEMES; a phone that is not known counts as silence."""
    return VISEMES.index(_MOUTHS.get(phone, ("sil", REST))[0])


def mouths_of(phone: str) -> tuple[Mouth, ...]:
    """The mouth a phone aims at, or the two in turn for a diphthong.

    A glide rounds or spreads all the way and closes half the way: off-glides fall short of the vowel they are named by.
    """
    own = _MOUTHS.get(phone, ("sil", REST))[1]
    if phone not in _GLIDES:
        return (own,)
    end = _MOUTHS[_GLIDES[phone]][1]
    return (own, replace(end, jaw=(own.jaw + end.jaw) / 2, gap=(own.gap + end.gap) / 2))


class SpokenRun(Protocol):
    """A stretch of speech on the dialogue's clock."""

    @property
    def start(self) -> float:
        """Seconds."""
        ...

    @property
    def end(self) -> float:
        """Seconds."""
        ...

    @property
    def phones(self) -> tuple[Phone, ...]:
        """The phones with start and end in seconds of the dialogue."""
        ...

    @property
    def samples(self) -> np.ndarray:
        """[n] float32 at SAMPLE_RATE, from `start` on."""
        ...


@dataclass(frozen=True)
class SpeechRun:
    """A stretch of speech without a text, as `SpokenRun` says."""

    start: float
    phones: tuple[Phone, ...]
    samples: np.ndarray

    @property
    def end(self) -> float:
        """When its sound ends, in seconds."""
        return self.start + len(self.samples) / SAMPLE_RATE
