"""Forced alignment of one person's transcript with this person's speech, stretch by stretch, and which words to trust.

Stretches bound the memory and the cost, and keep an error in one from the others.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final, Protocol

import numpy as np

from ..contract.constants import FRAME_RATE, SAMPLE_RATE, SAMPLES_PER_FRAME
from ..contract.segments import SPEAKING, runs_of
from .aligner import AlignedWord, Aligner
from .spoken_words import Dictionary, SpokenWord, first_name, question_words, seems_english, spoken_words, unlisted

_LEAST_FITTING: Final = 0.2
"""Share of the speech that sure words must fill; below it the text belongs to another recording."""

_MENTIONED: Final = 0.1
"""Share of words that may be missing before a warning says so."""

_LISTED_WORDS: Final = 8
_QUOTED_WORDS: Final = 6
_QUOTED_PLACES: Final = 2


@dataclass(frozen=True)
class TranscriptAlignment:
    """`fitted` words of each piece of speech, empty where the text is of no use; `warnings` are whole sentences.

    `found` of `words` words are surely said; `texts` are those words as they are written, by their index, and
    `questions` the indices of those before a question mark.
    """

    fitted: tuple[tuple[CheckedWord, ...], ...]
    warnings: tuple[str, ...]
    found: int
    words: int
    texts: tuple[str, ...] = ()
    questions: frozenset[int] = frozenset()

    def question_ends(self) -> tuple[float, ...]:
        """Seconds at which the last words of questions surely end."""
        pairs = [(found.word, found.sure) for piece in self.fitted for found in piece]
        return tuple(word.end for word, sure in pairs if sure and word.index in self.questions)

    def times_of_name(self, name: str) -> tuple[float, ...]:
        """Seconds at which the first name in `name` surely begins to be said, also as “Anna's”.

        Where the text has capitals, names have one: “Will” is somebody and “will” is not.
        """
        wanted = tuple(word.casefold() for word in first_name(name))
        if not wanted:
            return ()
        capitals = any(_has_capital(text) for text in self.texts)
        starts = []
        for found in (found for piece in self.fitted for found in piece if found.sure):
            said = self.texts[found.word.index : found.word.index + len(wanted)]
            named = tuple(_bare(text) for text in said) == wanted
            if named and (not capitals or any(_has_capital(text) for text in said)):
                starts.append(found.word.start)
        return tuple(starts)


def _bare(text: str) -> str:
    return text.casefold().strip("'.").removesuffix("'s")


def _has_capital(text: str) -> bool:
    """Whether `text` has one, but for “I”, which has it where nothing else does."""
    return text != text.lower() and _bare(text).partition("'")[0] != "i"


def align_transcript(
    text: str,
    name: str,
    track: np.ndarray,
    speaking: np.ndarray,
    person: int,
    separate: bool,
    dictionary: Dictionary,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> TranscriptAlignment:
    """`text` is what `person`, called `name`, says in `track` [N]; `speaking` [2, T] is who speaks when.

    Whatever is wrong with the text, nothing but sharpness is lost: `warnings` say what. Raises DuologueError
    (DEPENDENCY_MISSING) and what `progress` raises.
    """
    words = spoken_words(text, dictionary)
    if not seems_english(text, words):
        return _useless(
            len(words), f"{_whose(name)} does not look English; only English words can be laid under speech."
        )
    stretches = speech_stretches(track, speaking, person, separate)
    if not words or not stretches:
        return _useless(len(words), f"{_whose(name)} is not used: {name} says nothing in the recording.")
    fitted = align_words(Aligner(words), len(words), track, stretches, progress)
    if _share_of_speech(fitted, stretches) < _LEAST_FITTING:
        return _useless(len(words), f"{_whose(name)} does not fit the recording. Is it of another one, or the other's?")
    sure = {found.word.index for piece in fitted for found in piece if found.sure}
    strange = unlisted(words)
    warnings = []
    if strange:
        listed = ", ".join(strange[:_LISTED_WORDS]) + (" …" if len(strange) > _LISTED_WORDS else "")
        warnings.append(f"{_whose(name)} has words that are in no dictionary and are read by their spelling: {listed}.")
    if len(words) - len(sure) > _MENTIONED * len(words):
        warnings.append(_missing(name, words, sure))
    texts, asking = tuple(word.text for word in words), question_words(text, dictionary)
    return TranscriptAlignment(fitted, tuple(warnings), len(sure), len(words), texts, asking)


def _useless(words: int, why: str) -> TranscriptAlignment:
    return TranscriptAlignment((), (f"{why} These lips follow the sound alone.",), 0, words)


def _whose(name: str) -> str:
    return f"The transcript of {name}"


def _share_of_speech(fitted: Sequence[Sequence[CheckedWord]], stretches: Sequence[Stretch]) -> float:
    """How much of the speech sure words fill; of a transcript of a part of the recording, of that part."""
    touched = [
        (sum(found.word.end - found.word.start for found in piece if found.sure), stretch.end - stretch.start)
        for piece, stretch in zip(fitted, stretches, strict=True)
        if piece
    ]
    return sum(sure for sure, _ in touched) / max(sum(whole for _, whole in touched), 1e-9)


def _missing(name: str, words: Sequence[SpokenWord], sure: set[int]) -> str:
    """The sentence about words that were not found, with the beginnings of the longest such places."""
    lost = [index for index in range(len(words)) if index not in sure]
    runs = [list(run) for _, run in groupby(lost, key=lambda index: index - lost.index(index))]
    longest = sorted(sorted(runs, key=len, reverse=True)[:_QUOTED_PLACES])
    quotes = " and ".join(f"“{_quoted(words, run)}”" for run in longest)
    return (
        f"{len(lost)} of {len(words)} words of the transcript of {name} were not surely heard, among them {quotes}; "
        "there the lips follow the sound alone."
    )


def _quoted(words: Sequence[SpokenWord], run: Sequence[int]) -> str:
    shown = " ".join(words[index].text for index in run[:_QUOTED_WORDS])
    return f"{shown} …" if len(run) > _QUOTED_WORDS else shown


_QUICKEST: Final = 7.0
"""Words a second of the fastest speech."""

_USUAL: Final = 3.0
_BACK: Final = 12
_AHEAD: Final = 40
"""Words around the expected one that are always searched for."""

_WIDEST: Final = 1500
"""Words that are searched for once the place in the text is lost; a few seconds of work for each piece."""

_WORST: Final = -45.0
_SURE: Final = -32.0
"""Least score of a word, and least median of it and its neighbours, by which it is believed. Measured on real
recordings, clean, through a telephone and in a room: 9 of 10 words of the right text have −10 to −36, of another
one −22 to −100, so that single words show little and their neighbours most."""

_SURE_ALONE: Final = -26.0
"""The same median where a piece holds too little to be sure by number."""

_SURE_BY_ITSELF: Final = -20.0
"""Score from which a word needs no neighbour that goes on with the text."""

_FEW_SECONDS: Final = 0.8
_LONGEST_PHONE: Final = 0.45
"""Seconds: a longer phone swallows speech that is not in the text."""

_NEIGHBOURS: Final = 2


@dataclass(frozen=True)
class CheckedWord:
    """`word` with times of the whole track; `sure` when it is believed to be said there."""

    word: AlignedWord
    sure: bool


class Aligning(Protocol):
    """Interface of `aligner.Aligner`."""

    def align(self, samples: np.ndarray, window: range, expected: int) -> tuple[AlignedWord, ...]:
        """Align the part of the text that is said in `samples`."""


def align_words(
    aligner: Aligning,
    count: int,
    track: np.ndarray,
    stretches: Sequence[Stretch],
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> tuple[tuple[CheckedWord, ...], ...]:
    """The words of each of `stretches` in `track` [N], of a text of `count` words.

    `progress(done, total)` before each piece; it may raise to stop.
    """
    expected, unplaced = 0, float(_AHEAD)
    fitted: list[tuple[CheckedWord, ...]] = []
    for number, stretch in enumerate(stretches):
        progress(number, len(stretches))
        seconds = stretch.end - stretch.start
        # Words that may have been said since the place was last known, and those that may be said now.
        ahead = min(unplaced, _WIDEST) + _AHEAD + _QUICKEST * seconds
        window = range(max(0, expected - _BACK - round(unplaced / 4)), min(count, expected + round(ahead)))
        words = tuple(_moved(word, stretch.start) for word in aligner.align(stretch.of(track), window, expected))
        sure = plausible_words(words)
        fitted.append(tuple(CheckedWord(word, bool(is_sure)) for word, is_sure in zip(words, sure, strict=True)))
        if sure.any():
            expected, unplaced = words[int(np.flatnonzero(sure)[-1])].index + 1, 0.0
        else:
            unplaced += _USUAL * seconds * 2
    return tuple(fitted)


def plausible_words(words: Sequence[AlignedWord]) -> np.ndarray:
    """[W] bool: which of one piece's `words` fit the sound, with their neighbours, and go on with the text."""
    if not words:
        return np.zeros(0, bool)
    scores = np.array([word.score for word in words])  # [W] a frame
    around = [scores[max(0, k - _NEIGHBOURS) : k + _NEIGHBOURS + 1] for k in range(len(words))]
    seconds = sum(word.end - word.start for word in words)
    least = _SURE if seconds >= _FEW_SECONDS else _SURE_ALONE
    longest = np.array([max(end - start for start, end, _ in word.phones) for word in words])
    fits = (
        (np.array([np.median(window) for window in around]) >= least) & (scores >= _WORST) & (longest <= _LONGEST_PHONE)
    )
    goes_on = np.diff([word.index for word in words]) == 1  # [W - 1]
    follows = np.concatenate(([False], goes_on & fits[:-1])) | np.concatenate((goes_on & fits[1:], [False]))
    return np.asarray(fits & (follows | (scores >= _SURE_BY_ITSELF)))


def _moved(word: AlignedWord, by: float) -> AlignedWord:
    phones = tuple((start + by, end + by, name) for start, end, name in word.phones)
    return AlignedWord(word.index, word.start + by, word.end + by, phones, word.score)


_BRIDGED: Final = 0.3
"""Seconds of own silence over which two pieces are still one."""

_LONGEST: Final = 6.0
_EARLIEST_CUT: Final = 3.0
"""Seconds of a piece. Pieces of 14 s find no more words of a right text, and a quarter fewer of one in which every
tenth word is missing: what goes wrong stays in its piece."""

_SHORTEST: Final = 0.12
_MARGIN: Final = 0.2
"""Seconds taken in on both sides: who speaks when is known to about as much."""

_BLOCK: Final = SAMPLES_PER_FRAME


@dataclass(frozen=True)
class Stretch:
    """Seconds of a track in which one person speaks, with a margin."""

    start: float
    end: float

    def of(self, track: np.ndarray) -> np.ndarray:
        """The samples [n] of this stretch."""
        return track[round(self.start * SAMPLE_RATE) : round(self.end * SAMPLE_RATE)]


def speech_stretches(track: np.ndarray, speaking: np.ndarray, person: int, separate: bool) -> tuple[Stretch, ...]:
    """Where `person` speaks in `track` [N]; `speaking` [2, T] probabilities at FRAME_RATE.

    In a mix (`separate` False) not where the other one speaks too: overlapping words cannot be told apart.
    """
    own = speaking[person] > SPEAKING
    other = np.zeros_like(own) if separate else speaking[1 - person] > SPEAKING
    pieces: list[tuple[int, int]] = []
    for first, last in runs_of(own & ~other):
        free = bool(pieces) and not other[pieces[-1][1] : first].any()
        if free and first - pieces[-1][1] <= _BRIDGED * FRAME_RATE and last - pieces[-1][0] <= _LONGEST * FRAME_RATE:
            pieces[-1] = (pieces[-1][0], last)
        elif last - first >= _SHORTEST * FRAME_RATE:
            pieces += _cut(track, first, last)
    seconds = len(track) / SAMPLE_RATE
    return tuple(
        Stretch(max(0.0, first / FRAME_RATE - _MARGIN), min(seconds, last / FRAME_RATE + _MARGIN))
        for first, last in pieces
    )


def _cut(track: np.ndarray, first: int, last: int) -> list[tuple[int, int]]:
    """Frames `first` to `last` in parts of at most _LONGEST, cut where it is quietest."""
    parts = []
    while last - first > _LONGEST * FRAME_RATE:
        begin, stop = first + round(_EARLIEST_CUT * FRAME_RATE), first + round(_LONGEST * FRAME_RATE)
        blocks = track[begin * _BLOCK : stop * _BLOCK].reshape(-1, _BLOCK)
        cut = begin + int((blocks**2).mean(axis=1).argmin())
        parts.append((first, cut))
        first = cut
    return [*parts, (first, last)]
