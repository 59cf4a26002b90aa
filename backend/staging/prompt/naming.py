"""A sentence with names in place of the words by which it calls the two people, so that the rules know whom it means.

“The goalkeeper sits, her coach crouches” → “Firstspeaker sits, Secondspeaker crouches”. Words that say something of a
person themselves (“the girl”, “a nervous candidate”) stay, but for the noun that calls them.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from typing import Final

from ..presets import vocabulary
from .grammar import Parse
from .model.people import PRONOUNS, gender_of, places_of

_STAND_INS: Final[dict[str | None, tuple[str, str]]] = {
    "she": ("Anna", "Clara"),
    "he": ("Ben", "Tom"),
    None: ("Firstspeaker", "Secondspeaker"),
}
"""Names for the first and the second person by their gender; None: not told, so that any pronoun may mean them."""

_BEFORE: Final = re.compile(r"(?:\b(?:the|a|an|his|her|their|our|my)\s+)?$", re.IGNORECASE)
_WORD: Final = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True)
class Named:
    """`text` in which the two are called by `names`; `meant` gives the words that a stand-in is there for."""

    text: str
    names: tuple[str, str]
    meant: dict[str, str]

    def as_written(self, phrase: str) -> str:
        """`phrase` of this text in the words of the sentence."""
        for stand_in, words in self.meant.items():
            phrase = re.sub(rf"\b{stand_in}\b", words, phrase, flags=re.IGNORECASE)
        return phrase


def named(text: str, called: tuple[str, str], names: tuple[str, str], parse: Parse | None) -> Named:
    """`text`, which has the speakers called `names` as `called` (empty: not at all), with stand-ins where it has other
    words.
    """
    own = [not words or bool(places_of(name, words)) for words, name in zip(called, names, strict=True)]
    if all(own):
        return Named(text, names, {})
    genders = [gender_of(words or name) for words, name in zip(called, names, strict=True)]
    used = tuple(
        name if is_own else _stand_in(person, gender, names[1 - person], text)
        for person, (name, is_own, gender) in enumerate(zip(names, own, genders, strict=True))
    )
    kept = _tall_or_small() if genders[0] == genders[1] else _tall_or_small() | _gendered()
    heads = ["" if is_own else _head(text, words, parse) for words, is_own in zip(called, own, strict=True)]
    heads = ["" if head.lower() in kept else head for head in heads]
    meant = {}
    if heads[0].lower() != heads[1].lower():
        for head, stand_in in zip(heads, used, strict=True):
            if head:
                text, meant[stand_in] = _replaced(text, head, stand_in), head
    return Named(text, (used[0], used[1]), meant)


def _stand_in(person: int, gender: str | None, other: str, text: str) -> str:
    """A name that neither the `other` speaker has nor anybody in `text`."""
    name = _STAND_INS[gender][person]
    taken = places_of(other, name) or places_of(text, name)
    return _STAND_INS[None][person] if taken else name


def _head(text: str, words: str, parse: Parse | None) -> str:
    """The noun that `words` are about."""
    place = next(iter(places_of(text, words)), None)
    head = _WORD.findall(words)[-1] if _WORD.findall(words) else ""
    if place is not None and parse is not None:
        inside = [index for index, token in enumerate(parse.tokens) if place[0] <= token.start < place[1]]
        roots = [parse.tokens[index] for index in inside if parse.tokens[index].head not in inside]
        roots += [parse.tokens[index] for index in inside if parse.tokens[index].head == index]
        head = next((token.text for token in roots if token.part in ("NOUN", "PROPN", "PRON")), head)
    return head


def _replaced(text: str, head: str, stand_in: str) -> str:
    """`text` with each `head` and its article as `stand_in`."""
    for start, end in reversed(places_of(text, head)):
        before = _BEFORE.search(text, 0, start)
        first = start if before is None else before.start()
        text = text[:first] + stand_in + text[end:]
    return text


@functools.cache
def _tall_or_small() -> frozenset[str]:
    """Words that tell how tall somebody is, pronouns, and what may stand for either."""
    found = {word for entry in vocabulary()["stature"] for phrase in entry["words"] for word in phrase.split()}
    return frozenset(found | {"one", "other"}).union(*PRONOUNS.values())


@functools.cache
def _gendered() -> frozenset[str]:
    """Nouns that the rules resolve by gender themselves."""
    words = vocabulary()
    return frozenset(word for group in ("pronouns", "gendered") for forms in words[group].values() for word in forms)
