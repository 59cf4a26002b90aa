"""Other people in the background: one who talks on and on, or many at once."""

from __future__ import annotations

from typing import Final

import numpy as np

from backend.contract.constants import SAMPLE_RATE

from ..script.repertoire import filled
from ..script.sentences import SENTENCES
from ..script.voices import FLITE_ALONE, draw_voices, speak

_TABLES: Final = (
    SENTENCES.statements,
    SENTENCES.long_statements,
    SENTENCES.questions,
    *(topic.statements for topic in SENTENCES.topics.values()),
)
_SPOKEN_SECONDS: Final = 30.0
"""A bystander speaks so long before everything is heard again."""


def draw_bystander(rng: np.random.Generator, count: int) -> np.ndarray:
    """Somebody who speaks with short pauses all the time. [count] float32, loudness 1 (root mean square).

    Raises DuologueError (DEPENDENCY_MISSING without flite).
    """
    voice = draw_voices(rng, FLITE_ALONE)[0]
    parts: list[np.ndarray] = []
    length, wanted = 0, min(count, round(_SPOKEN_SECONDS * SAMPLE_RATE))
    while length < wanted:
        table = _TABLES[int(rng.integers(len(_TABLES)))]
        text = filled(rng, None, table[int(rng.integers(len(table)))])
        said = speak(text, voice, float(np.clip(rng.normal(1, 0.1), 0.8, 1.25))).samples
        pause = np.zeros(round(float(rng.exponential(0.35)) * SAMPLE_RATE), np.float32)
        parts += [said, pause]
        length += len(said) + len(pause)
    whole = np.concatenate(parts)
    repeated = np.resize(np.roll(whole, int(rng.integers(len(whole)))), count)
    return np.asarray(repeated / max(float(np.sqrt(np.mean(np.square(whole)))), 1e-9), np.float32)


def draw_babble(rng: np.random.Generator, count: int, people: int) -> np.ndarray:
    """Many people at once, one bystander's speech at `people` moments and sizes. [count] float32, loudness 1."""
    one = draw_bystander(rng, count)
    babble = np.zeros(count, np.float32)
    for _ in range(people):
        # Read faster or slower, it is another person's voice.
        steps = np.arange(count) * float(rng.uniform(0.82, 1.2)) + rng.integers(count)
        babble += np.interp(steps % max(count - 1, 1), np.arange(count), one).astype(np.float32)
    return np.asarray(babble / max(float(np.sqrt(np.mean(np.square(babble)))), 1e-9), np.float32)
