"""Who the film shows when: cuts that follow the conversation, as an editor of interviews makes them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

View = Literal["two", "over", "close"]

SHORTEST_SHOT: Final = 2.0
"""Seconds; below this a cut feels like a flicker."""

_ESTABLISHING: Final = 2.6
_CLOSING: Final = 2.4
_HANDOVER: Final = 0.35
"""Seconds the other one must lead before the turn is theirs: an "mm-hm" takes no turn."""
_LONG_TURN: Final = 6.5
_REACTION_AFTER: Final = 3.6


@dataclass(frozen=True)
class Shot:
    """From `seconds` on the film is seen by camera `view` of `person` (0 or 1; the two-shot has None)."""

    seconds: float
    view: View
    person: int | None


@dataclass(frozen=True)
class _Turn:
    start: float
    end: float
    person: int


def shots(speaking: np.ndarray, fps: float, shortest: float = SHORTEST_SHOT) -> list[Shot]:
    """The film's shots for `speaking` [2, T] (0 to 1, `fps` moments a second); the first begins at 0.

    A two-shot opens and closes; between, the picture is with whoever has the turn, a long turn shows the listener
    once, and an exchange too quick to follow stays in the two-shot. No shot is shorter than `shortest` seconds, and
    a dialogue shorter than three shots is one two-shot.
    """
    length = speaking.shape[1] / fps
    result = [Shot(0.0, "two", None)]
    if length < 3 * shortest:
        return result
    closing = length - max(_CLOSING, shortest)
    for wanted, end in _wished(speaking, fps):
        start = max(wanted.seconds, result[-1].seconds + shortest, _ESTABLISHING)
        if min(end, closing) - start < shortest or _same(wanted, result[-1]):
            continue
        result.append(Shot(start, wanted.view, wanted.person))
    if result[-1].view != "two":
        result.append(Shot(closing, "two", None))
    return result


def _same(one: Shot, other: Shot) -> bool:
    return (one.view, one.person) == (other.view, other.person)


def _wished(speaking: np.ndarray, fps: float) -> Iterator[tuple[Shot, float]]:
    """What one would like to see, and until when, before the shortest shot is respected."""
    heard = [0, 0]
    quick_from: float | None = None
    for turn in _turns(speaking, fps):
        if turn.end - turn.start < SHORTEST_SHOT:
            quick_from = turn.start if quick_from is None else quick_from
            yield Shot(quick_from, "two", None), turn.end
            continue
        quick_from = None
        # The first time over the other's shoulder, so that the place is clear; then closer.
        view: View = "over" if heard[turn.person] % 2 == 0 else "close"
        heard[turn.person] += 1
        if turn.end - turn.start < _LONG_TURN:
            yield Shot(turn.start, view, turn.person), turn.end
            continue
        reaction = turn.start + _REACTION_AFTER
        yield Shot(turn.start, view, turn.person), reaction
        yield Shot(reaction, "close", 1 - turn.person), reaction + SHORTEST_SHOT
        yield Shot(reaction + SHORTEST_SHOT, "close", turn.person), turn.end


def _turns(speaking: np.ndarray, fps: float) -> list[_Turn]:
    """Who has the floor: the last one who led for `_HANDOVER` seconds keeps it through pauses and short answers."""
    width = max(1, round(_HANDOVER * fps))
    lead = np.where(np.abs(speaking[0] - speaking[1]) < 0.25, 0.0, np.sign(speaking[0] - speaking[1]))  # [T]
    held = np.convolve(lead, np.ones(width), mode="full")[: lead.size]  # how long one has led, up to now
    owner, start, turns = -1, 0, []
    for index in range(lead.size):
        candidate = 0 if held[index] >= width else 1 if held[index] <= -width else owner
        if candidate == owner:
            continue
        began = max(start, index - width + 1)
        if owner >= 0:
            turns.append(_Turn(start / fps, began / fps, owner))
        owner, start = candidate, began
    if owner >= 0:
        turns.append(_Turn(start / fps, lead.size / fps, owner))
    return turns
