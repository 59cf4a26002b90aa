"""One rehearsal: the sound of a dialogue and, exactly, the motion and the events that belong to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from backend.animation.phones import Phone
from backend.contract.constants import SAMPLE_RATE
from backend.engines.motion import Motion

from .acting import act, cast_dialogue, generators_of
from .room.acoustics import record
from .scenes.parameters import RehearsedStaging
from .scenes.prompts import word_prompt
from .script.people import Habits
from .script.timeline import Timeline
from .speech.voice import Synthesizer, Voice
from .speech.voices import FLITE_ALONE

DEFAULT_SECONDS: Final = 60.0


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
      opening (`blinks.render_blinks` draws the lids from them);
    - `gaze_away` [2, T] 0 at the partner, 1 away; `gaze_target` [2, T, 2] radians, direction of the aversion, 0 at the
      partner; `gaze_shift` [2, T] 1 where that direction changes;
    - `saccade` [2, T] 1 where a small saccade lands; `fixation` [2, T, 2] radians, the offset it leads to;
    - `nod` [2, T] and `shake` [2, T] 1 where one begins, `nod_size`, `shake_size` [2, T] radians,
      `nod_rate`, `shake_rate` [2, T] swings a second, `nod_count`, `shake_count` [2, T] swings;
    - `accent` [2, T] strength on the middles of stressed vowels, `beat` [2, T] 1 where the head beats on one;
    - `brow_raise` [2, T] 1 where one begins; `smile` [2, T] strength from 0 to 1, `smile_onset` [2, T] 1 where one
      begins, 2 where it answers the partner's;
    - `breath` [2, T] depth from 0 to about 1, `inhalation` [2, T] 1 where one begins; `sway` [2, T, 3] metres that the
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
    """The rehearsal of `seed`, always the same, spoken by the synthesizers in `shares` (`voices.draw_voices`).

    What is seen of the partner is `answered` (`answers.draw_answers`); without, all that is heard stays the same.
    Raises DuologueError (DEPENDENCY_MISSING where one of them cannot be had).
    """
    rng, stage = generators_of(seed)
    dialogue = cast_dialogue(rng, stage, seconds, shares)
    # Out of a generator of their own: whatever people see, the sound of a seed stays as it is.
    motion, events = act(rng, dialogue, np.random.default_rng([seed, 0xA25E2]) if answered else None)
    phones = tuple(tuple(phone for one in dialogue.timeline.of(who) for phone in one.phones) for who in range(2))
    return Rehearsal(
        audio=record(rng, _dry(dialogue.timeline)),
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


def _dry(timeline: Timeline) -> np.ndarray:
    """The voices without any room. [2, N] float32."""
    voices = np.zeros((2, round(timeline.seconds * SAMPLE_RATE)), np.float32)
    for one in timeline.utterances:
        begin = round(one.start * SAMPLE_RATE)
        samples = one.samples[: voices.shape[1] - begin]
        voices[one.line.person, begin : begin + len(samples)] += samples
    return voices
