"""The head in talk: poses that are held, accents on stressed vowels, nods and shakes."""

# ruff: noqa: PLR2004 - chances and sizes of a distribution are read best where they are drawn

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.signal import butter, sosfiltfilt

from backend.animation.events import Swings
from backend.animation.head_accents import draw_accents, draw_phrase_poses, render_accents
from backend.animation.head_poses import held, pose_life
from backend.animation.phones import PAUSE, VOWELS
from backend.contract.constants import FRAME_RATE, SAMPLE_RATE
from backend.prosody.phrases import BRIDGED, Accent, Phrase, accents_in, strongest
from backend.prosody.pitch import PITCH_RATE

from ..script.people import Habits
from ..script.timeline import Timeline, Utterance

_POSTURE_SPREAD: Final = np.radians((2.0, 2.3, 1.7))
"""Standard deviation of pitch, yaw and roll while speaking, for a head activity of 1; half of it while listening."""

_NOD_RATE_HZ: Final = (1.6, 2.8)
_NOD_HEIGHT: Final = np.radians((3.0, 6.0))
_NOD_SWINGS, _SHAKE_SWINGS = (0.5, 0.5), (0.4, 0.4, 0.2)
"""Shares of one, two and three swings: a listener nods once or twice, 3–5° mostly; who denies shakes longer."""

_SHAKE_HEIGHT: Final = np.radians((4.0, 9.0))
_WITH_BACKCHANNEL: Final = 0.62
"""Chance of a nod with an own mm-hm."""

_CLASHES: Final = 1.4
"""Nods that are drawn for each that comes: those too soon after another are left out."""

_VOICE_TILT: Final = np.radians(0.35)
"""Radians by which the head rises for each spread of the voice's pitch above its mean (after Munhall et al. 2004)."""

_BREATH_TILT: Final = np.radians(0.5)
"""Radians by which a full breath raises the head."""

_REDUCED: Final = frozenset(("ax", "ih", "er"))
_REFRACTORY: Final = 0.35
_STRESSED: Final = 0.15
_PITCH_SPREAD: Final = 3.0


def draw_posture(
    rng: np.random.Generator, habits: Habits, timeline: Timeline, person: int, speaking: np.ndarray, breath: np.ndarray
) -> np.ndarray:
    """Draw slow head posture, mostly below 0.5 Hz. [T, 3] axis-angle radians: nod, turn, tilt.

    Poses are held, change with turns and phrases or when they have drifted too far, and live in between; every breath
    (`breath` [T] from 0 to 1) lifts the head a little.
    """
    frames = len(speaking)
    rest = _draw_rests(rng, timeline, person, frames)
    wander = 0.85 * _noise(rng, frames, 0.35)
    activity = 0.42 + 0.58 * _smoothed(speaking, 0.8)
    floating = (0.55 * rest + wander * activity[:, None]) * _POSTURE_SPREAD * habits.head_activity
    posture = held(floating, [phrase.start for phrase in timeline_phrases(timeline, person, ())])
    posture = posture + habits.head_activity**0.5 * pose_life(rng.spawn(1)[0], frames)
    posture[:, 0] -= _BREATH_TILT * (breath - breath.mean())
    return np.asarray(posture)


def draw_beats(
    rng: np.random.Generator, habits: Habits, phrases: tuple[Phrase, ...], voice: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Draw the head's accents in `phrases` and the pose it takes for each, and what the voice's pitch lifts.

    `voice` [T] pitch in spreads about its mean, 0 in silence. Axis-angle radians [T, 3], and [T] 1 on the frames of
    vowels that the head stresses.
    """
    frames = len(voice)
    path, beaten = np.zeros((frames, 3)), np.zeros(frames, np.float32)
    path[:, 0] = -_VOICE_TILT * habits.head_activity * _smoothed(voice, 0.4)
    activity = float(np.clip(habits.head_activity, 0.5, 1.6))
    still = np.zeros((frames, 3))
    accents = draw_accents(rng, phrases, still, activity)
    for phrase in phrases:
        for accent in phrase.accents:
            beaten[min(round(accent.time * FRAME_RATE), frames - 1)] = 1
    poses = draw_phrase_poses(rng, phrases, still, activity)
    return path + poses + render_accents(accents, frames), beaten


def timeline_phrases(timeline: Timeline, person: int, beats: tuple[Beat, ...]) -> tuple[Phrase, ...]:
    """Return what `person` says between pauses, with the strongest of `beats` as accents, as the run time has it."""
    found = []
    for utterance in timeline.of(person):
        for start, end in _spans(utterance):
            inside = [beat for beat in beats if start <= beat.time <= end]
            scores = np.array([beat.strength for beat in inside])
            chosen = strongest(np.array([beat.time for beat in inside]), scores, accents_in(end - start))
            accents = [Accent(inside[index].time, inside[index].strength) for index in sorted(chosen)]
            found.append(Phrase(start, end, tuple(accents)))
    return tuple(sorted(found, key=lambda phrase: phrase.start))


def _spans(utterance: Utterance) -> list[tuple[float, float]]:
    """Return the start and end in seconds of what is said without a pause."""
    spans: list[tuple[float, float]] = []
    for start, end, name in utterance.phones:
        if name == PAUSE:
            continue
        if spans and start - spans[-1][1] < BRIDGED:
            spans[-1] = (spans[-1][0], end)
        else:
            spans.append((start, end))
    return spans


def draw_nods(
    rng: np.random.Generator, habits: Habits, timeline: Timeline, person: int, listening: np.ndarray
) -> Swings:
    """Draw listener's nods: with most backchannels, where the partner's pauses and falling voice invite them, and when
    agreeing at a turn's start.

    `listening` [T] 1 where the partner speaks and this person does not.
    """
    frames = len(listening)
    signals = [utterance for utterance in timeline.of(person) if utterance.line.act == "backchannel"]
    moments = [signal.start - 0.1 for signal in signals if rng.random() < _WITH_BACKCHANNEL]
    with_signals = len(moments)
    moments += [
        utterance.start + 0.05
        for utterance in timeline.of(person)
        if (utterance.line.feeling == "warm" or utterance.line.text.startswith(("Yes", "Of course", "Right")))
        and rng.random() < 0.5
    ]
    minutes = float(listening.sum()) / FRAME_RATE / 60
    invited = [invitation for invitation in timeline.invitations if invitation.person != person]
    missing = habits.nod_rate * minutes - with_signals
    share = np.clip(_CLASHES * missing / max(sum(invitation.strength for invitation in invited), 1), 0, 1.6)
    moments += [
        float(invitation.time + rng.normal(0.12, 0.15))
        for invitation in invited
        if rng.random() < share * invitation.strength
    ]
    spare = rng.poisson(max(0.1 * habits.nod_rate * minutes, 0))
    where = np.flatnonzero(listening > 0.5)
    moments += [float(rng.choice(where)) / FRAME_RATE for _ in range(spare if len(where) else 0)]
    return _draw_swings(rng, moments, frames, _nod_heights(habits), _NOD_SWINGS)


def draw_nod(rng: np.random.Generator, habits: Habits) -> tuple[float, float, float]:
    """Draw one nod: radians, swings a second and number of swings."""
    return _draw_swing(rng, _nod_heights(habits), _NOD_SWINGS)


def draw_shakes(rng: np.random.Generator, habits: Habits, timeline: Timeline, person: int, frames: int) -> Swings:
    """Draw head shakes with sentences that deny."""
    moments = [
        utterance.start + float(rng.uniform(-0.1, 0.3))
        for utterance in timeline.of(person)
        if utterance.line.negates and utterance.line.act != "backchannel" and rng.random() < 0.4
    ]
    return _draw_swings(rng, moments, frames, _SHAKE_HEIGHT * np.clip(habits.head_activity, 0.6, 1.3), _SHAKE_SWINGS)


def _draw_swings(
    rng: np.random.Generator, moments: list[float], frames: int, sizes: np.ndarray, swings: tuple[float, ...]
) -> Swings:
    size, rate, count = (np.zeros(frames, np.float32) for _ in range(3))
    last = -99.0
    for moment in sorted(moments):
        frame = round(moment * FRAME_RATE)
        if moment - last < 1.5 or not 0 <= frame < frames - FRAME_RATE // 2:
            continue
        last = moment
        size[frame], rate[frame], count[frame] = _draw_swing(rng, sizes, swings)
    return Swings(size, rate, count)


def _nod_heights(habits: Habits) -> np.ndarray:
    """[2] radians, least and most."""
    return np.asarray(_NOD_HEIGHT * np.clip(habits.head_activity, 0.7, 1.2))


def _draw_swing(rng: np.random.Generator, sizes: np.ndarray, swings: tuple[float, ...]) -> tuple[float, float, float]:
    """Draw radians, swings a second and number of swings, whose shares from one on are `swings`."""
    size = sizes[0] + (sizes[1] - sizes[0]) * rng.beta(1.4, 2.2)
    return (
        float(size),
        float(rng.uniform(_NOD_RATE_HZ[0], _NOD_RATE_HZ[1])),
        float(1 + rng.choice(len(swings), p=swings)),
    )


def _draw_rests(rng: np.random.Generator, timeline: Timeline, person: int, frames: int) -> np.ndarray:
    """Draw standard-normal resting poses that change every few seconds by smooth moves of about 0.8 s. [T, 3]."""
    changes = {round(turn.start * FRAME_RATE) for turn in timeline.turns if turn.person == person or rng.random() < 0.4}
    frame = 0
    while frame < frames:
        frame += round(float(rng.lognormal(np.log(5.0), 0.5)) * FRAME_RATE)
        changes.add(frame)
    rest = np.zeros((frames, 3))
    pose = rng.standard_normal(3)
    rest[:] = pose
    for change in sorted(changes):
        if 0 <= change < frames:
            pose = 0.3 * pose + 0.95 * rng.standard_normal(3)
            rest[change:] = pose
    return np.stack([_smoothed(rest[:, axis], 0.9) for axis in range(3)], axis=1)


def _noise(rng: np.random.Generator, frames: int, cutoff: float) -> np.ndarray:
    """Draw low-passed noise of unit variance. [T, 3]."""
    margin = 4 * FRAME_RATE
    raw = rng.standard_normal((frames + 2 * margin, 3))
    slow = sosfiltfilt(butter(2, cutoff, fs=FRAME_RATE, output="sos"), raw, axis=0)
    return np.asarray(slow / slow.std(axis=0))[margin : margin + frames]


def _smoothed(curve: np.ndarray, seconds: float) -> np.ndarray:
    kernel = np.hanning(max(3, round(seconds * FRAME_RATE)) + 2)[1:-1]
    pad = len(kernel) // 2
    padded = np.pad(curve, (pad, len(kernel) - 1 - pad), mode="edge")
    return np.convolve(padded, kernel / kernel.sum(), mode="valid")


@dataclass(frozen=True)
class Beat:
    """A stressed vowel: the `time` of its middle in seconds and its `strength` from 0 to 1."""

    time: float
    strength: float


def beats_of(timeline: Timeline, person: int) -> tuple[Beat, ...]:
    """Return the stressed vowels of `person`, at least 0.35 s apart: loud, long and high against their utterance."""
    beats: list[Beat] = []
    for utterance in timeline.of(person):
        vowels = [phone for phone in utterance.phones if phone[2] in VOWELS]
        if not vowels:
            continue
        scores = []
        for start, end, name in vowels:
            begin, stop = (round((time - utterance.start) * SAMPLE_RATE) for time in (start, end))
            power = float(np.mean(np.square(utterance.samples[max(begin, 0) : max(stop, begin + 1)], dtype=np.float64)))
            high = 0.12 * _height(utterance, start, end)
            scores.append(10 * np.log10(power + 1e-9) / 6 + 8 * (end - start) + high - 0.5 * (name in _REDUCED))
        spread = np.array(scores) - np.median(scores)
        for (start, end, _), score in zip(vowels, spread, strict=True):
            time = (start + end) / 2
            if score > _STRESSED and (not beats or time - beats[-1].time > _REFRACTORY):
                beats.append(Beat(time, float(np.clip(score, 0, 1))))
    return tuple(beats)


def voice_height(timeline: Timeline, person: int) -> np.ndarray:
    """Return the pitch of the voice of `person` in spreads (of 3 semitones) about each utterance's median, 0 in
    silence. [T].
    """
    height = np.zeros(timeline.frames)
    for utterance in timeline.of(person):
        first, last = (
            max(0, int(np.ceil(utterance.start * FRAME_RATE))),
            min(timeline.frames, int(utterance.end * FRAME_RATE)),
        )
        frames = np.arange(first, last)
        index = np.round((frames / FRAME_RATE - utterance.start) * PITCH_RATE).astype(int)
        inside = (index >= 0) & (index < len(utterance.pitch))
        height[frames[inside]] = np.nan_to_num(utterance.pitch[index[inside]] / _PITCH_SPREAD)
    return np.clip(height, -2, 2)


def _height(utterance: Utterance, start: float, end: float) -> float:
    """Return the semitones of the span's highest pitch over the utterance's median, 0 where it has none."""
    first, last = (round((time - utterance.start) * PITCH_RATE) for time in (start, end))
    part = utterance.pitch[max(first, 0) : max(last, 1)]
    part = part[np.isfinite(part)]
    return float(np.clip(part.max(), -6, 6)) if len(part) else 0.0
