"""Which vowels stand out: the moments on which heads and brows beat."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from ..contract.constants import SAMPLE_RATE
from .phones import VOWELS
from .timeline import Timeline

_REDUCED: Final = frozenset(("ax", "ih", "er"))
_REFRACTORY: Final = 0.35
_STRESSED: Final = 0.15


@dataclass(frozen=True)
class Beat:
    """A stressed vowel: the `time` of its middle in seconds and its `strength` from 0 to 1."""

    time: float
    strength: float


def beats_of(timeline: Timeline, person: int) -> tuple[Beat, ...]:
    """The stressed vowels of `person`, at least 0.35 s apart: loud and long against their own utterance."""
    beats: list[Beat] = []
    for utterance in timeline.of(person):
        vowels = [one for one in utterance.phones if one[2] in VOWELS]
        if not vowels:
            continue
        scores = []
        for start, end, name in vowels:
            begin, stop = (round((time - utterance.start) * SAMPLE_RATE) for time in (start, end))
            power = float(np.mean(np.square(utterance.samples[max(begin, 0) : max(stop, begin + 1)], dtype=np.float64)))
            scores.append(10 * np.log10(power + 1e-9) / 6 + 8 * (end - start) - (0.5 if name in _REDUCED else 0.0))
        spread = np.array(scores) - np.median(scores)
        for (start, end, _), score in zip(vowels, spread, strict=True):
            time = (start + end) / 2
            if score > _STRESSED and (not beats or time - beats[-1].time > _REFRACTORY):
                beats.append(Beat(time, float(np.clip(score, 0, 1))))
    return tuple(beats)
