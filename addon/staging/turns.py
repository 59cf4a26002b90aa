"""Who has the floor when, from both voices: turns, who breaks into whose, short answers, pauses. No bpy here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

_VOICED: Final = 0.5
_BREATH: Final = 0.4
"""Seconds of pause that one utterance may hold."""
_UTTERANCE: Final = 0.4
_BACKCHANNEL: Final = 0.9
"""Seconds: what is shorter and said while the other speaks takes no turn."""
_BREAKS_IN: Final = 0.4
"""Seconds that both speak from which on a change of turns is no quick answer but an interruption."""
_PAUSE: Final = 0.16
"""Seconds of silence after which a phrase has ended."""
_SHORTEST_ANSWER: Final = 0.15
"""Seconds below which a sound is a click or a breath and answers nothing."""
_QUICK: Final = 1.4
"""Seconds of speech below which a turn is quick."""
_PASSES: Final = 1.2
"""Seconds to the next turn below which a single quick one is over before a picture of it would be."""


@dataclass(frozen=True)
class Turn:
    """Seconds: spoken from `start` to `end`; nobody else takes the floor before `until`.

    `breaks_in`: the other one goes on speaking for a while after `start`.
    """

    start: float
    end: float
    until: float
    person: int
    breaks_in: bool = False


@dataclass(frozen=True)
class _Utterance:
    """Frames from `first` to before `end`; `takes_turn` unless it is an "mm-hm" or too short for words."""

    first: int
    end: int
    takes_turn: bool


def turns_of(speaking: np.ndarray, fps: float) -> list[Turn]:
    """The turns in `speaking` [2, T], 0 to 1: whoever began last of those who speak has the floor, and through pauses
    the one who spoke last.
    """
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
        last = int(spoken[spoken < until][-1]) + 1
        person = int(newest[start])
        beside = active[1 - person, start : start + round(_BREAKS_IN * fps) + 1]
        # Who takes the floor back at the end of somebody's interruption does not break in.
        breaks_in = bool(turns and beside.all() and begun[person, start] == start)
        turns.append(Turn(start / fps, last / fps, until / fps, person, breaks_in))
    return turns


def is_quick(turn: Turn) -> bool:
    """Whether a turn is too short to be followed on a face where others like it are beside it."""
    return turn.end - turn.start < _QUICK


def passes(turns: Sequence[Turn], index: int) -> bool:
    """Whether that turn is a single short answer within what the other one says, and no part of an exchange."""
    turn, beside = turns[index], turns[max(0, index - 1) : index + 2]
    return is_quick(turn) and sum(map(is_quick, beside)) == 1 and turn.until - turn.start < _PASSES


def short_answers(speaking: np.ndarray, fps: float) -> Iterator[tuple[int, float, float]]:
    """Person, start and end in seconds of what is said within the other one's line: "mm-hm", short laughs that take no
    turn, and the answers that pass.
    """
    for person, voice in enumerate(speaking):
        for one in _utterances(voice, speaking[1 - person], fps):
            if not one.takes_turn and one.end - one.first >= _SHORTEST_ANSWER * fps:
                yield person, one.first / fps, one.end / fps
    turns = turns_of(speaking, fps)
    for index, turn in enumerate(turns[1:], start=1):
        if passes(turns, index):
            yield turn.person, turn.start, turn.end


def phrase_ends(voice: np.ndarray, fps: float) -> np.ndarray:
    """[N] seconds at which `voice` [T] falls silent for a moment or more."""
    heard = np.flatnonzero(voice > _VOICED)
    if not heard.size:
        return np.zeros(0)
    last = heard[np.append(np.diff(heard) > _PAUSE * fps, True)]
    return np.asarray((last + 1) / fps)


def is_voiced(speaking: np.ndarray) -> np.ndarray:
    """Where a voice is heard, of the same shape as `speaking`."""
    return np.asarray(speaking > _VOICED)


def _begun(voice: np.ndarray, other: np.ndarray, fps: float) -> np.ndarray:
    """[T] the frame at which the utterance that is running began, -1 in silence; an "mm-hm" is none."""
    result = np.full(voice.size, -1)
    for one in _utterances(voice, other, fps):
        if one.takes_turn:
            result[one.first : one.end] = one.first
    return result


def _utterances(voice: np.ndarray, other: np.ndarray, fps: float) -> Iterator[_Utterance]:
    heard = np.flatnonzero(is_voiced(voice))
    if not heard.size:
        return
    breaks = np.flatnonzero(np.diff(heard) > _BREATH * fps) + 1
    for frames in np.split(heard, breaks):
        first, end = int(frames[0]), int(frames[-1]) + 1
        beside = float(np.mean(is_voiced(other[first:end])))
        least = _BACKCHANNEL if beside > _VOICED else _UTTERANCE
        yield _Utterance(first, end, (end - first) / fps >= least)
