"""Names for the people of a rehearsal, and the pronouns they go by."""

from __future__ import annotations

from typing import Final, Literal

import numpy as np

from .voices import Voice

Pronoun = Literal["she", "he"]

_NAMES: Final[dict[Pronoun, tuple[str, ...]]] = {
    "she": (
        *("Anna", "Emma", "Maria", "Sarah", "Laura", "Julia", "Alice", "Kate", "Sophie", "Olivia", "Mia", "Chloe"),
        *("Jane", "Nora", "Clara", "Lena", "Emily", "Zoe", "Mary", "Lisa"),
    ),
    "he": (
        *("Ben", "Adam", "John", "Paul", "Peter", "David", "Michael", "Tom", "Max", "James", "George", "Jack", "Leo"),
        *("Daniel", "Lucas", "Noah", "Felix", "Sam", "Henry", "Luke"),
    ),
}
"""Names that the prompt's reader knows (presets/staging/vocabulary.json)."""

_STRANGE_NAMES: Final[dict[Pronoun, tuple[str, ...]]] = {
    "she": ("Amara", "Mei", "Yuki", "Mrs. Öztürk", "Dr. Weiss", "Inés", "Robin"),
    "he": ("Omar", "Walter", "Jean-Luc", "Mr. O'Neill", "Kenji", "Sasha", "Dr. Brandt"),
}
"""Names that it does not know."""

_STRANGE_SHARE: Final = 0.2
_WOMEN: Final = ("slt", "af_", "bf_")
"""Parts of the names of voices that sound like a woman's."""


def draw_names(rng: np.random.Generator, voices: tuple[Voice, Voice]) -> tuple[str, str]:
    """Two different names that fit the voices."""
    first = _draw_name(rng, voices[0])
    second = first
    while second == first:
        second = _draw_name(rng, voices[1])
    return first, second


def pronouns(names: tuple[str, str]) -> tuple[Pronoun | None, Pronoun | None]:
    """“she” or “he” for both people where a reader can tell which is which, otherwise None for both.

    A reader has to know one of the names; the other pronoun is then the stranger's.
    """
    first, second = (pronoun_of(name) for name in names)
    known = any(name in group for name in names for group in _NAMES.values())
    return (first, second) if known and first != second else (None, None)


def pronoun_of(name: str) -> Pronoun | None:
    """“she” or “he” for a name of `draw_names`."""
    return next((word for groups in (_NAMES, _STRANGE_NAMES) for word, group in groups.items() if name in group), None)


def _draw_name(rng: np.random.Generator, voice: Voice) -> str:
    pronoun: Pronoun = "she" if any(part in voice.name for part in _WOMEN) else "he"
    names = _STRANGE_NAMES if rng.random() < _STRANGE_SHARE else _NAMES
    return str(rng.choice(names[pronoun]))
