"""Numbers with a unit at a place of a sentence: lengths in metres, angles in degrees."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

_DIGITS: Final = "0123456789"
_ONES: Final = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_TENS: Final = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_NUMBERS: Final = {
    **{word: float(number) for number, word in enumerate(_ONES)},
    **{word: 10.0 * number for number, word in enumerate(_TENS, start=2)},
    "hundred": 100.0,
    "half": 0.5,
}
_PHRASES: Final = {
    ("half", "of", "a"): 0.5,
    ("half", "a"): 0.5,
    ("half", "an"): 0.5,
    ("three", "quarters", "of", "a"): 0.75,
    ("a", "quarter", "of", "a"): 0.25,
    ("quarter", "of", "a"): 0.25,
    ("a", "couple", "of"): 2.0,
    ("a", "few"): 3.0,
    ("a", "hundred"): 100.0,
    ("a",): 1.0,
    ("an",): 1.0,
}
_AND_A_HALF: Final = {("and", "a", "half"): 0.5, ("and", "a", "quarter"): 0.25}
_METRES: Final = {
    **dict.fromkeys(("m", "metre", "metres", "meter", "meters"), 1.0),
    **dict.fromkeys(("cm", "cms", "centimetre", "centimetres", "centimeter", "centimeters"), 0.01),
    **dict.fromkeys(("mm", "millimetre", "millimetres", "millimeter", "millimeters"), 0.001),
    **dict.fromkeys(("km", "kilometre", "kilometres", "kilometer", "kilometers"), 1000.0),
    **dict.fromkeys(("ft", "foot", "feet"), 0.3048),
    **dict.fromkeys(("in", "inch", "inches"), 0.0254),
    **dict.fromkeys(("yd", "yard", "yards"), 0.9144),
    "armlength": 0.7,
}
UNITS: Final = {unit: f"{metres:g} metres" for unit, metres in _METRES.items() if unit != "in"}
"""Every unit of length by name → what it means."""

_DEGREES: Final = ("degree", "degrees", "deg", "°")
_BOUNDS: Final = {
    **dict.fromkeys(
        (("less", "than"), ("no", "more", "than"), ("not", "more", "than"), ("under",), ("at", "most"), ("barely",)),
        0.8,
    ),
    **dict.fromkeys((("more", "than"), ("at", "least"), ("no", "less", "than"), ("over",)), 1.2),
}
"""How much of the number is meant by “less than a metre”."""

_STATURE: Final = re.compile(r"[12][.,][0-9]{2}")
_BEFORE_STATURE: Final = ("is", "at", "stands", "he's", "she's", "was")
_JOINING: Final = ("to", "and", "or")
_IN_ALONE: Final = "in"  # “6 in” is a length only beside feet: “the two in a car” is none


class Measure(NamedTuple):
    """`unit` is “metres” or “degrees”; `length` tokens say it."""

    unit: str
    value: float
    length: int


def measure_at(tokens: Sequence[str], index: int) -> Measure | None:
    """“1.5 metres”, “a metre and a half”, “3 ft 6 in”, “between one and two metres” (the middle), “90 degrees”."""
    for words, factor in _BOUNDS.items():
        if tuple(tokens[index : index + len(words)]) == words:
            found = _range_at(tokens, index + len(words))
            return found and found._replace(value=factor * found.value, length=found.length + len(words))
    if tokens[index] == "between":
        found = _range_at(tokens, index + 1)
        return found and found._replace(length=found.length + 1)
    return _range_at(tokens, index)


def _range_at(tokens: Sequence[str], index: int) -> Measure | None:
    """One measure, or two with “to”, “and” or “or” between them, of which the first may have no unit."""
    first = _single_measure_at(tokens, index)
    number, length = (None, 0) if first else _number_at(tokens, index)
    joint = index + (first.length if first else length)
    if (first or number is not None) and joint < len(tokens) and tokens[joint] in _JOINING:
        second = _single_measure_at(tokens, joint + 1)
        spoken = tokens[joint] != "and" or tokens[index - 1 : index] == ["between"]
        if second and spoken and (first is None or first.unit == second.unit):
            low = first.value if first else (number or 0.0) * second.value / (_number_at(tokens, joint + 1)[0] or 1.0)
            return Measure(second.unit, (low + second.value) / 2.0, joint + 1 + second.length - index)
    return first


def _single_measure_at(tokens: Sequence[str], index: int) -> Measure | None:
    number, length = _number_at(tokens, index)
    unit = index + length
    if number is not None and tokens[unit : unit + 1] != ["m"] and _is_stature(tokens, index):
        return Measure("metres", number, length)
    if number is None or unit >= len(tokens):
        return None
    if tokens[unit] in _DEGREES:
        return Measure("degrees", number, length + 1)
    if tokens[unit] not in _METRES or (tokens[unit] == _IN_ALONE and tokens[index][-1] not in _DIGITS):
        return None
    metres = _METRES[tokens[unit]]
    half = next((words for words in _AND_A_HALF if tuple(tokens[unit + 1 : unit + 1 + len(words)]) == words), None)
    if half is not None:
        return Measure("metres", (number + _AND_A_HALF[half]) * metres, length + 1 + len(half))
    rest = _rest_at(tokens, unit + 1, metres)
    return Measure("metres", number * metres + rest.value, length + 1 + rest.length)


def _is_stature(tokens: Sequence[str], index: int) -> bool:
    """“He is 1.92”: metres without a unit that somebody may be tall, and no other unit after them."""
    before, after = tokens[index - 1 : index], tokens[index + 1 : index + 2]
    return (
        bool(_STATURE.fullmatch(tokens[index]))
        and bool(before)
        and before[0] in _BEFORE_STATURE
        and not (after and (after[0] in _METRES or after[0] in _DEGREES))
    )


def _rest_at(tokens: Sequence[str], index: int, metres: float) -> Measure:
    """The inches after feet, the centimetres after metres; nothing where there are none."""
    number, length = _number_at(tokens, index)
    unit = index + length
    if number is not None and unit < len(tokens) and 0.0 < _METRES.get(tokens[unit], metres) < metres:
        return Measure("metres", number * _METRES[tokens[unit]], length + 1)
    return Measure("metres", 0.0, 0)


def _number_at(tokens: Sequence[str], index: int) -> tuple[float | None, int]:
    """The number that tokens at `index` say, and how many of them say it."""
    for phrase, number in _PHRASES.items():
        if tuple(tokens[index : index + len(phrase)]) == phrase:
            return number, len(phrase)
    if index >= len(tokens):
        return None, 0
    token = tokens[index]
    value = float(token.replace(",", ".")) if token[-1] in _DIGITS else _NUMBERS.get(token)
    if value is None:
        return None, 0
    following = tokens[index + 1] if index + 1 < len(tokens) else ""
    if (token in _TENS and following in _ONES[1:10]) or following == "hundred":
        return (value * 100.0 if following == "hundred" else value + _NUMBERS[following]), 2
    for words, more in _AND_A_HALF.items():
        if tuple(tokens[index + 1 : index + 1 + len(words)]) == words:
            return value + more, 1 + len(words)
    return value, 1
