"""The trunk: breath around speech and at rest, slow sway, shifts of posture, leaning into a turn."""

# ruff: noqa: PLR2004 - chances and sizes of a distribution are read best where they are drawn

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np

from backend.animation.breath import Inhalation, lips_parted
from backend.animation.curves import slow_noise, smoothed
from backend.contract.constants import FRAME_RATE

from ..script.people import Habits
from ..script.timeline import Timeline, Utterance

_BEFORE_TURN: Final = (0.36, 0.46)
"""Seconds from the inhalation to the turn it is for: it takes 300–400 ms of them."""

_QUICKEST: Final = 0.4
"""Seconds of an inhalation in a pause, at most."""

_LONG_UTTERANCE: Final = 1.0
"""Seconds from which an utterance needs a breath of its own."""

_RESTING_SHARE: Final = 0.4
"""Of a resting cycle, spent breathing in."""

_QUIET_DEPTH: Final = 0.55
"""Depth of a resting breath, that before a turn being 1."""

_LEAST_CYCLE, _PHRASE_CYCLE = 2.0, 3.5
"""Seconds between breaths at rest, and after which a speaker uses the next pause."""

_SWAY: Final = np.array((0.006, 0.0012, 0.007))
"""Metres to the side, up and forward: standard deviation of the slow sway of an ordinary person."""

_SHIFT: Final = np.array((0.014, 0.004, 0.016))
"""Metres by which a new posture differs from the last."""

_SHIFT_SECONDS: Final = 24.0
"""Median time in one posture."""

_FORWARD: Final = 0.012
"""Metres that speakers come forward."""

_BREATH: Final = np.array((0.0, 0.0045, 0.001))
"""Metres by which a full breath lifts and moves the base of the neck."""


@dataclass(frozen=True)
class Breathing:
    """`depth` [T] from 0 (breathed out) to about 1 (breathed in for a turn); `inhalation` [T] 1 where one begins;
    `parted` [T] millimetres that breathing in for speech wants between the lips.
    """

    depth: np.ndarray
    inhalation: np.ndarray
    parted: np.ndarray


@dataclass(frozen=True)
class _Breath:
    start: float
    inhaling: float
    depth: float


def draw_breathing(rng: np.random.Generator, habits: Habits, timeline: Timeline, person: int) -> Breathing:
    """Draw the breath of `person`: 12–18 breaths a minute at rest with 40 % of the cycle in, fewer and quicker ones
    while speaking.
    """
    utterances = [utterance for utterance in timeline.of(person) if utterance.line.act != "backchannel"]
    spoken = _breaths_of_speech(rng, utterances)
    breaths = sorted(
        [*spoken, *_resting_breaths(rng, habits, timeline, utterances, spoken)], key=lambda breath: breath.start
    )
    heard = [Inhalation(breath.start, breath.inhaling, breath.depth, breath.start) for breath in spoken]
    depth, inhalation = _render_breaths(breaths, utterances, timeline.frames)
    return Breathing(depth, inhalation, lips_parted(rng.spawn(1)[0], heard, timeline.frames))


def _breaths_of_speech(rng: np.random.Generator, utterances: list[Utterance]) -> list[_Breath]:
    """Draw breaths before turns of some length and in pauses between sentences when the last breath is spent."""
    found: list[_Breath] = []
    end, last = -9.0, -9.0
    for utterance in utterances:
        pause, length = utterance.start - end, utterance.end - utterance.start
        if pause > 0.9 and utterance.start - last > _LEAST_CYCLE and (length > _LONG_UTTERANCE or rng.random() < 0.3):
            lead = float(rng.uniform(*_BEFORE_TURN))
            found.append(_Breath(utterance.start - lead, lead - 0.06, float(rng.uniform(0.8, 1.1))))
            last = found[-1].start
        elif 0.22 < pause <= 0.9 and utterance.start - last > _PHRASE_CYCLE:
            inhaling = min(pause - 0.06, _QUICKEST)
            found.append(_Breath(utterance.start - inhaling - 0.03, inhaling, float(rng.uniform(0.7, 1.0))))
            last = found[-1].start
        end = utterance.end
    return found


def _resting_breaths(
    rng: np.random.Generator,
    habits: Habits,
    timeline: Timeline,
    utterances: list[Utterance],
    spoken: list[_Breath],
) -> list[_Breath]:
    """Draw breaths where nothing is said: cycles of a person's own length, each a little different, that fill the
    time exactly.
    """
    cycle = 60 / habits.breath_rate
    found: list[_Breath] = []
    free = -float(rng.uniform(0, cycle))
    for utterance in [*utterances, None]:
        said = timeline.seconds + cycle if utterance is None else utterance.start
        stop = min([said, *(breath.start for breath in spoken if said - 1.0 < breath.start <= said)])
        count = int((stop - free) / cycle + 0.4)
        if stop - free > _LEAST_CYCLE and count > 0:
            lengths = rng.lognormal(0, 0.12, count)  # [count]
            for length in (lengths * (stop - free) / lengths.sum()).tolist():
                depth = _QUIET_DEPTH * float(rng.uniform(0.75, 1.25))
                found.append(_Breath(free, _RESTING_SHARE * length, depth))
                free += length
        free = said if utterance is None else utterance.end + float(rng.uniform(0.15, 0.6))
    return found


def _render_breaths(breaths: list[_Breath], utterances: list[Utterance], frames: int) -> tuple[np.ndarray, np.ndarray]:
    """Return depth and inhalation of `Breathing`."""
    time = np.arange(frames) / FRAME_RATE
    depth, inhalation = np.zeros(frames), np.zeros(frames, np.float32)
    speaks = np.zeros(frames, bool)
    for said in utterances:
        speaks[max(0, round(said.start * FRAME_RATE)) : round(said.end * FRAME_RATE)] = True
    level = 0.2
    last = _Breath(frames / FRAME_RATE + 8.0, 1.0, 0.0)
    for breath, following in pairwise([*breaths, last]):
        here = (time >= breath.start) & (time < following.start)
        frame = round(breath.start * FRAME_RATE)
        if 0 <= frame < frames:
            inhalation[frame] = 1
        top = max(breath.depth, level + 0.15)
        since = time[here] - breath.start
        rising = 0.5 - 0.5 * np.cos(np.pi * np.clip(since / breath.inhaling, 0, 1))
        left = following.start - breath.start - breath.inhaling
        # Speech spends the air evenly; at rest most of it leaves at once, and a pause follows.
        spending = left if here.any() and speaks[here].mean() > 0.3 else min(left, 2.2 * breath.inhaling)
        falling = 0.5 - 0.5 * np.cos(np.pi * np.clip((since - breath.inhaling) / max(spending, 0.1), 0, 1))
        bottom = 0.04
        depth[here] = level + (top - level) * rising - (top - bottom) * falling
        done = np.clip(left / max(spending, 0.1), 0, 1)
        level = top - (top - bottom) * (0.5 - 0.5 * np.cos(np.pi * done))
    return depth.astype(np.float32), inhalation


def draw_sway(
    rng: np.random.Generator, habits: Habits, timeline: Timeline, person: int, speaking: np.ndarray, breath: np.ndarray
) -> np.ndarray:
    """Draw [T, 3] metres that the base of the neck is off its mean place: X to the person's left, Y up, Z forward.

    `speaking` [T] this person's own, `breath` [T] depth. Postures change where turns change more often than elsewhere.
    """
    frames = len(speaking)
    slow = np.stack([0.8 * slow_noise(rng, frames, 4.0) + 0.35 * slow_noise(rng, frames, 0.9) for _ in range(3)], 1)
    path = slow * _SWAY + _postures(rng, timeline, person, frames) * _SHIFT
    path = habits.sway * path + _BREATH * breath[:, None]
    path[:, 2] += _FORWARD * habits.sway * smoothed(speaking, 0.8)
    return np.asarray(path - path.mean(axis=0))


def _postures(rng: np.random.Generator, timeline: Timeline, person: int, frames: int) -> np.ndarray:
    """Draw [T, 3] of about unit size: held for tens of seconds, changed within 1–2 s."""
    turns = [turn.start for turn in timeline.turns if turn.person == person]
    postures = np.zeros((frames, 3))
    pose = rng.standard_normal(3)
    postures[:] = pose
    clock = float(rng.lognormal(np.log(_SHIFT_SECONDS), 0.6)) * float(rng.uniform())
    while clock < timeline.seconds:
        near = [start for start in turns if abs(start - clock) < 4]
        moment = near[0] if near and rng.random() < 0.6 else clock
        pose = 0.5 * pose + 0.8 * rng.standard_normal(3)
        postures[max(0, round(moment * FRAME_RATE)) :] = pose
        clock += float(rng.lognormal(np.log(_SHIFT_SECONDS), 0.6))
    return smoothed(postures.T, float(rng.uniform(0.4, 0.7))).T
