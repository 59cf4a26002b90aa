"""A sentence → its words, numbers and stops in lower case, and the people that names and pronouns refer to."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from ..presets import vocabulary

_TOKEN: Final = re.compile(r"-?[0-9]+(?:[.,][0-9]+)?|°|[^\W\d_]+(?:'[^\W\d_]+)*|[.!?;:,()]")
_CHANGES: Final = (
    (re.compile(r"(?<=[0-9])\s*[-–—]\s*(?=[0-9])"), " to "),  # 1-2 m
    (re.compile(r"(?<=[0-9])\s*['′]\s*([0-9]{1,2})(?:\s*(?:[\"″”“]|''|′′))?"), r" feet \1 inches "),  # 5'6"
    (re.compile(r"(?<=[0-9])['′](?![^\W\d_])"), " feet "),
    (re.compile(r"(?<=[0-9])(?:[\"″]|'')"), " inches "),
    (re.compile(r"\barm'?s?'? lengths?\b"), "armlength"),
    (re.compile(r"[–—/\n\r]|(?<=\s)-(?=\s)"), " , "),
    (re.compile(r"(?<=\w)-(?=\w)"), " "),
    (re.compile(r"\bone another\b"), "each other"),
    (re.compile(r"&"), " and "),
)


def tokens_of(text: str) -> list[str]:
    """Words without hyphens, numbers with their sign, and stops; whatever else there is, is left out."""
    return _TOKEN.findall(plain(text))


def plain(text: str) -> str:
    """Small letters, straight quotes, no hyphens inside words; dashes, slashes and line ends are commas."""
    text = text.lower().replace("’", "'").replace("‘", "'")
    for pattern, replacement in _CHANGES:
        text = pattern.sub(replacement, text)
    return text


def names_of(names: tuple[str, str]) -> dict[str, int]:
    """Each name and each word of it → whose it is, 0 or 1, unless both share it."""
    parts = []
    for name in names:
        tokens = tokens_of(name)
        parts.append({" ".join(tokens), *(token for token in tokens if token[0].isalpha())} - {""})
    shared = parts[0] & parts[1]
    return {part: person for person in (0, 1) for part in parts[person] - shared}


def name_at(tokens: Sequence[str], index: int, names: Mapping[str, int]) -> tuple[int, int, bool]:
    """Tokens of the longest name at `index`, whose it is, and whether it only says what is theirs (“Mrs. Hall's”)."""
    longest = max((name.count(" ") for name in names), default=0) + 1
    for length in range(min(longest, len(tokens) - index), 0, -1):
        phrase = " ".join(tokens[index : index + length])
        for ending in ("", "'s", "'"):
            if phrase.endswith(ending) and phrase.removesuffix(ending) in names:
                person = names[phrase.removesuffix(ending)]
                short = ending == "'s" and tokens[index + length : index + length + 1] in _AFTER_IS
                return length, person, bool(ending) and not short
    return 0, 0, False


_AFTER_IS: Final = (["on"], ["at"], ["in"], ["not"], ["very"], ["sitting"], ["standing"], ["leaning"], ["looking"])
"""After these “Anna's” is “Anna is”."""


def is_a_name(word: str) -> bool:
    """Whether `word` is somebody's name and no everyday word."""
    names = vocabulary()["names"]
    return word not in vocabulary()["no_strangers"] and any(word in group for group in names.values())


def people_for_pronoun(pronoun: str, names: tuple[str, str]) -> list[int]:
    """Who may be meant by “she” or “he” as far as names tell."""
    known = vocabulary()["names"]
    pronouns = [next((word for word, group in known.items() if name.lower() in group), None) for name in names]
    found = [person for person in (0, 1) if pronouns[person] == pronoun]
    return found or [person for person in (0, 1) if pronouns[person] is None]
