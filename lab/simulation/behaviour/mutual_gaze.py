"""How the gaze of two people depends on each other: looking back, following a look away, ending mutual gaze."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from backend.animation.gaze import Gaze, draw_fixations
from backend.contract.constants import FRAME_RATE
from backend.contract.segments import runs_of

from .behaviour import Draft
from .eyes import draw_direction

_BACK_DELAY: Final = (0.2, 0.6)
_BACK: Final = (0.85, 0.35)
"""Chance that who looks away looks back because the other does, listening and speaking: most of the time. Shares and
latency, 0.2–0.6 s, are targets: nothing was found that says them."""

_FOLLOW_DELAY: Final = (0.3, 0.8)
_FOLLOWED: Final = (0.42, 0.26)
"""Chance that the partner's look away is followed by one's own in that direction, listening and speaking, where no eye
contact is due (who looks merely away is followed far less than who looks at something: Colombatto et
al. 2020, abstract; shares: targets)."""

_FOLLOWS_FOR: Final = (0.6, 1.4)

_MUTUAL: Final = (3.3, 1.2)
"""Seconds that people like to be looked at, mean (Binetti et al. 2016) and spread: between people it is 0.7, but of the
mutual looks of 47 pairs who talk face to face 1.7–8.8 % last longer than 4.7 s."""

_SPEAKER_ENDS: Final = 0.75
"""Share of long mutual looks that the speaker ends (a target: nothing was found that says it)."""

_ENDED_FOR: Final = (1.0, 1.6)
"""Mean seconds of the look away that ends one, listening and speaking."""

_LEAST_AWAY, _LEAST_AT = 7, 8
"""Frames, as the first pass has them (`eyes`)."""

_TURN_BEGINS: Final = (1.0, 0.6)
_TURN_ENDS: Final = (0.9, 0.5)
"""Seconds before and after the beginning and the end of an own turn in which it alone decides the gaze."""

_LONG_TURN: Final = 1.5


@dataclass
class _Looks:
    """Gaze of both people while answers are added: `away` [2][T], `target` [2][T, 2] radians."""

    away: list[np.ndarray]
    target: list[np.ndarray]

    def look_back(self, person: int, frame: int) -> None:
        """End the look away at `frame`; the next one becomes longer by as much, so that shares stay."""
        away, target = self.away[person], self.target[person]
        stop = frame + int(np.argmin(np.concatenate((away[frame:], [0.0]))))
        away[frame:stop] = 0
        target[frame:stop] = 0
        later = [stop + edge for run in runs_of(away[stop:] > 0)[:2] for edge in run]
        if len(later) == 4:  # noqa: PLR2004  (two more looks away, each with a beginning and an end)
            last = min(later[1] + stop - frame, later[2] - _LEAST_AT)
            away[later[1] : last] = 1
            target[later[1] : last] = target[later[1] - 1]

    def look_away(self, person: int, start: int, stop: int, target: np.ndarray) -> None:
        """Look away at `target` [2] radians from frame `start` to `stop`."""
        self.away[person][start:stop] = 1
        self.target[person][start:stop] = target

    def at_partner(self, person: int, start: int, stop: int) -> bool:
        """Whether `person` would look at the partner all the time from frame `start` to `stop`."""
        return start >= 0 and stop <= len(self.away[person]) and not self.away[person][start:stop].any()


def answer_gaze(
    rng: np.random.Generator, drafts: tuple[Draft, Draft], speaking: np.ndarray, free: tuple[bool, bool]
) -> tuple[Gaze, Gaze]:
    """Draw the gaze of both people as answers to each other's first pass; `speaking` [2, T].

    Only people who are `free` to look anywhere answer. What stays of the first pass keeps its directions and small
    saccades.
    """
    looks = _Looks([draft.gaze.away.copy() for draft in drafts], [draft.gaze.target.copy() for draft in drafts])
    talks = speaking > 0.5  # noqa: PLR2004
    for frame, person in _moves(drafts):
        other = 1 - person
        if free[other]:
            if drafts[person].gaze.away[frame] > 0:
                _follow(rng, looks, drafts[other], other, frame, talks=bool(talks[other, frame]))
            else:
                _look_back(rng, looks, drafts[other], other, frame, talks=bool(talks[other, frame]))
    _end_mutual_looks(rng, looks, drafts, talks, free)
    first, second = (_with_fixations(rng, drafts[who].gaze, looks.away[who], looks.target[who]) for who in range(2))
    return first, second


def _moves(drafts: tuple[Draft, Draft]) -> Iterator[tuple[int, int]]:
    """Yield (frame, person) of every look away and back of the first pass, in order."""
    yield from sorted(
        (int(frame) + 1, person)
        for person, draft in enumerate(drafts)
        for frame in np.flatnonzero(np.diff(draft.gaze.away))
    )


def _look_back(rng: np.random.Generator, looks: _Looks, own: Draft, person: int, frame: int, *, talks: bool) -> None:
    """Let `person`, if looking away, look back at the partner who does so on `frame`."""
    answer = frame + _draw_frames(rng, _BACK_DELAY)
    if rng.random() >= _BACK[int(talks)] or answer >= own.frames or looks.away[1 - person][frame] > 0:
        return
    been_away = looks.away[person][max(0, answer - _LEAST_AWAY) : answer + 1].all()
    if been_away and not _near_turns(own, answer, _TURN_BEGINS, at_end=False):
        looks.look_back(person, answer)


def _follow(rng: np.random.Generator, looks: _Looks, own: Draft, person: int, frame: int, *, talks: bool) -> None:
    """Let `person`, if looking at the partner, follow the partner's look away that begins on `frame`."""
    start = frame + _draw_frames(rng, _FOLLOW_DELAY)
    stop = start + _draw_frames(rng, _FOLLOWS_FOR)
    target = looks.target[1 - person][frame] * (-1, 1)  # who sits opposite finds it on the other hand
    if rng.random() >= _FOLLOWED[int(talks)] or not target.any():
        return
    if _may_look_away(looks, own, person, start, stop):
        looks.look_away(person, start, stop, target)


def _end_mutual_looks(
    rng: np.random.Generator, looks: _Looks, drafts: tuple[Draft, Draft], talks: np.ndarray, free: tuple[bool, bool]
) -> None:
    """Let one person look away where both have looked at each other for long; changes `looks` in place."""
    frame, since = 0, 0
    limit = _draw_limit(rng)
    while frame < drafts[0].frames:
        if looks.away[0][frame] > 0 or looks.away[1][frame] > 0:
            since, limit = frame + 1, _draw_limit(rng)
        elif frame - since >= limit and any(free):
            who = _ender(rng, talks[:, frame], free)
            kind = int(talks[who, frame])
            seconds = float(np.clip(rng.lognormal(np.log(_ENDED_FOR[kind]) - 0.08, 0.4), 0.4, 3.0))
            stop = frame + round(seconds * FRAME_RATE)
            if _may_look_away(looks, drafts[who], who, frame, stop):
                looks.look_away(who, frame, stop, draw_direction(rng, drafts[who].habits, bool(kind)))
        frame += 1


def _draw_limit(rng: np.random.Generator) -> float:
    """Draw the frames that a mutual look may last."""
    return float(np.clip(rng.normal(*_MUTUAL), 1.5, 5.5)) * FRAME_RATE


def _ender(rng: np.random.Generator, talks: np.ndarray, free: tuple[bool, bool]) -> int:
    """Draw who ends a mutual look; `talks` [2] bool."""
    if not all(free):
        return int(free[1])
    if talks[0] == talks[1]:
        return int(rng.integers(2))
    speaker = int(talks[1])
    return speaker if rng.random() < _SPEAKER_ENDS else 1 - speaker


def _may_look_away(looks: _Looks, own: Draft, person: int, start: int, stop: int) -> bool:
    """Whether there is room for a look away among the others, no eye contact is due and no own turn ends there."""
    room = looks.at_partner(person, start - _LEAST_AT, stop + _LEAST_AT) and not own.due[start:stop].any()
    return room and not _near_turns(own, start, _TURN_ENDS, at_end=True)


def _near_turns(own: Draft, frame: int, around: tuple[float, float], *, at_end: bool) -> bool:
    """Whether a longer own turn begins or ends near `frame`: `around` seconds before and after."""
    edges = [
        stop if at_end else start
        for start, stop in runs_of(own.steady["floor"] > 0)
        if stop - start >= _LONG_TURN * FRAME_RATE
    ]
    return any(-around[0] * FRAME_RATE <= frame - edge <= around[1] * FRAME_RATE for edge in edges)


def _draw_frames(rng: np.random.Generator, seconds: tuple[float, float]) -> int:
    return round(float(rng.uniform(*seconds)) * FRAME_RATE)


def _with_fixations(rng: np.random.Generator, before: Gaze, away: np.ndarray, target: np.ndarray) -> Gaze:
    """Return the gaze of `away` [T] and `target` [T, 2], with new fixations where either differs from `before`."""
    fixation, landings = before.fixation.copy(), before.saccade.copy()
    for start, stop in runs_of((away != before.away) | (target != before.target).any(axis=1)):
        places, onsets = draw_fixations(rng, away[start:stop], target[start:stop])
        fixation[start:stop], landings[start:stop] = places, onsets
        landings[stop : stop + 1] = 1  # back to where the eyes rested in the first pass
    shift = np.zeros(len(away), np.float32)
    shift[1:] = (target[1:] != target[:-1]).any(axis=1)
    shift[0] = before.shift[0]
    landings[shift > 0] = 0
    return replace(before, away=away, target=target, fixation=fixation, shift=shift, saccade=landings)
