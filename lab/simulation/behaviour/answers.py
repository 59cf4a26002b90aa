"""What people do because of what they see the other one do: the second pass over a dialogue.

The first pass decides, for each person, what the words, the turns and the voice bring about (`behaviour.draw_draft`).
Here each answers the *other's first pass*, so nobody answers an answer: nods, raised brows, blinks and postures in this
file, gaze in `mutual_gaze`. The sound is not touched.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np

from backend.animation.events import Swings
from backend.contract.constants import FRAME_RATE

from .behaviour import Draft
from .face import FaceLife, Raise, with_raises
from .head import draw_nod
from .mutual_gaze import answer_gaze

_POSTURE_SHARE, _SWAY_SHARE = (0.35, 0.5), (0.2, 0.35)
"""Shares of the variance of the head's slow posture and of the trunk's sway that are the partner's (chameleon effect:
Chartrand & Bargh 1999; Ramseyer & Tschacher 2011; that people do it is published, how much is an own choice)."""

_POSTURE_DELAY: Final = (1.0, 4.0)
"""Seconds until a posture is taken over: a target. Heads follow heads after 0.6 s (Hale et al. 2019, abstract) and
correlate over 2 s (Ashenfelter et al. 2009, abstract); no lag of postures was found."""

_TURN_MIRROR: Final = np.array((1.0, -1.0, -1.0))
"""Nod, turn, tilt: people who face each other turn and tilt to opposite hands to look alike, as before a mirror."""

_SWAY_MIRROR: Final = np.array((-1.0, 0.0, 1.0))
"""Left, up, forward; breath lifts everybody by themselves."""

Drafts = tuple[Draft, Draft]
_BLINK_DELAY: Final = (0.25, 0.5)
"""Seconds after the speaker's blink (Nakano & Kitazawa 2010)."""

_BLINK_ANSWERED_AT_PAUSE, _BLINK_ANSWERED = 0.9, 0.3
"""Chance that a speaker's blink is answered, in and at the ends of phrases and elsewhere: they found the coupling at
pauses and ends of speech alone; the shares are an own choice."""

_PAUSE_BEFORE, _PAUSE_AFTER = 0.3, 0.6
"""Seconds around an invitation (a pause, an end of a phrase) in which a blink belongs to it."""

_BLINKS_APART: Final = 0.6
"""Seconds between two blinks, from the beginning of one to that of the next."""

_BLINK_REACH: Final = 4.0
"""Seconds within which a spontaneous blink is moved to the answer, so that rates stay."""

_NOD_DELAY: Final = (0.3, 0.9)
_NOD_SEEN, _NOD_UNSEEN = 0.75, 0.1
"""Chance that a nod is answered while looking at the partner and while looking away: a third to a half together. People
match each other's gestures from one turn to the next (Louwerse et al. 2012, abstract); shares: targets."""

_NODS_APART: Final = 1.5
"""Seconds between the beginnings of two nods, as in `head`."""

_INVITED: Final = (0.4, 0.7)
"""Seconds before and after an invitation or an own mm-hm in which a nod belongs to it."""

_MAKES_ROOM: Final = 10.0
"""Seconds within which an uninvited nod is removed for an answer."""

_RAISE_DELAY: Final = (0.4, 1.0)
_RAISE_ANSWERED: Final = 0.3
"""Of the clear ones that are seen, about a quarter of all; the face takes over what it sees within 0.3–1 s (Dimberg,
Thunberg & Elmehed 2000: the mimicry is checked, its latency is a target)."""

_CLEAR_RAISE: Final = 0.35
_RAISES_APART: Final = 1.0


def draw_answers(rng: np.random.Generator, drafts: Drafts, speaking: np.ndarray, free: tuple[bool, bool]) -> Drafts:
    """Return `drafts` with answers of each person to what they see of the other's; `speaking` [2, T].

    `free` whether each person may look anywhere; gaze that the staging sets stays.
    """
    gazes = answer_gaze(rng, drafts, speaking, free)
    first, second = (_answer(rng, drafts, replace(drafts[who], gaze=gazes[who]), who, speaking) for who in range(2))
    return first, second


def _answer(rng: np.random.Generator, before: Drafts, own: Draft, person: int, speaking: np.ndarray) -> Draft:
    """Return `own` with `person`'s answers to the partner's draft in `before`; its gaze is final already."""
    partner = before[1 - person]
    sees = own.gaze.away == 0
    moved = blinks_with_gaze(own, before[person].gaze.shift)
    return replace(
        answer_blinks(rng, moved, partner, speaking[person], speaking[1 - person]),
        nods=answer_nods(rng, own, partner, sees),
        face=answer_raises(rng, own, partner, sees, speaking[person]),
        posture=_mirrored(rng, own.posture, partner.posture, _TURN_MIRROR, _POSTURE_SHARE),
        sway=_mirrored(rng, own.sway, partner.sway, _SWAY_MIRROR, _SWAY_SHARE),
    )


def _mirrored(
    rng: np.random.Generator, own: np.ndarray, other: np.ndarray, mirror: np.ndarray, shares: tuple[float, float]
) -> np.ndarray:
    """Return `own` [T, 3] with a share in `shares` of the variance taken over from `other` [T, 3] a while ago; its
    spread stays.

    Where `mirror` [3] is 0 nothing is taken over.
    """
    delay = round(float(rng.uniform(*_POSTURE_DELAY)) * FRAME_RATE)
    share = float(rng.uniform(*shares)) * np.abs(mirror)
    mean, spread = own.mean(axis=0), np.maximum(own.std(axis=0), 1e-9)
    # Before the delay has passed the partner's first posture is taken.
    seen = np.concatenate((np.repeat(other[:1], delay, axis=0), other))[: len(own)]
    theirs = mirror * (seen - seen.mean(axis=0)) / np.maximum(seen.std(axis=0), 1e-9)
    mixed = np.sqrt(1 - share) * (own - mean) / spread + np.sqrt(share) * theirs
    return np.asarray(mean + mixed * spread / np.maximum(mixed.std(axis=0), 1e-9))


def answer_blinks(
    rng: np.random.Generator, own: Draft, partner: Draft, speaks: np.ndarray, partner_speaks: np.ndarray
) -> Draft:
    """Return `own` with spontaneous blinks moved to 0.25–0.5 s after those of a speaking `partner`.

    `speaks`, `partner_speaks` [T] as in `Rehearsal.speaking`. Blinks with an own gaze shift stay.
    """
    blinks, lengths = own.blinks.copy(), own.blink_seconds.copy()
    listens = (partner.steady["floor"] > 0) & (speaks < 0.5)  # noqa: PLR2004
    ends = _near(partner.steady["invitation"] > 0, round(_PAUSE_BEFORE * FRAME_RATE), round(_PAUSE_AFTER * FRAME_RATE))
    paused = ends | (partner_speaks < 0.5)  # noqa: PLR2004
    movable = listens & ~_near(own.gaze.shift > 0, 2, 2)
    for seen in np.flatnonzero((partner.blinks > 0) & listens).tolist():
        chance = _BLINK_ANSWERED_AT_PAUSE if paused[seen] else _BLINK_ANSWERED
        answer = seen + round(float(rng.uniform(*_BLINK_DELAY)) * FRAME_RATE)
        if rng.random() >= chance or answer >= len(blinks):
            continue
        candidates = np.flatnonzero((blinks > 0) & movable)
        if not len(candidates):
            continue
        moved = int(candidates[np.abs(candidates - answer).argmin()])
        others = np.flatnonzero(blinks > 0)
        others = others[others != moved]
        if (
            abs(moved - answer) > _BLINK_REACH * FRAME_RATE
            or (np.abs(others - answer) < _BLINKS_APART * FRAME_RATE).any()
        ):
            continue
        _move_blink(blinks, lengths, moved, answer)
        movable[answer] = False
    return replace(own, blinks=blinks, blink_seconds=lengths)


def blinks_with_gaze(own: Draft, shift_before: np.ndarray) -> Draft:
    """Return `own` with the blinks that went with a gaze shift of `shift_before` [T] at the shift that came in its
    place.
    """
    blinks, lengths = own.blinks.copy(), own.blink_seconds.copy()
    added = np.flatnonzero((own.gaze.shift > 0) & (shift_before == 0))
    for frame in np.flatnonzero((blinks > 0) & (shift_before > 0) & (own.gaze.shift == 0)).tolist():
        near = added[np.abs(added - frame) < FRAME_RATE]
        if len(near):
            others = np.flatnonzero(blinks > 0)
            others = others[others != frame]
            place = int(near[np.abs(near - frame).argmin()])
            if not (np.abs(others - place) < _BLINKS_APART * FRAME_RATE).any():
                _move_blink(blinks, lengths, frame, place)
    return replace(own, blinks=blinks, blink_seconds=lengths)


def _move_blink(blinks: np.ndarray, lengths: np.ndarray, old: int, new: int) -> None:
    """Move a blink and its lengths from frame `old` to `new`, in place."""
    blinks[old], blinks[new] = 0, 1
    seconds = lengths[old].copy()
    lengths[old] = 0
    lengths[new] = seconds


def _near(flags: np.ndarray, before: int, after: int) -> np.ndarray:
    """[T] bool: from `before` frames before to `after` frames after any of `flags` [T]."""
    spread = np.zeros(len(flags), bool)
    for frame in np.flatnonzero(flags).tolist():
        spread[max(0, frame - before) : frame + after + 1] = True
    return spread


def answer_nods(rng: np.random.Generator, own: Draft, partner: Draft, sees: np.ndarray) -> Swings:
    """Return the own nods with some added 0.3–0.9 s after the partner's, in place of uninvited ones.

    `sees` [T] bool: looks at the partner.
    """
    size, rate, count = (values.copy() for values in (own.nods.size, own.nods.rate, own.nods.count))
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
    """Return the own face with the brows raised 0.4–1 s after some of the partner's clear raises, lower than those.

    `sees` [T] bool: looks at the partner; `speaks` [T]: speakers do not answer.
    """
    there, raises = (np.flatnonzero(own.face.raise_onset > 0) / FRAME_RATE).tolist(), []
    for seen in np.flatnonzero(partner.face.raise_size >= _CLEAR_RAISE).tolist():
        start = seen / FRAME_RATE + float(rng.uniform(*_RAISE_DELAY))
        size = float(np.clip(rng.uniform(0.6, 0.95) * partner.face.raise_size[seen], 0.2, 0.7))
        stay, answers = float(rng.uniform(0.3, 0.8)), rng.random() < _RAISE_ANSWERED
        if not answers or not sees[seen] or speaks[seen] > 0.5 or start > (own.frames - FRAME_RATE) / FRAME_RATE:  # noqa: PLR2004
            continue
        if all(abs(begun - start) >= _RAISES_APART for begun in there):
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
