"""Reading a sentence: known phrases, longest first, and who each of them is about."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, Final

from .presets import arrangements, moods, vocabulary

_TOKEN: Final = re.compile(r"[0-9]+(?:[.,][0-9]+)?|[^\W\d_]+(?:'[^\W\d_]+)*|[.!?;:,]")
_DIGITS: Final = "0123456789"
_NUMBERS: Final = {"half": 0.5, "one": 1.0, "two": 2.0, "three": 3.0, "four": 4.0, "five": 5.0, "six": 6.0}
_NUMBER_PHRASES: Final = {
    ("half", "a"): 0.5,
    ("a", "couple", "of"): 2.0,
    ("a",): 1.0,
}
_METRES: Final = {
    **dict.fromkeys(("m", "metre", "metres", "meter", "meters"), 1.0),
    **dict.fromkeys(("cm", "centimetre", "centimetres", "centimeter", "centimeters"), 0.01),
    **dict.fromkeys(("ft", "foot", "feet"), 0.3048),
}
_NEGATION_REACH: Final = 3
EVERYBODY: Final = (0, 1)


@dataclass(frozen=True)
class Said:
    """One known phrase: its `kind` (arrangement, mood, lean …), its `value`, the people it is about, 0 and 1."""

    kind: str
    value: Any
    people: tuple[int, ...]
    negated: bool
    phrase: str


@dataclass(frozen=True)
class Reading:
    """What a sentence says, the words nothing follows from, and the pronouns that could be anybody's."""

    said: tuple[Said, ...]
    unknown: tuple[str, ...]
    unresolved: tuple[str, ...]


@dataclass(frozen=True)
class _Match:
    kind: str
    value: Any
    phrase: str
    index: int


@dataclass
class _Reader:
    """Where reading stands: whom the sentence is about, who was mentioned last, where it last said “not”.

    `said_before` counts what earlier sentences said.
    """

    names: tuple[str, str]
    said: list[Said] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    unresolved: list[str] = field(default_factory=list)
    people: tuple[int, ...] = EVERYBODY
    mentioned: tuple[int, ...] = EVERYBODY
    previous: _Match = _Match("stop", None, ".", 0)
    negation: int = -_NEGATION_REACH - 1
    said_before: int = 0

    def read(self, match: _Match) -> None:
        """Take in the next phrase."""
        if match.kind == "stop":
            if match.phrase in (".", "!", "?"):
                self.people = EVERYBODY
                self.said_before = len(self.said)
        elif match.kind == "relative":
            self.people = self.mentioned
        elif match.kind in ("person", "pronoun", "both", "placed"):
            self._person(match)
        elif match.kind == "negation":
            self.negation = match.index
        elif match.kind == "unknown":
            self.unknown.append(match.phrase)
        elif match.kind == "stature" and self.people == EVERYBODY:
            self.unresolved.append(match.phrase)
        elif match.kind != "plain":
            first = match.index - match.phrase.count(" ")
            negated = 0 < first - self.negation <= _NEGATION_REACH
            self.said.append(Said(match.kind, match.value, self.people, negated, match.phrase))
        self.previous = match

    def _person(self, match: _Match) -> None:
        about = (self._placed(str(match.value)),) if match.kind == "placed" else _people_of(match, self.names)
        if about is None:
            self.unresolved += [match.phrase] if match.phrase in ("she", "he") else []
            return
        self.mentioned = about
        if _is_object(match, self.previous):
            if (
                match.phrase == "each other" and len(self.said) > self.said_before
            ):  # both do it, whoever the subject was
                self.said[-1] = replace(self.said[-1], people=EVERYBODY)
            return
        joined = self.previous.phrase == "and" and len(self.people) == 1 and about != self.people
        self.people = EVERYBODY if joined and not self._just_said() else about

    def _placed(self, side: str) -> int:
        """Who is on that side as far as the sentence has said it; the first person is on the left otherwise."""
        told = [said for said in self.said if said.kind == "side" and len(said.people) == 1 and not said.negated]
        left = told[-1].people[0] if told and told[-1].value == "left" else 1 - told[-1].people[0] if told else 0
        return left if side == "left" else 1 - left

    def _just_said(self) -> bool:
        """Whether the last thing said was about the same people, so that “and” starts anew instead of joining."""
        return len(self.said) > self.said_before and self.said[-1].people == self.people


def read_sentence(sentence: str, names: tuple[str, str], alike: Mapping[str, str] = MappingProxyType({})) -> Reading:
    """Find every known phrase of `sentence` and whom it is about. Never fails: what is not understood is reported.

    `alike`: words that no vocabulary has → the mood that they mean.
    """
    reader = _Reader(names)
    for match in _matches(_TOKEN.findall(_plain(sentence)), _names(names)):
        meant = match.kind == "unknown" and alike.get(match.phrase)
        reader.read(replace(match, kind="mood", value=meant) if meant else match)
    return Reading(tuple(reader.said), tuple(dict.fromkeys(reader.unknown)), tuple(dict.fromkeys(reader.unresolved)))


def _people_of(match: _Match, names: tuple[str, str]) -> tuple[int, ...] | None:
    if match.kind == "both":
        return EVERYBODY
    if match.kind == "person":
        return (int(match.value),)
    return _with_pronoun(match.value, names)


def _with_pronoun(pronoun: str, names: tuple[str, str]) -> tuple[int, ...] | None:
    """Who of the two is a she or a he, None when it could be either."""
    known = vocabulary()["names"]
    pronouns = [next((word for word, group in known.items() if name.lower() in group), None) for name in names]
    fitting = [person for person in EVERYBODY if pronouns[person] == pronoun]
    if len(fitting) == 1:
        return (fitting[0],)
    nameless = [person for person in EVERYBODY if pronouns[person] is None]
    if not fitting and len(nameless) == 1:
        return (nameless[0],)
    return None


def _is_object(match: _Match, previous: _Match) -> bool:
    """Whether a person is looked at, leant towards or sat beside rather than doing it.

    “At the table Anna …” and “now and then Anna …” begin anew; “stares at Anna”, “avoids Anna”, “beside Anna” do not.
    """
    adjacent = previous.index == match.index - match.phrase.count(" ") - 1
    takes_object = previous.kind in ("lean", "arrangement/words") or (
        previous.kind == "gaze" and ("gaze_held" in previous.value or previous.phrase.startswith("avoid"))
    )
    return (adjacent and takes_object) or previous.phrase in vocabulary()["prepositions"]


def _matches(tokens: list[str], names: dict[str, int]) -> Iterator[_Match]:
    lexicon = _lexicon()
    longest = max(phrase.count(" ") for phrase in lexicon) + 1
    index = 0
    while index < len(tokens):
        length, match = _match_at(tokens, index, names, lexicon, longest)
        yield match
        index += length


def _match_at(
    tokens: list[str], index: int, names: dict[str, int], lexicon: dict[str, tuple[str, Any]], longest: int
) -> tuple[int, _Match]:
    """The longest known phrase at `index`, and its length in tokens. `match.index` is the phrase's last token."""
    distance = _distance_at(tokens, index)
    if distance is not None:
        metres, length = distance
        return length, _Match("metres", metres, " ".join(tokens[index : index + length]), index + length - 1)
    token = tokens[index]
    named = _name_at(tokens, index, names)
    if named is not None:
        return named
    for length in range(min(longest, len(tokens) - index), 0, -1):
        phrase = " ".join(tokens[index : index + length])
        if phrase in lexicon:
            kind, value = lexicon[phrase]
            return length, _Match(kind, value, phrase, index + length - 1)
    kind = "plain" if token[0] in _DIGITS else "unknown"
    return 1, _Match(kind, None, token, index)


def _name_at(tokens: list[str], index: int, names: dict[str, int]) -> tuple[int, _Match] | None:
    """The longest name at `index`: “Mrs. Hall”, “Hall”; “Mrs. Hall's” is about what is hers."""
    longest = max((name.count(" ") for name in names), default=0) + 1
    for length in range(min(longest, len(tokens) - index), 0, -1):
        phrase = " ".join(tokens[index : index + length])
        last = index + length - 1
        if phrase in names:
            return length, _Match("person", names[phrase], phrase, last)
        if phrase.endswith("'s") and phrase[:-2] in names:
            return length, _Match("plain", None, phrase, last)
    return None


def _distance_at(tokens: list[str], index: int) -> tuple[float, int] | None:
    """Metres and token count of “1.5 metres”, “half a metre”, “two and a half feet” at `index`."""
    number, length = _number_at(tokens, index)
    unit = index + length
    if number is None or unit >= len(tokens) or tokens[unit] not in _METRES:
        return None
    following = tokens[unit + 1 : unit + 2]
    return number * _METRES[tokens[unit]], length + (2 if following == ["apart"] else 1)


def _number_at(tokens: list[str], index: int) -> tuple[float | None, int]:
    """The number that tokens at `index` say, and how many of them say it."""
    for phrase, number in _NUMBER_PHRASES.items():
        if tuple(tokens[index : index + len(phrase)]) == phrase:
            return number, len(phrase)
    token = tokens[index]
    value = float(token.replace(",", ".")) if token[0] in _DIGITS else _NUMBERS.get(token)
    if value is not None and tokens[index + 1 : index + 4] == ["and", "a", "half"]:
        return value + 0.5, 4
    return value, 1


def _names(names: tuple[str, str]) -> dict[str, int]:
    """Each name and each word of it → whose it is, unless both share it."""
    parts = []
    for name in names:
        tokens = _TOKEN.findall(_plain(name))
        parts.append({" ".join(tokens), *(token for token in tokens if token[0].isalpha())} - {""})
    shared = parts[0] & parts[1]
    return {part: person for person in EVERYBODY for part in parts[person] - shared}


def _plain(text: str) -> str:
    """Small letters, straight quotes, no hyphens."""
    return text.lower().replace("’", "'").replace("‘", "'").replace("-", " ")


@functools.cache
def _lexicon() -> dict[str, tuple[str, Any]]:
    """Phrase → (kind, value). Later kinds replace earlier ones, so plain words never hide a meaning."""
    words = vocabulary()
    found: dict[str, tuple[str, Any]] = dict.fromkeys(words["plain"] + words["prepositions"], ("plain", None))
    found |= dict.fromkeys([".", "!", "?", *words["breaks"]], ("stop", None))
    found["who"] = ("relative", None)
    found |= {word: ("placed", side) for side, group in words["placed"].items() for word in group}
    found |= dict.fromkeys(words["negations"], ("negation", None))
    found |= dict.fromkeys(words["both"], ("both", None))
    found |= {word: ("pronoun", pronoun) for pronoun, group in words["pronouns"].items() for word in group}
    found |= dict.fromkeys(words["objects"], ("plain", None))
    for name, arrangement in arrangements().items():
        for kind in ("manners", "places", "words"):
            found |= dict.fromkeys(getattr(arrangement, kind), (f"arrangement/{kind}", name))
    found |= {word: ("mood", name) for name, mood in moods().items() for word in mood.words}
    for kind in ("stature", "open", "distance", "posture", "gaze", "lean"):
        found |= {word: (kind, entry) for entry in words[kind] for word in entry["words"]}
    found |= {word: ("side", side) for side, group in words["sides"].items() for word in group}
    return {_plain(phrase): meaning for phrase, meaning in found.items()}
