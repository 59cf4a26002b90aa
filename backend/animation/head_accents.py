"""Accents of the head and of the brows on what a voice stresses, and the poses that a speaker takes with them.

    brows ──────▲ 120 ms before the vowel
    head  ────────▲ 40 ms before it: a stroke of 4–7° at 60–90°/s, then 300 ms to settle
    voice ──────────▲ the middle of the stressed vowel

What the head does already counts: where a network nods on the vowel, only what is missing is added.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from ..contract.arkit import ARKIT_INDEX, ARKIT_NAMES
from ..contract.constants import FRAME_RATE
from ..prosody.phrases import Phrase
from .curves import moved, raise_to, smoothed

HEAD_LEADS: Final = 0.04
"""Seconds from the head's lowest point to the middle of the stressed vowel."""

BROWS_LEAD: Final = HEAD_LEADS + 0.08
"""Seconds from the height of the brows to that."""

_SIZE: Final = np.radians((4.0, 7.0))
_SPEED: Final = np.radians((60.0, 90.0))
"""Radians, and radians a second at the fastest, of the faintest and of the strongest accent."""

_ACTIVITY: Final = 0.7
"""Power of a person's activity that an accent grows by: lively people have more of them as well."""

_FASTEST_OF_MEAN: Final = 1.875
"""Highest speed of a minimum-jerk movement over its mean speed (Hogan 1984)."""

_SETTLE: Final = 0.3
_GATHERING, _GATHER_SECONDS = 0.08, 0.16
"""Share of an accent by which the head rises before it, and how long that takes."""

_COUPLED: Final = (0.2, 0.3)
"""Share of an accent that the turn and the tilt have, to either side."""

_UPWARDS: Final = 0.12
"""Share of accents on which the head goes up instead."""

_POSE: Final = np.radians((1.6, 1.8, 3.0))
"""Radians of nod, turn and tilt by which the pose of one phrase differs from the speaker's own: standard deviation."""

_DRIFT_SECONDS, _ABOUT_DRIFT = 0.6, 0.6
"""Smoothing that is a head's drift, standard deviation, and the share of the spread of such poses that is left about
it: people move by 2.6, 2.5 and 1.3° there, accents included (eight in broadcasts and calls)."""

_POSE_SECONDS: Final = 0.4
_POSE_LEADS: Final = 0.12
"""Seconds that a pose takes, and by which it begins before the phrase."""

_BROWED: Final = 0.45
"""Share of strong accents with the brows, for an ordinary brow activity: 10–30 % of all
(docs/developers/rehearsals.md)."""

_BROW_SIZE: Final = (0.2, 0.45)
_BROW_RISE, _BROW_FALL = 0.16, 0.3
_WINDOW: Final = 0.16
"""Seconds around an accent in which a nod that is there already counts for it."""


@dataclass(frozen=True)
class HeadAccent:
    """The head is at its furthest at `time` seconds: `turned` [3] radians of nod, turn and tilt, after a `stroke` of
    so many seconds.
    """

    time: float
    turned: np.ndarray
    stroke: float


def draw_accents(
    rng: np.random.Generator, phrases: Sequence[Phrase], neck: np.ndarray, activity: float
) -> tuple[HeadAccent, ...]:
    """Draw the head's part in the accents of `phrases`; `activity` 1 is an ordinary person in an ordinary mood.

    `neck` [T, 3] radians is what the head does already.
    """
    found = []
    for phrase in phrases:
        for accent in phrase.accents:
            strength = accent.strength * rng.uniform(0.5, 1.0)
            size = activity**_ACTIVITY * float(_SIZE[0] + (_SIZE[1] - _SIZE[0]) * strength)
            speed = activity ** (_ACTIVITY / 2) * float(_SPEED[0] + (_SPEED[1] - _SPEED[0]) * strength)
            way = -0.6 if rng.random() < _UPWARDS else 1.0
            aside = rng.choice((-1.0, 1.0)) * rng.uniform(*_COUPLED)
            tilt = rng.choice((-1.0, 1.0)) * rng.uniform(*_COUPLED)
            missing = max(size - _dip(neck, accent.time - HEAD_LEADS), 0.0)
            if missing > 0:
                turned = missing * np.array((way, aside, tilt))
                found.append(HeadAccent(accent.time - HEAD_LEADS, turned, _FASTEST_OF_MEAN * size / speed))
    return tuple(found)


def render_accents(accents: Sequence[HeadAccent], frames: int) -> np.ndarray:
    """[T, 3] axis-angle radians: a small rise, the stroke, and back in 300 ms."""
    moves = []
    for accent in accents:
        begins = accent.time - accent.stroke
        moves += [
            (begins - _GATHER_SECONDS, _GATHER_SECONDS, -_GATHERING * accent.turned),
            (begins, accent.stroke, (1 + _GATHERING) * accent.turned),
            (accent.time, _SETTLE, -accent.turned),
        ]
    return moved(frames, moves)


def draw_phrase_poses(
    rng: np.random.Generator, phrases: Sequence[Phrase], neck: np.ndarray, activity: float
) -> np.ndarray:
    """[T, 3] radians: another pose for every phrase, held through it and the pause behind it for a while.

    Axes about which `neck` [T, 3] radians changes its pose in speech already get as much less.
    """
    frames, room = len(neck), _room_for_poses(neck, phrases)
    moves, pose = [], np.zeros(3)
    for index, phrase in enumerate(phrases):
        wanted = activity * room * np.clip(rng.normal(0, _POSE, 3), -2 * _POSE, 2 * _POSE)
        moves.append((phrase.start - _POSE_LEADS, _POSE_SECONDS, wanted - pose))
        pose = wanted
        following = phrases[index + 1].start if index + 1 < len(phrases) else np.inf
        if following - phrase.end > 2 * _POSE_SECONDS:  # the turn is over: back to one's own
            moves.append((phrase.end + 0.2, 1.5 * _POSE_SECONDS, -pose))
            pose = np.zeros(3)
    return moved(frames, moves)


def within(phrases: Sequence[Phrase], frames: int) -> np.ndarray:
    """[T] bool: inside one of `phrases`."""
    inside = np.zeros(frames, bool)
    for phrase in phrases:
        inside[round(phrase.start * FRAME_RATE) : round(phrase.end * FRAME_RATE)] = True
    return inside


def _room_for_poses(neck: np.ndarray, phrases: Sequence[Phrase]) -> np.ndarray:
    """[3] from 0 to 1: what a head that moves as `neck` [T, 3] in `phrases` lacks of the poses of a speaker."""
    speech = within(phrases, len(neck))
    if not speech.any():
        return np.zeros(3)
    about = (neck - smoothed(neck, _DRIFT_SECONDS, axis=0))[speech]
    there = np.sqrt(np.square(about).mean(axis=0)) / (_ABOUT_DRIFT * _POSE)
    return np.asarray(np.sqrt(np.clip(1 - there**2, 0, 1)))


def draw_brow_accents(rng: np.random.Generator, phrases: Sequence[Phrase], frames: int, activity: float) -> np.ndarray:
    """[T, 52] of the brows: up on some of the stronger accents, highest 120 ms before the vowel."""
    height = np.zeros(frames)
    for phrase in phrases:
        for accent in phrase.accents:
            chance, share, stay = rng.random(), rng.uniform(0.85, 1.15), float(rng.uniform(0.08, 0.2))
            if chance < _BROWED * activity * (0.4 + accent.strength):
                size = share * (_BROW_SIZE[0] + (_BROW_SIZE[1] - _BROW_SIZE[0]) * accent.strength)
                top = accent.time - BROWS_LEAD
                raise_to(height, top - _BROW_RISE - 0.25 * stay, _BROW_RISE, stay, _BROW_FALL, size)
    return brows_up(height)


def brows_up(height: np.ndarray) -> np.ndarray:
    """[T, 52]: the brows as a whole at `height` [T], 0 to 1."""
    expression = np.zeros((len(height), len(ARKIT_NAMES)))
    expression[:, ARKIT_INDEX["browInnerUp"]] = 0.8 * height
    for side in ("Left", "Right"):
        expression[:, ARKIT_INDEX[f"browOuterUp{side}"]] = 0.65 * height
    return expression


def _dip(neck: np.ndarray, time: float) -> float:
    """How far the head nods there already: radians of pitch below where it is before and after, at least 0."""
    at, reach = round(time * FRAME_RATE), round(_WINDOW * FRAME_RATE)
    around = neck[max(0, at - 3 * reach) : at + 3 * reach + 1, 0]
    here = neck[max(0, at - reach) : at + reach + 1, 0]
    return max(float(here.max() - np.median(around)), 0.0) if len(here) else 0.0
