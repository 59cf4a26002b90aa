"""Listeners blink with the speaker: a share of their blinks follows one they have seen."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np

from backend.contract.constants import FRAME_RATE

from .behaviour import Draft

_DELAY: Final = (0.25, 0.5)
"""Seconds after the speaker's blink (Nakano & Kitazawa 2010)."""

_ANSWERED_AT_PAUSE, _ANSWERED = 0.9, 0.3
"""Chance that a speaker's blink is answered, in and at the ends of phrases and elsewhere: they found the coupling at
pauses and ends of speech alone; how much of it is ours."""

_PAUSE_BEFORE, _PAUSE_AFTER = 0.3, 0.6
"""Seconds around an invitation (a pause, an end of a phrase) in which a blink belongs to it."""

_APART: Final = 0.6
"""Seconds between two blinks, from the beginning of one to that of the next."""

_REACH: Final = 4.0
"""Seconds within which a blink that would have come anyway makes room for an answer, so that rates stay."""


def answer_blinks(
    rng: np.random.Generator, own: Draft, partner: Draft, speaks: np.ndarray, partner_speaks: np.ndarray
) -> Draft:
    """`own` with blinks that nothing invites moved to 0.25–0.5 s after those of a speaking `partner`.

    `speaks`, `partner_speaks` [T] as in `Rehearsal.speaking`. Blinks with an own gaze shift stay.
    """
    blinks, lengths = own.blinks.copy(), own.blink_seconds.copy()
    listens = (partner.steady["floor"] > 0) & (speaks < 0.5)  # noqa: PLR2004
    paused = _pauses(partner, partner_speaks)
    movable = listens & ~_near(own.gaze.shift > 0, 2, 2)
    for seen in np.flatnonzero((partner.blinks > 0) & listens).tolist():
        chance = _ANSWERED_AT_PAUSE if paused[seen] else _ANSWERED
        answer = seen + round(float(rng.uniform(*_DELAY)) * FRAME_RATE)
        if rng.random() >= chance or answer >= len(blinks):
            continue
        candidates = np.flatnonzero((blinks > 0) & movable)
        if not len(candidates):
            continue
        moved = int(candidates[np.abs(candidates - answer).argmin()])
        others = np.flatnonzero(blinks > 0)
        others = others[others != moved]
        if abs(moved - answer) > _REACH * FRAME_RATE or (np.abs(others - answer) < _APART * FRAME_RATE).any():
            continue
        _move(blinks, lengths, moved, answer)
        movable[answer] = False
    return replace(own, blinks=blinks, blink_seconds=lengths)


def blinks_with_gaze(own: Draft, shift_before: np.ndarray) -> Draft:
    """`own` with the blinks that went with a gaze shift of `shift_before` [T] at the shift that came in its place."""
    blinks, lengths = own.blinks.copy(), own.blink_seconds.copy()
    added = np.flatnonzero((own.gaze.shift > 0) & (shift_before == 0))
    for frame in np.flatnonzero((blinks > 0) & (shift_before > 0) & (own.gaze.shift == 0)).tolist():
        near = added[np.abs(added - frame) < FRAME_RATE]
        if len(near):
            others = np.flatnonzero(blinks > 0)
            others = others[others != frame]
            place = int(near[np.abs(near - frame).argmin()])
            if not (np.abs(others - place) < _APART * FRAME_RATE).any():
                _move(blinks, lengths, frame, place)
    return replace(own, blinks=blinks, blink_seconds=lengths)


def _move(blinks: np.ndarray, lengths: np.ndarray, old: int, new: int) -> None:
    """In place; a blink keeps its lengths."""
    blinks[old], blinks[new] = 0, 1
    seconds = lengths[old].copy()
    lengths[old] = 0
    lengths[new] = seconds


def _pauses(speaker: Draft, speaking: np.ndarray) -> np.ndarray:
    """[T] bool: the speaker pauses or ends a phrase."""
    ends = _near(speaker.steady["invitation"] > 0, round(_PAUSE_BEFORE * FRAME_RATE), round(_PAUSE_AFTER * FRAME_RATE))
    return np.asarray(ends | (speaking < 0.5))  # noqa: PLR2004


def _near(flags: np.ndarray, before: int, after: int) -> np.ndarray:
    """[T] bool: from `before` frames before to `after` frames after any of `flags` [T]."""
    spread = np.zeros(len(flags), bool)
    for frame in np.flatnonzero(flags).tolist():
        spread[max(0, frame - before) : frame + after + 1] = True
    return spread
