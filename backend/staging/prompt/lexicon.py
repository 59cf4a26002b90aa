"""Known phrases at a place of a sentence: names, measures, looks, sides of somebody, and the vocabulary's phrases."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from ..presets import arrangements, moods, vocabulary
from .gaze_phrases import NO_MATCH, PhraseMatch, fillers, gaze_phrase_at, gaze_targets, inner_words, mood_adverbs
from .measures import UNITS, measure_at
from .tokens import name_at, tokens_of

_END: Final = ""
_WHOSE: Final = "their"
"""Stands in a phrase for every “her”, “him”, “Ben”, “Anna's” after its first word."""

_STOPS: Final = (".", "!", "?")


@dataclass(frozen=True)
class Match:
    """A phrase from token `first` to token `last`: its `kind` (arrangement, mood, lean, person …) and `value`."""

    kind: str
    value: Any
    phrase: str
    first: int
    last: int


def matches(tokens: Sequence[str], names: Mapping[str, int]) -> Iterator[Match]:
    """The longest known phrase at each place, one after the other; a word that nothing knows is of kind “unknown”."""
    index = 0
    while index < len(tokens):
        match = _match_at(tokens, index, names)
        yield match
        yield from _adverbs_in(tokens, match)
        index = match.last + 1


def _adverbs_in(tokens: Sequence[str], match: Match) -> Iterator[Match]:
    """“looks *angrily* at”: a mood inside another phrase."""
    if match.kind in ("gaze", "lean", "posture", "open"):
        for place in range(match.first + 1, match.last):
            if tokens[place] in mood_adverbs():
                kind, value = _phrases()[tokens[place]]
                yield Match(kind, value, tokens[place], place, match.last)


def meanings_of_words() -> dict[str, str]:
    """Every word of the vocabulary's phrases and of lengths → what it means, empty for words without a meaning."""
    found: dict[str, str] = {}
    for phrase, (kind, value) in _phrases().items():
        for word in phrase.split():
            meaning = "" if kind == "plain" else f"{kind} {value}" if word == phrase else f"part of {word}"
            found[word] = meaning if word == phrase and meaning else found.get(word) or meaning
    looked_at = {word: f"part of {word}" for target in gaze_targets() for word in target.split()}
    verbs = {word: f"part of {word}" for word in vocabulary()["looking"]["verbs"]}
    return (
        looked_at
        | verbs
        | {word: meaning for word, meaning in found.items() if meaning or word not in looked_at}
        | UNITS
    )


def _match_at(tokens: Sequence[str], index: int, names: Mapping[str, int]) -> Match:
    measure = measure_at(tokens, index)
    if measure is not None:
        apart = tokens[index + measure.length : index + measure.length + 1] == ["apart"]
        return _match(tokens, index, measure.length + apart, measure.unit, measure.value)
    length, kind, value = max(
        _phrase_at(tokens, index, names),
        gaze_phrase_at(tokens, index, names),
        _side_of_at(tokens, index, names),
        key=lambda found: found[0],
    )
    named, person, owning = name_at(tokens, index, names)
    if named >= length > 0 or (named and not length):
        return _match(tokens, index, named, "owner" if owning else "person", person)
    if length:
        return _match(tokens, index, length, kind, value)
    number = tokens[index][-1].isdigit() and tokens[index + 1 : index + 2] != ["apart"]
    return _match(tokens, index, 1, "plain" if number else "unknown", None)


def _match(tokens: Sequence[str], index: int, length: int, kind: str, value: Any) -> Match:
    return Match(kind, value, " ".join(tokens[index : index + length]), index, index + length - 1)


def _phrase_at(tokens: Sequence[str], index: int, names: Mapping[str, int]) -> PhraseMatch:
    """The longest phrase of the vocabulary; between its words there may be fillers (“leans *slightly* forward”)."""
    root = _tree()
    if tokens[index] not in root:
        return NO_MATCH
    stop, meaning = _walk(root[tokens[index]], tokens, index + 1, names)
    return NO_MATCH if meaning is None else (stop - index, *meaning)


def _walk(
    node: Mapping[str, Any], tokens: Sequence[str], index: int, names: Mapping[str, int], skipped: int = 0
) -> tuple[int, tuple[str, Any] | None]:
    best: tuple[int, tuple[str, Any] | None] = (index, node[_END]) if _END in node and not skipped else (0, None)
    if index >= len(tokens):
        return best
    for word, length in _readings(tokens, index, names):
        if word in node:
            best = max(best, _walk(node[word], tokens, index + length, names), key=lambda found: found[0])
    if tokens[index] in fillers() | inner_words() and skipped < _FILLERS_AT_MOST:
        best = max(best, _walk(node, tokens, index + 1, names, skipped + 1), key=lambda found: found[0])
    return best


_FILLERS_AT_MOST: Final = 3


def _readings(tokens: Sequence[str], index: int, names: Mapping[str, int]) -> list[tuple[str, int]]:
    found = [(tokens[index], 1)]
    named, _, _ = name_at(tokens, index, names)
    if named:
        found.append((_WHOSE, named))
    elif tokens[index] in vocabulary()["objects"]:
        found.append((_WHOSE, 1))
    return found


def _side_of_at(tokens: Sequence[str], index: int, names: Mapping[str, int]) -> PhraseMatch:
    """“to Anna's left”, “at her right hand”: somebody's own side, (whose or a pronoun, side)."""
    if tokens[index] not in ("to", "on", "at", "by"):
        return NO_MATCH
    named, person, owning = name_at(tokens, index + 1, names)
    pronoun = next((key for key, words in _OWNERS.items() if tokens[index + 1 : index + 2] == [words]), None)
    after = index + 1 + (named or 1)
    if not ((named and owning) or pronoun) or tokens[after : after + 1] not in (["left"], ["right"]):
        return NO_MATCH
    length = after + 1 - index
    while tokens[index + length : index + length + 1] in (["hand"], ["side"]):
        length += 1
    return length, "own side", (person if named else pronoun, tokens[after])


_OWNERS: Final = {"she": "her", "he": "his", "they": "their"}


@functools.cache
def _tree() -> dict[str, Any]:
    """The phrases word by word; at `_END` what the words so far mean."""
    objects = set(vocabulary()["objects"])
    root: dict[str, Any] = {}
    for phrase, meaning in _phrases().items():
        first, *words = phrase.split()
        node = root.setdefault(first, {})
        for word in words:
            node = node.setdefault(_WHOSE if word in objects else word, {})
        node[_END] = meaning
    return root


@functools.cache
def _phrases() -> dict[str, tuple[str, Any]]:
    """Phrase → (kind, value). Later kinds replace earlier ones, so plain words never hide a meaning."""
    words = vocabulary()
    found: dict[str, tuple[str, Any]] = dict.fromkeys(words["plain"] + words["prepositions"], ("plain", None))
    found |= dict.fromkeys([*_STOPS, *words["breaks"]], ("stop", None))
    found |= dict.fromkeys(words["fillers"], ("plain", None))
    found |= {word: ("pronoun", pronoun) for pronoun, group in words["pronouns"].items() for word in group}
    found |= dict.fromkeys(words["objects"], ("plain", None))
    for kind in ("relative", "negation", "both", "also", "other", "attempt", "tag"):
        found |= dict.fromkeys(words[kind], (kind, None))
    for kind in ("placed", "ranked"):
        found |= {word: (kind, which) for which, group in words[kind].items() for word in group}
    for name, arrangement in arrangements().items():
        for kind in ("manners", "places", "words"):
            found |= dict.fromkeys(getattr(arrangement, kind), (f"arrangement/{kind}", name))
    found |= {word: ("mood", name) for name, mood in moods().items() for word in mood.words}
    for kind in ("stature", "open", "distance", "posture", "frequency", "gaze", "lean"):
        found |= {word: (kind, entry) for entry in words[kind] for word in entry["words"]}
    found |= dict.fromkeys(words["unstaged"], ("unknown", None))
    found |= {word: ("order", side) for side, group in words["order"].items() for word in group}
    found |= {word: ("side", side) for side, group in words["sides"].items() for word in group}
    return {" ".join(tokens_of(phrase)): meaning for phrase, meaning in found.items()}
