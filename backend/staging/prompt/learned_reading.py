"""A sentence read by the network, beside what the rules read: both as one reading."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np

from .denial import denied_by_grammar
from .facts import SAID, facts_of, separate_evidence
from .grammar import Parse, load_grammar
from .inference import Inference
from .lengths import told_lengths
from .merging import Merged, merge
from .model.outputs import INDEX, Output
from .model.people import Mark, marks_of
from .model.reader import Probabilities, scene_reader
from .model.tagging import tagged, words_calling
from .order import front_by_grammar
from .statements import Reading
from .whose import by_grammar, passives_by_grammar

_CONTRADICTION: Final = Output("scene", "contradiction", "said")
_TOLD_BY_GRAMMAR: Final = 0.3
"""How much more probable “behind” with a person after it makes that one is behind the other."""

_SURE: Final = 0.93
"""How probable a contradiction or an arrangement has to be where every word is known, so that the rules have most."""

_APART: Final = 3
"""Characters between two things that contradict each other."""

_STOP: Final = re.compile(r"[.,;:!?—–()]+|\b(?:and|but|while|yet)\b", re.IGNORECASE)


@dataclass(frozen=True)
class LearnedReading:
    """The `reading` of rules and network; what the network alone found as `inferences`; who is called where, which
    stretches of the text say something, its grammar, and `warnings` of what contradicts itself.
    """

    reading: Reading
    inferences: tuple[Inference, ...]
    people: tuple[Mark, ...]
    staged: tuple[tuple[int, int], ...]
    parse: Parse | None
    warnings: tuple[str, ...]


def with_network(
    text: str, reading: Reading, names: tuple[str, str], assets: Path, without: Collection[str]
) -> LearnedReading | None:
    """What the network reads in `text` merged with `reading` of the rules; None where the folder `assets` has none.

    Raises DuologueError (ASSET_CORRUPT, WEIGHTS_INVALID).
    """
    reader = scene_reader(assets)
    if reader is None or not text.strip():
        return None
    grammar = load_grammar(assets)
    parse = None if grammar is None else grammar.parse(text, names)
    tokenizer = reader.encoder.tokenizer
    called = words_calling(text, names, lambda called: reader.read(tagged(text, called, tokenizer, parse)))
    people = marks_of(text, called)
    probabilities = _in_order(reader.read(tagged(text, called, tokenizer, parse)), parse, people)
    if parse is not None:
        reading = passives_by_grammar(denied_by_grammar(reading, parse), parse, people)
    reading, probabilities = told_lengths(text, reading, probabilities)
    # A sentence of which the vocabulary has every word is read better by its words, but for what no single word says.
    in_words = not (reading.unknown or reading.unresolved or reading.strangers)
    facts = facts_of(text, probabilities)
    if in_words:
        facts = tuple(fact for fact in facts if fact.kind == "arrangement" and fact.probability >= _SURE)
    elif parse is not None:
        facts = by_grammar(facts, parse, people, probabilities)
    if in_words and not facts:
        merged = Merged(reading, (), ())
    else:
        merged = merge(reading, facts, probabilities, names, text, without)
    return LearnedReading(
        merged.reading,
        merged.inferences,
        people,
        ((0, len(text)),) if in_words else tuple(fact.place for fact in merged.facts),
        parse,
        _contradictions(text, probabilities, _SURE if in_words else SAID["contradiction"]),
    )


def _in_order(probabilities: Probabilities, parse: Parse | None, people: Sequence[Mark]) -> Probabilities:
    """`probabilities` with who is in front as the grammar has it, which tells it more surely than the network."""
    front = None if parse is None else front_by_grammar(parse, people)
    if front is None:
        return probabilities
    said, pieces = probabilities.said.copy(), probabilities.pieces.copy()
    right, wrong = (INDEX[Output("scene", "arrangement", f"one_behind_{person}")] for person in (front, 1 - front))
    said[right] = min(1.0, said[right] + said[wrong] + _TOLD_BY_GRAMMAR)
    pieces[:, right] = np.maximum(pieces[:, right], pieces[:, wrong])
    said[wrong], pieces[:, wrong] = 0.0, 0.0
    return replace(probabilities, said=said, pieces=pieces)


def _clause_around(text: str, start: int, end: int) -> str:
    """The words between stops, “and”, “but” and “while” in which those from `start` to `end` stand."""
    stops = [match.span() for match in _STOP.finditer(text)]
    first = max((last for _, last in stops if last <= start), default=0)
    last = min((begin for begin, _ in stops if begin >= end), default=len(text))
    return text[first:last].strip()


def _contradictions(text: str, probabilities: Probabilities, least: float) -> tuple[str, ...]:
    if probabilities.of(_CONTRADICTION) < least:
        return ()
    places = separate_evidence(text, probabilities, _CONTRADICTION, 2)
    if len(places) < 2 or places[1][0] - places[0][1] < _APART:  # noqa: PLR2004  (it takes two)
        return ()
    clauses = [_clause_around(text, start, end) for start, end in places]
    one, other = clauses if clauses[0] != clauses[1] else (text[start:end] for start, end in places)
    return (f"“{one}” and “{other}” contradict each other, as far as Duologue understands; check what is shown.",)
