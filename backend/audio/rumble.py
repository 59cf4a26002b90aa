"""Taking out what is below every voice: a constant offset, a drift, rumble of wind and traffic."""

from __future__ import annotations

from typing import Final

import numpy as np
from scipy.ndimage import uniform_filter1d

from ..contract.constants import SAMPLE_RATE

_WINDOW: Final = SAMPLE_RATE // 80 | 1
_AVERAGES: Final = 3
"""Moving averages of 12.5 ms, one over the other: in them stays nearly all that is slower than 10 Hz, and of a voice,
70 Hz and more, less than a hundredth. Nothing moves in time."""

_ROUNDS: Final = 2
"""So often they are taken out: what is left of 20 Hz is then 7 %."""

_DISTURBING_OFFSET: Final = 0.03
_DISTURBING_RUMBLE: Final = 0.1
"""Shares of the loudness from which a constant offset, and what else is below a voice, are taken out: half of what lets
turns be missed. Clean recordings have less than 0.01 of both, hiss 0.06 of the second."""

_BLOCK: Final = 1 << 20


def without_rumble(samples: np.ndarray) -> tuple[np.ndarray, bool]:
    """`samples` [C, N] float32 at SAMPLE_RATE around zero, and whether anything was taken out of them.

    Sound that swings around zero as it should is given back as it is.
    """
    cleaned: np.ndarray | None = None
    for channel, values in enumerate(samples):
        low = _low(values)
        power, offset = _power(values), float(values.mean(dtype=np.float64))
        if _power(low) <= _DISTURBING_RUMBLE**2 * power and offset**2 <= _DISTURBING_OFFSET**2 * power:
            continue
        cleaned = samples.copy() if cleaned is None else cleaned
        cleaned[channel] -= low
        for _ in range(1, _ROUNDS):
            cleaned[channel] -= _low(cleaned[channel])
    return (samples, False) if cleaned is None else (cleaned, True)


def _low(values: np.ndarray) -> np.ndarray:
    """[N] what of `values` [N] is slower than any voice."""
    for _ in range(_AVERAGES):
        values = uniform_filter1d(values, _WINDOW, mode="nearest")
    return values


def _power(values: np.ndarray) -> float:
    """Mean square of `values` [N]; squares block by block, so that no copy of an hour is made."""
    blocks = (values[at : at + _BLOCK].astype(np.float64) for at in range(0, len(values), _BLOCK))
    return float(sum(block @ block for block in blocks)) / max(len(values), 1)
