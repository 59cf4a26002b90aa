"""Which statements of the rules the network believes: it has seen their reading, and learned where such are right."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from .fact_statements import affirmed_meanings_of, excludes, meanings_of, says
from .facts import Fact, overlap
from .lengths import place_of
from .model.outputs import INDEX, OUTPUTS, Output, Who
from .model.reader import Probabilities
from .statements import EVERYBODY, Reading, Statement

BELIEVED: Final = 0.1
"""How probable the network has to find what the rules read."""

IN_KNOWN_WORDS: Final = 0.01
"""The same where the vocabulary has every word of a sentence."""

IN_FRAGMENT: Final = 0.05
"""The same in a text of at most `FRAGMENT` words."""

FRAGMENT: Final = 5

STAGES_SOMETHING: Final = 0.5
"""How probable something has to be for a sentence to be one that stages; then how far and how tall is the rules'.

Of the batch of calibration 94 % of the sentences that stage nothing are below, and 3 % of the others.
"""

FRAGMENT_STAGES: Final = 0.15
"""The same in a text of at most `FRAGMENT` words, which tells the network little, or of the vocabulary's alone."""

LESS_THAN_OTHERS: Final = 0.3
"""How much less probable than a fact that excludes it, and that other words say, something may be that the rules read:
that is rather a contradiction, of which both are told.
"""

IN_ITS_OWN_WORDS: Final = 0.3
"""How much less probable than any such fact where the vocabulary has every word of a sentence."""

SURE: Final = 0.3
"""How probable what the rules read has to be for it to be no inference."""

_BESIDE_SURER: Final = 0.3
"""Share of the other person's probability that somebody's has to have, for a look that the rules may have crossed."""

_INSISTING: Final = re.compile(r"(?:n[’']?t|not|never)\s+(?:stops?|help|quit)\s+$", re.IGNORECASE)
"""“Can't stop”: a denial that denies nothing of what comes after it; there the rules alone count."""

_MEASURED: Final = ("distance", "stature")
_NOTHING_STAGED: Final = ("mention", "implied", "denied", "contradiction")


def believed(reading: Reading, facts: Sequence[Fact], probabilities: Probabilities, text: str) -> list[Statement]:
    """The statements of `reading`, each about those people of whom the network finds it probable enough, and more so
    than what `facts` have that excludes it.
    """
    if not stages_something(text, reading, probabilities):
        return [statement for statement in reading.statements if _is_length(statement) or not meanings_of(statement)]
    fragment = len(text.split()) <= FRAGMENT
    known = has_every_word(reading)
    against = [fact for fact in facts if not any(says(statement, fact) for statement in reading.statements)]
    kept = []
    for statement in reading.statements:
        place = place_of(text, statement.phrase)
        insisted = place is not None and _INSISTING.search(text, 0, place[0]) is not None
        insisted = insisted or not set(reading.misspelt).isdisjoint(statement.phrase.split())
        if insisted or statement.kind in _MEASURED:
            least = 0.0
        else:
            least = IN_KNOWN_WORDS if known else IN_FRAGMENT if fragment else BELIEVED
        less = 1.0 if insisted else IN_ITS_OWN_WORDS if known else 0.0
        stays = _probable(statement, place, _less_probable(against, less), probabilities, least)
        if stays is not None:
            kept.append(stays)
    copied = [one for one in reading.statements if one not in kept and _is_copied(one, kept, against)]
    return kept + copied


def stages_something(text: str, reading: Reading, probabilities: Probabilities) -> bool:
    """Whether `text`, with the rules' `reading`, says anything probably enough to be about people who are to be placed.

    A word that was corrected is one of the vocabulary, which the network does not know as it is written; a few words
    that the vocabulary all has tell the network too little.
    """
    fragment, known = len(text.split()) <= FRAGMENT, has_every_word(reading)
    if reading.misspelt or any(map(_is_length, reading.statements)) or (fragment and known):
        return True
    least = FRAGMENT_STAGES if fragment or known else STAGES_SOMETHING
    return max(probabilities.of(output) for output in OUTPUTS if output.kind not in _NOTHING_STAGED) >= least


def _is_length(statement: Statement) -> bool:
    """Whether somebody is so many metres tall."""
    return statement.kind == "stature" and "tall_metres" in statement.value


def _less_probable(facts: Sequence[Fact], less: float) -> list[Fact]:
    return [replace(fact, probability=fact.probability - less) for fact in facts]


def has_every_word(reading: Reading) -> bool:
    """Whether the vocabulary knows every word and who everybody is."""
    return not (reading.unknown or reading.unresolved or reading.strangers)


def unsure(statement: Statement, text: str, probabilities: Probabilities) -> Fact | None:
    """`statement` as a fact where the network is less sure of it than of what it finds itself; else None."""
    place = place_of(text, statement.phrase)
    meanings, denied = affirmed_meanings_of(statement)
    of_stranger = not statement.people and not statement.kind.startswith("arrangement/")
    if place is None or not meanings or of_stranger or statement.kind in _MEASURED or len(text.split()) <= FRAGMENT:
        return None
    people = statement.people or EVERYBODY
    sure = {pair: min(_probability([pair], person, probabilities) for person in people) for pair in meanings}
    (kind, value), probability = max(sure.items(), key=lambda found: found[1])
    if probability >= SURE or kind in ("distance", "height"):
        return None
    return Fact(kind, value, people, text[slice(*place)], place, probability, denied=denied)


def _is_copied(statement: Statement, kept: Sequence[Statement], facts: Sequence[Fact]) -> bool:
    """Whether it is what one of `kept` says, of the other person, who does likewise (“and so does Ben”)."""
    same = (statement.kind, statement.value, statement.phrase, statement.negated)
    return any(
        (other.kind, other.value, other.phrase, other.negated) == same and not set(other.people) & set(statement.people)
        for other in kept
    ) and not any(excludes(fact, statement) and set(fact.people) & set(statement.people) for fact in facts)


def _probable(
    statement: Statement,
    place: tuple[int, int] | None,
    facts: Sequence[Fact],
    probabilities: Probabilities,
    least: float,
) -> Statement | None:
    """`statement` about those people of whom it may hold; None where it may of nobody."""
    meanings, _ = affirmed_meanings_of(statement)
    meanings = (*meanings, *meanings_of(statement)) if statement.negated else meanings
    if not meanings:
        return statement
    found = {person: _probability(meanings, person, probabilities) for person in statement.people or EVERYBODY}
    if statement.kind == "gaze" and least > 0.0:
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

    Other words that exclude it contradict it: both stay, to be named, where they are about as probable.
    """
    against = [fact for fact in facts if person in fact.people and excludes(fact, statement)]
    elsewhere = [place is not None and not overlap(fact.place, place) for fact in against]
    return max(
        (fact.probability - LESS_THAN_OTHERS * other for fact, other in zip(against, elsewhere, strict=True)),
        default=0.0,
    )
