"""Brows, smiles and the small life of a face, drawn from sampled onsets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np

from ...animation.curves import raise_to, smooth_noise, smoothed
from ...animation.face_bands import SIDES
from ...contract.arkit import ARKIT_INDEX, ARKIT_NAMES
from ...contract.constants import FRAME_RATE

_THOUGHTFUL: Final = 0.22
"""Share of aversions that come with a slight frown."""

_IDLE_INTERVAL: Final = 9.0
"""Median seconds between idle moves of a silent mouth."""

_LEVELLED: Final = tuple(
    index
    for index, name in enumerate(ARKIT_NAMES)
    if name.startswith(("brow", "cheekSquint", "eyeSquint", "mouthSmile", "mouthFrown", "noseSneer"))
)
"""Components that have a level: what a mood does to a face between its smiles and frowns."""

_SMILING: Final = tuple(
    ARKIT_INDEX[f"{name}{side}"] for name in ("mouthSmile", "cheekSquint") for side in ("Left", "Right")
)
_LEVEL_SECONDS: Final = 2.5
"""Smoothing of what is expected; standard deviation, as the one below."""

_LEVEL_WANDERS: Final = 0.3
"""Share by which a level comes and goes by itself, standard deviation."""

_DRAWN_SECONDS: Final = 10.0
"""Smoothing of what is drawn: a smile lowers the level of its surroundings a little, not that of its own moment."""

_LEVEL_HABIT: Final = 0.3
"""The share of the habit's logarithm that the network leaves undone in the level of a smile, as in `person_traits`."""


def draw_upper_face(
    rng: np.random.Generator,
    habits: Mapping[str, float],
    onsets: Mapping[str, np.ndarray],
    speaking: np.ndarray,
    expected: np.ndarray,
) -> np.ndarray:
    """[T, 52] of one person: what is added to the lips. `onsets` name → [T] bool (`brow_raise`, `smile`, `look_away`);
    `expected` [T, 52] mean of the whole expression, of which only the level is taken.

    Sizes and durations follow docs/developers/rehearsals.md: raises of 0.3–1 s, smiles of 1–4 s with a slow end.
    """
    frames = len(speaking)
    warmth, liveliness = habits["smile"], habits["brow_activity"]
    brow = _spells(rng, onsets["brow_raise"], (0.2, 0.6), liveliness, 0.16, (0.3, 1.0), 0.35)
    smile = _spells(rng, onsets["smile"], (0.3, 0.65), warmth**0.5, 0.55, (1.0, 3.2), 1.0)
    thoughts = onsets["look_away"] & (rng.random(frames) < _THOUGHTFUL)
    frown = _spells(rng, thoughts, (0.15, 0.4), liveliness, 0.4, (0.7, 1.6), 0.7)
    drift = smooth_noise(rng, frames, 0.08, 3)
    brow_up = np.clip(brow + 0.03 * drift[:, 0], 0, 1)
    press = _idle(rng, speaking)
    curves = {
        "mouthSmile": 0.75 * smile,
        "cheekSquint": 0.5 * smile**1.3,
        "eyeSquint": np.clip(0.28 * smile + 0.35 * frown + 0.02 * drift[:, 1], 0, 1),
        "mouthDimple": 0.15 * smile + 0.2 * press,
        "browOuterUp": 0.65 * brow_up,
        "browDown": np.clip(frown - 0.5 * brow + 0.03 * drift[:, 2], 0, 1),
        "eyeWide": 0.22 * np.clip(brow - 0.35, 0, 1),
        "noseSneer": 0.12 * frown,
        "mouthPress": 0.45 * press,
    }
    expression = np.zeros((frames, len(ARKIT_NAMES)), np.float32)
    for name, curve in curves.items():
        for side in SIDES:
            expression[:, ARKIT_INDEX[f"{name}{side}"]] = curve
    expression[:, ARKIT_INDEX["browInnerUp"]] = 0.8 * brow_up
    wander = np.maximum(1 + _LEVEL_WANDERS * smooth_noise(rng, frames, 0.08, 1), 0)
    level = expected_level(expected, expression, speaking) * wander
    level[:, _SMILING] *= max(warmth, 1e-3) ** _LEVEL_HABIT
    return np.asarray(np.clip(expression + level, 0, 1), np.float32)


def expected_level(expected: np.ndarray, drawn: np.ndarray, speaking: np.ndarray) -> np.ndarray:
    """What moments do not bring, [T, 52]: the slow `expected` [T, 52] less the slower `drawn` [T, 52], not below 0.

    Of the mouth only silence tells, `speaking` [T] below 1; a little of speech stays where nothing else is near.
    """
    weight = (1.02 - np.clip(speaking, 0, 1))[:, None]  # [T, 1]
    slow, slower = (
        smoothed(weight * one[:, _LEVELLED], seconds, axis=0) / smoothed(weight, seconds, axis=0)
        for one, seconds in ((expected, _LEVEL_SECONDS), (drawn, _DRAWN_SECONDS))
    )
    level = np.zeros(drawn.shape)
    level[:, _LEVELLED] = np.maximum(slow - slower, 0)
    return level


def _spells(
    rng: np.random.Generator,
    onsets: np.ndarray,
    heights: tuple[float, float],
    scale: float,
    rise: float,
    stay: tuple[float, float],
    fall: float,
) -> np.ndarray:
    """[T] a bell at each onset, heights and lengths drawn evenly; what overlaps goes on to the higher."""
    curve = np.zeros(len(onsets))
    for start in np.flatnonzero(onsets):
        height = scale * rng.uniform(*heights)
        raise_to(curve, int(start) / FRAME_RATE, rise, float(rng.uniform(*stay)), fall, height)
    return np.clip(curve, 0, 1)


def _idle(rng: np.random.Generator, speaking: np.ndarray) -> np.ndarray:
    """[T] lips pressed for a moment now and then, with half a second of silence before and two after."""
    busy = np.convolve(speaking > 0.3, np.ones(3 * FRAME_RATE), mode="full")  # noqa: PLR2004  (probably speaking)
    ahead = busy[2 * FRAME_RATE :][: len(speaking)]
    onsets = np.zeros(len(speaking), bool)
    clock = rng.uniform(1, 8)
    while clock * FRAME_RATE < len(speaking):
        frame = int(clock * FRAME_RATE)
        onsets[frame] = frame < len(ahead) and ahead[frame] < 1
        clock += rng.lognormal(np.log(_IDLE_INTERVAL), 0.5)
    return _spells(rng, onsets, (0.5, 1.0), 1.0, 0.3, (0.3, 0.8), 0.4)
