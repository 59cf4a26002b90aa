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
_LONG_TURN: Final = 6.5
_REACTION_AFTER: Final = 3.2
_VOICED: Final = 0.5
_BREATH: Final = 0.4
"""Seconds of pause that one utterance may hold."""
_UTTERANCE: Final = 0.4
_BACKCHANNEL: Final = 0.9
"""Seconds: what is shorter and said while the other speaks takes no turn."""
_MARGIN: Final = 1e-6


@dataclass(frozen=True)
class Shot:
    """From `seconds` on the film is seen by camera `view` of `person` (0 or 1; the two-shot has None)."""

    seconds: float
    view: View
    person: int | None


@dataclass(frozen=True)
class _Turn:
    """Seconds: spoken from `start` to `end`; nobody else takes the floor before `until`."""

    start: float
    end: float
    until: float
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
        if min(end, closing) - start < shortest - _MARGIN or _same(wanted, result[-1]):
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
            yield Shot(quick_from, "two", None), turn.until
            continue
        quick_from = None
        # The first time over the other's shoulder, so that the place is clear; then closer.
        view: View = "over" if heard[turn.person] % 2 == 0 else "close"
        heard[turn.person] += 1
        seen_from = max(turn.start, _ESTABLISHING)
        if turn.end - seen_from < _LONG_TURN:
            yield Shot(turn.start, view, turn.person), turn.until
            continue
        reaction = seen_from + _REACTION_AFTER
        yield Shot(turn.start, view, turn.person), reaction
        yield Shot(reaction, "close", 1 - turn.person), reaction + SHORTEST_SHOT + _MARGIN
        yield Shot(reaction + SHORTEST_SHOT, "close", turn.person), turn.until


def _turns(speaking: np.ndarray, fps: float) -> list[_Turn]:
    """Who has the floor: whoever began last of those who speak, and through pauses the one who spoke last."""
    begun = np.stack([_begun(one, speaking[1 - person], fps) for person, one in enumerate(speaking)])  # [2, T]
    active = begun >= 0
    newest = np.where(active.any(axis=0), np.argmax(begun, axis=0), -1)  # [T]
    spoken = np.flatnonzero(newest >= 0)
    if not spoken.size:
        return []
    changes = spoken[1:][np.diff(newest[spoken]) != 0]
    starts = [int(spoken[0]), *(int(frame) for frame in changes)]
    turns = []
    for start, until in zip(starts, [*starts[1:], speaking.shape[1]], strict=True):
        last = spoken[spoken < until][-1]
        turns.append(_Turn(start / fps, (int(last) + 1) / fps, until / fps, int(newest[start])))
    return turns


def _begun(voice: np.ndarray, other: np.ndarray, fps: float) -> np.ndarray:
    """[T] the frame at which the utterance that is running began, -1 in silence; an "mm-hm" is none."""
    result = np.full(voice.size, -1)
    heard = np.flatnonzero(voice > _VOICED)
    if not heard.size:
        return result
    breaks = np.flatnonzero(np.diff(heard) > _BREATH * fps) + 1
    for frames in np.split(heard, breaks):
        start, end = int(frames[0]), int(frames[-1]) + 1
        beside = float(np.mean(other[start:end] > _VOICED))
        if (end - start) / fps >= (_BACKCHANNEL if beside > _VOICED else _UTTERANCE):
            result[start:end] = start
    return result
