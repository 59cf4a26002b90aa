"""Head and eyes of one person, drawn from sampled onsets and from what the network predicts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np

from ...animation.curves import smooth_noise
from ...animation.events import Swings, render_swings
from ...animation.gaze import Gaze, head_share, render_gaze
from ...contract.constants import FRAME_RATE
from ..acting import MUTE, Speaker, acted_head

_YAW_EDGES: Final = np.radians((0.0, 6.0, 13.0, 22.0, 36.0))
_PITCH_EDGES: Final = np.radians((-20.0, -6.0, 2.0, 14.0))
"""Bins of where an aversion goes: how far aside, and how far up or down."""

_FAVOURITE_SIDE: Final = 0.7
"""Share of aversions that go to a person's favourite side."""

_NOD_SIZES: Final = np.radians((3.0, 6.0))
_SHAKE_SIZES: Final = np.radians((4.0, 9.0))
_SWINGS_A_SECOND: Final = (1.6, 2.8)
_NOD_SWINGS, _SHAKE_SWINGS = (0.5, 0.5), (0.4, 0.4, 0.2)
"""Shares of one, two and three swings."""

_FIXATION: Final = 0.38
"""Median seconds that eyes rest on a spot; sizes and rates as in the rehearsals (docs/developers/rehearsals.md)."""


@dataclass(frozen=True)
class HeadPrediction:
    """What the network says about one head: `posture`, `spread` [T, 3] and `direction` [T, 12] logits."""

    posture: np.ndarray
    spread: np.ndarray
    direction: np.ndarray


def draw_head_and_eyes(
    rng: np.random.Generator,
    habits: Mapping[str, float],
    onsets: Mapping[str, np.ndarray],
    away: np.ndarray,
    head: HeadPrediction,
    voice: Speaker = MUTE,
) -> tuple[np.ndarray, np.ndarray]:
    """`onsets` name → [T] bool, `away` [T] → neck [T, 3] axis-angle radians, gaze [T, 2] radians as in Motion.

    The head stresses what `voice` stresses, rather than the mean of beats that a network predicts.
    """
    frames = len(away)
    gaze = _draw_gaze(rng, onsets, away, head.direction)
    activity = float(np.clip(habits["head_activity"], 0.6, 1.5))
    nods = _swings(rng, onsets["nod"], _NOD_SIZES * activity, _NOD_SWINGS)
    shakes = _swings(rng, onsets["shake"], _SHAKE_SIZES * activity, _SHAKE_SWINGS)
    wander = 0.8 * smooth_noise(rng, frames, 0.16, 3) + 0.55 * smooth_noise(rng, frames, 0.5, 3)
    posture = head.posture + np.exp(head.spread) * wander
    neck = acted_head(rng, posture, voice) + head_share(gaze)
    neck = neck + render_swings(nods, 0) + render_swings(shakes, 1)
    return neck.astype(np.float32), render_gaze(gaze)


def _draw_gaze(
    rng: np.random.Generator, onsets: Mapping[str, np.ndarray], away: np.ndarray, direction: np.ndarray
) -> Gaze:
    """Targets of the aversions by the network's bins, fixations within every spell."""
    frames = len(away)
    side = float(rng.choice((-1.0, 1.0)))
    moves = onsets["look_away"] | onsets["look_back"] | onsets["look_elsewhere"]
    edges = [*np.flatnonzero(moves), frames]
    target = np.zeros((frames, 2))
    for start, stop in pairwise(edges):
        if away[start] > 0:
            chances = np.exp(direction[start] - direction[start].max())
            aside, up = draw_direction(rng, int(rng.choice(len(chances), p=chances / chances.sum())))
            target[start:stop] = (side * aside if rng.random() < _FAVOURITE_SIDE else -side * aside, up)
    fixation, saccades = _draw_fixations(rng, away)
    saccades[moves] = 0
    return Gaze(away, target, fixation, moves.astype(np.float32), saccades)


def _draw_fixations(rng: np.random.Generator, away: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Small offsets of a third of a second or so between the partner's eyes and mouth, or around an aversion's target.

    [T, 2] radians, and [T] 1 where one lands.
    """
    offset, landings = np.zeros((len(away), 2)), np.zeros(len(away), np.float32)
    frame = 0
    while frame < len(away):
        if away[frame] > 0:
            place = rng.normal(0, 1.3, size=2)
        elif rng.random() < 0.72:  # noqa: PLR2004  (the eyes hold more of a listener's gaze than the mouth)
            place = np.array((rng.choice((-1.5, 0.0, 1.5)), 0.0)) + rng.normal(0, 0.3, size=2)
        else:
            place = np.array((0.0, -3.4)) + rng.normal(0, 0.5, size=2)
        length = max(5, round(float(rng.lognormal(np.log(_FIXATION), 0.5)) * FRAME_RATE))
        offset[frame : frame + length] = np.radians(place)
        landings[frame] = 1
        frame += length
    return offset, landings


def _swings(rng: np.random.Generator, onsets: np.ndarray, sizes: np.ndarray, swings: tuple[float, ...]) -> Swings:
    size, rate, count = (np.zeros(len(onsets), np.float32) for _ in range(3))
    for frame in np.flatnonzero(onsets):
        size[frame] = rng.uniform(*sizes)
        rate[frame] = rng.uniform(*_SWINGS_A_SECOND)
        count[frame] = 1 + rng.choice(len(swings), p=swings)
    return Swings(size, rate, count)


def direction_bin(yaw: np.ndarray, pitch: np.ndarray) -> np.ndarray:
    """Bin 0 … 11 of directions in radians; the side does not matter."""
    aside = np.clip(np.searchsorted(_YAW_EDGES, np.abs(yaw), side="right") - 1, 0, len(_YAW_EDGES) - 2)
    up = np.clip(np.searchsorted(_PITCH_EDGES, pitch, side="right") - 1, 0, len(_PITCH_EDGES) - 2)
    return np.asarray(aside * (len(_PITCH_EDGES) - 1) + up)


def draw_direction(rng: np.random.Generator, direction: int) -> tuple[float, float]:
    """(|yaw|, pitch) in radians, anywhere in the bin."""
    aside, up = divmod(direction, len(_PITCH_EDGES) - 1)
    yaw = rng.uniform(_YAW_EDGES[aside], _YAW_EDGES[aside + 1])
    pitch = rng.uniform(_PITCH_EDGES[up], _PITCH_EDGES[up + 1])
    return float(yaw), float(pitch)
