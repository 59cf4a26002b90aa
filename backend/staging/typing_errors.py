"""Words that are one slip of the keyboard away from a known one: “agnry”, “hapy”, “facign”.

A slip is one letter left out, doubled, wrong or swapped with its neighbour (Damerau 1964). Words of everyday English
that only look like a slip are in presets/staging/no_slips.txt.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable
from typing import Final

from .lexicon import meanings_of_words
from .presets import words_that_are_no_slips

_SHORTEST: Final = 4
_SWAPPED_ONLY: Final = ("the", "and")


def slips(words: Iterable[str], names: Iterable[str]) -> dict[str, str]:
    """Those of `words` that are a slip away from one known word, or from several of one meaning → that word.

    `names` of the speakers, in small letters, are known words too.
    """
    meant = {word: _name_meant(word, names) or _meant(word) for word in words}
    return {word: known for word, known in meant.items() if known is not None}


def _meant(word: str) -> str | None:
    if word in _meanings() or word in words_that_are_no_slips() or not word.isalpha():
        return None
    swapped = [known for known in _swapped(word) if known in _SWAPPED_ONLY or len(known) >= _SHORTEST]
    if len(word) < _SHORTEST:
        swapped = [known for known in swapped if known in _SWAPPED_ONLY]
    found = _known(swapped) or (_known(_one_letter_off(word)) if len(word) >= _SHORTEST else [])
    return found[0] if found and len({_meanings()[known] for known in found}) == 1 else None


def _name_meant(word: str, names: Iterable[str]) -> str | None:
    if len(word) < len("ana") or word in words_that_are_no_slips():
        return None
    near = [name for name in names if word[0] == name[0] and (_one_edit(word, name) or name in _swapped(word))]
    return near[0] if len(near) == 1 and len(near[0]) >= _SHORTEST - 1 else None


def _known(candidates: Iterable[str]) -> list[str]:
    """The known ones; those with a meaning of their own before parts of phrases, these before others."""
    found = sorted({word for word in candidates if word in _meanings()})
    meant = [word for word in found if _meanings()[word]]
    return [word for word in meant if not _meanings()[word].startswith("part of")] or meant or found


def _swapped(word: str) -> list[str]:
    return [word[:at] + word[at + 1] + word[at] + word[at + 2 :] for at in range(len(word) - 1)]


def _one_letter_off(word: str) -> list[str]:
    """Known words from which one letter (not the first) was left out of, put into, or changed in `word`."""
    return [
        known
        for known in _by_first_letter().get(word[0], ())
        if len(known) >= _SHORTEST and abs(len(known) - len(word)) <= 1 and _one_edit(word, known)
    ]


def _one_edit(one: str, other: str) -> bool:
    same = next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    return one[same + (len(one) >= len(other)) :] == other[same + (len(other) >= len(one)) :] and one != other


@functools.cache
def _meanings() -> dict[str, str]:
    return meanings_of_words()


@functools.cache
def _by_first_letter() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for word in sorted(_meanings()):
        found.setdefault(word[0], []).append(word)
    return found
