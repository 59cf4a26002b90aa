"""Where lips and tongue really close: labels that are rough by a frame, laid on the dips of the sound."""

from __future__ import annotations

from itertools import pairwise
from typing import Final

import numpy as np

from backend.animation.phones import Phone

from .band_level import band_level
from .voice import Sound

_VOICED: Final = frozenset(("b", "m", "d", "g"))
_VOICELESS: Final = frozenset(("p", "t", "k"))
_STEP: Final = 0.002
_WINDOW: Final = 0.010
_BLUR: Final = 0.004
"""Seconds by which the window makes an abrupt closure seem shorter at either end."""

_BAND_HZ: Final = (600.0, 6000.0)
_SEARCH: Final = 0.04
"""Seconds beyond a label in which its closure may lie."""

_LEAST_DIP: Final = 12.0
"""Decibels by which a closure is below the louder side of both its neighbours."""

_SHORTEST: Final = 0.02
"""Seconds that a closure takes, and that its neighbours keep."""


def laid_on_closures(sound: Sound) -> Sound:
    """`sound` with the boundaries of its stops and of m where the sound dips and rises, if that is near their labels.

    A closure reaches between the moments at which the level from 600 to 6000 Hz has gone half of its way down, in
    decibels, and up again. Both ends of b, d, g and m move there; of p, t and k only the start, as their burst and
    breath belong to them.
    """
    level = level_of(sound)
    edges = [sound.phones[0][0], *(end for _, end, _ in sound.phones)]
    for index in range(1, len(sound.phones) - 1):
        start, end, name = sound.phones[index]
        if name not in _VOICED | _VOICELESS:
            continue
        found = closure_near(level, start, end)
        if found is None:
            continue
        begin, stop = found[0], found[1] if name in _VOICED else max(end, found[1])
        if begin - edges[index - 1] >= _SHORTEST and edges[index + 2] - stop >= _SHORTEST:
            edges[index], edges[index + 1] = begin, stop
    names = (name for _, _, name in sound.phones)
    moved: tuple[Phone, ...] = tuple((*span, name) for span, name in zip(pairwise(edges), names, strict=True))
    return Sound(sound.samples, sound.rate_hz, moved)


def level_of(sound: Sound) -> np.ndarray:
    """Level of the band in which closures differ from vowels, every 2 ms. [n] decibels."""
    return band_level(sound, _BAND_HZ, 4, _WINDOW, _STEP)


def closure_near(level: np.ndarray, start: float, end: float) -> tuple[float, float] | None:
    """Seconds at which the closure of the stop labelled `start` to `end` begins and ends; None where none is seen."""
    first, last = round((start - _SEARCH) / _STEP), round((end + _SEARCH) / _STEP)
    if first < 0 or last > len(level):
        return None
    around = level[first:last]
    margin = round(_SEARCH / 2 / _STEP)
    lowest = margin + int(np.argmin(around[margin : len(around) - margin]))
    before, after, bottom = around[: lowest + 1].max(), around[lowest:].max(), around[lowest]
    if min(before, after) - bottom < _LEAST_DIP:
        return None
    begin = lowest
    while begin > 0 and around[begin] < (before + bottom) / 2:
        begin -= 1
    stop = lowest
    while stop < len(around) - 1 and around[stop] < (after + bottom) / 2:
        stop += 1
    if begin == 0 or stop == len(around) - 1 or stop - begin < _SHORTEST / _STEP:
        return None
    return (first + begin) * _STEP - _BLUR, (first + stop) * _STEP + _BLUR
