"""When two people smile: with what is funny or warm, and because the other smiles."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from backend.animation.curves import swell
from backend.contract.constants import FRAME_RATE

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
"""Chance that a smile is answered: people return the majority (Cappella 1997, Hess & Bourgeois 2010, as cited by Heerey
& Crossley 2013); the number is a target."""

_LATENCY: Final = (0.3, 1.0)
"""Seconds until the answer: the muscle begins after 0.3–0.4 s (Dimberg & Thunberg 1998, abstract); the rest is a
target."""

_APART: Final = 1.2
_AFTER_LINE: Final = (0.05, 0.45)
"""Seconds from the end of the other's line until one begins to smile about it: half there after 0.3–0.7 s."""

_STRENGTH, _ANSWERING = 0.56, 0.5
"""Strength of a smile of one's own and of one that answers, for a person of ordinary warmth; a smile of 0.6 is 0.45 of
mouthSmile."""


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
    """Draw the smiles of both people, in order. A smile is answered 0.3–1 s after it began, unless the other smiles
    anyway.

    They last 0.5–4 s, begin within 0.4–0.7 s and fade more slowly, both targets (targets.toml).
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
        if not 0 <= moment < timeline.seconds - 0.5 or any(
            smile.start - _APART < moment < smile.end + 0.3 for smile in found[person]
        ):
            continue
        found[person].append(_draw_smile(rng, moment, habits[person], answers=answers))
        other = habits[1 - person].smile * MOODS[mood].warmth ** 0.5
        if not answers and rng.random() < np.clip(_ANSWERED * other**0.7, 0, 0.92):
            waiting.append((moment + float(rng.uniform(*_LATENCY)), 1 - person, True))
            waiting.sort()
    return tuple(found[0]), tuple(found[1])


def render_smiles(smiles: tuple[Smile, ...], frames: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the strength [T] from 0 to 1, and onsets [T]: 1 where one begins by itself, 2 where it answers the
    partner's.
    """
    curve, onsets = np.zeros(frames), np.zeros(frames, np.float32)
    since = np.arange(frames) / FRAME_RATE
    for smile in smiles:
        curve = np.maximum(curve, smile.strength * swell(since - smile.start, smile.rise, smile.stay, smile.fall))
        onsets[min(round(smile.start * FRAME_RATE), frames - 1)] = 2 if smile.answers else 1
    return curve, onsets


def _own_moments(rng: np.random.Generator, habits: Habits, mood: str, timeline: Timeline, person: int) -> list[float]:
    """Draw the seconds at which `person` smiles about a line: early in an own line, after a partner's."""
    warmth = min(habits.smile, 1.3) * MOODS[mood].warmth
    moments = []
    for utterance in timeline.utterances:
        if rng.random() < _CHANCES.get(utterance.line.feeling, 0.0) * warmth:
            own = utterance.line.person == person
            early = utterance.start + 0.2 + float(rng.normal(0, 0.2))
            moments.append(early if own else utterance.end + float(rng.uniform(*_AFTER_LINE)))
    return moments


def _draw_smile(rng: np.random.Generator, moment: float, habits: Habits, *, answers: bool) -> Smile:
    rise = float(rng.uniform(0.4, 0.7))
    strength = (_ANSWERING if answers else _STRENGTH) * habits.smile**0.5 * float(rng.uniform(0.75, 1.25))
    return Smile(
        start=moment,
        strength=float(np.clip(strength, 0.12, 0.9)),
        rise=rise,
        stay=float(np.clip(rng.lognormal(np.log(0.9), 0.6), 0.1, 2.6)),
        fall=rise * float(rng.uniform(1.3, 2.2)),
        answers=answers,
    )
