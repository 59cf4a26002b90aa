"""What of a sentence had no effect: its content words that nothing staged comes from, in order, as they stand there."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from ..presets import vocabulary
from .grammar import Parse
from .learned_reading import LearnedReading
from .measures import UNITS
from .tokens import names_of, tokens_of

_CONTENT: Final = ("NOUN", "VERB", "ADJ", "ADV", "NUM", "PROPN", "INTJ")
_WORD: Final = re.compile(r"[^\W_]+(?:[’'.-][^\W_]+)*")
_WITHOUT_CONTENT: Final = (
    "plain",
    "prepositions",
    "objects",
    "breaks",
    "negation",
    "both",
    "also",
    "relative",
    "fillers",
)
_JOINS: Final = re.compile(r"[\s’'-]*(?:(?:a|an|the|of|in|on|at|to|for|her|his|their|its|and)\s+)*", re.IGNORECASE)
"""What may stand between two unread words that are told as one phrase."""

_PERSON_WORDS: Final = ("pronouns", "gendered", "placed", "ranked", "order")


def unread(text: str, read: LearnedReading, names: tuple[str, str]) -> tuple[str, ...]:
    """Phrases of `text` from which nothing follows, each once, in their order."""
    used = _used_words(read, names)
    measured = any(statement.kind in _MEASURED for statement in read.reading.statements)
    places = [
        (word.start(), word.end())
        for word in _WORD.finditer(text)
        if not _is_staged(word.start(), word.end(), read)
        and not (measured and _is_measure(word.group()))
        and not set(tokens_of(word.group())) <= used
        and _has_content(word.start(), word.end(), word.group(), read.parse)
    ]
    return tuple(dict.fromkeys(text[start:end] for start, end in _phrases(text, places)))


def _used_words(read: LearnedReading, names: tuple[str, str]) -> set[str]:
    """Words of phrases that something follows from, and those that call people."""
    words = {word for statement in read.reading.statements for word in statement.phrase.split()}
    listed = vocabulary()
    words |= {
        word for group in _PERSON_WORDS for forms in listed[group].values() for form in forms for word in form.split()
    }
    words |= {word for entry in listed["frequency"] for form in entry["words"] for word in form.split()}
    words |= {word for group in _WITHOUT_CONTENT for phrase in listed[group] for word in phrase.split()}
    return words | set(names_of(names))


def _is_measure(word: str) -> bool:
    """Whether it is a number or a unit, which belongs to what was measured."""
    return word[0].isdigit() or word.lower() in UNITS


_MEASURED: Final = ("metres", "stature", "height", "open", "lean")


def _is_staged(start: int, end: int, read: LearnedReading) -> bool:
    return any(first < end and last > start for first, last in (*read.staged, *((m.start, m.end) for m in read.people)))


def _has_content(start: int, end: int, word: str, parse: Parse | None) -> bool:
    """Whether it is no grammatical word; without a grammar every word of letters may be one."""
    if parse is None:
        return any(letter.isalpha() for letter in word)
    return any(
        token.part in _CONTENT and token.dependency not in ("aux", "auxpass", "neg")
        for token in parse.tokens
        if token.start < end and token.end > start
    )


def _phrases(text: str, places: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Places with nothing but small words between them, as one."""
    found: list[tuple[int, int]] = []
    for start, end in places:
        if found and _JOINS.fullmatch(text[found[-1][1] : start]):
            found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))
    return found
