"""What a mood does to a dialogue: what is said, how turns meet, and how lively and warm both people are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

Feeling = Literal["neutral", "warm", "tender", "funny", "sad", "surprised", "cross", "polite"]


@dataclass(frozen=True)
class Mood:
    """`share` of rehearsals in it; `feelings` shares of the lines, summing to 1.

    Levels that a face never leaves: `smile`, `frown`, `sorrow` from 0 to 1. Factors, 1 is ordinary: `warmth` on the
    chance of a smile, `energy` on the size of head and brow movements, `gaze` on the odds of looking at the partner,
    `eagerness` on the share of turns that begin before the other's end, `silence` on the share of long gaps,
    `response` on how often a listener says mm-hm, `pace` on how fast is spoken.
    """

    share: float
    feelings: dict[Feeling, float]
    smile: float = 0.0
    frown: float = 0.0
    sorrow: float = 0.0
    warmth: float = 1.0
    energy: float = 1.0
    gaze: float = 1.0
    eagerness: float = 1.0
    silence: float = 1.0
    response: float = 1.0
    pace: float = 1.0


MOODS: Final[dict[str, Mood]] = {
    "easy": Mood(
        share=0.25,
        feelings={"neutral": 0.62, "warm": 0.18, "funny": 0.10, "surprised": 0.07, "sad": 0.01, "cross": 0.02},
        smile=0.08,
        frown=0.02,
    ),
    "serious": Mood(
        share=0.12,
        feelings={"neutral": 0.70, "warm": 0.08, "funny": 0.01, "surprised": 0.03, "sad": 0.12, "cross": 0.06},
        frown=0.10,
        warmth=0.4,
        energy=0.9,
        silence=1.2,
    ),
    "arguing": Mood(
        share=0.12,
        feelings={"neutral": 0.50, "warm": 0.02, "funny": 0.01, "surprised": 0.07, "sad": 0.04, "cross": 0.36},
        frown=0.22,
        warmth=0.35,
        energy=1.25,
        gaze=1.3,
        eagerness=1.3,
        silence=0.8,
        response=0.7,
        pace=1.05,
    ),
    "merry": Mood(
        share=0.10,
        feelings={"neutral": 0.40, "warm": 0.25, "funny": 0.22, "surprised": 0.12, "cross": 0.01},
        smile=0.18,
        energy=1.1,
        eagerness=1.1,
        response=1.1,
    ),
    "friendly": Mood(
        share=0.15,
        feelings={"neutral": 0.52, "warm": 0.30, "funny": 0.10, "surprised": 0.06, "sad": 0.02},
        smile=0.12,
        gaze=1.1,
        response=1.1,
    ),
    "intimate": Mood(
        share=0.07,
        feelings={"neutral": 0.42, "tender": 0.38, "warm": 0.10, "funny": 0.05, "sad": 0.05},
        smile=0.10,
        energy=0.8,
        gaze=1.4,
        eagerness=0.85,
        silence=1.4,
        pace=0.95,
    ),
    "sad": Mood(
        share=0.06,
        feelings={"neutral": 0.45, "sad": 0.40, "tender": 0.08, "warm": 0.05, "cross": 0.02},
        sorrow=0.22,
        warmth=0.3,
        energy=0.75,
        gaze=0.85,
        eagerness=0.8,
        silence=1.5,
        pace=0.92,
    ),
    "excited": Mood(
        share=0.07,
        feelings={"neutral": 0.38, "warm": 0.20, "funny": 0.12, "surprised": 0.29, "cross": 0.01},
        smile=0.12,
        energy=1.3,
        gaze=1.1,
        eagerness=1.25,
        silence=0.7,
        response=1.2,
        pace=1.07,
    ),
    "formal": Mood(
        share=0.06,
        feelings={"neutral": 0.55, "polite": 0.35, "warm": 0.05, "surprised": 0.02, "cross": 0.03},
        smile=0.05,
        frown=0.03,
        warmth=0.6,
        energy=0.8,
        gaze=1.1,
        eagerness=0.75,
        silence=1.1,
    ),
}
"""By name. The shares are how often a rehearsal is in each."""


def draw_mood(rng: np.random.Generator) -> str:
    """A name of MOODS, as often as its share says."""
    shares = np.array([one.share for one in MOODS.values()])
    return list(MOODS)[int(rng.choice(len(shares), p=shares / shares.sum()))]


def draw_feeling(rng: np.random.Generator, mood: str) -> Feeling:
    """The feeling of a line said in `mood`."""
    feelings = MOODS[mood].feelings
    return list(feelings)[int(rng.choice(len(feelings), p=list(feelings.values())))]
