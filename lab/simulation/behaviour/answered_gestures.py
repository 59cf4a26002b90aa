"""A nod for a nod, and raised brows for raised brows."""

from __future__ import annotations

from typing import Final

import numpy as np

from backend.animation.head import Swings
from backend.contract.constants import FRAME_RATE

from .behaviour import Draft
from .face import FaceLife, Raise, with_raises
from .head import draw_nod

_NOD_DELAY: Final = (0.3, 0.9)
_NOD_SEEN, _NOD_UNSEEN = 0.75, 0.1
"""Chance that a nod is answered while looking at the partner and while looking away: a third to a half together.
People nod back at nods (Kendon 1970; Hadar et al. 1985; Louwerse et al. 2012: from memory, the share is ours)."""

_NODS_APART: Final = 1.5
"""Seconds between the beginnings of two nods, as in `head`."""

_INVITED: Final = (0.4, 0.7)
"""Seconds before and after an invitation or an own mm-hm in which a nod belongs to it."""

_MAKES_ROOM: Final = 10.0
"""Seconds within which a nod that nobody invited makes room for an answer."""

_RAISE_DELAY: Final = (0.4, 1.0)
_RAISE_ANSWERED: Final = 0.3
"""Of the clear ones that are seen, about a quarter of all; the face takes over what it sees within 0.3–1 s (Dimberg,
Thunberg & Elmehed 2000, from memory)."""

_CLEAR_RAISE: Final = 0.35
_RAISES_APART: Final = 1.0


def answer_nods(rng: np.random.Generator, own: Draft, partner: Draft, sees: np.ndarray) -> Swings:
    """Own nods, with some 0.3–0.9 s after the partner's; nods that nobody invited make room for them.

    `sees` [T] bool: looks at the partner.
    """
    size, rate, count = (one.copy() for one in (own.nods.size, own.nods.rate, own.nods.count))
    spare = (size > 0) & ~_invited(own, partner)
    shaken = np.flatnonzero(own.shakes.size > 0)
    for seen in np.flatnonzero(partner.nods.size > 0).tolist():
        answer = seen + round(float(rng.uniform(*_NOD_DELAY)) * FRAME_RATE)
        chance = _NOD_SEEN if sees[seen] else _NOD_UNSEEN
        nod = draw_nod(rng, own.habits)
        if rng.random() >= chance or answer >= len(size) - FRAME_RATE // 2:
            continue
        waiting = np.flatnonzero(spare)
        waiting = waiting[np.abs(waiting - answer) < _MAKES_ROOM * FRAME_RATE]
        given_up = int(waiting[np.abs(waiting - answer).argmin()]) if len(waiting) else -1
        others = np.concatenate((np.flatnonzero(size > 0), shaken))
        if (np.abs(others[others != given_up] - answer) < _NODS_APART * FRAME_RATE).any():
            continue
        if given_up >= 0:
            size[given_up] = rate[given_up] = count[given_up] = 0
            spare[given_up] = False
        size[answer], rate[answer], count[answer] = nod
    return Swings(size, rate, count)


def answer_raises(
    rng: np.random.Generator, own: Draft, partner: Draft, sees: np.ndarray, speaks: np.ndarray
) -> FaceLife:
    """Own face, with the brows raised 0.4–1 s after some of the partner's clear raises, lower than those.

    `sees` [T] bool: looks at the partner; `speaks` [T]: who speaks raises the brows for what they say.
    """
    there, raises = (np.flatnonzero(own.face.raise_onset > 0) / FRAME_RATE).tolist(), []
    for seen in np.flatnonzero(partner.face.raise_size >= _CLEAR_RAISE).tolist():
        start = seen / FRAME_RATE + float(rng.uniform(*_RAISE_DELAY))
        size = float(np.clip(rng.uniform(0.6, 0.95) * partner.face.raise_size[seen], 0.2, 0.7))
        stay, answers = float(rng.uniform(0.3, 0.8)), rng.random() < _RAISE_ANSWERED
        if not answers or not sees[seen] or speaks[seen] > 0.5 or start > (own.frames - FRAME_RATE) / FRAME_RATE:  # noqa: PLR2004
            continue
        if all(abs(one - start) >= _RAISES_APART for one in there):
            raises.append(Raise(start, size, stay))
            there.append(start)
    return with_raises(own.face, raises, own.habits.asymmetry)


def _invited(own: Draft, partner: Draft) -> np.ndarray:
    """[T] bool: a nod here goes with the partner's pause or with an own mm-hm."""
    before, after = (round(seconds * FRAME_RATE) for seconds in _INVITED)
    invited = np.zeros(own.frames, bool)
    for frame in np.flatnonzero((partner.steady["invitation"] > 0) | (own.steady["backchannel"] > 0)).tolist():
        invited[max(0, frame - before) : frame + after] = True
    return invited
