"""What the face does besides speaking: brows, smiles, frowns and the small life of a resting mouth."""

# ruff: noqa: PLR2004 - chances and sizes of a distribution are read best where they are drawn

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from backend.animation.curves import bell, smooth_step
from backend.animation.opposition import without_opposition
from backend.contract.arkit import ARKIT_INDEX, ARKIT_NAMES
from backend.contract.constants import FRAME_RATE
from backend.staging.mood_face import BROWS_AHEAD

from ..script.people import MOODS, Habits
from ..script.timeline import Timeline
from .head import Beat
from .smiles import Smile, render_smiles

_RAISES_LOST, _MOST_LOST = 2.5, 0.8
"""Share of brow raises lost for a mood's frown of 1, and at most: who is cross lowers the brows where others lift
them."""

_RISE: Final = 0.16

_ACCENTED: Final = 0.5
"""Chance that a stressed word of a cross person lowers the brows further, for the strongest beat."""


@dataclass(frozen=True)
class FaceLife:
    """`expression` [T, 52]; `brow` [T] height of the raised brows, 0 to 1; `raise_onset` [T] 1 where a raise begins,
    `raise_size` [T] its height there; `smile` [T] its strength, 0 to 1; `smile_onset` [T] 1 where one begins, 2 where
    it answers the partner's.
    """

    expression: np.ndarray
    brow: np.ndarray
    raise_onset: np.ndarray
    raise_size: np.ndarray
    smile: np.ndarray
    smile_onset: np.ndarray


@dataclass(frozen=True)
class Raise:
    """Of the brows: begins at `start` seconds, is `size` high (0 to 1), above half of that a bit over `stay`."""

    start: float
    size: float
    stay: float

    def curve(self, frames: int) -> np.ndarray:
        """Return its height, [frames]."""
        return self.size * _bump(frames, self.start, _RISE, self.stay, 0.3)


def draw_face_life(
    rng: np.random.Generator,
    habits: Habits,
    mood: str,
    timeline: Timeline,
    person: int,
    beats: tuple[Beat, ...],
    away: np.ndarray,
    smiles: tuple[Smile, ...],
) -> FaceLife:
    """Draw brows, `smiles` and idle moves of `person`; `away` [T] is 1 where this person looks away."""
    frames = len(away)
    level = MOODS[mood].smile * habits.smile * (1 + 0.5 * _drift(rng, frames, 0.08))
    bursts, smile_onsets = render_smiles(smiles, frames)
    smile = np.clip(level + bursts, 0, 1)
    cross = MOODS[mood].frown
    calmer = replace(habits, brow_activity=habits.brow_activity * (1 - min(_RAISES_LOST * cross, _MOST_LOST)))
    brow, sizes = _draw_raises(rng, calmer, timeline, person, beats, frames)
    frown = _draw_frown(rng, mood, timeline, person, away)
    frown = np.clip(frown + _accents(rng.spawn(1)[0], beats, cross, frames), 0, 1)
    sad = _spells(
        rng,
        [utterance.start for utterance in timeline.utterances if utterance.line.feeling == "sad"],
        frames,
        0.7,
        (2.0, 4.0),
    )
    sad = np.clip(sad + MOODS[mood].sorrow * (1 + 0.4 * _drift(rng, frames, 0.08)), 0, 1)
    outer = 0.65 * brow + 0.25 * _drift(rng, frames, 0.15)
    curves = {
        "mouthSmile": 0.75 * smile,
        "cheekSquint": 0.5 * smile**1.3,
        "eyeSquint": 0.28 * smile + 0.35 * frown,
        "mouthDimple": 0.15 * smile,
        "browOuterUp": np.clip(outer, 0, 1),
        "browDown": np.clip(frown - 0.5 * brow, 0, 1),
        "mouthFrown": 0.3 * sad,
        "eyeWide": 0.22 * np.clip(brow - 0.35, 0, 1),
        "noseSneer": 0.15 * frown,
    }
    curves |= _idle_mouth(rng, timeline, person, frames)
    expression = np.zeros((frames, len(ARKIT_NAMES)), np.float32)
    for name, curve in curves.items():
        expression[:, ARKIT_INDEX[f"{name}Left"]] = curve * (1 + habits.asymmetry)
        expression[:, ARKIT_INDEX[f"{name}Right"]] = curve * (1 - habits.asymmetry)
    expression[:, ARKIT_INDEX["browInnerUp"]] = np.clip(0.8 * brow + 0.5 * sad + 0.1 * _drift(rng, frames, 0.1), 0, 1)
    expression = without_opposition(expression)
    return FaceLife(expression, brow, (sizes > 0).astype(np.float32), sizes, smile, smile_onsets)


def with_raises(face: FaceLife, raises: Sequence[Raise], asymmetry: float) -> FaceLife:
    """Return `face` with more `raises` of the brows; where the brows are up anyway they only go on to the higher."""
    brow, sizes = face.brow, face.raise_size.copy()
    for lift in raises:
        brow = np.maximum(brow, lift.curve(len(brow)))
        sizes[round(lift.start * FRAME_RATE)] = lift.size
    more, expression = brow - face.brow, face.expression.copy()
    wide = 0.22 * (np.clip(brow - 0.35, 0, 1) - np.clip(face.brow - 0.35, 0, 1))
    added = {"browOuterUp": 0.65 * more, "browDown": -0.5 * more, "eyeWide": wide}
    for name, curve in added.items():
        expression[:, ARKIT_INDEX[f"{name}Left"]] += curve * (1 + asymmetry)
        expression[:, ARKIT_INDEX[f"{name}Right"]] += curve * (1 - asymmetry)
    expression[:, ARKIT_INDEX["browInnerUp"]] += 0.8 * more
    onsets = (sizes > 0).astype(np.float32)
    expression = without_opposition(np.clip(expression, 0, 1))
    return replace(face, expression=expression, brow=brow, raise_onset=onsets, raise_size=sizes)


def _draw_raises(
    rng: np.random.Generator,
    habits: Habits,
    timeline: Timeline,
    person: int,
    beats: tuple[Beat, ...],
    frames: int,
) -> tuple[np.ndarray, np.ndarray]:
    """Draw raises on some stressed vowels, in questions and at the partner's surprises.

    Curve [T], and [T] its height where one begins, 0 elsewhere.
    """
    raises = [
        _raise_on(beat, float(rng.uniform(0.3, 0.7)))
        for beat in beats
        if rng.random() < 0.13 * habits.brow_activity * (0.6 + beat.strength)
    ]
    for utterance in timeline.utterances:
        own = utterance.line.person == person
        if own and utterance.line.act == "question" and rng.random() < 0.6:
            raises.append((max(utterance.start, utterance.end - 1.0), 0.45, float(rng.uniform(0.7, 1.3))))
        if utterance.line.feeling == "surprised" and rng.random() < (0.7 if own else 0.6):
            raises.append((utterance.start + (0.0 if own else 0.5), 0.7, float(rng.uniform(0.6, 1.4))))
        if not own and utterance.line.act in ("statement", "question") and rng.random() < 0.13 * habits.brow_activity:
            raises.append((utterance.end - 0.2, 0.3, float(rng.uniform(0.4, 1.0))))
    curve = np.zeros(frames)
    sizes = np.zeros(frames, np.float32)
    for start, height, length in raises:
        frame = round(start * FRAME_RATE)
        if 0 <= frame < frames:
            sizes[frame] = size = float(np.clip(height * habits.brow_activity * rng.uniform(0.75, 1.25), 0.1, 0.9))
            curve = np.maximum(curve, Raise(start, size, length).curve(frames))
    return curve, sizes


def _raise_on(beat: Beat, stay: float) -> tuple[float, float, float]:
    """Return start, height and stay of a raise that is highest just before `beat`."""
    return _start_before(beat, stay), 0.25 + 0.35 * beat.strength, stay


def _start_before(beat: Beat, stay: float) -> float:
    """Return when brows begin to move that are at their highest or lowest just before `beat` (`curves.bell`)."""
    return beat.time - BROWS_AHEAD - _RISE - 0.25 * stay


def _draw_frown(rng: np.random.Generator, mood: str, timeline: Timeline, person: int, away: np.ndarray) -> np.ndarray:
    """Draw brows drawn together on some looks away and when cross. [T], 0 to 1."""
    frames = len(away)
    starts = np.flatnonzero(np.diff(away) > 0) / FRAME_RATE
    pondering = [float(start) for start in starts if rng.random() < 0.22]
    cross = [
        utterance.start
        for utterance in timeline.utterances
        if utterance.line.feeling == "cross" and rng.random() < (0.65 if utterance.line.person == person else 0.35)
    ]
    level = np.clip(MOODS[mood].frown * (1 + 0.6 * _drift(rng, frames, 0.1)), 0, 1)
    thinking, annoyed = _spells(rng, pondering, frames, 0.3, (0.8, 1.8)), _spells(rng, cross, frames, 0.45, (1.5, 3.0))
    return np.asarray(np.clip(level + thinking + annoyed, 0, 1))


def _accents(rng: np.random.Generator, beats: tuple[Beat, ...], cross: float, frames: int) -> np.ndarray:
    """Draw brows that come down on stressed words, in a mood as `cross` as its frown. [T]."""
    curve = np.zeros(frames)
    for beat in beats:
        drawn, size, stay = rng.random(), rng.uniform(1.2, 2.4), float(rng.uniform(0.1, 0.35))
        if drawn < _ACCENTED * beat.strength:
            bump = _bump(frames, _start_before(beat, stay), _RISE, stay, 0.45)
            curve = np.maximum(curve, min(size * cross, 0.6) * bump)
    return curve


def _idle_mouth(rng: np.random.Generator, timeline: Timeline, person: int, frames: int) -> dict[str, np.ndarray]:
    """Draw lips pressed or pulled aside for a moment now and then, never while this person speaks. name → [T]."""
    spoken = [(utterance.start - 0.5, utterance.end + 0.4) for utterance in timeline.of(person)]
    moments = []
    clock = float(rng.uniform(1, 8))
    while clock < timeline.seconds:
        if not any(start - 1.2 < clock < end for start, end in spoken):
            moments.append(clock)
        clock += float(rng.lognormal(np.log(9), 0.5))
    kinds = rng.integers(3, size=len(moments))
    picked = [[time for time, kind in zip(moments, kinds, strict=True) if kind == wanted] for wanted in range(3)]
    return {
        "mouthPress": _spells(rng, picked[0], frames, 0.45, (0.4, 0.8)),
        "mouthDimple": _spells(rng, picked[1], frames, 0.35, (0.4, 0.9)),
        "mouthStretch": _spells(rng, picked[2], frames, 0.15, (0.3, 0.6)),
    }


def _spells(
    rng: np.random.Generator, moments: list[float], frames: int, height: float, lengths: tuple[float, float]
) -> np.ndarray:
    """Draw bells [T] with a rise of 0.5 s, `lengths` seconds and a fall of 0.9 s (`curves.bell`)."""
    curve = np.zeros(frames)
    for moment in moments:
        size = height * rng.uniform(0.6, 1.3)
        curve = np.maximum(curve, size * _bump(frames, moment, 0.5, float(rng.uniform(*lengths)), 0.9))
    return curve


def _bump(frames: int, start: float, rise: float, stay: float, fall: float) -> np.ndarray:
    since = np.arange(frames) / FRAME_RATE - start
    return bell(since, rise, stay, fall)


def _drift(rng: np.random.Generator, frames: int, rate: float) -> np.ndarray:
    """Draw a slow wander between −1 and 1 through random points, `rate` points a second. [T]."""
    points = rng.uniform(-1, 1, size=max(4, int(frames / FRAME_RATE * rate) + 4))
    where = np.linspace(0, len(points) - 1, frames)
    left = np.minimum(where.astype(int), len(points) - 2)
    part = smooth_step(where - left)
    return np.asarray(points[left] * (1 - part) + points[left + 1] * part)
