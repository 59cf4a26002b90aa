"""Text normalisation: written text → spoken words in order, numbers included, each with its possible pronunciations."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from .letter_to_sound import letter_to_sound

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

_QUESTION: Final = re.compile(r"(?<=\?)")
_PIECE: Final = re.compile(
    r"[$€£]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?:st|nd|rd|th|s)?%?|'?[^\W\d_]+(?:['.][^\W\d_]+)*['.]?"
)
_SAID_SIGNS: Final = {"%": "percent", "$": "dollars", "€": "euros", "£": "pounds", "&": " and "}
_SAME_SIGNS: Final = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "`": "'", "\u2011": "-"})

# fmt: off
_TITLES: Final = frozenset((
    "the", "mr", "mister", "mrs", "missus", "ms", "miss", "mx", "dr", "doctor", "prof", "professor",
    "sir", "madam", "lady", "lord", "dame", "captain",
))
# fmt: on
"""What stands before a name and is none."""


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


def question_words(text: str, dictionary: Dictionary) -> frozenset[int]:
    """Indices into `spoken_words` of the words before a question mark."""
    count, found = 0, set()
    for sentence in _QUESTION.split(_ASIDE.sub(" ", text)):
        words = len(spoken_words(sentence, dictionary))
        count += words
        if words and sentence.rstrip().endswith("?"):
            found.add(count - 1)
    return frozenset(found)


def first_name(name: str) -> tuple[str, ...]:
    """The words that a text has for the first name in `name`: “Jean-Luc” is two, “Dr. Smith” is called Smith.

    None where it is no more than a letter, which a text has for other reasons.
    """
    parts = [
        [word for piece in _pieces(part) for word in piece.strip("'.").split(".") if word.replace("'", "").isalpha()]
        for part in name.split()
    ]
    named = [words for words in parts if len("".join(words)) > 1]
    return tuple(next((rest for words in named if (rest := _untitled(words))), named[-1] if named else ()))


def _untitled(words: Sequence[str]) -> list[str]:
    return [word for word in words if word.casefold() not in _TITLES]


def unlisted(words: Sequence[SpokenWord]) -> tuple[str, ...]:
    """Words whose sound follows their spelling, in order, each once."""
    return tuple(dict.fromkeys(word.text for word in words if not word.listed))


def seems_english(text: str, words: Sequence[SpokenWord]) -> bool:
    """Whether enough of `text`, whose `words` these are, is in the dictionary.

    Names, which begin with a capital, are not counted.
    """
    if 2 * len(words) < len(tuple(_pieces(text))):
        return False  # letters of another script have no sound here
    listed = [word.listed for word in words if not word.text[:1].isupper()] or [word.listed for word in words]
    return len(listed) < _ENOUGH_WORDS or sum(listed) >= _LEAST_KNOWN * len(listed)


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
    plain = "".join(sign for sign in unicodedata.normalize("NFKD", written.lower()) if sign.isascii())
    if dictionary(plain):
        return (SpokenWord(written, tuple(dictionary(plain))[:MOST_READINGS], listed=True),)
    stem = plain.removesuffix("'s")
    owned = stem != plain
    readings = tuple(dictionary(stem)) if owned else ()
    listed = bool(readings)
    if not readings:
        readings = (letter_to_sound(stem.replace("'", "")),)
    if not listed and written.isupper() and len(written) <= _LONGEST_ABBREVIATION:
        readings = (*_letter_by_letter(plain, dictionary), *readings)
    readings = tuple(dict.fromkeys((*reading, "Z") if owned else reading for reading in readings if reading))
    return (SpokenWord(written, readings[:MOST_READINGS], listed),) if readings else ()


def _number(piece: str, dictionary: Dictionary) -> tuple[SpokenWord, ...]:
    """One word, however many it is read as: “1984” is one place in the text with two ways to say it."""
    core = piece.strip("$€£%")
    signs = tuple(_SAID_SIGNS[sign] for sign in (piece[0], piece[-1]) if sign in _SAID_SIGNS)
    said = [(*reading, *signs) for reading in number_readings(core)]
    readings = (
        tuple(phone for word in names for phone in dictionary(word)[0]) for names in said if all(map(dictionary, names))
    )
    sound = tuple(dict.fromkeys(readings))
    return (SpokenWord(piece, sound, listed=True),) if sound else ()


def _letter_by_letter(word: str, dictionary: Dictionary) -> tuple[Sounds, ...]:
    letters = [dictionary(letter) for letter in word]
    return (tuple(phone for readings in letters for phone in readings[0]),) if all(letters) else ()


# fmt: off
_UNITS: Final = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine",
    "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)
# fmt: on
_TENS: Final = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_SCALES: Final = ((10**9, "billion"), (10**6, "million"), (10**3, "thousand"), (100, "hundred"))
_ORDINALS: Final = {
    "one": "first",
    "two": "second",
    "three": "third",
    "five": "fifth",
    "eight": "eighth",
    "nine": "ninth",
    "twelve": "twelfth",
}
_NUMBER: Final = re.compile(r"(\d{1,3}(?:,\d{3})+|\d+)(?:\.(\d+))?(st|nd|rd|th|s)?")
_LARGEST: Final = 10**12
_MOST_DIGITS: Final = 24
_YEAR_DIGITS: Final = 4
_YEARS: Final = range(1100, 2100)
_FIRST_OF_TWENTY: Final = 2010
"""Years from here on are said in two halves; the ten before are not."""

_LAST_SPELLED_OH: Final = 9
_DECADE: Final = 10
_CENTURY: Final = 100


def number_readings(text: str) -> tuple[tuple[str, ...], ...]:
    """The ways in which `text`, digits and what belongs to them, is read, each as words; none where it is no number.

    A number of four digits is read as an amount and as a year; one that is too long to have a name, digit by digit.
    """
    found = _NUMBER.fullmatch(text)
    if not found or len(found[1]) > _MOST_DIGITS:
        return ()
    digits, decimals, ending = found[1].replace(",", ""), found[2], found[3]
    if decimals is not None:
        return ((*_whole(digits), "point", *_digit_by_digit(decimals)),)
    if digits.startswith("0") and digits.strip("0"):
        named = _digit_by_digit(digits)
        return tuple("oh" if word == "zero" else word for word in named), named
    readings = [_whole(digits)]
    if len(found[1]) == _YEAR_DIGITS and int(digits) in _YEARS:
        readings.append(_as_year(int(digits)))
    end = {None: lambda word: word, "s": _plural}.get(ending, _ordinal)
    return tuple(dict.fromkeys((*reading[:-1], end(reading[-1])) for reading in readings))


def _whole(digits: str) -> tuple[str, ...]:
    value = int(digits)
    return tuple(_cardinal(value)) if value < _LARGEST else _digit_by_digit(digits)


def _cardinal(value: int) -> list[str]:
    for size, name in _SCALES:
        if value >= size:
            rest = value % size
            return [*_cardinal(value // size), name, *(_cardinal(rest) if rest else [])]
    if value < len(_UNITS):
        return [_UNITS[value]]
    tens, unit = divmod(value, _DECADE)
    return [_TENS[tens], *([_UNITS[unit]] if unit else [])]


def _as_year(value: int) -> tuple[str, ...]:
    century, rest = divmod(value, _CENTURY)
    if rest == 0:
        return (*_cardinal(century), "hundred")
    if 2000 < value < _FIRST_OF_TWENTY:  # noqa: PLR2004  (two thousand and one to nine have no halves)
        return tuple(_cardinal(value))
    middle = ("oh",) if rest <= _LAST_SPELLED_OH else ()
    return (*_cardinal(century), *middle, *_cardinal(rest))


def _digit_by_digit(digits: str) -> tuple[str, ...]:
    return tuple(_UNITS[int(digit)] for digit in digits)


def _ordinal(word: str) -> str:
    return _ORDINALS.get(word) or (f"{word[:-1]}ieth" if word.endswith("y") else f"{word.removesuffix('t')}th")


def _plural(word: str) -> str:
    return f"{word[:-1]}ies" if word.endswith("y") else f"{word}s"
