"""What the voices bring about whatever a model makes of them: accents, held poses, breath, and answers of a listener.

Both models for dialogues use it: `acted_head` and `acted_brows` while one person is decoded, `together` when both are
there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from ..animation.breath import inhalations, part_lips
from ..animation.head_accents import draw_accents, draw_brow_accents, draw_phrase_poses, render_accents, within
from ..animation.head_poses import held, pose_life
from ..animation.listening_answers import Listener, answered, closing_smile, smile_of
from ..contract.constants import FRAME_RATE
from ..prosody.phrases import Phrases
from .base import Conditions, Habits, Motion
from .traits import ORDINARY, engine_habits

WARMTH: Final[Mapping[str, float]] = {
    "neutral": 0.55,
    "friendly": 1.0,
    "happy": 1.0,
    "tender": 0.9,
    "sad": 0.1,
    "angry": 0.0,
    "tense": 0.1,
    "surprised": 0.6,
    "bored": 0.2,
    "serious": 0.25,
}
"""How readily people smile in a mood: a factor on the chance of a smile that answers."""

_UNKNOWN_WARMTH: Final = 0.5

LIVELINESS: Final[Mapping[str, float]] = {
    "happy": 1.15,
    "tender": 0.7,
    "sad": 0.55,
    "angry": 1.15,
    "tense": 0.9,
    "bored": 0.6,
    "serious": 0.8,
}
"""How far heads go on what they stress, where a mood is not as lively as an ordinary one: a factor on the activity."""

_STREAMS: Final = 0x0AC7
"""Sets the random numbers drawn here apart from an engine's."""

_LAST_SECONDS: Final = 3.0
"""A phrase that ends in these last seconds of a dialogue is its last word; what follows is the parting."""


@dataclass(frozen=True)
class Speaker:
    """The voice of one person as the head follows it: `phrases`, `activity` of head and `brows` (1 is ordinary)."""

    phrases: Phrases = ()
    activity: float = 1.0
    brows: float = 1.0

    @property
    def stressed(self) -> tuple[float, ...]:
        """Seconds of the middles of the vowels that carry the phrases."""
        return tuple(accent.time for phrase in self.phrases for accent in phrase.accents)


MUTE: Final = Speaker()


def speakers_of(conditions: Conditions) -> tuple[Speaker, Speaker]:
    """Both people's voices with their habits and moods."""
    people = zip(conditions.audio.phrases, conditions.habits, conditions.scene.moods, strict=True)
    first, second = (_speaker(phrases, habits, mood) for phrases, habits, mood in people)
    return first, second


def _speaker(phrases: Phrases, habits: Habits, mood: str) -> Speaker:
    known = engine_habits(habits)
    activity, brows = (float(np.clip(known[name], 0.5, 1.6)) for name in ("head_activity", "brow_activity"))
    return Speaker(phrases, activity * LIVELINESS.get(mood, 1.0), brows)


def acted_head(rng: np.random.Generator, posture: np.ndarray, speaker: Speaker) -> np.ndarray:
    """`posture` [T, 3] radians of a head → [T, 3] with poses that are held and live, and the accents of `speaker`."""
    moments = [*(phrase.start for phrase in speaker.phrases), *speaker.stressed]
    frames = len(posture)
    speech = within(speaker.phrases, frames).astype(float)
    neck = held(posture, sorted(moments), speech) + pose_life(rng, frames)
    neck += draw_phrase_poses(rng, speaker.phrases, neck, speaker.activity)
    return np.asarray(neck + render_accents(draw_accents(rng, speaker.phrases, neck, speaker.activity), frames))


def acted_brows(rng: np.random.Generator, frames: int, speaker: Speaker) -> np.ndarray:
    """[T, 52] the brows' part in the accents of `speaker`."""
    return draw_brow_accents(rng, speaker.phrases, frames, speaker.brows)


def together(motion: Motion, conditions: Conditions, seed: int) -> Motion:
    """`motion` with breath before longer phrases and each listener's answers to what the other one says and shows."""
    voices = conditions.audio.phrases
    people = [_listener(motion, conditions, who) for who in range(2)]
    last = _last_word(voices, motion.frames)
    expression, jaw, neck = (np.array(getattr(motion, name)) for name in ("expression", "jaw", "neck"))
    for who, person in enumerate(people):
        rng = np.random.default_rng([seed, who, _STREAMS])
        other, smile = 1 - who, smile_of(motion.expression[1 - who])
        breathing = replace(person, jaw=part_lips(rng, inhalations(person.speaking), person.expression, person.jaw))
        face, head = answered(rng, breathing, voices[other], smile, closes=last == other)
        if last == who:
            face = closing_smile(rng, replace(breathing, expression=face), voices[who][-1].end)
        expression[who], jaw[who, :, 0], neck[who] = face, breathing.jaw, head
    return replace(motion, expression=expression, jaw=jaw, neck=neck)


def _listener(motion: Motion, conditions: Conditions, who: int) -> Listener:
    habits = engine_habits(conditions.habits[who])
    return Listener(
        speaking=conditions.speaking[who],
        expression=motion.expression[who],
        jaw=motion.jaw[who, :, 0],
        neck=motion.neck[who],
        warmth=WARMTH.get(conditions.scene.moods[who], _UNKNOWN_WARMTH),
        nods=habits["nod_rate"] / ORDINARY["nod_rate"],
        smiles=habits["smile"],
        brows=habits["brow_activity"],
    )


def _last_word(voices: tuple[Phrases, Phrases], frames: int) -> int | None:
    """Who says the last phrase, where the dialogue ends with it."""
    ends = [phrases[-1].end if phrases else 0.0 for phrases in voices]
    who = int(np.argmax(ends))
    return who if ends[who] > max(frames / FRAME_RATE - _LAST_SECONDS, 0.0) else None
