"""Leaning in, an action on lines: somebody comes forward with what they say and sinks back between."""

from __future__ import annotations

from typing import Final

import numpy as np

from ..animation.curves import smooth_step, swell
from ..contract.constants import FRAME_RATE
from ..prosody.phrases import phrase_spans

USUAL_SHARE: Final = 0.6
"""Of the full lean, over a dialogue in which both speak about as much."""

_HELD: Final = 0.3
"""Share of the lean that stays between lines: who leans in on what they say does not sit back like anybody."""
_LEAST, _MOST = 0.75, 1.0
"""Shares that a line is drawn from; at 1 it is as far as the staging says and noses allow."""
_BEFORE, _RISE, _AFTER, _FALL = 0.25, 0.6, 0.4, 1.1
"""Seconds: forward from before the first word, in; on after the last word, and back."""
_SETTLES, _SETTLING = 0.08, 0.5
"""Share of a line's lean that is too far at first, and the seconds in which it is taken back."""
_PAUSE: Final = 0.6
"""Seconds of silence that one line may hold."""
_LINE: Final = 0.8
"""Seconds; nobody leans in on less."""


def lean_on_lines(speaking: np.ndarray, lean: float, generator: np.random.Generator) -> np.ndarray:
    """[T] radians that the trunk tips forward, where a staging says `lean`, for one person's `speaking` [T], 0 to 1.

    Forward it is an action: up to all of it on each line, a third between lines. Backwards it is a posture, held.
    """
    held = np.full(len(speaking), lean, dtype=np.float64)
    if lean <= 0.0:
        return held
    share = np.full(len(speaking), _HELD)
    for start, end in phrase_spans(speaking, _PAUSE, _LINE):
        begins = start - _BEFORE
        stay = max(0.0, end + _AFTER - begins - _RISE)
        first = max(0, int(begins * FRAME_RATE))
        part = slice(first, max(first, int((begins + _RISE + stay + _FALL) * FRAME_RATE) + 2))
        since = np.arange(len(share))[part] / FRAME_RATE - begins
        far = swell(since, _RISE, stay, _FALL) * (1.0 - _SETTLES * smooth_step((since - _RISE) / _SETTLING))
        share[part] = np.maximum(share[part], _HELD + (generator.uniform(_LEAST, _MOST) - _HELD) * far)
    return np.asarray(lean * share)
