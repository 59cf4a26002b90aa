"""A sentence read by the network, beside what the rules read: both as one reading."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np

from .believing import has_every_word, stages_something
from .doubts import doubts_of, told
from .facts import SAID, evidence, facts_of, separate_evidence
from .grammar import Parse, load_grammar
from .inference import Inference
from .lengths import told_lengths
from .merging import merge
from .model.outputs import INDEX, Output
from .model.people import Mark, marks_of, places_of
from .model.reader import Probabilities, scene_reader
from .model.tagging import Hint, tagged, words_calling
from .order import front_by_grammar
from .rules import Seen
from .statements import Reading
from .tokens import is_a_name
from .unknown_words import typing_errors
from .whose import by_grammar, subjects_of

_CONTRADICTION: Final = Output("scene", "contradiction", "said")
_TOLD_BY_GRAMMAR: Final = 0.3
"""How much more probable “behind” with a person after it makes that one is behind the other."""

_SURE: Final = 0.9
"""How probable a contradiction has to be where every word is known: the rules name those of their own words."""

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


def look_at(text: str, names: tuple[str, str], assets: Path, without: Collection[str] = ()) -> Seen:
    """Whom words of `text` call, and its grammar, as far as the folder `assets` has what finds them.

    Other names are taken for the speakers' unless `without` has the key of that inference.

    Raises DuologueError (ASSET_CORRUPT, WEIGHTS_INVALID).
    """
    reader = scene_reader(assets)
    if reader is None or not text.strip():
        return Seen()
    grammar = load_grammar(assets)
    parse = None if grammar is None else grammar.parse(text, names)
    tokenizer = reader.encoder.tokenizer
    called = words_calling(text, names, lambda called: reader.read(tagged(text, called, tokenizer, parse)))
    called = ("" if _is_misspelt(called[0]) else called[0], "" if _is_misspelt(called[1]) else called[1])
    refused = [
        _called_key(words) in without and _is_another_name(words, name)
        for words, name in zip(called, names, strict=True)
    ]
    first, second = ("" if one else words for one, words in zip(refused, called, strict=True))
    return Seen((first, second), parse, tokenizer)


def other_names(seen: Seen, names: tuple[str, str]) -> tuple[Inference, ...]:
    """First names that are neither speaker's, and for whose each was taken."""
    return tuple(
        Inference(_called_key(words), words, f"{name} is meant")
        for words, name in zip(seen.called, names, strict=True)
        if _is_another_name(words, name)
    )


def _is_misspelt(words: str) -> bool:
    """Whether it is a word of the vocabulary with a typing error, which calls nobody."""
    return words.islower() and bool(typing_errors([words], ()))


def _is_another_name(words: str, name: str) -> bool:
    return is_a_name(words.lower()) and not places_of(name, words)


def _called_key(words: str) -> str:
    return f"called:{words.lower()}"


def with_network(
    text: str,
    reading: Reading,
    hints: Sequence[Hint],
    seen: Seen,
    names: tuple[str, str],
    assets: Path,
    without: Collection[str],
) -> LearnedReading | None:
    """What the network reads in `text` with `hints` of the rules, merged with their `reading`; None where the folder
    `assets` has none.

    Raises DuologueError (ASSET_CORRUPT, WEIGHTS_INVALID).
    """
    reader = scene_reader(assets)
    if reader is None or seen.tokenizer is None:
        return None
    parse, people = seen.parse, marks_of(text, seen.called)
    said = reader.read(tagged(text, seen.called, seen.tokenizer, parse, hints))
    doing = () if parse is None else subjects_of(parse, people)
    reading, probabilities = told_lengths(text, reading, _in_order(said, parse, people), doing)
    facts = facts_of(text, probabilities) if stages_something(text, reading, probabilities) else ()
    if parse is not None:
        facts = by_grammar(facts, parse, people, probabilities)
    merged = merge(reading, facts, probabilities, names, text, without)
    known = has_every_word(reading)
    doubts = () if known else doubts_of(text, probabilities, facts, merged.reading.statements)
    return LearnedReading(
        merged.reading,
        merged.inferences,
        people,
        tuple(fact.place for fact in (*merged.facts, *doubts)),
        parse,
        (
            *_contradictions(text, probabilities, _SURE if known else SAID["contradiction"], in_one=not known),
            *told(doubts, names),
        ),
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


def _contradictions(text: str, probabilities: Probabilities, least: float, *, in_one: bool = True) -> tuple[str, ...]:
    """What contradicts itself at least so probably: two clauses, or (only with `in_one`) the words of one."""
    if probabilities.of(_CONTRADICTION) < least:
        return ()
    places = separate_evidence(text, probabilities, _CONTRADICTION, 2)
    if len(places) < 2 or places[1][0] - places[0][1] < _APART:  # noqa: PLR2004  (it takes two)
        if not in_one:
            return ()
        start, end = evidence(text, probabilities, _CONTRADICTION)
        return (f"“{text[start:end]}” contradicts itself, as far as Duologue understands; check what is shown.",)
    clauses = [_clause_around(text, start, end) for start, end in places]
    one, other = clauses if clauses[0] != clauses[1] else (text[start:end] for start, end in places)
    return (f"“{one}” and “{other}” contradict each other, as far as Duologue understands; check what is shown.",)
