"""Where people look: at the partner or away, and the small saccades within either."""

# ruff: noqa: PLR2004 - chances and sizes of a distribution are read best where they are drawn

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from ..contract.constants import FRAME_RATE
from .habits import Habits
from .timeline import Timeline

_AWAY_SECONDS: Final = (1.7, 0.8)
"""Mean of an aversion while speaking and while listening (between Lee 2002 and Andrist 2014)."""

_HEAD_SHARE: Final = 0.45
"""How much of a gaze shift beyond the eyes' comfort the head takes over."""

_COMFORT: Final = np.radians(9.0)


@dataclass(frozen=True)
class Gaze:
    """`away` [T] 0 at the partner, 1 away; `target` [T, 2] radians, direction of the aversion, 0 at the partner;
    `fixation` [T, 2] radians, the small offset within the state; `shift` [T] 1 on the frame where the state or the
    aversion's target changes; `saccade` [T] 1 where only the fixation changes.
    """

    away: np.ndarray
    target: np.ndarray
    fixation: np.ndarray
    shift: np.ndarray
    saccade: np.ndarray


def draw_gaze(rng: np.random.Generator, habits: Habits, timeline: Timeline, person: int, speaking: np.ndarray) -> Gaze:
    """Gaze of `person`; `speaking` [T] is this person's own."""
    frames = len(speaking)
    away = _draw_away(rng, habits, speaking)
    _avert_at_turns(rng, away, timeline, person)
    target, jumps = _draw_targets(rng, habits, away, speaking)
    fixation, saccade = _draw_fixations(rng, away)
    shift = np.zeros(frames, np.float32)
    shift[1:] = away[1:] != away[:-1]
    shift = np.maximum(shift, jumps)
    saccade[shift > 0] = 0
    return Gaze(away, target, fixation, shift, saccade)


def render_gaze(gaze: Gaze) -> np.ndarray:
    """Line of sight relative to the partner's eyes. [T, 2] radians, yaw left and pitch up.

    A saccade lasts 21 ms + 2.2 ms a degree (main sequence), less than two frames, so it is a step with one key between
    when it is large.
    """
    aim = gaze.target + gaze.fixation  # [T, 2]
    path = aim.copy()
    step = np.linalg.norm(np.diff(aim, axis=0), axis=1)  # [T - 1] radians
    for frame in np.flatnonzero(step > np.radians(8.0)) + 1:
        path[frame] = aim[frame - 1] + 0.7 * (aim[frame] - aim[frame - 1])
    return np.asarray(path, np.float32)


def head_share(gaze: Gaze) -> np.ndarray:
    """The part of the gaze that the head follows, some 0.3 s behind the eyes. [T, 3] axis-angle radians."""
    size = np.linalg.norm(gaze.target, axis=1, keepdims=True)
    beyond = gaze.target * (np.maximum(size - _COMFORT, 0) * _HEAD_SHARE / np.maximum(size, 1e-6) + 0.12)
    return np.stack((-_eased(beyond[:, 1], 7), _eased(beyond[:, 0], 7), np.zeros(len(beyond))), axis=1)


def _eased(curve: np.ndarray, frames: int) -> np.ndarray:
    """Steps become movements that take about 2 · `frames` and start with the step, not before it."""
    kernel = np.hanning(2 * frames + 2)[1:-1]
    padded = np.concatenate((np.full(2 * frames - 1, curve[0]), curve))
    return np.convolve(padded, kernel / kernel.sum(), mode="valid")


def _draw_away(rng: np.random.Generator, habits: Habits, speaking: np.ndarray) -> np.ndarray:
    """[T] 0 or 1: spells at the partner and away, log-normal, their means set by the habits' shares."""
    away = np.zeros(len(speaking), np.float32)
    frame, is_away = 0, False
    while frame < len(speaking):
        talks = speaking[frame] > 0.5
        mean = _AWAY_SECONDS[0 if talks else 1]
        share = habits.gaze_speaking + 0.1 if talks else habits.gaze_listening + 0.02
        if not is_away:
            mean *= share / (1 - share)
        length = max(6, round(float(rng.lognormal(np.log(mean) - 0.18, 0.6)) * FRAME_RATE))
        away[frame : frame + length] = is_away
        frame, is_away = frame + length, not is_away
    return away


def _avert_at_turns(rng: np.random.Generator, away: np.ndarray, timeline: Timeline, person: int) -> None:
    """Look away when a longer turn begins and back before it ends (Kendon 1967)."""
    for turn in timeline.turns:
        if turn.person != person or turn.end - turn.start < 1.5:
            continue
        if rng.random() < 0.65:
            begin = max(0, round((turn.start - rng.uniform(0.0, 0.7)) * FRAME_RATE))
            away[begin : begin + round(float(rng.uniform(0.9, 2.4)) * FRAME_RATE)] = 1
        if rng.random() < 0.75:
            away[
                max(0, round((turn.end - rng.uniform(0.3, 0.9)) * FRAME_RATE)) : round((turn.end + 0.8) * FRAME_RATE)
            ] = 0


def _draw_targets(
    rng: np.random.Generator, habits: Habits, away: np.ndarray, speaking: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Directions of the aversions [T, 2] radians, and the frames on which one jumps to another [T]."""
    target = np.zeros((len(away), 2))
    jumps = np.zeros(len(away), np.float32)
    edges = np.flatnonzero(np.diff(np.concatenate(([0.0], away, [0.0]))))
    for start, stop in zip(edges[::2], edges[1::2], strict=True):
        frame = int(start)
        while frame < stop:
            length = max(8, round(float(rng.lognormal(np.log(0.9), 0.5)) * FRAME_RATE))
            if stop - frame - length < 8:
                length = int(stop) - frame
            target[frame : frame + length] = _draw_direction(rng, habits, bool(speaking[frame] > 0.5))
            jumps[frame] = 1
            frame += length
    return target, jumps


def _draw_direction(rng: np.random.Generator, habits: Habits, talks: bool) -> np.ndarray:
    """Mostly to the person's favourite side; down or up and aside in thought, short glances while listening."""
    if habits.aversion is not None:
        return np.radians(habits.aversion + rng.normal(0, 2.5, size=2))
    side = habits.lean_side if rng.random() < 0.7 else -habits.lean_side
    yaw = side * rng.gamma(4.0, 4.2 if talks else 3.0)
    pitch = rng.normal(-9, 5) if rng.random() < 0.6 else rng.normal(6, 5)
    return np.radians((np.clip(yaw, -38, 38), np.clip(pitch, -24, 16)))


def _draw_fixations(rng: np.random.Generator, away: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Offsets between the partner's eyes and mouth, or around an aversion's target. [T, 2] radians, onsets [T]."""
    offset = np.zeros((len(away), 2))
    onsets = np.zeros(len(away), np.float32)
    frame = 0
    while frame < len(away):
        length = max(5, round(float(rng.lognormal(np.log(0.55), 0.55)) * FRAME_RATE))
        if away[frame] > 0:
            place = rng.normal(0, 1.3, size=2)
        elif rng.random() < 0.72:
            place = np.array((rng.choice((-1.5, 0.0, 1.5)), 0.0)) + rng.normal(0, 0.3, size=2)
        else:
            place = np.array((0.0, -3.4)) + rng.normal(0, 0.5, size=2)
        offset[frame : frame + length] = np.radians(place)
        onsets[frame] = 1
        frame += length
    return offset, onsets
