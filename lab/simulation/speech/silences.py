"""Where a voice really falls silent: labels whose pauses begin late and end early, laid on the silence of the sound."""

from __future__ import annotations

from typing import Final

import numpy as np

from backend.animation.phones import PAUSE, Phone

from .band_level import band_level
from .voice import Sound

_STOPS: Final = frozenset(("p", "b", "t", "d", "k", "g", "ch", "jh"))
_STEP: Final = 0.005
_WINDOW: Final = 0.02
_BAND_HZ: Final = (100.0, 7000.0)
_QUIET: Final = 38.0
"""Decibels below the loud tenth of a sentence that count as silence."""

_SHORTEST: Final = 0.03
_CLOSED: Final = 0.06
"""Seconds that a phone and a stop beside a pause keep: a closure is silent too."""


def laid_on_silences(sound: Sound) -> Sound:
    """`sound` with pauses as long as its silences; the phones before and after them give up what is silent."""
    quiet = _quiet(sound)
    phones = list(sound.phones)
    for index, (start, end, name) in enumerate(sound.phones):
        if name != PAUSE:
            continue
        first, last = _silence_around(quiet, start, end, at_end=index == len(phones) - 1)
        begin, stop = start, end
        if index > 0:
            before = phones[index - 1]
            begin = min(max(first, before[0] + _kept(before)), end)
            phones[index - 1] = (before[0], begin, before[2])
        if index < len(phones) - 1:
            after = phones[index + 1]
            closed = _CLOSED if after[2] in _STOPS else 0.0
            stop = max(begin, min(last - closed, after[1] - _kept(after)))
            phones[index + 1] = (stop, *after[1:])
        phones[index] = (begin, stop, name)
    return Sound(sound.samples, sound.rate_hz, tuple(phone for phone in phones if phone[1] > phone[0]))


def _kept(phone: Phone) -> float:
    return min(phone[1] - phone[0], _CLOSED if phone[2] in _STOPS else _SHORTEST)


def _silence_around(quiet: np.ndarray, start: float, end: float, *, at_end: bool) -> tuple[float, float]:
    """Seconds from and to which it is silent around the pause from `start` to `end`; these where it is not."""
    middle = len(quiet) - 1 if at_end else min(len(quiet) - 1, round((start + end) / 2 / _STEP))
    if not quiet[middle]:
        return start, end
    loud = np.flatnonzero(~quiet)
    before, after = loud[loud < middle], loud[loud > middle]
    first = float(before[-1] + 1) * _STEP if len(before) else 0.0
    last = float(after[0]) * _STEP if len(after) else end
    return first, last


def _quiet(sound: Sound) -> np.ndarray:
    """[n] bool, every 5 ms: whether it is silent there."""
    level = band_level(sound, _BAND_HZ, 2, _WINDOW, _STEP)
    return np.asarray(level < np.percentile(level, 90) - _QUIET)
