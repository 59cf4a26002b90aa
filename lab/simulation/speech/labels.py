"""Phone labels aligned to the sound: pauses to its silences, stops and m to the closures of lips and tongue."""

from __future__ import annotations

from itertools import pairwise
from typing import Final

import numpy as np
from scipy.signal import butter, sosfiltfilt

from backend.animation.phones import PAUSE, Phone

from .voice import Sound

_VOICED: Final = frozenset(("b", "m", "d", "g"))
_VOICELESS: Final = frozenset(("p", "t", "k"))
_CLOSURE_STEP: Final = 0.002
_CLOSURE_WINDOW: Final = 0.010
_BLUR: Final = 0.004
"""Seconds by which the window makes an abrupt closure seem shorter at either end."""

_CLOSURE_BAND_HZ: Final = (600.0, 6000.0)
_SEARCH: Final = 0.04
"""Seconds beyond a label in which its closure may lie."""

_LEAST_DIP: Final = 12.0
"""Decibels by which a closure is below the louder side of both its neighbours."""

_SHORTEST_CLOSURE: Final = 0.02
"""Seconds that a closure takes, and that its neighbours keep."""

_STOPS: Final = frozenset(("p", "b", "t", "d", "k", "g", "ch", "jh"))
_SILENCE_STEP: Final = 0.005
_SILENCE_WINDOW: Final = 0.02
_SILENCE_BAND_HZ: Final = (100.0, 7000.0)
_QUIET: Final = 38.0
"""Decibels below the loud tenth of a sentence that count as silence."""

_SHORTEST_PHONE: Final = 0.03
_SHORTEST_STOP: Final = 0.06
"""Seconds that a phone and a stop beside a pause keep: a closure is silent too."""


def align_to_closures(sound: Sound) -> Sound:
    """Move the boundaries of stops and of m to where the sound dips and rises, if that is near their labels.

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
        if begin - edges[index - 1] >= _SHORTEST_CLOSURE and edges[index + 2] - stop >= _SHORTEST_CLOSURE:
            edges[index], edges[index + 1] = begin, stop
    names = (name for _, _, name in sound.phones)
    moved: tuple[Phone, ...] = tuple((*span, name) for span, name in zip(pairwise(edges), names, strict=True))
    return Sound(sound.samples, sound.rate_hz, moved)


def align_to_silences(sound: Sound) -> Sound:
    """Make pauses as long as the silences of the sound; the phones before and after them give up what is silent."""
    level = _band_level(sound, _SILENCE_BAND_HZ, 2, _SILENCE_WINDOW, _SILENCE_STEP)
    quiet = np.asarray(level < np.percentile(level, 90) - _QUIET)  # [n] bool, every 5 ms
    phones = list(sound.phones)
    for index, (start, end, name) in enumerate(sound.phones):
        if name != PAUSE:
            continue
        first, last = _silence_around(quiet, start, end, at_end=index == len(phones) - 1)
        begin, stop = start, end
        if index > 0:
            before = phones[index - 1]
            begin = min(max(first, before[0] + _least_length(before)), end)
            phones[index - 1] = (before[0], begin, before[2])
        if index < len(phones) - 1:
            after = phones[index + 1]
            closed = _SHORTEST_STOP if after[2] in _STOPS else 0.0
            stop = max(begin, min(last - closed, after[1] - _least_length(after)))
            phones[index + 1] = (stop, *after[1:])
        phones[index] = (begin, stop, name)
    return Sound(sound.samples, sound.rate_hz, tuple(phone for phone in phones if phone[1] > phone[0]))


def level_of(sound: Sound) -> np.ndarray:
    """Return the level of the band in which closures differ from vowels, every 2 ms. [n] decibels."""
    return _band_level(sound, _CLOSURE_BAND_HZ, 4, _CLOSURE_WINDOW, _CLOSURE_STEP)


def closure_near(level: np.ndarray, start: float, end: float) -> tuple[float, float] | None:
    """Return the seconds at which the closure of a stop labelled `start` to `end` begins and ends; None without one.

    `level` [n] decibels as `level_of` returns it.
    """
    first, last = round((start - _SEARCH) / _CLOSURE_STEP), round((end + _SEARCH) / _CLOSURE_STEP)
    if first < 0 or last > len(level):
        return None
    around = level[first:last]
    margin = round(_SEARCH / 2 / _CLOSURE_STEP)
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
    if begin == 0 or stop == len(around) - 1 or stop - begin < _SHORTEST_CLOSURE / _CLOSURE_STEP:
        return None
    return (first + begin) * _CLOSURE_STEP - _BLUR, (first + stop) * _CLOSURE_STEP + _BLUR


def _least_length(phone: Phone) -> float:
    """Return the seconds that a phone beside a pause keeps at least."""
    return min(phone[1] - phone[0], _SHORTEST_STOP if phone[2] in _STOPS else _SHORTEST_PHONE)


def _silence_around(quiet: np.ndarray, start: float, end: float, *, at_end: bool) -> tuple[float, float]:
    """Return the seconds from and to which it is silent around the pause; `start` and `end` where it is not.

    `quiet` [n] bool, every 5 ms.
    """
    middle = len(quiet) - 1 if at_end else min(len(quiet) - 1, round((start + end) / 2 / _SILENCE_STEP))
    if not quiet[middle]:
        return start, end
    loud = np.flatnonzero(~quiet)
    before, after = loud[loud < middle], loud[loud > middle]
    first = float(before[-1] + 1) * _SILENCE_STEP if len(before) else 0.0
    last = float(after[0]) * _SILENCE_STEP if len(after) else end
    return first, last


def _band_level(sound: Sound, band: tuple[float, float], order: int, window: float, step: float) -> np.ndarray:
    """Return decibels within `band` hertz (zero-phase Butterworth) of `window` seconds, every `step` seconds. [n].

    A band that reaches beyond what the sound's rate can hold is cut there.
    """
    limits = (band[0], min(band[1], 0.45 * sound.rate_hz))
    filtered = sosfiltfilt(butter(order, limits, "bandpass", fs=sound.rate_hz, output="sos"), sound.samples)
    power = np.concatenate([[0.0], np.cumsum(np.square(filtered))])  # [N + 1]
    middles = np.arange(0, len(filtered) / sound.rate_hz, step)
    first = np.clip(np.round((middles - window / 2) * sound.rate_hz).astype(int), 0, len(filtered))
    last = np.clip(np.round((middles + window / 2) * sound.rate_hz).astype(int), 0, len(filtered))
    mean = (power[last] - power[first]) / np.maximum(last - first, 1)
    return np.asarray(10 * np.log10(mean + 1e-10))
