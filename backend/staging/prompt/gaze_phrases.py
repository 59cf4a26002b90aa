"""Gaze phrases: a verb of looking, small words, and what is looked at."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from typing import Any, Final

from ..presets import moods, vocabulary
from .tokens import name_at, plain

PhraseMatch = tuple[int, str, Any]
"""Tokens, kind and value of a phrase; no tokens for nothing."""

NO_MATCH: Final[PhraseMatch] = (0, "", None)


def gaze_phrase_at(tokens: Sequence[str], index: int, names: Mapping[str, int]) -> PhraseMatch:
    """“looks (down) at the old wooden floor”: a verb of looking and, past small words, what is looked at."""
    looking = vocabulary()["looking"]
    verb = next(
        (verb for verb in looking["verbs"] if tokens[index : index + verb.count(" ") + 1] == verb.split()), None
    )
    if verb is None:
        return NO_MATCH
    start = index + verb.count(" ") + 1
    for place in range(start, min(start + _LOOK_REACH, len(tokens))):
        target = _target_at(tokens, place)
        if target is not None:
            words, entry = target
            words += _past_whom(tokens, place + words, names)
            partner = _partner_at(tokens, place + words, names)
            if partner:
                return place + words + partner - index, "gaze", {"gaze_held": looking["held"]}
            further = _target_at(tokens, _past_skips(tokens, place + words))
            if further is not None and (further[1] is entry or tokens[place] in ("past", "beyond", "through")):
                entry = further[1]
                words = _past_skips(tokens, place + words) + further[0] - place
            seldom = verb in looking["glances"] and "gaze_away" in entry
            value = entry | {"gaze_away": looking["glance_share"]} if seldom else entry
            return place + words - index, "gaze", {name: field for name, field in value.items() if name != "targets"}
        named, _, owning = name_at(tokens, place, names)
        if named and not owning:
            return NO_MATCH
        known = named or tokens[place] in {*looking["skipped"], *fillers(), *inner_words()}
        if not known and not (tokens[place - 1] in looking["articles"] and _target_at(tokens, place + 1)):
            return _at_a_thing(tokens, index, place, names)
    return NO_MATCH


def _at_a_thing(tokens: Sequence[str], index: int, place: int, names: Mapping[str, int]) -> PhraseMatch:
    """“looks at the xylophone”: whatever it is, it is not the partner."""
    looking = vocabulary()["looking"]
    thing = tokens[place - 2 : place - 1] == ["at"] and tokens[place - 1] in looking["articles"]
    known = tokens[place] in looking["people"] or not tokens[place].isalpha()
    known = known or (place + 1 < len(tokens) and name_at(tokens, place + 1, names)[0] > 0)
    return NO_MATCH if known or not thing else (place - index, "gaze", {"gaze_away": looking["thing_share"]})


_LOOK_REACH: Final = 6


def _past_whom(tokens: Sequence[str], place: int, names: Mapping[str, int]) -> int:
    """Tokens of the partner in “looks past *Anna* into the distance”."""
    if tokens[place - 1] not in ("past", "beyond", "through"):
        return 0
    named, _, owning = name_at(tokens, place, names)
    return named if named and not owning else int(tokens[place : place + 1] in (["him"], ["her"], ["them"]))


def _partner_at(tokens: Sequence[str], place: int, names: Mapping[str, int]) -> int:
    """Tokens before the partner in “looks up *at* Anna”, “looks over *to* him”; none where nobody is looked at."""
    if tokens[place : place + 1] not in (["at"], ["to"], ["into"]):
        return 0
    named, _, owning = name_at(tokens, place + 1, names)
    following = tokens[place + 1] if place + 1 < len(tokens) else ""
    aimed = following in ("him", "them") or (following == "her" and _target_at(tokens, place + 2) is None)
    return 1 if (named and not owning) or aimed or tokens[place + 1 : place + 3] == ["each", "other"] else 0


def _past_skips(tokens: Sequence[str], place: int) -> int:
    skipped = vocabulary()["looking"]["skipped"]
    while place < len(tokens) and tokens[place] in skipped:
        place += 1
    return place


def _target_at(tokens: Sequence[str], place: int) -> tuple[int, dict[str, Any]] | None:
    """The target of a look at token `place`, and how many tokens name it."""
    for length in (3, 2, 1):
        phrase = " ".join(tokens[place : place + length])
        if phrase.count(" ") == length - 1 and phrase in gaze_targets():
            return length, gaze_targets()[phrase]
    return None


@functools.cache
def fillers() -> frozenset[str]:
    """Words that may stand inside any phrase."""
    return frozenset(vocabulary()["fillers"])


@functools.cache
def inner_words() -> frozenset[str]:
    """Words that may stand inside a phrase, but mean something of their own elsewhere."""
    return frozenset(vocabulary()["inner"]) | mood_adverbs()


@functools.cache
def mood_adverbs() -> frozenset[str]:
    """“angrily”, “sadly”: adverbs that say a mood."""
    return frozenset(word for mood in moods().values() for word in mood.words if word.endswith("ly"))


@functools.cache
def gaze_targets() -> dict[str, dict[str, Any]]:
    """What can be looked at → the entry of the vocabulary it is in."""
    return {plain(word): entry for entry in vocabulary()["looking"]["at"] for word in entry["targets"]}
