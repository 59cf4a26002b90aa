"""One rehearsal: the sound of a dialogue and, exactly, the motion and the events that belong to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from ..contract.arkit import ARKIT_INDEX
from ..contract.constants import FRAME_RATE, SAMPLE_RATE
from ..engines.motion import Motion
from .acoustics import record
from .blinks import draw_blinks, render_blinks
from .face import draw_face_life
from .gaze import Gaze, draw_gaze, head_share, render_gaze
from .habits import Habits, draw_habits
from .head import draw_beats, draw_nods, draw_posture, draw_shakes, render_swings
from .lips import OPEN_HEAD_LIPS, Lips, lips_of, settle_lips
from .prominence import beats_of
from .script import MOODS
from .staging_parameters import RehearsedStaging, draw_staging, staged_habits
from .staging_prompts import word_prompt
from .timeline import Timeline, draw_timeline, speaking_frames
from .voices import Phone, Voice, draw_voices

DEFAULT_SECONDS: Final = 60.0
_HELD: Final = 0.97


@dataclass(frozen=True)
class Rehearsal:
    """A dialogue of two people, known exactly.

    `audio` [2, N] float32 at SAMPLE_RATE, a person a track; `motion` at FRAME_RATE, frame t is the moment t / 25 s;
    `speaking` [2, T] share of the 40 ms around a frame in which the voice sounds; `phones` a person's phones as
    (start, end, name) in seconds; `mood` of the whole; `habits` of both people, `voices` they speak with;
    `staging` where they are and `prompt` the sentence that says so.

    `events` name → array, the same T:

    - `blink` [2, T] 1 on the frame on which a blink begins (`blinks.render_blinks` draws the lids from it);
    - `gaze_away` [2, T] 0 at the partner, 1 away; `gaze_target` [2, T, 2] radians, direction of the aversion, 0 at the
      partner; `gaze_shift` [2, T] 1 where that direction changes;
    - `saccade` [2, T] 1 where a small saccade lands; `fixation` [2, T, 2] radians, the offset it leads to;
    - `nod` [2, T] and `shake` [2, T] 1 where one begins, `nod_size`, `shake_size` [2, T] radians,
      `nod_rate`, `shake_rate` [2, T] swings a second, `nod_count`, `shake_count` [2, T] swings;
    - `brow_raise` [2, T] 1 where one begins; `smile` [2, T] strength from 0 to 1;
    - `viseme` [2, T] int8 class of VISEMES, 0 in silence; `closure` [2, T] bool, lips must be shut (P, B, M);
      `touch` [2, T] bool, lower lip at the upper teeth (F, V);
    - `backchannel` [2, T] 1 while a person only signals listening;
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


def make_rehearsal(seed: int, seconds: float = DEFAULT_SECONDS) -> Rehearsal:
    """The rehearsal of `seed`, always the same. Raises DuologueError (DEPENDENCY_MISSING without flite)."""
    rng = np.random.default_rng([seed, 0x5EED])
    mood = str(rng.choice(MOODS, p=(0.45, 0.2, 0.15, 0.2)))
    stage = np.random.default_rng([seed, 0x57A6E])
    staging = draw_staging(stage, mood)
    habits = staged_habits(draw_habits(rng), staging, 0), staged_habits(draw_habits(rng), staging, 1)
    voices = draw_voices(rng)
    timeline = draw_timeline(rng, mood, voices, seconds, float(rng.uniform(0.3, 0.7)))
    speaking = speaking_frames(timeline)
    people = [_perform(rng, habits[person], mood, timeline, person, speaking) for person in range(2)]
    parts = {name: np.stack([person[name] for person in people]) for name in people[0]}
    motion = Motion(
        expression=parts.pop("expression"),
        jaw=parts.pop("jaw"),
        neck=parts.pop("neck"),
        gaze=parts.pop("gaze"),
        speaking=speaking,
    )
    phones = tuple(tuple(phone for one in timeline.of(person) for phone in one.phones) for person in range(2))
    audio = record(rng, _dry(timeline))
    prompt = word_prompt(stage, staging)
    return Rehearsal(audio, motion, (phones[0], phones[1]), parts, mood, habits, seed, voices, staging, prompt)


def _perform(
    rng: np.random.Generator, habits: Habits, mood: str, timeline: Timeline, person: int, speaking: np.ndarray
) -> dict[str, np.ndarray]:
    """Everything one person does: the fields of Motion and the events, name → [T, …]."""
    own, other = speaking[person], speaking[1 - person]
    frames = timeline.frames
    beats = beats_of(timeline, person)
    gaze = draw_gaze(rng, habits, timeline, person, own)
    nods = draw_nods(rng, habits, timeline, person, other * (1 - own))
    shakes = draw_shakes(rng, habits, timeline, person, frames)
    neck = {
        "neck_posture": draw_posture(rng, habits, timeline, person, own),
        "neck_beats": draw_beats(rng, habits, beats, frames),
        "neck_nods": render_swings(nods, 0) + render_swings(shakes, 1),
        "neck_gaze": head_share(gaze),
    }
    blinks = draw_blinks(rng, habits.blink_rate, own, _blink_invitations(gaze, timeline, person))
    lips = lips_of(timeline, person, habits.articulation)
    life = draw_face_life(rng, habits, mood, timeline, person, beats, gaze.away)
    return {
        "expression": _blended(lips, life.expression, render_blinks(blinks)),
        "jaw": np.outer(lips.jaw * OPEN_HEAD_LIPS.jaw_open_radians, (1, 0, 0)).astype(np.float32),
        "neck": np.sum(list(neck.values()), axis=0, dtype=np.float32),
        "gaze": render_gaze(gaze),
        "blink": blinks,
        "gaze_away": gaze.away,
        "gaze_target": gaze.target.astype(np.float32),
        "gaze_shift": gaze.shift,
        "saccade": gaze.saccade,
        "fixation": gaze.fixation.astype(np.float32),
        "nod": nods.onsets,
        "nod_size": nods.size,
        "nod_rate": nods.rate,
        "nod_count": nods.count,
        "shake": shakes.onsets,
        "shake_size": shakes.size,
        "shake_rate": shakes.rate,
        "shake_count": shakes.count,
        "brow_raise": life.raise_onset,
        "smile": life.smile.astype(np.float32),
        "viseme": lips.viseme,
        "closure": lips.closure > _HELD,
        "touch": lips.touch > _HELD,
        "backchannel": _backchannel_frames(timeline, person),
        **{name: part.astype(np.float32) for name, part in neck.items()},
    }


def _blended(lips: Lips, life: np.ndarray, lids: np.ndarray) -> np.ndarray:
    """Speech and life in one expression. [T, 52]: rounding eases a smile, a blink outweighs a wide eye."""
    expression = lips.expression + life
    mouth_busy = np.clip(
        lips.expression[:, ARKIT_INDEX["mouthPucker"]] + lips.expression[:, ARKIT_INDEX["mouthFunnel"]], 0, 1
    )
    for side in ("Left", "Right"):
        smile = ARKIT_INDEX[f"mouthSmile{side}"]
        expression[:, smile] = lips.expression[:, smile] + life[:, smile] * (1 - 0.55 * mouth_busy)
        expression[:, ARKIT_INDEX[f"eyeWide{side}"]] *= 1 - lids
        expression[:, ARKIT_INDEX[f"eyeBlink{side}"]] = lids
    return np.asarray(np.clip(settle_lips(lips, np.clip(expression, 0, 1)), 0, 1), np.float32)


def _blink_invitations(gaze: Gaze, timeline: Timeline, person: int) -> np.ndarray:
    """[T] chance that a blink begins with a gaze shift, at the end of one's phrase or in the speaker's pause."""
    size = np.linalg.norm(np.diff(gaze.target, axis=0, prepend=gaze.target[:1]), axis=1)
    invited = 0.35 * np.clip(size / np.radians(20.0), 0, 1)
    for one in timeline.utterances:
        frame = round(one.end * FRAME_RATE)
        if frame < len(invited):
            invited[frame] = max(invited[frame], 0.3 if one.line.person == person else 0.18)
    return np.asarray(invited)


def _backchannel_frames(timeline: Timeline, person: int) -> np.ndarray:
    frames = np.zeros(timeline.frames, np.float32)
    for one in timeline.of(person):
        if one.line.act == "backchannel":
            frames[round(one.start * FRAME_RATE) : round(one.end * FRAME_RATE)] = 1
    return frames


def _dry(timeline: Timeline) -> np.ndarray:
    """The voices without any room. [2, N] float32."""
    voices = np.zeros((2, round(timeline.seconds * SAMPLE_RATE)), np.float32)
    for one in timeline.utterances:
        begin = round(one.start * SAMPLE_RATE)
        samples = one.samples[: voices.shape[1] - begin]
        voices[one.line.person, begin : begin + len(samples)] += samples
    return voices
