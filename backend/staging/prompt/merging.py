"""What the rules and the network read, put together: the rules know numbers and their own words, the network the rest.

What the network alone found, or is not sure of, is an inference.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Final

from ..presets import arrangements
from .believing import believed, has_every_word, unsure
from .fact_statements import excludes, says, statements_of
from .facts import Fact, overlap
from .inference import Inference
from .lengths import place_of
from .meanings import meaning_of
from .model.reader import Probabilities
from .statements import EVERYBODY, Reading, Statement
from .tokens import tokens_of

_READ: Final = "read:"
"""What the keys of the network's inferences begin with."""

_BESIDE_ARRANGEMENT: Final = 0.8
"""How probable a distance has to be where the vocabulary knows the arrangement, which has one of its own."""


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
    kept = believed(reading, facts, probabilities, text)
    known = [(place, statement) for statement in kept if (place := place_of(text, statement.phrase)) is not None]
    new = [left for fact in _surest(facts) if (left := _unsaid(fact, kept, known)) is not None]
    if any(fact.kind == "distance" for fact in new):  # “close” is said more exactly
        kept = [statement for statement in kept if not (statement.kind == "distance" and "scale" in statement.value)]
    doubtful = (
        {}
        if has_every_word(reading)
        else {fact: statement for statement in kept if (fact := unsure(statement, text, probabilities)) is not None}
    )
    groups = _by_words([*new, *doubtful], text)
    wanted = [(words, group) for words, group in groups if not _is_refused(words, without)]
    staged = tuple(fact for _, group in wanted for fact in group)
    inferences = tuple(Inference(_key(words), words, meaning_of(group, names)) for words, group in wanted)
    refused = [statement for fact, statement in doubtful.items() if fact not in staged]
    kept = [statement for statement in kept if statement not in refused]
    statements = (*kept, *(statement for fact in staged if fact in new for statement in statements_of(fact)))
    return Merged(replace(reading, statements=statements), staged, inferences)


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
    if (fact.kind, fact.value) == ("table", "yes") and any(map(_is_arrangement, kept)):
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


def _is_arrangement(statement: Statement) -> bool:
    return statement.kind.startswith("arrangement/") and not statement.negated


def _seats(statement: Statement, fact: Fact) -> bool:
    """Whether `fact` is the posture that the arrangement has anyway."""
    return _is_arrangement(statement) and fact.value == arrangements()[str(statement.value)].posture


def _implies(statement: Statement, fact: Fact) -> bool:
    """Whether what the vocabulary has for these words decides what `fact` is about: “looks down” is about no height."""
    if statement.kind in ("gaze", "lean"):
        return fact.kind in ("height", "distance")
    if statement.kind == "stature":
        return fact.kind in ("lean", "posture")
    return _is_arrangement(statement) and fact.kind in _ARRANGED


_ARRANGED: Final = ("arrangement", "distance", "table")


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
