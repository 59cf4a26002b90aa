"""Looking away by plan: as much as is wanted, in looks of 0.8–2 s with a check back between them, never where contact
is due.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Final

import numpy as np

from ..contract.constants import FRAME_RATE
from .contact import ASKS, CHECK, LANDS, Contact, urgency_of

_SHORTEST, _LONGEST = 0.8, 2.0
_MEDIAN, _SPREAD = 1.25, 0.35
"""Seconds of one look away: shortest, longest, median, and spread of the logarithm."""

_BACK: Final = (0.32, 0.6)
"""Seconds of a check back between two looks away, at least."""

_ROOM: Final = 0.6
"""Seconds before a contact is due within which nobody looks away any more."""

_READY, _INCLINED = 0.55, 0.1
"""Share of the next look that must be owed before it begins; the second where the engine looks away of itself."""

_OWED: Final = (1.4, 2.05, 2.3)
_OWED_BY_HABIT: Final = (3.0, 4.0, np.inf)
_AT_FIRST: Final = 0.3
_MOST_OWED: Final = 4.5
_OFTEN, _SOONER = 0.6, 0.6
"""Seconds owed from which a check, a last word and a question give way, so that the share is kept to: of 60 s, 0.05 are
3 s. From a share of 0.6 on they give way sooner, at a share of 1 by the factor 1 − 0.6. Where nobody asks for a share,
questions never give way to habit; 0.3 s are owed at first, and no more than 4.5 s ever."""

_ADVANCED: Final = 2.0
"""Seconds that the beginning of a turn may be ahead of the share."""

_MORE_TARGETS_FROM: Final = (0.6, 1.4)
_ON_TARGET: Final = 0.75
"""Seconds of a look from which it has two and three targets, and on one target in looks that last longer still."""

_ALWAYS: Final = 0.985
"""Share from which nobody ever looks at the partner."""

_SHARES: Final = (0.02, 0.97)


def shares_away(away: np.ndarray, speaking: np.ndarray, wanted: float | None) -> np.ndarray:
    """[T] share of the time that one looks away on each frame: as `away` [T] bool has it, while `speaking` [T] bool and
    while not; with the same odds between the two moved until their mean is `wanted`.
    """
    rates = np.empty(len(away))
    for state in (speaking, ~speaking):
        if state.any():
            rates[state] = np.clip(away[state].mean(), *_SHARES)
    return rates if wanted is None or not len(rates) else with_mean(rates, wanted)


def with_mean(shares: np.ndarray, wanted: float) -> np.ndarray:
    """`shares` [N], each between 0 and 1, with all their odds multiplied so that their mean is `wanted`."""
    if wanted <= 0.0 or wanted >= 1.0:
        return np.full(len(shares), float(np.clip(wanted, 0.0, 1.0)))
    odds = np.log(shares / (1 - shares))
    low, high = -20.0, 20.0
    for _ in range(50):
        shift = (low + high) / 2
        mean = float((1 / (1 + np.exp(-odds - shift))).mean())
        low, high = (shift, high) if mean < wanted else (low, shift)
    return np.asarray(1 / (1 + np.exp(-odds - low)))


def plan_looks(
    rates: np.ndarray,
    contacts: tuple[Contact, ...],
    inclined: np.ndarray,
    rng: np.random.Generator,
    speaking: np.ndarray | None = None,
    *,
    asked: bool = True,
    begun: np.ndarray | None = None,
) -> np.ndarray:
    """[T] bool: away or at the partner. Over time as much as `rates` [T] say, to within 2.5 s if that is `asked` for;
    otherwise as near to it as contacts allow.

    `inclined` [T] bool where the engine looks away of itself: that is where looks begin, if they may. By habit, what is
    owed while `speaking` [T] bool is not made up for while listening, and the other way round. `begun` [T] bool where
    the beginning of a turn is thought about: there a look begins though nothing is owed, and is made up for later;
    checks give way to it, and once one speaks all but questions, names and interruptions.
    """
    frames = len(rates)
    if frames and rates.min() >= _ALWAYS:
        return np.ones(frames, bool)
    urgency = urgency_of(contacts, frames)
    room = round(_ROOM * FRAME_RATE)
    ahead = np.array([urgency[frame : frame + room].max(initial=0) for frame in range(frames)], np.int64)
    away = np.zeros(frames, bool)
    states = np.zeros(frames, np.int64) if asked or speaking is None else speaking.astype(np.int64)
    usual = float(rates.mean()) if frames else 0.0
    owed = [_AT_FIRST * min(4 * usual, 1.0) * FRAME_RATE] * 2  # of either state
    limits = _OWED if asked else _OWED_BY_HABIT
    thinks = np.zeros(frames, bool) if begun is None else begun
    looks_away, spell, granted = False, FRAME_RATE, CHECK
    length, back = _draw_length(rng, usual), _draw_back(rng)
    for frame in range(frames):
        state = int(states[frame])
        owed[state] = min(owed[state] + float(rates[frame]), _MOST_OWED * FRAME_RATE)
        patience = FRAME_RATE * (1 - _SOONER * max(float(rates[frame]) - _OFTEN, 0.0) / (1 - _OFTEN))
        denied = 1 + sum(sum(owed) > seconds * patience for seconds in limits)
        if thinks[frame]:
            denied = max(denied, LANDS if speaking is None or not speaking[frame] else ASKS)
        if looks_away:
            goes_on = thinks[frame] or sum(owed) >= limits[0] * patience
            over = spell >= (_longest(usual) if goes_on else length)
            if urgency[frame] >= granted or over:
                looks_away, spell = False, 0
                length, back = _draw_length(rng, usual), _draw_back(rng)
        elif ahead[frame] < denied and spell >= back and frames - frame >= room:
            share = _INCLINED if inclined[frame] else _READY
            enough = owed[state] >= share * length and sum(owed) >= _INCLINED * length
            if rates[frame] > 0 and (enough or (thinks[frame] and sum(owed) >= -_ADVANCED * FRAME_RATE)):
                looks_away, spell, granted = True, 0, denied
        away[frame] = looks_away
        owed[state] -= looks_away
        spell += 1
    return away


def look_frames(length: int, rng: np.random.Generator) -> list[int]:
    """Frames of the two or three targets of a look away of `length` frames; one where it is cut short."""
    counts = np.searchsorted(_MORE_TARGETS_FROM, length / FRAME_RATE, side="right") + 1
    count = max(int(counts), round(length / FRAME_RATE / _ON_TARGET))
    cuts = (np.arange(1, count) + rng.uniform(-0.22, 0.22, count - 1)) / count * length
    edges = [0, *np.round(cuts).astype(int).tolist(), length]
    return [stop - start for start, stop in pairwise(edges)]


def _longest(rate: float) -> int:
    """Frames of the longest look away: 2 s, and more only where checks of half a second leave too little."""
    checks = sum(_BACK) / 2
    return round(max(_LONGEST, checks * rate / max(1 - rate, 1e-3)) * FRAME_RATE)


def _draw_length(rng: np.random.Generator, rate: float) -> int:
    seconds = float(np.clip(rng.lognormal(np.log(_MEDIAN), _SPREAD), _SHORTEST, _LONGEST))
    return min(round(seconds * FRAME_RATE), _longest(rate))


def _draw_back(rng: np.random.Generator) -> int:
    return round(float(rng.uniform(*_BACK)) * FRAME_RATE)
