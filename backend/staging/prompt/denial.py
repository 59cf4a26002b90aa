"""What the grammar denies, however far from its “not”: “neither of them is angry any more”, “nobody looks up”."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from .grammar import Parse
from .negation import negated
from .statements import Reading, Statement
from .tokens import tokens_of

_DENIABLE: Final = ("mood", "posture", "lean", "open")
"""Kinds of which a denial leaves something: gaze and places have phrases of their own that hold a “not”."""

_CONTENT: Final = ("NOUN", "VERB", "ADJ", "ADV", "PROPN")


def denied_by_grammar(reading: Reading, parse: Parse) -> Reading:
    """`reading` with those statements denied whose words all stand within the scope of a negation."""
    denied = negated(parse)
    statements = (
        replace(statement, negated=True)
        if statement.kind in _DENIABLE and not statement.negated and _is_denied(statement, parse, denied)
        else statement
        for statement in reading.statements
    )
    return replace(reading, statements=tuple(statements))


def _is_denied(statement: Statement, parse: Parse, denied: Sequence[bool]) -> bool:
    """Whether each place of its words is denied; words that stand twice, once not denied, are not."""
    words = set(tokens_of(statement.phrase))
    found = [
        is_denied
        for token, is_denied in zip(parse.tokens, denied, strict=True)
        if token.part in _CONTENT and set(tokens_of(token.text)) & words
    ]
    return bool(found) and all(found)
