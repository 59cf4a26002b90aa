"""Where a voice is raised, and where somebody laughs or exclaims who is not heard to speak."""

from __future__ import annotations

from typing import Final

import numpy as np

from ..contract.constants import FRAME_RATE
from ..contract.segments import SPEAKING, runs_of
from .level import levels_from

_OVER_SECONDS: Final = 0.4
"""Seconds over which a level is taken: a syllable or two."""

_RAISED: Final = 7.0
"""Decibels over the median of a voice from which it is raised. Loud speech is 6–8 dB over conversation (Traunmüller and
Eriksson 2000); a target, for microphones differ."""

_AUDIBLE: Final = 12.0
"""Decibels under the median of a voice down to which a sound of that person's is as good as speech."""

_OWN: Final = 6.0
"""Decibels by which a sound must be louder in one's own track than in the other's, to be no leakage."""

_LEAST: Final = 0.24
_APART: Final = 5.0
"""Seconds that an outburst lasts at least, and until the next one surprises: who shouts on is no news."""


def outbursts_of(track: np.ndarray, other: np.ndarray | None, speaking: np.ndarray) -> tuple[int, ...]:
    """Frames on which the voice in `track` [N] is raised, or begins to be heard without speaking.

    `other` [N] the other one's own track, None where both share one; `speaking` [2, T] probabilities, own first.
    """
    frames = speaking.shape[1]
    level, instant = levels_from(track, frames, _OVER_SECONDS), levels_from(track, frames)
    talks = speaking > SPEAKING
    alone = talks[0] & ~talks[1] if other is None else talks[0]
    if not alone.any():
        return ()
    usual = float(np.median(level[alone]))
    loud = alone & (level > usual + _RAISED)
    if other is not None:
        loud |= ~talks[0] & (level > usual - _AUDIBLE) & (level > levels_from(other, frames, _OVER_SECONDS) + _OWN)
    found: list[int] = []
    for start, stop in runs_of(loud):
        begins_speech = talks[0][start : stop + 1].any() and not talks[0][start]
        if stop - start < _LEAST * FRAME_RATE or begins_speech:
            continue
        begin = start + int((instant[start:stop] > level[start:stop].max() - _RAISED).argmax())
        if not found or begin - found[-1] >= _APART * FRAME_RATE:
            found.append(begin)
    return tuple(found)
