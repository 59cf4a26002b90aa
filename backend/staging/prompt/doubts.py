"""What a sentence may say, though not so probably that it is staged: told, so that nothing is passed over silently."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from .fact_statements import affirmed_meanings_of, excludes, says
from .facts import Fact, facts_of, overlap
from .lengths import place_of
from .meanings import meaning_of
from .model.reader import Probabilities
from .statements import EVERYBODY, Statement

DOUBTED: Final = 0.4
"""Share of what a fact needs from which on it is told as a doubt. Chosen on the batch of calibration."""

_NEVER_TOLD: Final = ("sides",)
"""Kinds of which somebody who means them speaks plainly."""

_AS_ANYWAY: Final = {
    ("posture", "seated"),
    ("gaze", "at_partner"),
    ("facing", "partner"),
    ("lean", "upright"),
    ("mood", "neutral"),
    ("table", "yes"),
}
"""What is so where nothing is said."""

_GIVEN_BY_ARRANGEMENT: Final = ("distance", "table", "height")


def doubts_of(
    text: str, probabilities: Probabilities, staged: Sequence[Fact], statements: Sequence[Statement]
) -> tuple[Fact, ...]:
    """Facts that `text` may say and that nothing of the same kind, or of the same words, is `staged` for, nor in
    `statements`; the surest of each kind, in the order of their words.
    """
    arranged = any(statement.kind.startswith("arrangement/") for statement in statements)
    surest: dict[tuple[str, tuple[int, ...]], Fact] = {}
    for fact in facts_of(text, probabilities, DOUBTED):
        if fact.kind in _NEVER_TOLD or (arranged and fact.kind in _GIVEN_BY_ARRANGEMENT):
            continue
        if (fact.kind, fact.value) in _AS_ANYWAY and not fact.denied:
            continue
        if any(overlap(place, fact.place) for place in _places(text, fact.kind, staged, statements)):
            continue
        if all(_is_answered(fact, person, staged, statements) for person in fact.people):
            continue
        other = surest.get((fact.kind, fact.people))
        if other is None or fact.probability > other.probability:
            surest[fact.kind, fact.people] = fact
    return tuple(sorted(surest.values(), key=lambda fact: fact.place))


def told(doubts: Sequence[Fact], names: tuple[str, str]) -> tuple[str, ...]:
    """A sentence for each stretch of words."""
    groups: list[list[Fact]] = []
    for fact in doubts:
        if groups and overlap(groups[-1][-1].place, fact.place):
            groups[-1].append(fact)
        else:
            groups.append([fact])
    return tuple(
        f"“{max((fact.words for fact in group), key=len)}” may mean: {meaning_of(group, names)}. It is not staged."
        for group in groups
    )


def _places(text: str, kind: str, staged: Sequence[Fact], statements: Sequence[Statement]) -> list[tuple[int, int]]:
    """Where words stand from which something of `kind` follows."""
    said = [one for one in statements if kind in {own for own, _ in affirmed_meanings_of(one)[0]}]
    places = [place_of(text, statement.phrase) for statement in said]
    return [*(place for place in places if place is not None), *(fact.place for fact in staged if fact.kind == kind)]


def _is_answered(fact: Fact, person: int, staged: Sequence[Fact], statements: Sequence[Statement]) -> bool:
    if any(other.kind == fact.kind and person in other.people for other in staged):
        return True
    return any(
        person in (statement.people or EVERYBODY) and (says(statement, fact) or excludes(fact, statement))
        for statement in statements
    )
