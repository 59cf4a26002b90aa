"""Resampling block by block, so that half an hour of audio never lies in memory at its own rate."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import Final

import numpy as np
from scipy.signal import resample_poly

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
