"""Breath that is heard coming: before longer phrases people breathe in, their chest rises and their lips part."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from ..prosody.phrases import phrase_spans
from .curves import raise_to
from .lip_closure import jaw_weight, lip_gap

_LONGER: Final = 1.2
"""Seconds from which a phrase is worth a breath of its own."""

_LEAST_PAUSE: Final = 0.45
"""Seconds without speech in which there is room for one."""

_INHALING: Final = (0.3, 0.4)
"""Seconds of an inhalation before phrases of _LONGER and of _LONGEST seconds."""

_LONGEST: Final = 4.0
_BEFORE_VOICE: Final = 0.05
"""Seconds between breathing in and the voice."""

_RISE: Final = (0.003, 0.005)
"""Metres by which chest and shoulders rise before phrases of _LONGER and of _LONGEST seconds."""

_PARTED: Final = (2.2, 3.8)
"""Millimetres between the lips while breathing in."""

_SHUT_BEFORE_VOICE: Final = 0.09
"""Seconds before the voice at which the lips are speech's alone: one that begins with a P has them shut."""


@dataclass(frozen=True)
class Inhalation:
    """From `start` for `seconds`; `depth` from 0 to 1; the phrase that it is for ends at `spent` seconds."""

    start: float
    seconds: float
    depth: float
    spent: float

    @property
    def end(self) -> float:
        """When the air is in."""
        return self.start + self.seconds


def inhalations(speaking: np.ndarray) -> tuple[Inhalation, ...]:
    """Where somebody breathes in for a longer phrase; `speaking` [T] probability that this person speaks."""
    found, last = [], 0.0
    for start, end in phrase_spans(speaking):
        pause, last = start - last, end
        if end - start < _LONGER or pause < _LEAST_PAUSE:
            continue
        depth = min((end - start - _LONGER) / (_LONGEST - _LONGER), 1.0)
        seconds = _INHALING[0] + (_INHALING[1] - _INHALING[0]) * depth
        found.append(Inhalation(start - _BEFORE_VOICE - seconds, seconds, depth, end))
    return tuple(found)


def chest_rise(breaths: Sequence[Inhalation], frames: int) -> np.ndarray:
    """[T] metres by which chest and shoulders are up: quickly in, out as long as the phrase lasts."""
    rise = np.zeros(frames)
    for breath in breaths:
        height = _RISE[0] + (_RISE[1] - _RISE[0]) * breath.depth
        raise_to(rise, breath.start, breath.seconds, 0.0, breath.spent - breath.end, height)
    return rise


def lips_parted(rng: np.random.Generator, breaths: Sequence[Inhalation], frames: int) -> np.ndarray:
    """[T] millimetres between the lips that breathing in asks for: 2–4, and shut again before the voice."""
    parted = np.zeros(frames)
    for breath in breaths:
        shut = breath.end + _BEFORE_VOICE - _SHUT_BEFORE_VOICE
        rise, fall = 0.45 * breath.seconds, 0.35 * breath.seconds
        stay = max(shut - breath.start - rise - fall, 0.0)
        raise_to(parted, breath.start, rise, stay, fall, float(rng.uniform(*_PARTED)))
    return parted


def part_lips(
    rng: np.random.Generator, breaths: Sequence[Inhalation], expression: np.ndarray, jaw: np.ndarray
) -> np.ndarray:
    """`jaw` [T] radians, opened so far that the lips of `expression` [T, 52] are 2–4 mm apart while breathing in."""
    parted = lips_parted(rng, breaths, len(jaw))
    missing = np.where(parted > 0, np.maximum(parted - np.maximum(lip_gap(expression, jaw), 0), 0), 0)
    return np.asarray(jaw + missing / jaw_weight(), jaw.dtype)
