"""What the rules and the network read, put together: the rules know numbers and their own words, the network the rest.

A statement of the rules stays where the network finds it possible at least; of two that exclude each other the more
probable one stays. What the network alone found is an inference.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Final

from ..presets import arrangements
from .fact_statements import excludes, meanings_of, says, statements_of
from .facts import Fact, overlap
from .inference import Inference
from .lengths import place_of
from .meanings import meaning_of
from .model.outputs import INDEX, OUTPUTS, Output, Who
from .model.reader import Probabilities
from .statements import EVERYBODY, Reading, Statement
from .tokens import tokens_of

POSSIBLE: Final = 0.05
"""How probable the network has to find what the rules read, in a sentence of which it finds that it stages nothing."""

STAGES_SOMETHING: Final = 0.3
"""How probable something has to be for a sentence to be one that stages; then the rules are believed."""

KNOWN_WORD: Final = 0.4
"""How much more probable something is where the vocabulary has the very word."""

_READ: Final = "read:"
"""What the keys of the network's inferences begin with."""

_FRAGMENT: Final = 5
"""Words of a text that tells the network too little: there the rules are believed, too."""

_BESIDE_ARRANGEMENT: Final = 0.8
"""How probable a distance has to be where the vocabulary knows the arrangement, which has one of its own."""

_PLACED: Final = 0.02
"""How probable the network has to find what a place implies, which may only be passed or talked of."""

_BESIDE_SURER: Final = 0.3
"""Share of the other person's probability that somebody's has to have, for a look that the rules may have crossed."""


@dataclass(frozen=True)
class Merged:
    """The `reading` of both; the `facts` in it that the network alone found, as `inferences`."""

    reading: Reading
    facts: tuple[Fact, ...]
    inferences: tuple[Inference, ...]


def merge(
    reading: Reading,
    facts: Sequence[Fact],
    probabilities: Probabilities,
    names: tuple[str, str],
    text: str,
    without: Collection[str],
) -> Merged:
    """`facts` of `text` beside the statements of `reading`; inferences whose keys are in `without` are left out."""
    stages = max(probabilities.of(output) for output in OUTPUTS if output.kind not in _NOTHING_STAGED)
    fragment = len(text.split()) <= _FRAGMENT
    least = 0.0 if fragment or stages >= STAGES_SOMETHING else POSSIBLE

    def least_of(statement: Statement) -> float:
        return max(least, _PLACED) if _is_place(statement) and not fragment else least

    against = [fact for fact in facts if not any(says(statement, fact) for statement in reading.statements)]
    kept = [
        stays
        for statement in reading.statements
        if (
            stays := _probable(statement, place_of(text, statement.phrase), against, probabilities, least_of(statement))
        )
        is not None
    ]
    known = [(place, statement) for statement in kept if (place := place_of(text, statement.phrase)) is not None]
    new = [left for fact in _surest(facts) if (left := _unsaid(fact, kept, known)) is not None]
    if any(fact.kind == "distance" for fact in new):  # “close” is said more exactly
        kept = [statement for statement in kept if not (statement.kind == "distance" and "scale" in statement.value)]
    wanted = [(words, group) for words, group in _by_words(new, text) if not _is_refused(words, without)]
    staged = tuple(fact for _, group in wanted for fact in group)
    inferences = tuple(Inference(_key(words), words, meaning_of(group, names)) for words, group in wanted)
    statements = (*kept, *(statement for fact in staged for statement in statements_of(fact)))
    return Merged(replace(reading, statements=statements), staged, inferences)


def _probable(
    statement: Statement,
    place: tuple[int, int] | None,
    facts: Sequence[Fact],
    probabilities: Probabilities,
    least: float,
) -> Statement | None:
    """`statement` about those people of whom it may hold; None where it may of nobody."""
    meanings = meanings_of(statement)
    if not meanings:
        return statement
    found = {person: _probability(meanings, person, probabilities) for person in statement.people or EVERYBODY}
    if statement.kind == "gaze":
        surest = max(_probability(meanings, person, probabilities) for person in EVERYBODY)
        least = max(least, _BESIDE_SURER * surest)
    people = tuple(
        person
        for person, probable in found.items()
        if probable >= least and probable >= _needed(statement, place, person, facts)
    )
    if not people:
        return None
    return replace(statement, people=people) if statement.people else statement


def _probability(meanings: Sequence[tuple[str, str]], person: int, probabilities: Probabilities) -> float:
    found = []
    for kind, value in meanings:
        of: Sequence[Who] = (0, 1) if Output(0, kind, value) in INDEX else ("scene",)
        found += [probabilities.of(Output(who, kind, value)) for who in of if who in (person, "scene")]
    return max(found)


def _needed(statement: Statement, place: tuple[int, int] | None, person: int, facts: Sequence[Fact]) -> float:
    """How probable `statement`, whose words stand at `place`, has to be of `person`, beside `facts` that exclude it.

    Other words that exclude it contradict it: both stay, to be named. A denial is better understood by the network,
    which sees how far it reaches.
    """
    against = [fact for fact in facts if person in fact.people and excludes(fact, statement)]
    here = [fact for fact in against if place is None or overlap(fact.place, place)]
    return max([POSSIBLE if against else 0.0, *(fact.probability - KNOWN_WORD for fact in here)])


def _surest(facts: Sequence[Fact]) -> list[Fact]:
    """Of facts that the same words say and that exclude each other, the most probable one."""
    return [
        fact
        for fact in facts
        if not any(
            other.kind == fact.kind
            and other.value != fact.value
            and other.probability > fact.probability
            and set(other.people) & set(fact.people)
            and (overlap(other.place, fact.place) or fact.kind == "height")
            for other in facts
        )
    ]


def _unsaid(fact: Fact, kept: Sequence[Statement], known: Sequence[tuple[tuple[int, int], Statement]]) -> Fact | None:
    """`fact` about those people of whom no statement says it or what excludes it; None where that is nobody, or where
    the vocabulary has its very words.
    """
    if fact.kind == "sides" and any(statement.kind == "side" for statement in kept):
        return None
    if fact.kind == "distance" and fact.probability < _BESIDE_ARRANGEMENT and any(map(_is_arrangement, kept)):
        return None
    if fact.kind == "posture" and not fact.denied and any(_seats(statement, fact) for statement in kept):
        return None
    for place, statement in known:
        if overlap(place, fact.place) and (says(statement, fact) or _implies(statement, fact)):
            return None
    people = tuple(
        person
        for person in fact.people
        if not any(
            person in (statement.people or EVERYBODY) and (says(statement, fact) or excludes(fact, statement))
            for statement in kept
        )
    )
    return replace(fact, people=people) if people else None


def _is_place(statement: Statement) -> bool:
    return statement.kind == "arrangement/places"


def _is_arrangement(statement: Statement) -> bool:
    return statement.kind.startswith("arrangement/") and not statement.negated


def _seats(statement: Statement, fact: Fact) -> bool:
    """Whether `fact` is the posture that the arrangement has anyway."""
    return _is_arrangement(statement) and fact.value == arrangements()[str(statement.value)].posture


def _implies(statement: Statement, fact: Fact) -> bool:
    """Whether what the vocabulary has for these words decides what `fact` is about: “looks down” is about no height."""
    if statement.kind in ("gaze", "lean"):
        return fact.kind in ("height", "distance")
    return _is_arrangement(statement) and fact.kind in _ARRANGED


_ARRANGED: Final = ("arrangement", "distance", "table")
_NOTHING_STAGED: Final = ("mention", "implied", "denied", "contradiction")


def _by_words(facts: Sequence[Fact], text: str) -> list[tuple[str, list[Fact]]]:
    """Facts whose words overlap, together, with all the words."""
    groups: list[tuple[int, int, list[Fact]]] = []
    for fact in sorted(facts, key=lambda fact: fact.place):
        start, end = fact.place
        if groups and start < groups[-1][1]:
            first, last, group = groups[-1]
            groups[-1] = (first, max(last, end), [*group, fact])
        else:
            groups.append((start, end, [fact]))
    return [(text[start:end], group) for start, end, group in groups]


def _is_refused(words: str, without: Collection[str]) -> bool:
    """Whether the inference from `words`, or another one from one of them, is not wanted."""
    refused = {word for kind, _, word in (key.partition(":") for key in without) if f"{kind}:" != _READ}
    return _key(words) in without or bool(refused & set(tokens_of(words)))


def _key(words: str) -> str:
    return f"{_READ}{words.lower()}"
