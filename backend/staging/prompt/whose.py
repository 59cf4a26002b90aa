"""Whom a fact is about as the grammar has it: “she is being stared at by him” is about him."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final, Literal

from .facts import Fact
from .grammar import Parse
from .model.outputs import Output
from .model.people import Mark, person_at
from .model.reader import Probabilities
from .statements import Reading, Statement
from .subjects import subjects

_DONE: Final = ("posture", "gaze", "lean")
"""Kinds that somebody does, so that the subject of the verb is who does it."""

_POSSIBLE: Final = 0.1
"""How probable the network has to find it of whom the grammar names."""


def by_grammar(
    facts: Sequence[Fact], parse: Parse, people: Sequence[Mark], probabilities: Probabilities
) -> tuple[Fact, ...]:
    """`facts` about one of the two, who becomes the other one where the subject of their verb is the other one."""
    acting = _acting(parse, people)
    return tuple(_about_subject(fact, parse, acting, probabilities) for fact in facts)


def subjects_of(parse: Parse, people: Sequence[Mark]) -> tuple[Mark, ...]:
    """Each word of which one of the two is the subject, as whose doing it is."""
    return tuple(
        Mark(token.start, token.end, person)
        for token, person in zip(parse.tokens, _acting(parse, people), strict=True)
        if person is not None
    )


def passives_by_grammar(reading: Reading, parse: Parse, people: Sequence[Mark]) -> Reading:
    """`reading` with looks in the passive about who looks: “she is being stared at by him”."""
    acting = _acting(parse, people)
    return replace(reading, statements=tuple(_active(one, parse, acting) for one in reading.statements))


def _active(statement: Statement, parse: Parse, acting: Sequence[int | None]) -> Statement:
    if statement.kind != "gaze" or len(statement.people) != 1:
        return statement
    words = set(statement.phrase.split())
    looking = [
        acting[index]
        for index, token in enumerate(parse.tokens)
        if token.text.lower() in words
        and token.part == "VERB"
        and any(parse.tokens[child].dependency == "auxpass" for child in parse.children(index))
    ]
    other = 1 - statement.people[0]
    return replace(statement, people=(other,)) if looking and set(looking) == {other} else statement


def _acting(parse: Parse, people: Sequence[Mark]) -> tuple[int | None, ...]:
    """For each token whom its subject calls."""
    calls = [person_at(people, token.start, token.end) for token in parse.tokens]
    return tuple(None if subject is None else calls[subject] for subject in subjects(parse))


def _about_subject(fact: Fact, parse: Parse, acting: Sequence[int | None], probabilities: Probabilities) -> Fact:
    if fact.kind not in _DONE or len(fact.people) != 1:
        return fact
    verbs = [
        who
        for token, who in zip(parse.tokens, acting, strict=True)
        if token.part == "VERB" and token.start < fact.place[1] and token.end > fact.place[0]
    ]
    named = {who for who in verbs if who is not None}
    other: Literal[0, 1] = 1 if fact.people[0] == 0 else 0
    if named != {other} or probabilities.of(Output(other, fact.kind, str(fact.value))) < _POSSIBLE:
        return fact
    return replace(fact, people=(other,))
