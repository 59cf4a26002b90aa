"""Numbers as people say them: 42, 1,500, 3.5, 1984, 21st."""

from __future__ import annotations

import re
from typing import Final

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
    return tuple(dict.fromkeys((*one[:-1], end(one[-1])) for one in readings))


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
