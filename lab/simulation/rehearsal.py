"""One rehearsal: the sound of a dialogue and, exactly, the motion and the events that belong to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Final

import numpy as np

from backend.animation.lips import OPEN_HEAD_LIPS, Lips, lips_of, settle_lips, spoken_expression, with_life
from backend.animation.phones import Phone
from backend.contract.arkit import ARKIT_INDEX
from backend.contract.constants import FRAME_RATE, SAMPLE_RATE
from backend.contract.face import Face
from backend.contract.job import Character
from backend.contract.performance import Performance
from backend.engines.base import Motion
from backend.staging.compose import compose

from .behaviour.answers import draw_answers
from .behaviour.behaviour import Behaviour, behave, draw_draft
from .behaviour.smiles import draw_smiles
from .room.acoustics import record
from .scenes.choice import draw_staging
from .scenes.parameters import RehearsedStaging, staged_habits
from .scenes.prompts import word_prompt
from .script.people import Habits, draw_habits, draw_mood, draw_names
from .script.timeline import Timeline, draw_timeline, speaking_frames
from .speech.voice import Synthesizer, Voice
from .speech.voices import FLITE_ALONE, draw_voices

DEFAULT_SECONDS: Final = 60.0
_CLOSED: Final = 0.97
ENGINE: Final = "rehearsal"
"""What `meta` names as the engine."""


@dataclass(frozen=True)
class Rehearsal:
    """A dialogue of two people, known exactly.

    `audio` [2, N] float32 at SAMPLE_RATE, a person a track; `motion` at FRAME_RATE, frame t is the moment t / 25 s;
    `speaking` [2, T] share of the 40 ms around a frame in which the voice sounds; `phones` a person's phones as
    (start, end, name) in seconds; `mood` of the whole; `habits` of both people, `voices` they speak with;
    `staging` where they are and `prompt` the sentence that says so.

    `events` name → array, the same T:

    - `floor` [2, T] 1 while the turn is this person's; `backchannel` [2, T] 1 while a person only signals listening;
      `invitation` [2, T] strength where a speaker invites a nod or an mm-hm;
    - `blink` [2, T] 1 on the frame on which a blink begins, `blink_seconds` [2, T, 2] seconds of its closing and its
      opening (`animation.events.render_blinks` draws the lids from them);
    - `gaze_away` [2, T] 0 at the partner, 1 away; `gaze_target` [2, T, 2] radians, direction of the aversion, 0 at the
      partner; `gaze_shift` [2, T] 1 where that direction changes;
    - `saccade` [2, T] 1 where a small saccade lands; `fixation` [2, T, 2] radians, the offset it leads to;
    - `nod` [2, T] and `shake` [2, T] 1 where one begins, `nod_size`, `shake_size` [2, T] radians,
      `nod_rate`, `shake_rate` [2, T] swings a second, `nod_count`, `shake_count` [2, T] swings;
    - `accent` [2, T] strength on the middles of stressed vowels, `beat` [2, T] 1 where the head stresses one;
    - `brow_raise` [2, T] 1 where one begins; `smile` [2, T] strength from 0 to 1, `smile_onset` [2, T] 1 where one
      begins, 2 where it answers the partner's;
    - `breath` [2, T] depth from 0 to about 1, `inhalation` [2, T] 1 where one begins,
      `lips_parted` [2, T] millimetres that it asks for; `sway` [2, T, 3] metres that the
      base of the neck is off its mean place (left, up, forward);
    - `spoken` [2, T, 52] expression of speech alone, without smiles, brows and blinks;
    - `viseme` [2, T] int8 class of VISEMES, 0 in silence; `closure` [2, T] bool, lips must be shut (P, B, M);
      `touch` [2, T] bool, lower lip at the upper teeth (F, V);
    - `neck_posture`, `neck_beats`, `neck_nods`, `neck_gaze` [2, T, 3] radians, the parts that `motion.neck` sums.
    """

    audio: np.ndarray
    motion: Motion
    phones: tuple[tuple[Phone, ...], tuple[Phone, ...]]
    events: dict[str, np.ndarray]
    mood: str
    habits: tuple[Habits, Habits]
    seed: int
    voices: tuple[Voice, Voice]
    staging: RehearsedStaging
    prompt: str

    @property
    def speaking(self) -> np.ndarray:
        """[2, T] as in `motion.speaking`."""
        return self.motion.speaking


def make_rehearsal(
    seed: int,
    seconds: float = DEFAULT_SECONDS,
    shares: Mapping[Synthesizer, float] = FLITE_ALONE,
    *,
    answered: bool = True,
) -> Rehearsal:
    """Make the rehearsal of `seed`, always the same, spoken by the synthesizers in `shares` (`voices.draw_voices`).

    With `answered`, people answer what they see of each other (`answers.draw_answers`); the sound is the same without.
    Raises DuologueError (DEPENDENCY_MISSING where one of them cannot be had).
    """
    rng, stage = generators_of(seed)
    dialogue = cast_dialogue(rng, stage, seconds, shares)
    # Answers have a generator of their own, so that the sound of a seed does not depend on them.
    motion, events = act(rng, dialogue, np.random.default_rng([seed, 0xA25E2]) if answered else None)
    phones = tuple(
        tuple(phone for utterance in dialogue.timeline.of(who) for phone in utterance.phones) for who in range(2)
    )
    return Rehearsal(
        # The room has one too, so that a seed is heard in the same room whatever people do.
        audio=record(np.random.default_rng([seed, 0x400B]), _dry_voices(dialogue.timeline)),
        motion=motion,
        phones=(phones[0], phones[1]),
        events=events,
        mood=dialogue.mood,
        habits=dialogue.habits,
        seed=seed,
        voices=dialogue.voices,
        staging=dialogue.staging,
        prompt=word_prompt(stage, dialogue.staging),
    )


def _dry_voices(timeline: Timeline) -> np.ndarray:
    """Return the voices without any room. [2, N] float32."""
    voices = np.zeros((2, round(timeline.seconds * SAMPLE_RATE)), np.float32)
    for utterance in timeline.utterances:
        begin = round(utterance.start * SAMPLE_RATE)
        samples = utterance.samples[: voices.shape[1] - begin]
        voices[utterance.line.person, begin : begin + len(samples)] += samples
    return voices


@dataclass(frozen=True)
class Dialogue:
    """What all takes of a dialogue share: its people, where they are, and what is said when."""

    mood: str
    voices: tuple[Voice, Voice]
    staging: RehearsedStaging
    habits: tuple[Habits, Habits]
    timeline: Timeline


def generators_of(seed: int) -> tuple[np.random.Generator, np.random.Generator]:
    """Return the generators of the rehearsal of `seed`: one for its names and places (second), one for the rest."""
    return np.random.default_rng([seed, 0x5EED]), np.random.default_rng([seed, 0x57A6E])


def cast_dialogue(
    rng: np.random.Generator, stage: np.random.Generator, seconds: float, shares: Mapping[Synthesizer, float]
) -> Dialogue:
    """Draw a dialogue with everything but its motion. `stage` draws names and places, `rng` the rest.

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
    """Draw a take: both heads before staging, and `Rehearsal.events`.

    `answers` draws how people answer what they see of each other; None for no such answers.
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
    lips = [_breathing_in(own, draft.steady["lips_parted"]) for own, draft in zip(lips, drafts, strict=True)]
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


def _breathing_in(lips: Lips, parted: np.ndarray) -> Lips:
    """Return `lips` at least `parted` [T] millimetres apart, by the jaw, where they are not shut for a sound."""
    apart = parted * (1 - lips.closure)
    jaw = np.maximum(lips.jaw, apart / OPEN_HEAD_LIPS.gap_of["jawOpen"])
    return replace(lips, jaw=jaw, gap=np.maximum(lips.gap, apart))


def _perform(behaviour: Behaviour, lips: Lips) -> dict[str, np.ndarray]:
    """Return everything one person does: the fields of Motion and the events, name → [T, …]."""
    return {
        "expression": _blended(lips, behaviour.expression, behaviour.lids),
        "jaw": np.outer(lips.jaw * OPEN_HEAD_LIPS.jaw_open_radians, (1, 0, 0)).astype(np.float32),
        "neck": behaviour.neck,
        "gaze": behaviour.gaze,
        "spoken": spoken_expression(lips),
        "viseme": lips.viseme,
        "closure": lips.closure > _CLOSED,
        "touch": lips.touch > _CLOSED,
        **behaviour.events,
    }


def _blended(lips: Lips, life: np.ndarray, lids: np.ndarray) -> np.ndarray:
    """Blend speech and life in one expression. [T, 52]: rounding eases a smile, a blink outweighs a wide eye."""
    expression = with_life(lips.expression, life)
    for side in ("Left", "Right"):
        expression[:, ARKIT_INDEX[f"eyeWide{side}"]] *= 1 - lids
        expression[:, ARKIT_INDEX[f"eyeBlink{side}"]] = lids
    return np.asarray(np.clip(settle_lips(lips, np.clip(expression, 0, 1)), 0, 1), np.float32)


def perform_rehearsal(rehearsal: Rehearsal, face: Face) -> Performance:
    """Perform both heads of `rehearsal`, T frames at FRAME_RATE, where its staging has them.

    Raises DuologueError (FACE_INVALID) for a face that shares no expression component with the motion.
    """
    staged = rehearsal.staging
    first, second = (Character(person.name, habits={"stature": person.height}) for person in staged.people)
    composition = compose(rehearsal.motion, staged.played, face, (first, second), rehearsal.seed)
    return Performance(
        fps=float(FRAME_RATE),
        face=face.id,
        speakers=staged.names,
        expression=composition.expression,
        pose=composition.pose,
        translation=composition.translation,
        speaking=rehearsal.speaking,
        meta={
            "engine": ENGINE,
            "seed": rehearsal.seed,
            "prompt": rehearsal.prompt,
            "mood": rehearsal.mood,
            "staging": staged.staging.as_json(),
            "characters": [asdict(first), asdict(second)],
        },
    )
