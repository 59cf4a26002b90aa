"""Who is behind whom, as the grammar has it: “she stands behind him”, “the seat in front of Ben”."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from .grammar import Parse
from .model.people import Mark, person_at
from .subjects import subjects

_BEFORE: Final = ("front", "ahead")
_BEHIND: Final = "behind"


def front_by_grammar(parse: Parse, people: Sequence[Mark]) -> int | None:
    """Which of the two, 0 or 1, is in front of the other; None where no preposition says so of both."""
    who_acts = subjects(parse)
    for index, token in enumerate(parse.tokens):
        word = token.text.lower()
        if word != _BEHIND and word not in _BEFORE:
            continue
        there = _person_of(parse, parse.subtree(index) - {index}, people)
        subject = who_acts[index]
        here = None if subject is None else _person_of(parse, frozenset({subject}), people)
        if there is None or here == there:
            continue
        # Of two people whoever is not the one named after the preposition is the one who stands there.
        return there if word == _BEHIND else 1 - there
    return None


def _person_of(parse: Parse, indices: frozenset[int], people: Sequence[Mark]) -> int | None:
    """Whom the first of the tokens at `indices` that calls somebody calls."""
    for index in sorted(indices):
        token = parse.tokens[index]
        found = person_at(people, token.start, token.end)
        if found is not None and token.tag != "PRP$":
            return found
    return None
