"""One person's transcript laid under this person's speech, and what is worth telling about it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

import numpy as np

from .aligner import Aligner
from .fitting import FittedWord, fit_words
from .spoken_words import Dictionary, SpokenWord, seems_english, spoken_words, unlisted
from .stretches import Stretch, speech_stretches

_LEAST_FITTING: Final = 0.2
"""Share of the speech that sure words must fill; below it the text belongs to another recording."""

_MENTIONED: Final = 0.1
"""Share of words that may be missing before it is told."""

_LISTED_WORDS: Final = 8
_QUOTED_WORDS: Final = 6
_QUOTED_PLACES: Final = 2


@dataclass(frozen=True)
class FittedText:
    """`fitted` words of each piece of speech, empty where the text is of no use; `warnings` are whole sentences.

    `found` of `words` words are surely said.
    """

    fitted: tuple[tuple[FittedWord, ...], ...]
    warnings: tuple[str, ...]
    found: int
    words: int


def fit_text(
    text: str,
    name: str,
    track: np.ndarray,
    speaking: np.ndarray,
    person: int,
    separate: bool,
    dictionary: Dictionary,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> FittedText:
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
    fitted = fit_words(Aligner(words), len(words), track, stretches, progress)
    if _share_of_speech(fitted, stretches) < _LEAST_FITTING:
        return _useless(len(words), f"{_whose(name)} does not fit the recording. Is it of another one, or the other's?")
    sure = {one.word.index for piece in fitted for one in piece if one.sure}
    strange = unlisted(words)
    warnings = []
    if strange:
        listed = ", ".join(strange[:_LISTED_WORDS]) + (" …" if len(strange) > _LISTED_WORDS else "")
        warnings.append(f"{_whose(name)} has words that are in no dictionary and are read by their spelling: {listed}.")
    if len(words) - len(sure) > _MENTIONED * len(words):
        warnings.append(_missing(name, words, sure))
    return FittedText(fitted, tuple(warnings), len(sure), len(words))


def _useless(words: int, why: str) -> FittedText:
    return FittedText((), (f"{why} These lips follow the sound alone.",), 0, words)


def _whose(name: str) -> str:
    return f"The transcript of {name}"


def _share_of_speech(fitted: Sequence[Sequence[FittedWord]], stretches: Sequence[Stretch]) -> float:
    """How much of the speech sure words fill; of a transcript of a part of the recording, of that part."""
    touched = [
        (sum(one.word.end - one.word.start for one in piece if one.sure), stretch.end - stretch.start)
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
