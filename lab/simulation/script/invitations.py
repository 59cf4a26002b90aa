"""Where a speaker invites a nod or an mm-hm: at pauses, at the ends of phrases, and where the voice falls."""

# ruff: noqa: PLR2004 - chances and sizes of a distribution are read best where they are drawn

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from backend.animation.phones import PAUSE, Phone
from backend.contract.segments import runs_of
from backend.prosody.pitch import PITCH_RATE

_TAIL: Final = 0.3
"""Seconds before a pause in which the voice falls or rises."""

_LOW_SHARE: Final = 26
"""Percentile of the pitch below which it is low; 110 ms of it invite (Ward & Tsukahara 2000)."""

_LOW_FRAMES: Final = 11
_LOW_DELAY: Final = 0.45
_LEAST_TALK: Final = 0.7
"""Seconds of speech before a listener has anything to answer."""


@dataclass(frozen=True)
class Invitation:
    """At `time` seconds `person` speaks so that the other may respond; `strength` from 0 to 1."""

    person: int
    time: float
    strength: float


def invitations_of(
    person: int, start: float, phones: Sequence[Phone], pitch: np.ndarray, *, asks: bool
) -> tuple[Invitation, ...]:
    """Return the invitations of an utterance that starts at `start` seconds; `phones` in the dialogue's seconds,
    `pitch` [n] semitones.

    Pauses and the end invite the more the lower the voice has fallen before them; a question's end wants an answer,
    not an mm-hm. Long low stretches of the voice invite weakly without any pause.
    """
    moments = [(first, False) for first, _, name in phones if name == PAUSE] + [(phones[-1][1], asks)]
    found = []
    for time, rises in moments:
        if time - start > _LEAST_TALK:
            strength = 0.25 + 0.5 * _fallen(pitch, time - start) - (0.25 if rises else 0.0)
            found.append(Invitation(person, time, float(np.clip(strength, 0.05, 1.0))))
    for time in _low_stretches(pitch, start):
        if all(abs(time - invitation.time) > _LEAST_TALK for invitation in found) and time - start > _LEAST_TALK:
            found.append(Invitation(person, time, 0.05))
    return tuple(sorted(found, key=lambda invitation: invitation.time))


def _fallen(pitch: np.ndarray, time: float) -> float:
    """Return how far the voice has fallen before `time` seconds into `pitch` [n] semitones: 0.5 level, 1 4 below."""
    tail = pitch[max(0, round((time - _TAIL) * PITCH_RATE)) : max(1, round(time * PITCH_RATE))]
    tail = tail[np.isfinite(tail)]
    return float(np.clip(0.5 - np.median(tail) / 8, 0, 1)) if len(tail) > 3 else 0.5


def _low_stretches(pitch: np.ndarray, start: float) -> list[float]:
    """Return the seconds at which a listener answers 110 ms or more of low pitch."""
    known = np.isfinite(pitch)
    if known.sum() < 3 * _LOW_FRAMES:
        return []
    low = known & (np.where(known, pitch, 0) <= np.percentile(pitch[known], _LOW_SHARE))
    return [start + first / PITCH_RATE + _LOW_DELAY for first, last in runs_of(low) if last - first >= _LOW_FRAMES]
