"""Words for moods that no vocabulary has, by how alike they are to those it has.

Sentence similarity tells moods apart; it does not tell left from right, towards from away, or far from near, so nothing
but moods is ever asked of it.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from .presets import moods
from .sentence_encoder import SentenceEncoder, load_sentence_encoder

LEAST_LIKENESS: Final = 0.64
"""Mean cosine with a mood's three nearest adjectives from which a word means that mood.

Measured on tests/data/mood_words.json: docs/prompts.md has the numbers.
"""

_NEAREST: Final = 3
_ASKED: Final = "a {} person"
_REMEMBERED: Final = 1024


@dataclass(frozen=True)
class Likeness:
    """`anchors` [words, 384]: the directions of every mood's adjectives, and whose each is."""

    encoder: SentenceEncoder
    anchors: np.ndarray
    mood_of: tuple[str, ...]

    def nearest(self, word: str) -> tuple[str, float]:
        """The mood that `word` is most like, and how much, -1 to 1."""
        cosines = self.anchors @ self.encoder.directions([_ASKED.format(word)])[0]
        found = {
            mood: float(np.sort(cosines[[mood == other for other in self.mood_of]])[-_NEAREST:].mean())
            for mood in dict.fromkeys(self.mood_of)
        }
        mood = max(found, key=lambda name: found[name])
        return mood, found[mood]


def moods_alike(words: Iterable[str], assets: Path) -> dict[str, str] | None:
    """Those of `words` that are like a mood → its name; None where the folder `assets` has no sentence encoder.

    Raises DuologueError (ASSET_CORRUPT).
    """
    if _likeness(assets) is None:
        return None
    asked = {word: _mood_alike(word, assets) for word in words}
    return {word: mood for word, mood in asked.items() if mood is not None}


@functools.lru_cache(maxsize=_REMEMBERED)
def _mood_alike(word: str, assets: Path) -> str | None:
    likeness = _likeness(assets)
    if likeness is None:
        return None
    mood, cosine = likeness.nearest(word)
    return mood if cosine >= LEAST_LIKENESS else None


@functools.lru_cache(maxsize=1)
def _likeness(assets: Path) -> Likeness | None:
    encoder = load_sentence_encoder(assets)
    if encoder is None:
        return None
    pairs = [(name, word) for name, mood in moods().items() for word in mood.likened]
    anchors = encoder.directions([_ASKED.format(word) for _, word in pairs])
    return Likeness(encoder, anchors, tuple(name for name, _ in pairs))
