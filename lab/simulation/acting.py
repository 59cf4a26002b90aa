"""What two people do in a dialogue: the same words, acted once or again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from backend.animation.lips import OPEN_HEAD_LIPS, Lips, lips_of, settle_lips, spoken_expression, with_life
from backend.contract.arkit import ARKIT_INDEX
from backend.engines.motion import Motion

from .behaviour.answers import draw_answers
from .behaviour.behaviour import Behaviour, behave, draw_draft
from .behaviour.smiles import draw_smiles
from .scenes.choice import draw_staging
from .scenes.parameters import RehearsedStaging, staged_habits
from .script.people import Habits, draw_habits, draw_mood, draw_names
from .script.timeline import Timeline, draw_timeline, speaking_frames
from .speech.voice import Synthesizer, Voice
from .speech.voices import draw_voices

_HELD: Final = 0.97


@dataclass(frozen=True)
class Dialogue:
    """What all takes of a dialogue share: its people, where they are, and what is said when."""

    mood: str
    voices: tuple[Voice, Voice]
    staging: RehearsedStaging
    habits: tuple[Habits, Habits]
    timeline: Timeline


def generators_of(seed: int) -> tuple[np.random.Generator, np.random.Generator]:
    """What draws the rehearsal of `seed`, and what draws its names and places."""
    return np.random.default_rng([seed, 0x5EED]), np.random.default_rng([seed, 0x57A6E])


def cast_dialogue(
    rng: np.random.Generator, stage: np.random.Generator, seconds: float, shares: Mapping[Synthesizer, float]
) -> Dialogue:
    """A dialogue with everything but its motion. `stage` draws names and places, `rng` the rest.

    Raises DuologueError (DEPENDENCY_MISSING where a synthesizer cannot be had).
    """
    mood = draw_mood(rng)
    voices = draw_voices(rng, shares)
    staging = draw_staging(stage, mood, draw_names(stage, voices))
    habits = staged_habits(draw_habits(rng), staging, 0), staged_habits(draw_habits(rng), staging, 1)
    responses = (habits[0].backchannels, habits[1].backchannels)
    timeline = draw_timeline(rng, mood, voices, seconds, float(rng.uniform(0.3, 0.7)), responses)
    return Dialogue(mood, voices, staging, habits, timeline)


def act(
    rng: np.random.Generator, dialogue: Dialogue, answers: np.random.Generator | None
) -> tuple[Motion, dict[str, np.ndarray]]:
    """A take: both heads before staging, and `Rehearsal.events`.

    `answers` draws how people answer what they see of each other; None, and they only answer what they hear.
    """
    timeline, habits, mood = dialogue.timeline, dialogue.habits, dialogue.mood
    speaking = speaking_frames(timeline)
    smiles = draw_smiles(rng, habits, mood, timeline)
    first, second = (draw_draft(rng, habits[who], mood, timeline, who, speaking, smiles[who]) for who in range(2))
    drafts = first, second
    if answers is not None:
        free = dialogue.staging.people[0].looks is None, dialogue.staging.people[1].looks is None
        drafts = draw_answers(answers, drafts, speaking, free)
    lips = [lips_of(timeline.of(who), timeline.frames, habits[who].articulation) for who in range(2)]
    people = [_perform(behave(draft), own) for draft, own in zip(drafts, lips, strict=True)]
    parts = {name: np.stack([person[name] for person in people]) for name in people[0]}
    motion = Motion(
        expression=parts.pop("expression"),
        jaw=parts.pop("jaw"),
        neck=parts.pop("neck"),
        gaze=parts.pop("gaze"),
        speaking=speaking,
    )
    return motion, parts


def _perform(behaviour: Behaviour, lips: Lips) -> dict[str, np.ndarray]:
    """Everything one person does: the fields of Motion and the events, name → [T, …]."""
    return {
        "expression": _blended(lips, behaviour.expression, behaviour.lids),
        "jaw": np.outer(lips.jaw * OPEN_HEAD_LIPS.jaw_open_radians, (1, 0, 0)).astype(np.float32),
        "neck": behaviour.neck,
        "gaze": behaviour.gaze,
        "spoken": spoken_expression(lips),
        "viseme": lips.viseme,
        "closure": lips.closure > _HELD,
        "touch": lips.touch > _HELD,
        **behaviour.events,
    }


def _blended(lips: Lips, life: np.ndarray, lids: np.ndarray) -> np.ndarray:
    """Speech and life in one expression. [T, 52]: rounding eases a smile, a blink outweighs a wide eye."""
    expression = with_life(lips.expression, life)
    for side in ("Left", "Right"):
        expression[:, ARKIT_INDEX[f"eyeWide{side}"]] *= 1 - lids
        expression[:, ARKIT_INDEX[f"eyeBlink{side}"]] = lids
    return np.asarray(np.clip(settle_lips(lips, np.clip(expression, 0, 1)), 0, 1), np.float32)
