"""What the network is sure enough of: facts about one or both people or the scene, with the words that say them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

import numpy as np

from .model.outputs import (
    DENIED,
    DISTANCE_EDGES,
    INDEX,
    PERSON_VALUES,
    RISE_EDGES,
    SCENE_VALUES,
    Output,
    Who,
    median_of,
)
from .model.reader import Probabilities
from .model.tagging import pieces_in, run_around
from .statements import EVERYBODY

SAID: Final[dict[str, float]] = {
    "posture": 0.32,
    "facing": 0.28,
    "lean": 0.32,
    "mood": 0.32,
    "gaze": 0.28,
    "sides": 0.5,
    "arrangement": 0.32,
    "height": 0.24,
    "table": 0.5,
    "distance": 0.4,
    "denied": 0.5,
    "implied": 0.5,
    "contradiction": 0.3,
}
"""How probable something of a kind has to be to be staged: that one of its values is said, where only one can be.

Chosen on the batch that the network was calibrated on.
"""

_RISE_AT_MOST: Final = 0.8
"""Metres by which somebody is higher where no number says it: more takes a face out of the picture."""

_LEADING: Final = 0.55
"""Share of what a kind's values add up to that one of them has to have, where it is not probable enough by itself."""

_IMPLIED: Final = INDEX[Output("scene", "implied", "said")]
_EVIDENCE: Final = 0.3
"""Share of the surest piece's probability from which a piece beside it belongs to the same words."""


@dataclass(frozen=True)
class Fact:
    """That the sentence says `value` of `kind` about `people`, or denies it, by `words` that stand at `place`.

    `kind` and `value` as in `model.outputs`; metres for a distance; for a height `metres` says by how much, as far as
    the sentence lets one guess. `implied`: a place or a thing says it. `probability` 0 to 1.
    """

    kind: str
    value: str | float
    people: tuple[int, ...]
    words: str
    place: tuple[int, int]
    probability: float
    denied: bool = False
    implied: bool = False
    metres: float | None = None


def facts_of(text: str, probabilities: Probabilities, share: float = 1.0) -> tuple[Fact, ...]:
    """Everything that `text` says, in the order of its words, as probably as this `share` of `SAID` at least."""
    found = [
        *_of_person(text, probabilities, 0, share),
        *_of_person(text, probabilities, 1, share),
        *_of_scene(text, probabilities, share),
    ]
    found = [_of_both(fact, found, probabilities) for fact in found]
    return tuple(sorted(_joined(found), key=lambda fact: (fact.place, fact.kind, str(fact.value))))


def _of_person(text: str, probabilities: Probabilities, person: Literal[0, 1], share: float) -> Iterator[Fact]:
    for kind, values in PERSON_VALUES.items():
        for output in _said(probabilities, person, kind, values, share):
            fact = replace(_fact(text, probabilities, output), people=(person,))
            yield replace(fact, denied=kind in DENIED and _is_denied(text, probabilities, fact, person))


def _of_scene(text: str, probabilities: Probabilities, share: float) -> Iterator[Fact]:
    for kind, values in SCENE_VALUES.items():
        for output in _said(probabilities, "scene", kind, values, share):
            fact = _fact(text, probabilities, output)
            rises = kind == "height" and fact.value != "level"
            rise = min(median_of(probabilities.rise, RISE_EDGES), _RISE_AT_MOST) if rises else None
            denied = kind == "arrangement" and _is_denied(text, probabilities, fact, "scene")
            yield replace(fact, denied=denied, metres=rise)
    distance = _fact(text, probabilities, Output("scene", "distance", "said"))
    if distance.probability >= share * SAID["distance"]:
        yield replace(distance, value=median_of(probabilities.distance, DISTANCE_EDGES))


def _said(probabilities: Probabilities, who: Who, kind: str, values: Sequence[str], share: float) -> list[Output]:
    """What of `kind` is probable enough; else its leading value, where some value of it is."""
    least = share * SAID[kind]
    outputs = [Output(who, kind, value) for value in values]
    chances = np.array([probabilities.of(output) for output in outputs])
    found = [output for output, chance in zip(outputs, chances, strict=True) if chance >= least]
    best = int(np.argmax(chances))
    some = 1.0 - float(np.prod(1.0 - chances))
    leads = some >= least and chances[best] >= _LEADING * chances.sum()
    return found or ([outputs[best]] if leads else [])


def _is_denied(text: str, probabilities: Probabilities, fact: Fact, who: Who) -> bool:
    """Whether the words that say `fact` are among those that deny something of its kind."""
    denial = Output(who, "denied", fact.kind)
    if probabilities.of(denial) < SAID["denied"]:
        return False
    return overlap(evidence(text, probabilities, denial), fact.place)


def _fact(text: str, probabilities: Probabilities, output: Output) -> Fact:
    start, end = evidence(text, probabilities, output)
    implied = probabilities.pieces[list(pieces_in(probabilities.spans, start, end)), _IMPLIED]
    return Fact(
        output.kind,
        output.value,
        EVERYBODY,
        text[start:end],
        (start, end),
        probabilities.of(output),
        implied=bool(implied.size and implied.mean() >= SAID["implied"]),
    )


def evidence(text: str, probabilities: Probabilities, output: Output) -> tuple[int, int]:
    """From which character of `text` to which stand the whole words that say it most surely."""
    sure = _sureness(probabilities, output)
    best = int(np.argmax(sure))
    return _words_around(text, probabilities, sure, best)


def separate_evidence(text: str, probabilities: Probabilities, output: Output, count: int) -> list[tuple[int, int]]:
    """The `count` places (fewer, where there are not so many) that say it most surely, as they stand in `text`."""
    sure, found = _sureness(probabilities, output), []
    for _ in range(count):
        best = int(np.argmax(sure))
        if sure[best] < _EVIDENCE * SAID[output.kind]:
            break
        start, end = _words_around(text, probabilities, sure, best)
        found.append((start, end))
        sure[list(pieces_in(probabilities.spans, start, end))] = 0.0
    return sorted(found)


def _sureness(probabilities: Probabilities, output: Output) -> np.ndarray:
    """[P]; nothing for pieces that are no words."""
    sure = probabilities.pieces[:, INDEX[output]].copy()
    sure[[last <= first for first, last in probabilities.spans]] = 0.0
    return sure


def _words_around(text: str, probabilities: Probabilities, sure: np.ndarray, best: int) -> tuple[int, int]:
    first, last = run_around(sure, best, _EVIDENCE * float(sure[best]))
    start, end = probabilities.spans[first][0], probabilities.spans[last][1]
    while start > 0 and _in_word(text[start - 1]) and _in_word(text[start]):
        start -= 1
    while end < len(text) and _in_word(text[end]) and _in_word(text[end - 1]):
        end += 1
    return start, end


def _in_word(character: str) -> bool:
    return character.isalnum() or character in "'’"


def overlap(place: tuple[int, int], other: tuple[int, int]) -> bool:
    """Whether two places of a text, from one character to another, share some of it."""
    return place[0] < other[1] and other[0] < place[1]


def _of_both(fact: Fact, facts: Sequence[Fact], probabilities: Probabilities) -> Fact:
    """What a place implies of one of the two holds of the other too, who is there and of whom nothing else is said."""
    if fact.kind != "posture" or not fact.implied or fact.denied:
        return fact
    other: Literal[0, 1] = 1 if fact.people == (0,) else 0
    if any(one.kind == "posture" and other in one.people for one in facts):
        return fact
    likely = probabilities.of(Output(other, "posture", str(fact.value))) >= _ALSO_THERE
    return replace(fact, people=EVERYBODY) if likely else fact


_ALSO_THERE: Final = 0.15
"""How probable it has to be of the other one."""


def _joined(facts: list[Fact]) -> Iterator[Fact]:
    """What the same words say of each of the two is one fact about both."""
    of_second = [fact for fact in facts if fact.people == (1,)]
    for fact in facts:
        twin = next((other for other in of_second if fact.people == (0,) and _alike(fact, other)), None)
        if twin is not None:
            of_second.remove(twin)
            yield replace(fact, people=EVERYBODY, probability=min(fact.probability, twin.probability))
        elif fact.people != (1,) or fact in of_second:
            yield fact


def _alike(fact: Fact, other: Fact) -> bool:
    same = (fact.kind, fact.value, fact.denied) == (other.kind, other.value, other.denied)
    return same and overlap(fact.place, other.place)
