"""A whole text laid under a whole track, piece by piece, and which of its words can be believed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np

from .aligner import AlignedWord
from .stretches import Stretch

_QUICKEST: Final = 7.0
"""Words a second of the fastest speech."""

_USUAL: Final = 3.0
_BACK: Final = 12
_AHEAD: Final = 40
"""Words around the expected one that are always listened for."""

_WIDEST: Final = 1500
"""Words that are listened for once the place in the text is lost; a few seconds of work for each piece."""

_WORST: Final = -45.0
_SURE: Final = -32.0
"""Least score of a word, and least median of it and its neighbours, by which it is believed. Measured on real
recordings, clean, through a telephone and in a room: 9 of 10 words of the right text have −10 to −36, of another
one −22 to −100, so that single words tell little and their neighbours most."""

_SURE_ALONE: Final = -26.0
"""The same median where a piece holds too little to be sure by number."""

_SURE_BY_ITSELF: Final = -20.0
"""Score from which a word needs no neighbour that goes on with the text."""

_FEW_SECONDS: Final = 0.8
_LONGEST_PHONE: Final = 0.45
"""Seconds: a longer phone swallows speech that is not in the text."""

_NEIGHBOURS: Final = 2


@dataclass(frozen=True)
class FittedWord:
    """`word` with times of the whole track; `sure` when it is believed to be said there."""

    word: AlignedWord
    sure: bool


class Aligning(Protocol):
    """What `aligner.Aligner` does."""

    def align(self, samples: np.ndarray, window: range, expected: int) -> tuple[AlignedWord, ...]:
        """What of the text is said in `samples`."""


def fit_words(
    aligner: Aligning,
    count: int,
    track: np.ndarray,
    stretches: Sequence[Stretch],
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> tuple[tuple[FittedWord, ...], ...]:
    """The words of each of `stretches` in `track` [N], of a text of `count` words.

    `progress(done, total)` before each piece; it may raise to stop.
    """
    expected, unplaced = 0, float(_AHEAD)
    fitted: list[tuple[FittedWord, ...]] = []
    for number, stretch in enumerate(stretches):
        progress(number, len(stretches))
        seconds = stretch.end - stretch.start
        # Words that may have been said since the place was last known, and those that may be said now.
        ahead = min(unplaced, _WIDEST) + _AHEAD + _QUICKEST * seconds
        window = range(max(0, expected - _BACK - round(unplaced / 4)), min(count, expected + round(ahead)))
        words = tuple(_moved(word, stretch.start) for word in aligner.align(stretch.of(track), window, expected))
        sure = believed(words)
        fitted.append(tuple(FittedWord(word, bool(one)) for word, one in zip(words, sure, strict=True)))
        if sure.any():
            expected, unplaced = words[int(np.flatnonzero(sure)[-1])].index + 1, 0.0
        else:
            unplaced += _USUAL * seconds * 2
    return tuple(fitted)


def believed(words: Sequence[AlignedWord]) -> np.ndarray:
    """[W] bool: which of one piece's `words` fit the sound, with their neighbours, and go on with the text."""
    if not words:
        return np.zeros(0, bool)
    scores = np.array([word.score for word in words])  # [W] a frame
    around = [scores[max(0, k - _NEIGHBOURS) : k + _NEIGHBOURS + 1] for k in range(len(words))]
    seconds = sum(word.end - word.start for word in words)
    least = _SURE if seconds >= _FEW_SECONDS else _SURE_ALONE
    longest = np.array([max(end - start for start, end, _ in word.phones) for word in words])
    fits = (np.array([np.median(one) for one in around]) >= least) & (scores >= _WORST) & (longest <= _LONGEST_PHONE)
    goes_on = np.diff([word.index for word in words]) == 1  # [W - 1]
    follows = np.concatenate(([False], goes_on & fits[:-1])) | np.concatenate((goes_on & fits[1:], [False]))
    return np.asarray(fits & (follows | (scores >= _SURE_BY_ITSELF)))


def _moved(word: AlignedWord, by: float) -> AlignedWord:
    phones = tuple((start + by, end + by, name) for start, end, name in word.phones)
    return AlignedWord(word.index, word.start + by, word.end + by, phones, word.score)
