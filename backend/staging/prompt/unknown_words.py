"""Words that the vocabulary does not have: typing errors corrected, and moods found by sentence similarity.

A typing error is one letter left out, doubled, wrong or swapped with its neighbour (Damerau 1964): “agnry”, “hapy”,
“facign”. Words of everyday English that only look like one are in presets/staging/no_slips.txt.

Sentence similarity tells moods apart; it does not tell left from right, towards from away, or far from near, so only
moods are looked up by it.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from ...contract.files import Stamp, stamp_of
from ..presets import correct_words, moods
from ..sentence_encoder import VOCABULARY_FILE, WEIGHTS_FILE, SentenceEncoder, load_sentence_encoder
from .lexicon import meanings_of_words

_SHORTEST: Final = 4
_SWAPPED_ONLY: Final = ("the", "and")


def typing_errors(
    words: Iterable[str], names: Iterable[str], is_word: Callable[[str], bool] = lambda _: False
) -> dict[str, str]:
    """Those of `words` that are one typing error away from a known word, or from several of one meaning → that word.

    `names` of the speakers, in small letters, are known words too. What `is_word` knows is no error, unless of a name.
    """
    meant = {word: _name_meant(word, names) or (None if is_word(word) else _meant(word)) for word in words}
    return {word: known for word, known in meant.items() if known is not None}


def _meant(word: str) -> str | None:
    if word in _meanings() or word in correct_words() or not word.isalpha():
        return None
    swapped = [known for known in _swapped(word) if known in _SWAPPED_ONLY or len(known) >= _SHORTEST]
    if len(word) < _SHORTEST:
        swapped = [known for known in swapped if known in _SWAPPED_ONLY]
    found = _known(swapped) or (_known(_known_one_edit_away(word)) if len(word) >= _SHORTEST else [])
    return found[0] if found and len({_meanings()[known] for known in found}) == 1 else None


def _name_meant(word: str, names: Iterable[str]) -> str | None:
    if len(word) < len("ana") or word in correct_words():
        return None
    near = [name for name in names if word[0] == name[0] and (_is_one_edit(word, name) or name in _swapped(word))]
    return near[0] if len(near) == 1 and len(near[0]) >= _SHORTEST - 1 else None


def _known(candidates: Iterable[str]) -> list[str]:
    """The known ones; those with a meaning of their own before parts of phrases, these before others."""
    found = sorted({word for word in candidates if word in _meanings()})
    meant = [word for word in found if _meanings()[word]]
    return [word for word in meant if not _meanings()[word].startswith("part of")] or meant or found


def _swapped(word: str) -> list[str]:
    return [word[:at] + word[at + 1] + word[at] + word[at + 2 :] for at in range(len(word) - 1)]


def _known_one_edit_away(word: str) -> list[str]:
    """Known words from which one letter (not the first) was left out of, put into, or changed in `word`."""
    return [
        known
        for known in _by_first_letter().get(word[0], ())
        if len(known) >= _SHORTEST and abs(len(known) - len(word)) <= 1 and _is_one_edit(word, known)
    ]


def _is_one_edit(word: str, other: str) -> bool:
    same = next((at for at, (a, b) in enumerate(zip(word, other, strict=False)) if a != b), min(len(word), len(other)))
    return word[same + (len(word) >= len(other)) :] == other[same + (len(other) >= len(word)) :] and word != other


@functools.cache
def _meanings() -> dict[str, str]:
    return meanings_of_words()


@functools.cache
def _by_first_letter() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for word in sorted(_meanings()):
        found.setdefault(word[0], []).append(word)
    return found


LEAST_SIMILARITY: Final = 0.64
"""Mean cosine with a mood's three nearest adjectives from which a word means that mood.

Measured on tests/data/mood_words.json: docs/developers/benchmarks/prompts.md.
"""

_NEAREST: Final = 3
_TEMPLATE: Final = "a {} person"
_CACHED_WORDS: Final = 1024


@dataclass(frozen=True)
class MoodSimilarity:
    """`anchors` [words, 384]: the directions of every mood's adjectives, and whose each is."""

    encoder: SentenceEncoder
    anchors: np.ndarray
    mood_of: tuple[str, ...]

    def nearest(self, word: str) -> tuple[str, float]:
        """The mood that `word` is most similar to, and the cosine, -1 to 1."""
        cosines = self.anchors @ self.encoder.directions([_TEMPLATE.format(word)])[0]
        found = {
            mood: float(np.sort(cosines[[mood == other for other in self.mood_of]])[-_NEAREST:].mean())
            for mood in dict.fromkeys(self.mood_of)
        }
        mood = max(found, key=lambda name: found[name])
        return mood, found[mood]


def similar_moods(words: Iterable[str], assets: Path) -> dict[str, str] | None:
    """Those of `words` that are similar to a mood → its name; None where the folder `assets` has no sentence encoder.

    Raises DuologueError (ASSET_CORRUPT).
    """
    stamp = stamp_of((assets / WEIGHTS_FILE, assets / VOCABULARY_FILE))
    if _mood_similarity(assets, stamp) is None:
        return None
    found = {word: _similar_mood(word, assets, stamp) for word in words}
    return {word: mood for word, mood in found.items() if mood is not None}


@functools.lru_cache(maxsize=_CACHED_WORDS)
def _similar_mood(word: str, assets: Path, stamp: Stamp) -> str | None:
    similarity = _mood_similarity(assets, stamp)
    if similarity is None:
        return None
    mood, cosine = similarity.nearest(word)
    return mood if cosine >= LEAST_SIMILARITY else None


@functools.lru_cache(maxsize=1)
def _mood_similarity(assets: Path, stamp: Stamp = ()) -> MoodSimilarity | None:  # noqa: ARG001  (other files, another one)
    encoder = load_sentence_encoder(assets)
    if encoder is None:
        return None
    pairs = [(name, word) for name, mood in moods().items() for word in mood.likened]
    anchors = encoder.directions([_TEMPLATE.format(word) for _, word in pairs])
    return MoodSimilarity(encoder, anchors, tuple(name for name, _ in pairs))
