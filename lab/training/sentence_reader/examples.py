"""A labelled sentence as the network's input and targets, in a few variants that mean the same."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from math import log
from typing import Final, Literal

import numpy as np
from tokenizers import Tokenizer

from backend.staging.presets import vocabulary
from backend.staging.prompt.grammar import Grammar, Parse
from backend.staging.prompt.hints import hints_of
from backend.staging.prompt.model.outputs import (
    DENIED,
    DISTANCE_EDGES,
    INDEX,
    OUTPUTS,
    RISE_EDGES,
    Output,
    Who,
)
from backend.staging.prompt.model.people import gender_of, places_of
from backend.staging.prompt.model.reader import Tagged
from backend.staging.prompt.model.tagging import Hint, pieces_in, tagged
from backend.staging.prompt.rules import Seen, read_by_rules

from ...sentences.corpus import Higher, Label, Sentence
from ...sentences.score import first_names

_IMPLIED: Final = INDEX[Output("scene", "implied", "said")]
_OPPOSITE_TABLE: Final = {"yes": "no", "no": "yes"}
_NAMES: Final = ("Anna", "Ben")
_EXAMPLE_NAMES: Final = {"she": "Anna", "he": "Ben"}


@dataclass(frozen=True)
class ParsedSentence:
    """A sentence, its grammar, and what the rules read in it."""

    sentence: Sentence
    parse: Parse
    hints: tuple[Hint, ...]


@dataclass(frozen=True)
class Example:
    """`targets` [P, outputs] 0 or 1; `distance` [12] and `rise` [8] shares that add up to 1, or 0 all."""

    tagged: Tagged
    targets: np.ndarray
    distance: np.ndarray
    rise: np.ndarray


def example_of(
    parsed: ParsedSentence,
    tokenizer: Tokenizer,
    *,
    marked: bool = True,
    with_grammar: bool = True,
    hinted: bool = True,
    swapped: bool = False,
) -> Example:
    """The example that `parsed` is: who is who is `marked` in it or left open, the two `swapped` or in their order.

    It is `hinted` by the rules only where it is marked: they have to know whom words call.
    """
    sentence = with_people_swapped(parsed.sentence) if swapped else parsed.sentence
    called = sentence.names if marked else ("", "")
    hints = parsed.hints if marked and hinted else ()
    if swapped:
        hints = tuple(hint._replace(outputs=tuple(_OF_OTHER[output] for output in hint.outputs)) for hint in hints)
    pieces = tagged(sentence.text, called, tokenizer, parsed.parse if with_grammar else None, hints)[0]
    targets = np.zeros((len(pieces.ids), len(OUTPUTS)), dtype=np.float32)
    distance, rise = np.zeros(len(DISTANCE_EDGES) - 1), np.zeros(len(RISE_EDGES) - 1)
    for label in sentence.labels:
        start = sentence.text.find(label.quote)
        rows = list(pieces_in(pieces.spans, start, start + len(label.quote)))
        outputs = _outputs_of(label)
        for output in outputs:
            targets[rows, INDEX[output]] = 1.0
        if outputs and label.implied:
            targets[rows, _IMPLIED] = 1.0
        if isinstance(label.value, tuple):
            distance = shares_of(label.value, DISTANCE_EDGES)
        if isinstance(label.value, Higher):
            rise = shares_of(label.value.by, RISE_EDGES)
    _add_mentions(sentence, pieces, targets)
    for quote in (quote for pair in sentence.contradictions for quote in pair):
        start = sentence.text.find(quote)
        rows = list(pieces_in(pieces.spans, start, start + len(quote)))
        targets[rows, INDEX[Output("scene", "contradiction", "said")]] = 1.0
    return Example(pieces, targets, distance, rise)


def shares_of(between: tuple[float, float], edges: np.ndarray) -> np.ndarray:
    """How a range of metres lies in the classes between `edges`, logarithmically; [classes], adding up to 1."""
    low, high = (min(max(metres, edges[0]), edges[-1]) for metres in between)
    if high <= low * 1.001:  # a single value
        low, high = (low, low * 1.001) if low < edges[-1] else (low / 1.001, low)
    covered = np.minimum(np.log(edges[1:]), log(high)) - np.maximum(np.log(edges[:-1]), log(low))
    inside = np.clip(covered, 0.0, None)
    shares: np.ndarray = inside / inside.sum()
    return shares


def renamed(sentence: Sentence, rng: np.random.Generator) -> Sentence:
    """The same sentence with other first names of the same gender, where it has first names that are known."""
    for place in (0, 1):
        name, known = sentence.names[place], vocabulary()["names"]
        gender = gender_of(name) if name.isalpha() and name[0].isupper() else None
        if gender is None or name.lower() not in known[gender]:
            continue
        other = _EXAMPLE_NAMES[gender] if rng.random() < _USUAL_NAMES else str(rng.choice(known[gender])).capitalize()
        if other.isalpha() and not places_of(sentence.text, other):
            sentence = _with_name(sentence, name, other.upper() if name.isupper() else other)
    return sentence


_USUAL_NAMES: Final = 0.3
"""How often a name becomes one of those that conversations are made with."""


def _with_name(sentence: Sentence, name: str, other: str) -> Sentence:
    pattern = re.compile(rf"(?<!\w){re.escape(name)}(?!\w)")

    def new(text: str) -> str:
        return pattern.sub(other, text)

    return Sentence(
        sentence.id,
        new(sentence.text),
        (new(sentence.names[0]), new(sentence.names[1])),
        tuple(replace(label, quote=new(label.quote)) for label in sentence.labels),
        tuple((new(one), new(two)) for one, two in sentence.contradictions),
    )


def _outputs_of(label: Label) -> list[Output]:
    """The outputs that `label` makes true."""
    kind, value = label.kind, label.value
    if kind in ("distance", "height") and label.excluded:
        return []
    if kind == "distance":
        return [Output("scene", "distance", "said")]
    if isinstance(value, Higher):
        return [Output("scene", "height", f"higher_{value.higher}")]
    if kind == "table" and label.excluded:
        return [Output("scene", "table", _OPPOSITE_TABLE[str(value)])]
    people: tuple[Who, ...] = (0, 1) if label.who == "both" else (label.who,)
    found = [Output(person, kind, str(value)) for person in people]
    if label.excluded and (kind in DENIED or kind == "arrangement"):
        found += [Output(person, "denied", kind) for person in people]
    return found


def _add_mentions(sentence: Sentence, pieces: Tagged, targets: np.ndarray) -> None:
    mentions = (Output(0, "mention", "named"), Output(1, "mention", "named"))
    for mention, words in zip(mentions, sentence.names, strict=True):
        for start, end in places_of(sentence.text, words)[:1] if words else ():
            targets[list(pieces_in(pieces.spans, start, end)), INDEX[mention]] = 1.0


def with_people_swapped(sentence: Sentence) -> Sentence:
    """The same sentence, with its second person as the first."""
    labels = tuple(
        replace(label, who=_OTHER_WHO[label.who], value=_other_way(label.value)) for label in sentence.labels
    )
    return replace(sentence, names=(sentence.names[1], sentence.names[0]), labels=labels)


def _of_other(output: Output) -> Output:
    other: Who = output.who if output.who == "scene" else 1 if output.who == 0 else 0
    return Output(other, output.kind, str(_other_way(output.value)) if output.who == "scene" else output.value)


_OTHER_WHO: Final[dict[Literal[0, 1, "both", "scene"], Literal[0, 1, "both", "scene"]]] = {
    0: 1,
    1: 0,
    "both": "both",
    "scene": "scene",
}


def _other_way(value: str | tuple[float, float] | Higher) -> str | tuple[float, float] | Higher:
    if isinstance(value, Higher):
        return replace(value, higher=0 if value.higher else 1)
    if isinstance(value, str) and value[-2:] in ("_0", "_1"):
        return f"{value[:-1]}{1 - int(value[-1])}"
    return value


_OF_OTHER: Final = tuple(INDEX[_of_other(output)] for output in OUTPUTS)
"""Row of each output → the row of the same about the other person."""


def parsed_variants(
    sentence: Sentence, count: int, grammar: Grammar, tokenizer: Tokenizer, seed: int
) -> tuple[ParsedSentence, ...]:
    """`sentence` itself and up to `count` - 1 renamed ones, each with its grammar."""
    rng = np.random.default_rng([seed, *sentence.id.encode()])
    texts = {sentence.text: sentence}
    for _ in range(count - 1):
        other = renamed(sentence, rng)
        texts.setdefault(other.text, other)
    return tuple(_parsed(one, grammar, tokenizer) for one in texts.values())


def _parsed(sentence: Sentence, grammar: Grammar, tokenizer: Tokenizer) -> ParsedSentence:
    """With speakers of the names that the sentence has, or of two others that it calls by other words."""
    parse = grammar.parse(sentence.text, [name for name in sentence.names if name])
    rules = read_by_rules(sentence.text, first_names(sentence) or _NAMES, Seen(sentence.names, parse, tokenizer))
    return ParsedSentence(sentence, parse, hints_of(sentence.text, rules.reading))
