"""From what is written to what is said: words in order, each with the ways in which it may sound."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from .numbers import number_readings
from .spelling import sound_of_spelling

Sounds = tuple[str, ...]
Dictionary = Callable[[str], Sequence[Sounds]]
"""A word in lower case → its pronunciations as CMU phones in upper case; none where it is not known."""

MOST_READINGS: Final = 6
"""Ways in which one word may sound; more of them cost time and win nothing."""

_LEAST_KNOWN: Final = 0.75
"""Share of words in the dictionary below which a text is not taken for English: English has 95 % and more, German 62 %,
Spanish 50 %, French 41 %."""

_ENOUGH_WORDS: Final = 6
"""Fewer words say nothing about a language."""

_LONGEST_ABBREVIATION: Final = 5
_LONGEST_WORD: Final = 60
_ASIDE: Final = re.compile(r"\[[^\]\n]*\]|\([^)\n]*\)|<[^>\n]*>|\*[^*\n]*\*")
"""Stage directions: [laughs], (quietly), <i>, *sighs*."""

_PIECE: Final = re.compile(
    r"[$€£]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?:st|nd|rd|th|s)?%?|'?[^\W\d_]+(?:['.][^\W\d_]+)*['.]?"
)
_SAID_SIGNS: Final = {"%": "percent", "$": "dollars", "€": "euros", "£": "pounds", "&": " and "}
_SAME_SIGNS: Final = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "`": "'", "\u2011": "-"})


@dataclass(frozen=True)
class SpokenWord:
    """`text` as it is written; `readings`, each phones in upper case, the likeliest first, never none.

    `listed` is whether the dictionary has it; otherwise its sound follows its spelling.
    """

    text: str
    readings: tuple[Sounds, ...]
    listed: bool


def spoken_words(text: str, dictionary: Dictionary) -> tuple[SpokenWord, ...]:
    """All that is said in `text`; punctuation, stage directions in brackets and what has no sound are left out."""
    return tuple(word for piece in _pieces(text) for word in _words_of(piece, dictionary))


def unlisted(words: Sequence[SpokenWord]) -> tuple[str, ...]:
    """Words whose sound follows their spelling, in order, each once."""
    return tuple(dict.fromkeys(word.text for word in words if not word.listed))


def seems_english(text: str, words: Sequence[SpokenWord]) -> bool:
    """Whether enough of `text`, whose `words` these are, is in the dictionary.

    Names, which begin with a capital, are not asked about.
    """
    if 2 * len(words) < len(tuple(_pieces(text))):
        return False  # letters of another script have no sound here
    asked = [word.listed for word in words if not word.text[:1].isupper()] or [word.listed for word in words]
    return len(asked) < _ENOUGH_WORDS or sum(asked) >= _LEAST_KNOWN * len(asked)


def _pieces(text: str) -> Iterator[str]:
    plain = _ASIDE.sub(" ", unicodedata.normalize("NFC", text).translate(_SAME_SIGNS)).replace("&", _SAID_SIGNS["&"])
    return (found.group() for found in _PIECE.finditer(plain))


def _words_of(piece: str, dictionary: Dictionary) -> tuple[SpokenWord, ...]:
    if any(sign.isdigit() for sign in piece):
        return _number(piece, dictionary)
    for written in (piece, piece.rstrip(".'"), piece.strip(".'")):
        known = dictionary(written.lower())
        if known:
            return (SpokenWord(written, tuple(known)[:MOST_READINGS], listed=True),)
    bare = piece.strip(".'")
    if len(bare) > _LONGEST_WORD:
        return ()
    if "." in bare:  # two sentences without a space between them, or N.A.S.A.
        return tuple(word for part in bare.split(".") for word in _words_of(part, dictionary))
    return _unlisted_word(bare, dictionary)


def _unlisted_word(written: str, dictionary: Dictionary) -> tuple[SpokenWord, ...]:
    plain = _ascii(written.lower())
    if dictionary(plain):
        return (SpokenWord(written, tuple(dictionary(plain))[:MOST_READINGS], listed=True),)
    stem = plain.removesuffix("'s")
    owned = stem != plain
    readings = tuple(dictionary(stem)) if owned else ()
    listed = bool(readings)
    if not readings:
        readings = (sound_of_spelling(stem.replace("'", "")),)
    if not listed and written.isupper() and len(written) <= _LONGEST_ABBREVIATION:
        readings = (*_letter_by_letter(plain, dictionary), *readings)
    readings = tuple(dict.fromkeys((*one, "Z") if owned else one for one in readings if one))
    return (SpokenWord(written, readings[:MOST_READINGS], listed),) if readings else ()


def _number(piece: str, dictionary: Dictionary) -> tuple[SpokenWord, ...]:
    """One word, however many it is read as: “1984” is one place in the text with two ways to say it."""
    core = piece.strip("$€£%")
    signs = tuple(_SAID_SIGNS[sign] for sign in (piece[0], piece[-1]) if sign in _SAID_SIGNS)
    said = [(*reading, *signs) for reading in number_readings(core)]
    readings = (
        tuple(phone for word in one for phone in dictionary(word)[0]) for one in said if all(map(dictionary, one))
    )
    sound = tuple(dict.fromkeys(readings))
    return (SpokenWord(piece, sound, listed=True),) if sound else ()


def _letter_by_letter(word: str, dictionary: Dictionary) -> tuple[Sounds, ...]:
    letters = [dictionary(letter) for letter in word]
    return (tuple(phone for one in letters for phone in one[0]),) if all(letters) else ()


def _ascii(word: str) -> str:
    return "".join(sign for sign in unicodedata.normalize("NFKD", word) if sign.isascii())
