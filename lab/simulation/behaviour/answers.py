"""What people do because of what they see the other one do: the second pass over a dialogue.

The first pass decides, for each person, what the words, the turns and the voice bring about (`behaviour.draw_draft`).
Here each answers what the *other's first pass* shows, so nobody answers an answer. The sound is not touched.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np

from backend.contract.constants import FRAME_RATE

from .answered_blinks import answer_blinks, blinks_with_gaze
from .answered_gaze import answer_gaze
from .answered_gestures import answer_nods, answer_raises
from .behaviour import Draft

_POSTURE_SHARE, _SWAY_SHARE = (0.35, 0.5), (0.2, 0.35)
"""Shares of the variance of the head's slow posture and of the trunk's sway that are the partner's (chameleon effect:
Chartrand & Bargh 1999; Ramseyer & Tschacher 2011; that people do it is theirs, how much is ours)."""

_POSTURE_DELAY: Final = (1.0, 4.0)
"""Seconds until a posture is taken over: most lags lie within 5 s (Ramseyer & Tschacher 2011, from memory)."""

_TURN_MIRROR: Final = np.array((1.0, -1.0, -1.0))
"""Nod, turn, tilt: who faces somebody turns and tilts to the other hand to look alike, as before a mirror."""

_SWAY_MIRROR: Final = np.array((-1.0, 0.0, 1.0))
"""Left, up, forward; breath lifts everybody by themselves."""

Drafts = tuple[Draft, Draft]


def draw_answers(rng: np.random.Generator, drafts: Drafts, speaking: np.ndarray, free: tuple[bool, bool]) -> Drafts:
    """`drafts` with what each person sees of the other's answered; `speaking` [2, T].

    `free` whether each person may look where they like; who was told where to look goes on doing so.
    """
    gazes = answer_gaze(rng, drafts, speaking, free)
    first, second = (_answer(rng, drafts, replace(drafts[who], gaze=gazes[who]), who, speaking) for who in range(2))
    return first, second


def _answer(rng: np.random.Generator, before: Drafts, own: Draft, person: int, speaking: np.ndarray) -> Draft:
    """`own` with `person`'s answers to the partner as they were `before`; where `own` looks is settled already."""
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
    """`own` [T, 3] with one of `shares` of the variance taken over from `other` [T, 3] a while ago; its spread stays.

    Where `mirror` [3] is 0 nothing is taken over.
    """
    delay = round(float(rng.uniform(*_POSTURE_DELAY)) * FRAME_RATE)
    share = float(rng.uniform(*shares)) * np.abs(mirror)
    mean, spread = own.mean(axis=0), np.maximum(own.std(axis=0), 1e-9)
    # Before there was anything to take over one has one's own posture.
    seen = np.concatenate((np.repeat(other[:1], delay, axis=0), other))[: len(own)]
    theirs = mirror * (seen - seen.mean(axis=0)) / np.maximum(seen.std(axis=0), 1e-9)
    mixed = np.sqrt(1 - share) * (own - mean) / spread + np.sqrt(share) * theirs
    return np.asarray(mean + mixed * spread / np.maximum(mixed.std(axis=0), 1e-9))
