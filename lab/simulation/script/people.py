"""The people of a rehearsal: the mood of their dialogue, their names and how they differ in what they do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import numpy as np

from backend.animation.asymmetry import OFFSET_RANGE

from ..speech.voice import Voice
from ..tables import read_table

Feeling = Literal["neutral", "warm", "tender", "funny", "sad", "surprised", "cross", "polite"]
Pronoun = Literal["she", "he"]


@dataclass(frozen=True)
class Mood:
    """What a mood does to a dialogue. `share` of rehearsals in it; `feelings` shares of the lines, summing to 1.

    Lowest levels of the face, 0 to 1: `smile`, `frown`, `sorrow`. Factors, 1 is ordinary: `warmth` on the chance of a
    smile, `energy` on the size of head and brow movements, `gaze` on the odds of looking at the partner, `eagerness`
    on the share of turns that begin before the other's end, `silence` on the share of long gaps, `response` on the
    rate of backchannels, `pace` on the speaking rate.
    """

    share: float
    feelings: Mapping[Feeling, float]
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


@dataclass(frozen=True)
class Names:
    """Names by pronoun, `known` and `unknown` to the prompt reader (presets/staging/vocabulary.json)."""

    known: Mapping[Pronoun, tuple[str, ...]]
    unknown: Mapping[Pronoun, tuple[str, ...]]


@dataclass(frozen=True)
class Habits:
    """One person's traits; they vary several-fold between people (docs/developers/rehearsals.md).

    `blink_rate` blinks a minute while listening (speaking has 1.4 times as many); `gaze_speaking`, `gaze_listening`
    share of time looking at the partner; `head_activity` 1 is ordinary; `nod_rate` nods a minute of listening;
    `brow_activity`, `smile` and `articulation` 1 is ordinary; `lean_side` −1 or 1, the side looked away to more often;
    `asymmetry` share by which the left half of the face moves more than the right; `aversion` degrees to the left and
    up of the partner's eyes where glances away go, None for anywhere; `backchannels` (how often they are said), `sway`
    (of the trunk) and `blink_tempo` (length of a blink) 1 is ordinary; `breath_rate` breaths a minute at rest.
    """

    blink_rate: float
    gaze_speaking: float
    gaze_listening: float
    head_activity: float
    nod_rate: float
    brow_activity: float
    smile: float
    articulation: float
    lean_side: float
    asymmetry: float
    aversion: tuple[float, float] | None = None
    backchannels: float = 1.0
    breath_rate: float = 15.0
    sway: float = 1.0
    blink_tempo: float = 1.0


MOODS: Final[dict[str, Mood]] = read_table(Path(__file__).with_name("moods.toml"), dict[str, Mood])
"""Name → mood; rehearsals are in each as often as its share says."""

_NAMES: Final[Names] = read_table(Path(__file__).with_name("names.toml"), Names)
_UNKNOWN_SHARE: Final = 0.2
"""Chance of a name that the prompt reader does not know."""

_FEMALE_VOICES: Final = ("slt", "af_", "bf_")
"""Parts of the names of voices that sound like a woman's."""


def draw_mood(rng: np.random.Generator) -> str:
    """Draw a name of MOODS by the moods' shares."""
    shares = np.array([mood.share for mood in MOODS.values()])
    return list(MOODS)[int(rng.choice(len(shares), p=shares / shares.sum()))]


def draw_feeling(rng: np.random.Generator, mood: str) -> Feeling:
    """Draw the feeling of a line said in `mood`."""
    feelings = MOODS[mood].feelings
    return list(feelings)[int(rng.choice(len(feelings), p=list(feelings.values())))]


def draw_habits(rng: np.random.Generator) -> Habits:
    """Draw the traits of a person."""
    return Habits(
        blink_rate=float(np.clip(rng.lognormal(np.log(17), 0.35), 7, 38)),
        gaze_speaking=float(np.clip(rng.normal(0.5, 0.1), 0.24, 0.74)),
        gaze_listening=float(np.clip(rng.normal(0.77, 0.08), 0.5, 0.92)),
        head_activity=float(np.clip(rng.lognormal(0.0, 0.4), 0.4, 2.4)),
        nod_rate=float(np.clip(rng.lognormal(np.log(7.5), 0.35), 3, 14)),
        brow_activity=float(np.clip(rng.lognormal(0.0, 0.35), 0.4, 2.0)),
        smile=float(np.clip(rng.lognormal(0.0, 0.35), 0.4, 2.0)),
        articulation=float(np.clip(rng.normal(1.0, 0.1), 0.8, 1.25)),
        lean_side=float(rng.choice((-1, 1))),
        asymmetry=_asymmetry(float(rng.normal(0.0, 0.06))),
        backchannels=float(np.clip(rng.lognormal(0.0, 0.3), 0.4, 1.8)),
        breath_rate=float(np.clip(rng.normal(15.0, 1.8), 11.0, 19.0)),
        sway=float(np.clip(rng.lognormal(0.0, 0.35), 0.4, 2.2)),
        blink_tempo=float(np.clip(rng.lognormal(0.0, 0.1), 0.8, 1.25)),
    )


def _asymmetry(drawn: float) -> float:
    """Return at least the least of the run time's `asymmetry.OFFSET_RANGE`, at most its most: nobody is symmetric."""
    least, most = OFFSET_RANGE
    return float(np.copysign(np.clip(least + abs(drawn), least, most), drawn))


def draw_names(rng: np.random.Generator, voices: tuple[Voice, Voice]) -> tuple[str, str]:
    """Draw two different names that fit the voices."""
    first = _draw_name(rng, voices[0])
    second = first
    while second == first:
        second = _draw_name(rng, voices[1])
    return first, second


def pronouns(names: tuple[str, str]) -> tuple[Pronoun | None, Pronoun | None]:
    """Return “she” or “he” for both people where a reader can tell which is which, otherwise None for both.

    A reader has to know one of the names; the other pronoun is then the other person's.
    """
    first, second = (pronoun_of(name) for name in names)
    known = any(name in group for name in names for group in _NAMES.known.values())
    return (first, second) if known and first != second else (None, None)


def pronoun_of(name: str) -> Pronoun | None:
    """Return “she” or “he” for a name of `draw_names`, None for any other name."""
    groups = (*_NAMES.known.items(), *_NAMES.unknown.items())
    return next((pronoun for pronoun, group in groups if name in group), None)


def _draw_name(rng: np.random.Generator, voice: Voice) -> str:
    pronoun: Pronoun = "she" if any(part in voice.name for part in _FEMALE_VOICES) else "he"
    names = _NAMES.unknown if rng.random() < _UNKNOWN_SHARE else _NAMES.known
    return str(rng.choice(names[pronoun]))
