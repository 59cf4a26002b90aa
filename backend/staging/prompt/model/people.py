"""Who is called by which words of a sentence: names, nouns and the pronouns that can only be theirs."""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from ...presets import vocabulary

PRONOUNS: Final[dict[str, frozenset[str]]] = {
    "she": frozenset({"she", "her", "hers", "herself"}),
    "he": frozenset({"he", "him", "his", "himself"}),
}
_ARTICLE: Final = re.compile(r"(?:the|a|an|his|her|their|our|my|one)\s+(.+)", re.IGNORECASE)
_WORD: Final = re.compile(r"[^\W\d_]+")


class Mark(NamedTuple):
    """Characters `start` to `end` of a sentence call `person` (0 or 1)."""

    start: int
    end: int
    person: int


def marks_of(text: str, called: tuple[str, str]) -> tuple[Mark, ...]:
    """Where `text` speaks of each person, whom it has `called` by these words (empty: by none).

    A pronoun counts where the two are of different gender as far as names and nouns tell.
    """
    found = [mark for person, words in enumerate(called) for mark in _calls(text, words, person)]
    taken = [(mark.start, mark.end) for mark in found]
    for gender, person in _pronouns_of(called).items():
        for word in _WORD.finditer(text):
            free = not any(start <= word.start() < end for start, end in taken)
            if free and word.group().lower() in PRONOUNS[gender]:
                found.append(Mark(word.start(), word.end(), person))
    return tuple(sorted(found))


def person_at(marks: Sequence[Mark], start: int, end: int) -> int | None:
    """Whom the characters `start` to `end` call, the first of them where they call both; None where nobody."""
    return next((mark.person for mark in marks if mark.start < end and mark.end > start), None)


def gender_of(called: str) -> str | None:
    """“she” or “he”, as the last word that tells it says; None where no word does."""
    words = _WORD.findall(called.lower())
    for word in reversed(words):
        for gender, known in _gendered().items():
            if word in known:
                return gender
    return next((gender for gender, forms in PRONOUNS.items() if words and len(words) == 1 and words[0] in forms), None)


def places_of(text: str, words: str) -> list[tuple[int, int]]:
    """Where `words` stand in `text` as words of their own, in any capitals."""
    return [match.span() for match in re.finditer(rf"(?<!\w){re.escape(words)}(?!\w)", text, re.IGNORECASE)]


def _calls(text: str, words: str, person: int) -> list[Mark]:
    if not words or _is_pronoun(words):
        return []
    without_article = _ARTICLE.fullmatch(words)
    forms = [words, *([without_article.group(1)] if without_article else [])]
    return [Mark(start, end, person) for form in forms for start, end in places_of(text, form)]


def _pronouns_of(called: Sequence[str]) -> dict[str, int]:
    """Gender → the only person whom its pronouns can mean."""
    genders = [gender_of(words) if words else None for words in called]
    if not all(called) or genders[0] == genders[1]:
        return {}
    unknown = genders.index(None) if None in genders else None
    found = {gender: genders.index(gender) for gender in PRONOUNS if gender in genders}
    if unknown is not None:
        found |= {gender: unknown for gender in PRONOUNS if gender not in found}
    return found


def _is_pronoun(words: str) -> bool:
    return any(words.lower() in forms for forms in PRONOUNS.values())


@functools.cache
def _gendered() -> dict[str, frozenset[str]]:
    words = vocabulary()
    return {
        gender: frozenset((*words["names"][gender], *words["pronouns"][gender], *words["gendered"][gender]))
        - frozenset().union(*PRONOUNS.values())
        for gender in PRONOUNS
    }
