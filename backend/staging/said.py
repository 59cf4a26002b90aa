"""What is read out of a sentence, phrase by phrase."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

EVERYBODY: Final = (0, 1)
NOBODY: Final[tuple[int, ...]] = ()


@dataclass(frozen=True)
class Said:
    """One known phrase: its `kind` (arrangement, mood, lean …), its `value`, the people it is about, 0 and 1.

    `clause` counts the stretches between commas and joining words, `sentence` those between full stops; `tried` says
    that the sentence only has somebody try it.
    """

    kind: str
    value: Any
    people: tuple[int, ...]
    negated: bool
    phrase: str
    clause: int = 0
    sentence: int = 0
    tried: bool = False


@dataclass(frozen=True)
class Reading:
    """What a sentence says, the words nothing follows from, pronouns that could be anybody's, and other people."""

    said: tuple[Said, ...]
    unknown: tuple[str, ...]
    unresolved: tuple[str, ...]
    strangers: tuple[str, ...] = ()
