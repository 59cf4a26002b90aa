"""A sentence → its pieces, tagged with what is known of them; and by which words it calls the two people."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Final, NamedTuple

import numpy as np
from tokenizers import Encoding, Tokenizer

from ..grammar import Parse
from ..negation import negated
from ..subjects import subjects
from ..tokens import is_a_name
from .outputs import INDEX, OUTPUTS, Output
from .people import PRONOUNS, Mark, gender_of, marks_of, person_at, places_of
from .reader import TAGS, Probabilities, Tagged

_NAMED: Final = 0.5
"""How probably words call a person, at least."""

_CALLED, _SUBJECT, _DENIED = range(len(TAGS))


class Hint(NamedTuple):
    """The rules find that characters `start` to `end` say these `outputs` (rows of `OUTPUTS`)."""

    start: int
    end: int
    outputs: tuple[int, ...]


def tagged(
    text: str, called: tuple[str, str], tokenizer: Tokenizer, parse: Parse | None, hints: Sequence[Hint] = ()
) -> tuple[Tagged, ...]:
    """The pieces of `text`, in which the two are `called` by these words (empty: by none); `parse` is its grammar,
    `hints` what the rules read.

    More than one where the text has more pieces than the network reads at once.
    """
    encoding = tokenizer.encode(text)
    marks = marks_of(text, called)
    return tuple(_tagged(part, marks, parse, hints) for part in (encoding, *encoding.overflowing))


def _tagged(encoding: Encoding, marks: Sequence[Mark], parse: Parse | None, hints: Sequence[Hint]) -> Tagged:
    spans = tuple(encoding.offsets)
    tags = np.zeros((len(spans), len(TAGS)), dtype=int)
    for mark in marks:
        tags[list(pieces_in(spans, mark.start, mark.end)), _CALLED] = mark.person + 1
    if parse is not None:
        _add_grammar(tags, spans, marks, parse)
    hinted = np.zeros((len(spans), len(OUTPUTS)), dtype=np.float32)
    for hint in hints:
        for piece in pieces_in(spans, hint.start, hint.end):
            hinted[piece, list(hint.outputs)] = 1.0
    return Tagged(np.array(encoding.ids), spans, tags, hinted)


def _add_grammar(tags: np.ndarray, spans: Sequence[tuple[int, int]], marks: Sequence[Mark], parse: Parse) -> None:
    for token, subject, denied in zip(parse.tokens, subjects(parse), negated(parse), strict=True):
        pieces = list(pieces_in(spans, token.start, token.end))
        if denied:
            tags[pieces, _DENIED] = 1
        if subject is not None:
            person = person_at(marks, parse.tokens[subject].start, parse.tokens[subject].end)
            if person is not None:
                tags[pieces, _SUBJECT] = person + 1


def pieces_in(spans: Sequence[tuple[int, int]], start: int, end: int) -> Iterable[int]:
    """Which pieces lie, in part at least, within these characters."""
    return (place for place, (first, last) in enumerate(spans) if last > first and first < end and last > start)


def run_around(values: np.ndarray, place: int, least: float) -> tuple[int, int]:
    """The first and the last place of the run around `place` in which `values` [P] are `least` or more."""
    first = last = place
    while first > 0 and values[first - 1] >= least:
        first -= 1
    while last + 1 < len(values) and values[last + 1] >= least:
        last += 1
    return first, last


def words_calling(
    text: str, names: tuple[str, str], read: Callable[[tuple[str, str]], Probabilities]
) -> tuple[str, str]:
    """By which words `text` calls the speakers called `names`: by name, else as `read` finds them in its unmarked text.

    Nouns, pronouns and other names go to the speaker of their gender, else in the order of the text. Empty for who is
    not called. Beside a speaker's name another name is a stranger's.
    """
    return _with_pronouns(text, _words_calling(text, names, read), names)


def _words_calling(
    text: str, names: tuple[str, str], read: Callable[[tuple[str, str]], Probabilities]
) -> tuple[str, str]:
    by_name = tuple(_shortest(text, name) for name in names)
    if all(by_name):
        return by_name[0], by_name[1]
    found = [words for words in _mentions(text, read(("", ""))) if not _is_of(words, by_name)]
    if not any(by_name):
        first, second = (*found, "", "")[:2]
        return (second, first) if _swapped((first, second), names) else (first, second)
    missing = by_name.index("")
    fitting = [
        words
        for words in found
        if gender_of(words) in (None, gender_of(names[missing]) or gender_of(words)) and not is_a_name(words.lower())
    ]
    other = fitting[0] if fitting else ""
    return (other, by_name[1]) if missing == 0 else (by_name[0], other)


def _with_pronouns(text: str, called: tuple[str, str], names: tuple[str, str]) -> tuple[str, str]:
    """Who is not `called` otherwise is by the pronoun of their gender, where the other one has not the same."""
    genders = [gender_of(words or name) for words, name in zip(called, names, strict=True)]
    if genders[0] == genders[1]:
        return called
    first, second = (words or _first_pronoun(text, gender) for words, gender in zip(called, genders, strict=True))
    return first, second


def _first_pronoun(text: str, gender: str | None) -> str:
    found = [place for form in PRONOUNS.get(gender or "", ()) for place in places_of(text, form)]
    return text[slice(*min(found))] if found else ""


def _shortest(text: str, name: str) -> str:
    """The name, or the first word of it, that `text` has."""
    return next((part for part in (name, *name.split()[:1], *name.split()[-1:]) if part and places_of(text, part)), "")


def _is_of(words: str, by_name: Iterable[str]) -> bool:
    return any(name and places_of(words, name) for name in by_name)


def _mentions(text: str, probabilities: Probabilities) -> list[str]:
    """The words that call the first and the second person, in that order, where some piece is sure of it."""
    found = []
    for person in (0, 1):
        pieces = probabilities.pieces[:, INDEX[Output(person, "mention", "named")]]
        best = int(np.argmax(pieces))
        if pieces[best] < _NAMED:
            continue
        first, last = run_around(pieces, best, _NAMED)
        found.append(text[probabilities.spans[first][0] : probabilities.spans[last][1]])
    return found


def _swapped(mentions: tuple[str, str], names: tuple[str, str]) -> bool:
    """Whether the genders of what was found fit the speakers the other way round."""
    own = [gender_of(name) for name in names]
    found = [gender_of(words) if words else None for words in mentions]
    fits, crossed = (
        sum(gender is not None and gender == wanted for gender, wanted in zip(found, order, strict=True))
        for order in (own, own[::-1])
    )
    return crossed > fits
