"""When somebody has to look at the other: on a last word, a question, a name, at each phrase's end, and when they
come in.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from ..contract.constants import FRAME_RATE
from .moments import Moments, Utterance

CHECK, LANDS, ASKS, STARTLED = 1, 2, 3, 4
"""How urgent contact is: a check at a phrase's end; a turn's last word, an answer that is waited for; a question, a
name, the other's onset; an interruption."""

_CHECK_SECONDS: Final = (0.3, 0.6)
_LANDS: Final = (0.5, 0.4)
_ASKS: Final = (0.9, 0.9)
_ASKED: Final = (0.4, 0.3)
_NAMED: Final = (0.1, 0.5)
"""Seconds before and after a phrase's end, a turn's last word, a question of one's own and of the other's, and a
name's beginning."""

_ONSET_FRAMES: Final = (5, 6)
"""Frames after an onset of the other's on which the eyes arrive: 200–240 ms, a saccade's latency (150–250 ms)."""

_ONSET_SECONDS: Final = (0.8, 1.4)

_UNDENIED: Final = 0.4
"""Seconds of a contact that are as urgent as it is; the rest may be cut by one step more easily."""


@dataclass(frozen=True)
class Contact:
    """From frame `start` up to `stop` the partner is looked at."""

    start: int
    stop: int
    urgency: int


def contacts_of(moments: Moments, person: int, rng: np.random.Generator) -> tuple[Contact, ...]:
    """What `person` cannot look away from, in no order."""
    found = [_at_own_end(said, rng) for said in moments.utterances[person]]
    for said in moments.utterances[1 - person]:
        if said.asks:
            found.append(_around(said.stop, _ASKED, LANDS))
        if said.new:
            found.append(_after(said.start, CHECK if said.short else STARTLED if said.over else ASKS, rng))
    found += [_after(frame, STARTLED, rng) for frame in moments.loud[1 - person]]
    found += [_around(frame, _NAMED, ASKS) for frame in moments.named[person]]
    return tuple(found)


def urgency_of(contacts: tuple[Contact, ...], frames: int) -> np.ndarray:
    """[T] int: the highest urgency on each frame, 0 where one may look anywhere."""
    urgency = np.zeros(frames, np.int64)
    undenied = round(_UNDENIED * FRAME_RATE)
    for contact in contacts:
        start, middle, stop = (
            min(max(frame, 0), frames) for frame in (contact.start, contact.start + undenied, contact.stop)
        )
        urgency[start:stop] = np.maximum(urgency[start:stop], max(contact.urgency - 1, CHECK))
        urgency[start : min(middle, stop)] = np.maximum(urgency[start : min(middle, stop)], contact.urgency)
    return urgency


def _at_own_end(said: Utterance, rng: np.random.Generator) -> Contact:
    if said.asks:
        return _around(said.stop, _ASKS, ASKS)
    if said.last:
        return _around(said.stop, _LANDS, LANDS)
    length = float(rng.uniform(*_CHECK_SECONDS))
    return _around(said.stop, (0.6 * length, 0.4 * length), CHECK)


def _around(frame: int, seconds: tuple[float, float], urgency: int) -> Contact:
    before, after = (round(each * FRAME_RATE) for each in seconds)
    return Contact(frame - before, frame + after, urgency)


def _after(frame: int, urgency: int, rng: np.random.Generator) -> Contact:
    start = frame + int(rng.integers(_ONSET_FRAMES[0], _ONSET_FRAMES[1] + 1))
    seconds = _CHECK_SECONDS if urgency == CHECK else _ONSET_SECONDS
    return Contact(start, start + round(float(rng.uniform(*seconds)) * FRAME_RATE), urgency)
