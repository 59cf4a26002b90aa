"""A mood in the whole face: a level that comes and goes, accents on the words that carry a phrase, a mouth that opens
as the mood has it, and how the head is carried.

A mood that is held is a mask. So two thirds of it are always there, the rest comes on emphasised words, the
brows a little ahead of the vowel; a listener answers those of the partner.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from ..animation.asymmetry import lean_of
from ..animation.curves import low_passed, raise_to, slow_noise, smooth_step, smoothed
from ..animation.face_bands import SIDES
from ..animation.lip_closure import lip_gap, with_gap
from ..animation.lips import SMILE_LOST
from ..animation.opposition import without_opposition
from ..animation.stress import stress_of
from ..contract.arkit import ARKIT_INDEX
from ..contract.constants import FRAME_RATE
from ..contract.segments import SPEAKING
from .presets import Mood

LEVEL_RANGE: Final = (0.45, 0.85)
_LEVEL, _LEVEL_WANDERS, _LEVEL_SECONDS = 0.65, 0.13, 2.5
"""Share of a mood's expression that is there all the time: least and most, mean, its wander and how slow that is."""

BROWS_AHEAD: Final = 0.12
"""Seconds by which an accent of the face is before the vowel that it belongs to: 80 ms before the head's."""
_RISE, _STAY, _FALL = 0.18, 0.2, 0.5
"""Seconds of an accent at an ordinary tempo (`curves.bell`)."""

_ANSWERED, _ANSWER = 0.5, 0.55
"""Share of the partner's emphasised words that a listener's mood answers, and how strong."""
_ANSWERS_AFTER: Final = (0.3, 0.6)
"""Seconds."""

_WEAKER: Final = (0.75, 1.15)
_REDIRECTED: Final = 1.4
"""Strength of an accent for a whole brow raise that a mood turns into its own accent."""

_PARTED_FROM, _PARTED = 1.0, 4.0
"""Millimetres between the lips from which they are no longer pressed, and are drawn off the teeth."""
_WIDEST: Final = np.radians(14.0)
"""Jaw beyond which no mood opens it further."""
_TALK_SECONDS: Final = 0.06
"""Standard deviation of the smoothing of who speaks, for the mouth."""
_SLOW_HERTZ: Final = 1.5
"""Band of brows, corners and cheeks at a tempo just below 1; slower moods have less."""

_LIPS_APART: Final = ("mouthUpperUp", "mouthLowerDown", "mouthStretch")
_LIPS_TOGETHER: Final = ("mouthPress", "mouthRollLower", "mouthRollUpper", "mouthShrugLower", "mouthShrugUpper")
_UNHURRIED: Final = ("brow", "cheek", "noseSneer", "mouthSmile", "mouthFrown", "mouthDimple", "eyeSquint", "eyeWide")


def with_mood(
    expression: np.ndarray,
    jaw: np.ndarray,
    speaking: np.ndarray,
    mood: Mood,
    accents: np.ndarray,
    generator: np.random.Generator,
    new: np.ndarray | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """`expression` [T, 52] and `jaw` [T, 3] radians of one person in `mood`; `speaking` [T]; `accents` [T] as below.

    `new` [T] bool where the face is newly made, in a take of which the rest is kept and has its mood.

    The level is that of what the face shows most of the time, whoever made it: what is missing fills the room that a
    component has left, what is held beyond it goes. The lips meet where they met.
    """
    if not (mood.expression or mood.accent or mood.kept) and mood.jaw == 1.0:
        return without_opposition(expression), jaw
    frames = len(expression)
    made = np.ones(frames, bool) if new is None or not new.any() else new
    brows = expression[:, [ARKIT_INDEX[f"browOuterUp{side}"] for side in SIDES]].mean(axis=1)
    raised = np.clip(brows - np.median(brows[made]), 0, None)  # [T]
    result = _unhurried(held_back(expression, mood.kept), mood.tempo)
    turned = _REDIRECTED * raised * (1 - mood.kept.get("browOuterUp", 1.0)) if mood.accent else 0.0
    strength = np.clip(np.maximum(accents, turned), 0, 1.2)  # [T]
    wander = slow_noise(generator, frames, _LEVEL_SECONDS)  # a mood comes and goes, and is on the whole as it is
    level = np.clip(_LEVEL + _LEVEL_WANDERS * (wander - wander.mean()), *LEVEL_RANGE)  # [T]
    lean = lean_of(expression)  # [T] a mood is as lopsided as the face that it is in
    gap = lip_gap(expression, jaw[:, 0])  # [T] millimetres
    parted = smooth_step(gap, _PARTED_FROM, _PARTED) * (speaking > SPEAKING)
    rounding = np.clip(expression[:, ARKIT_INDEX["mouthPucker"]] + expression[:, ARKIT_INDEX["mouthFunnel"]], 0, 1)
    for name in dict.fromkeys((*mood.expression, *mood.accent)):
        index = ARKIT_INDEX[name]
        held = mood.expression.get(name)
        # a face that was made in this mood may hold more of it than its level: then it lets go
        missing = 0.0 if held is None else held * level - float(np.median(result[made, index]))
        result[:, index] = np.maximum(result[:, index] + np.minimum(missing, 0.0), 0)
        ahead = lean * (name.endswith(SIDES[0]) - float(name.endswith(SIDES[1])))
        added = np.maximum(missing, 0.0) + mood.accent.get(name, 0.0) * strength
        if name.startswith(_LIPS_TOGETHER):
            added = added * (1 - parted)
        elif name.startswith(_LIPS_APART):
            added = added * parted
        elif name.startswith("mouthSmile"):
            added = added * (1 - SMILE_LOST * rounding)
        result[:, index] += np.minimum(added * (1 + ahead), 1) * np.clip(1.0 - result[:, index], 0, 1)
    result = without_opposition(result)
    factor = np.where(jaw[:, 0] > 0, np.minimum(mood.jaw, np.maximum(_WIDEST / np.maximum(jaw[:, 0], 1e-6), 1)), 1.0)
    factor = 1 + (factor - 1) * smoothed((speaking > SPEAKING).astype(float), _TALK_SECONDS)  # breath is no speech
    opened = jaw.copy()
    opened[:, 0] = jaw[:, 0] * factor
    wider = lip_gap(result, jaw[:, 0]) - gap
    wanted = np.where(gap > 0, gap * factor + np.maximum(wider, 0) * parted, gap)
    return with_gap(result, opened[:, 0], wanted), opened


def emphasised_frames(jaw: np.ndarray, speaking: np.ndarray) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The frames of both people's emphasised words where nobody listened to the voices, from `jaw` [2, T] radians."""
    first, second = (stress_of(jaw[person], speaking[person]) for person in range(2))
    one, other = (tuple(stress.frames[stress.emphasised].tolist()) for stress in (first, second))
    return one, other


def accents_of(
    emphasised: tuple[Sequence[int], Sequence[int]],
    speaking: np.ndarray,
    who: int,
    tempo: float,
    generator: np.random.Generator,
) -> np.ndarray:
    """[T] how much the mood of `who` comes out, 0 to 1: on their emphasised words and after the partner's.

    `emphasised` frames of both people's; `speaking` [2, T].
    """
    frames = speaking.shape[1]
    curve = np.zeros(frames)
    for person in (who, 1 - who):
        for frame in emphasised[person]:
            strength = generator.uniform(*_WEAKER)
            peak = frame / FRAME_RATE - BROWS_AHEAD
            if person != who:
                answers, delay = generator.random() < _ANSWERED, generator.uniform(*_ANSWERS_AFTER)
                if not answers or speaking[who, min(frame, frames - 1)] > SPEAKING:
                    continue
                strength, peak = _ANSWER * strength, frame / FRAME_RATE + delay
            rise, stay, fall = (seconds / tempo for seconds in (_RISE, _STAY, _FALL))
            raise_to(curve, peak - rise - 0.25 * stay, rise, stay, fall, strength)
    return np.minimum(curve, 1.0)


def carriage(mood: Mood, frames: int, generator: np.random.Generator) -> np.ndarray:
    """[T, 3] axis-angle radians that the mood adds to the neck: chin down, and tilted to a side; never quite still."""
    side = float(generator.choice((-1.0, 1.0)))
    lives = np.clip(1 + 0.2 * slow_noise(generator, frames, 3.0), 0.5, 1.5)  # [T]
    held = np.radians((mood.chin_down_degrees, 0.0, side * mood.tilt_degrees))
    return np.asarray(held * lives[:, None])


def held_back(expression: np.ndarray, kept: Mapping[str, float]) -> np.ndarray:
    """`expression` [T, 52] with each unit of `kept`, on both sides, at that share of itself."""
    result = expression.copy()
    for unit, share in kept.items():
        for name in (unit, *(f"{unit}{side}" for side in SIDES)):
            if name in ARKIT_INDEX:
                result[:, ARKIT_INDEX[name]] *= share
    return result


def _unhurried(expression: np.ndarray, tempo: float) -> np.ndarray:
    """`expression` [T, 52] of a slow mood: brows, cheeks and corners take their time."""
    if tempo >= 1.0:
        return expression
    slow = [index for name, index in ARKIT_INDEX.items() if name.startswith(_UNHURRIED)]
    result = expression.copy()
    result[:, slow] = np.clip(low_passed(expression[:, slow], _SLOW_HERTZ * tempo), 0, 1)
    return result
