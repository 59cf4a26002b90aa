"""When two people smile: with what is funny or warm, and because the other smiles."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from backend.contract.constants import FRAME_RATE
from backend.contract.smooth_step import swell

from ..script.people import MOODS, Feeling, Habits
from ..script.timeline import Timeline

_CHANCES: Final[dict[Feeling, float]] = {
    "funny": 0.85,
    "warm": 0.35,
    "tender": 0.35,
    "surprised": 0.22,
    "polite": 0.12,
    "neutral": 0.05,
}
"""Chance of a smile with a line, by its feeling, for a person and a mood of ordinary warmth."""

_ANSWERED: Final = 0.72
"""Chance that a smile is answered; people return most of the smiles they see (Hinsz & Tomhave 1991, from memory)."""

_LATENCY: Final = (0.3, 1.0)
"""Seconds until the answer (facial mimicry begins after 0.3–1 s: Dimberg & Thunberg 1998, from memory)."""

_APART: Final = 1.2


@dataclass(frozen=True)
class Smile:
    """Begins at `start` seconds, rises for `rise`, stays for `stay`, fades for `fall`; `strength` from 0 to 1."""

    start: float
    strength: float
    rise: float
    stay: float
    fall: float
    answers: bool

    @property
    def end(self) -> float:
        """Seconds at which it has faded by half."""
        return self.start + self.rise + self.stay + self.fall / 2


def draw_smiles(
    rng: np.random.Generator, habits: tuple[Habits, Habits], mood: str, timeline: Timeline
) -> tuple[tuple[Smile, ...], tuple[Smile, ...]]:
    """The smiles of both people, in order. A smile is answered 0.3–1 s after it began, unless the other smiles anyway.

    They last 0.5–4 s, begin within 0.4–0.7 s and fade more slowly, as spontaneous ones do (Schmidt et al. 2006).
    """
    moments = [
        (moment, person, False)
        for person in range(2)
        for moment in _own_moments(rng, habits[person], mood, timeline, person)
    ]
    found: tuple[list[Smile], list[Smile]] = ([], [])
    waiting = sorted(moments)
    while waiting:
        moment, person, answers = waiting.pop(0)
        if not 0 <= moment < timeline.seconds - 0.5 or _smiles_at(found[person], moment):
            continue
        found[person].append(_draw_smile(rng, moment, habits[person], answers=answers))
        other = habits[1 - person].smile * MOODS[mood].warmth ** 0.5
        if not answers and rng.random() < np.clip(_ANSWERED * other**0.7, 0, 0.92):
            waiting.append((moment + float(rng.uniform(*_LATENCY)), 1 - person, True))
            waiting.sort()
    return tuple(found[0]), tuple(found[1])


def render_smiles(smiles: tuple[Smile, ...], frames: int) -> tuple[np.ndarray, np.ndarray]:
    """Strength [T] from 0 to 1, and onsets [T]: 1 where one begins by itself, 2 where it answers the partner's."""
    curve, onsets = np.zeros(frames), np.zeros(frames, np.float32)
    since = np.arange(frames) / FRAME_RATE
    for one in smiles:
        curve = np.maximum(curve, one.strength * swell(since - one.start, one.rise, one.stay, one.fall))
        onsets[min(round(one.start * FRAME_RATE), frames - 1)] = 2 if one.answers else 1
    return curve, onsets


def _own_moments(rng: np.random.Generator, habits: Habits, mood: str, timeline: Timeline, person: int) -> list[float]:
    """Seconds at which `person` smiles by what is said: early in an own line, near the end of a partner's."""
    warmth = min(habits.smile, 1.3) * MOODS[mood].warmth
    moments = []
    for one in timeline.utterances:
        if rng.random() < _CHANCES.get(one.line.feeling, 0.0) * warmth:
            own = one.line.person == person
            moments.append((one.start + 0.2 if own else one.end - 0.4) + float(rng.normal(0, 0.2)))
    return moments


def _smiles_at(smiles: list[Smile], moment: float) -> bool:
    """Whether somebody smiles at `moment`, or hardly stopped; a new smile would not be seen as one."""
    return any(one.start - _APART < moment < one.end + 0.3 for one in smiles)


def _draw_smile(rng: np.random.Generator, moment: float, habits: Habits, *, answers: bool) -> Smile:
    rise = float(rng.uniform(0.4, 0.7))
    strength = (0.38 if answers else 0.48) * habits.smile**0.5 * float(rng.uniform(0.6, 1.3))
    return Smile(
        start=moment,
        strength=float(np.clip(strength, 0.12, 0.9)),
        rise=rise,
        stay=float(np.clip(rng.lognormal(np.log(0.9), 0.6), 0.1, 2.6)),
        fall=rise * float(rng.uniform(1.3, 2.2)),
        answers=answers,
    )
