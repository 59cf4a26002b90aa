"""One side of a rehearsal as its statistics see it: everything but the sound, so that hours of them fit into memory."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np

from backend.animation.phones import PAUSE
from backend.contract.arkit import ARKIT_INDEX
from backend.contract.constants import FRAME_RATE

from ..rehearsal import Rehearsal

_HALF: Final = 0.5
_BRIDGED: Final = 0.18
"""Seconds of silence inside a phrase: shorter than any pause that anybody hears as one."""

LONG_TURN: Final = 1.5
"""Seconds from which a turn counts as a longer one."""

_SIGNAL_SHARE: Final = 0.5

Span = tuple[float, float]
Pair = tuple["Observed", "Observed"]


@dataclass(frozen=True)
class Observed:
    """One person. `speaks` and `listens` [T] bool (the partner speaks and this person does not, mm-hm aside).

    `neck` [T, 3] and `gaze` [T, 2] degrees, `lids` and `smile` [T] from 0 to 1, `jaw` [T] degrees; `phrases` and
    `signals` (mm-hm) in seconds; `events` as in `Rehearsal.events` without the mouth; `free` whether no prompt sets
    this person's gaze.
    """

    person: int
    speaks: np.ndarray
    listens: np.ndarray
    neck: np.ndarray
    gaze: np.ndarray
    lids: np.ndarray
    smile: np.ndarray
    jaw: np.ndarray
    phrases: tuple[Span, ...]
    signals: tuple[Span, ...]
    events: dict[str, np.ndarray]
    free: bool

    @property
    def frames(self) -> int:
        """T."""
        return len(self.speaks)


@dataclass(frozen=True)
class Turn:
    """From the first to the last sound of `person` before the other takes over, in seconds."""

    person: int
    start: float
    end: float

    @property
    def seconds(self) -> float:
        """Length of the turn."""
        return self.end - self.start


def observe(rehearsal: Rehearsal) -> Pair:
    """Observe both people of a rehearsal."""
    first, second = (_observe(rehearsal, person) for person in range(2))
    return first, second


def turns_of(pair: Pair) -> list[Turn]:
    """Return who held the floor when: phrases of one person in a row are a turn, backchannels are none."""
    phrases = sorted((start, end, person.person) for person in pair for start, end in person.phrases)
    turns: list[Turn] = []
    for start, end, person in phrases:
        if turns and turns[-1].person == person:
            turns[-1] = Turn(person, turns[-1].start, max(end, turns[-1].end))
        else:
            turns.append(Turn(person, start, end))
    return turns


def gaps_of(pair: Pair) -> np.ndarray:
    """Seconds from the end of a turn to the start of the other's next, negative where they overlap."""
    return np.array([later.start - earlier.end for earlier, later in pairwise(turns_of(pair))])


def joined(parts: Iterable[np.ndarray]) -> np.ndarray:
    """One array of all `parts`, of which there may be none."""
    return np.concatenate([np.zeros(0), *parts])


def average(values: np.ndarray) -> float:
    """The mean of what is not nan, nan of nothing."""
    known = values[~np.isnan(values)]
    return float(known.mean()) if known.size else float("nan")


def middle(values: np.ndarray) -> float:
    """The median of what is not nan, nan of nothing."""
    known = values[~np.isnan(values)]
    return float(np.median(known)) if known.size else float("nan")


def ratio(part: float, whole: float) -> float:
    """`part` / `whole`, nan of nothing."""
    return float(part / whole) if whole > 0 else float("nan")


def _observe(rehearsal: Rehearsal, person: int) -> Observed:
    motion, mouth = rehearsal.motion, ("spoken", "viseme", "closure", "touch")
    events = {name: event[person] for name, event in rehearsal.events.items() if name not in mouth}
    voiced, signals = rehearsal.speaking > _HALF, events["backchannel"] > 0
    speaks = voiced[person] & ~signals
    spans = _phrases(rehearsal, person)
    are_signals = [_is_signal(span, signals) for span in spans]
    return Observed(
        person=person,
        speaks=speaks,
        listens=voiced[1 - person] & ~speaks,
        neck=np.degrees(motion.neck[person]),
        gaze=np.degrees(motion.gaze[person]),
        lids=motion.expression[person, :, ARKIT_INDEX["eyeBlinkLeft"]],
        smile=motion.expression[person, :, ARKIT_INDEX["mouthSmileLeft"]],
        jaw=np.degrees(motion.jaw[person, :, 0]),
        phrases=tuple(span for span, signal in zip(spans, are_signals, strict=True) if not signal),
        signals=tuple(span for span, signal in zip(spans, are_signals, strict=True) if signal),
        events=events,
        free=rehearsal.staging.people[person].looks is None,
    )


def _phrases(rehearsal: Rehearsal, person: int) -> list[Span]:
    """Spans of sound, silences of less than 0.18 s bridged."""
    spans: list[Span] = []
    for start, end, name in rehearsal.phones[person]:
        if name == PAUSE:
            continue
        if spans and start - spans[-1][1] < _BRIDGED:
            spans[-1] = (spans[-1][0], end)
        else:
            spans.append((start, end))
    return spans


def _is_signal(span: Span, signals: np.ndarray) -> bool:
    first, last = (round(moment * FRAME_RATE) for moment in span)
    part = signals[first : max(last, first + 1)]
    return bool(part.mean() > _SIGNAL_SHARE) if len(part) else False
