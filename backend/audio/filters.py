"""Filters: low-frequency removal (offset, drift, rumble of wind and traffic) and resampling block by block."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import Final

import numpy as np
from scipy.ndimage import uniform_filter1d
from scipy.signal import resample_poly

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


def remove_low_frequencies(samples: np.ndarray) -> tuple[np.ndarray, bool]:
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


_BLOCK_SECONDS: Final = 8
_FILTER_REACH: Final = 10
"""`resample_poly`'s default filter reaches this many samples of the slower rate to either side."""


def resampled(blocks: Iterable[np.ndarray], rate: int, new_rate: int) -> Iterator[np.ndarray]:
    """`blocks` ([n, C] each, `rate` Hz) as blocks of [m, C] float32 at `new_rate` Hz.

    Their concatenation is what `scipy.signal.resample_poly` makes of the whole recording: every block is filtered
    with its neighbours' edges around it, and blocks are whole periods of the two rates.
    """
    if rate == new_rate:
        yield from blocks
        return
    divisor = math.gcd(rate, new_rate)
    up, down = new_rate // divisor, rate // divisor
    edge = down * math.ceil((_FILTER_REACH * max(up, down) / up + 1) / down)  # input samples
    step = down * math.ceil(_BLOCK_SECONDS * rate / down)  # input samples
    skip = edge // down * up  # output samples that belong to the edge
    buffer: np.ndarray | None = None  # [edge + pending, C]
    for block in blocks:
        if buffer is None:
            buffer = np.zeros((edge, block.shape[1]), np.float32)
        buffer = np.concatenate((buffer, block))
        while len(buffer) >= step + 2 * edge:
            filtered = resample_poly(buffer[: step + 2 * edge], up, down, axis=0)
            yield filtered[skip : skip + step // down * up].astype(np.float32)
            buffer = buffer[step:]
    if buffer is None or len(buffer) == edge:
        return
    pending = len(buffer) - edge
    filtered = resample_poly(np.pad(buffer, ((0, edge), (0, 0))), up, down, axis=0)
    yield filtered[skip : skip + math.ceil(pending * up / down)].astype(np.float32)
