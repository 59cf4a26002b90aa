"""Emphasis: loud vowels open the mouth wider than the rest of their utterance."""

from __future__ import annotations

from typing import Final

import numpy as np

from ..contract.constants import SAMPLE_RATE
from .phones import VOWELS, SpokenRun

_SHARE_PER_DECIBEL: Final = 0.03
"""10 dB more sound, a third more opening: between talking and calling (Schulman 1989, from memory)."""

_LEAST, _MOST = 0.75, 1.3
_SILENT: Final = 1e-5


def emphasis_of(utterance: SpokenRun) -> tuple[float, ...]:
    """A factor for each phone of `utterance`, 1 for consonants and where there is no sound."""
    decibels = [
        _level(utterance, start, end) if name in VOWELS else float("nan") for start, end, name in utterance.phones
    ]
    known = [level for level in decibels if np.isfinite(level)]
    if not known:
        return (1.0,) * len(decibels)
    usual = float(np.median(known))
    return tuple(
        float(np.clip(1 + _SHARE_PER_DECIBEL * (level - usual), _LEAST, _MOST)) if np.isfinite(level) else 1.0
        for level in decibels
    )


def _level(utterance: SpokenRun, start: float, end: float) -> float:
    """Decibels of a phone, nan where it is silent."""
    first, last = (round((time - utterance.start) * SAMPLE_RATE) for time in (start, end))
    samples = utterance.samples[max(first, 0) : max(last, 0)].astype(np.float64)
    power = float(np.sqrt(np.mean(samples**2))) if len(samples) else 0.0
    return 20 * float(np.log10(power)) if power > _SILENT else float("nan")
