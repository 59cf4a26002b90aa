"""A sentence → its words, numbers and stops, in small letters."""

from __future__ import annotations

import re
from typing import Final

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
