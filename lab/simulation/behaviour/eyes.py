"""Eyes and lids: where people look and the small saccades there, when they blink."""

# ruff: noqa: PLR2004 - chances and sizes of a distribution are read best where they are drawn

from __future__ import annotations

from itertools import pairwise
from typing import Final

import numpy as np

from backend.animation.contact import Contact
from backend.animation.gaze import LEAST_AVERSION, MEAN_SACCADE, Gaze, draw_fixations
from backend.animation.looking import look_frames, plan_looks
from backend.contract.constants import FRAME_RATE

from ..script.people import MOODS, Habits
from ..script.timeline import Timeline, Turn

_AWAY_SECONDS: Final = (2.3, 1.12)
"""Mean of an aversion while speaking and while listening (between Lee et al. 2002 and Andrist et al. 2014)."""

_LENGTHENED: Final = (0.95, 1.8)
"""Factors on drawn spells at the partner, while speaking and listening, for what turns cut short or carry over."""

_GAZE_SPREAD: Final = 0.7
"""Standard deviation of the logarithm of a spell's length."""

_LONG_TURN: Final = 1.5
_AVERTED, _AVERTED_SHORT = 0.66, 0.44
"""Share of longer and of short turns that an ordinary person begins by looking away; chance adds the rest of 70 %
for the longer ones (Kendon 1967)."""

_SAME_SIDE: Final = 0.8
"""Share of jumps to the other side that stay on theirs instead: eyes that wander seldom cross the partner's face."""

_MOST_ASIDE, _MOST_UP, _MOST_DOWN = 36.0, 14.0, 20.0
SPEAKING_FACTOR: Final = 2.3
"""Factor on the rate of spontaneous blinks while speaking; all blinks together are 1.3–2 times as frequent
(docs/developers/rehearsals.md)."""

_BLINK_SPREAD: Final = 0.55
"""Standard deviation of the logarithm of the intervals between blinks."""

_REFRACTORY: Final = 0.35
_CAUGHT_APART: Final = 0.9
"""Seconds after a blink before something can invite the next."""


def draw_gaze(
    rng: np.random.Generator,
    habits: Habits,
    mood: str,
    timeline: Timeline,
    contacts: tuple[Contact, ...],
    person: int,
    speaking: np.ndarray,
) -> Gaze:
    """Draw the gaze of `person`, who has to look at the partner at `contacts`; `speaking` [T] is this person's own.

    Spells and turns say where looks away would begin; the same plan as at run time says where they do, so that last
    words, questions and interruptions are met by eyes and shares are the person's.
    """
    frames = len(speaking)
    shares = [_with_odds(share, MOODS[mood].gaze) for share in (habits.gaze_speaking, habits.gaze_listening)]
    inclined = _draw_away(rng, shares, speaking)
    begun = _avert_at_turns(rng, inclined, shares[0], timeline, person)
    rates = np.where(speaking > 0.5, 1 - shares[0], 1 - shares[1])
    planned = plan_looks(rates, contacts, inclined > 0, rng, speaking > 0.5, asked=False, begun=begun)
    away = planned.astype(np.float32)
    # looks away shorter than 0.28 s, and back shorter than 0.32 s, join what is around them
    edges = np.flatnonzero(np.diff(away)) + 1
    for start, stop in pairwise(edges.tolist()):
        if stop - start < (7 if away[start] else 8):
            away[start:stop] = away[start - 1]
    target, jumps = _draw_targets(rng, habits, away, speaking)
    fixation, saccade = draw_fixations(rng, away, target)
    shift = np.zeros(frames, np.float32)
    shift[1:] = away[1:] != away[:-1]
    shift = np.maximum(shift, jumps)
    saccade[shift > 0] = 0
    return Gaze(away, target, fixation, shift, saccade)


def _with_odds(share: float, factor: float) -> float:
    """Return `share` with its odds multiplied by `factor`."""
    odds = factor * share / (1 - share)
    return odds / (1 + odds)


def _draw_away(rng: np.random.Generator, shares: list[float], speaking: np.ndarray) -> np.ndarray:
    """Draw [T] 0 or 1: spells at the partner and away, log-normal, their means set by the `shares` at the partner.

    A spell that is drawn while speaking is drawn anew when its person stops, and the other way round.
    """
    away = np.zeros(len(speaking), np.float32)
    talks = speaking > 0.5
    changes = np.flatnonzero(talks[1:] != talks[:-1]) + 1
    frame, is_away = 0, bool(rng.random() > shares[1])
    while frame < len(speaking):
        kind = 0 if talks[frame] else 1
        mean = _AWAY_SECONDS[kind]
        if not is_away:
            mean *= _LENGTHENED[kind] * shares[kind] / (1 - shares[kind])
        length = max(4, round(float(rng.lognormal(np.log(mean) - _GAZE_SPREAD**2 / 2, _GAZE_SPREAD)) * FRAME_RATE))
        following = changes[np.searchsorted(changes, frame, side="right") :]
        # Long spells outlive a short pause, so only what is far from over is drawn anew.
        renewed = int(following[0]) if len(following) and following[0] + 2 * FRAME_RATE < frame + length else None
        stop = frame + length if renewed is None else renewed
        away[frame:stop] = is_away
        frame = stop
        is_away = is_away if renewed is not None else not is_away
    return away


def _avert_at_turns(
    rng: np.random.Generator, away: np.ndarray, share: float, timeline: Timeline, person: int
) -> np.ndarray:
    """Look away when a longer turn begins, from up to 1 s before, and back before it ends (Kendon 1967).

    Changes `away` [T] and returns where a turn's beginning has it so, [T] bool. Before the answer to a question people
    look away for 2–3.5 s at times (Andrist et al. 2014). `share` at the partner while speaking sets how often a person
    looks away at all.
    """
    begun = np.zeros(len(away), bool)
    before: Turn | None = None
    for turn in timeline.turns:
        asked = before is not None and before.asks and before.person != turn.person
        before = turn
        if turn.person != person:
            continue
        is_long = turn.end - turn.start >= _LONG_TURN
        if rng.random() < (_AVERTED if is_long else _AVERTED_SHORT) * np.clip(1.6 - 1.2 * share, 0.2, 1.3):
            ponders = is_long and asked and rng.random() < 0.4
            length = rng.uniform(2.0, 3.5) if ponders else rng.lognormal(np.log(1.35 if is_long else 0.95), 0.4)
            begin = max(0, round((turn.start - rng.beta(1.3, 1.6)) * FRAME_RATE))
            stop = begin + round(float(np.clip(length, 0.6, 3.5)) * FRAME_RATE)
            away[begin:stop], begun[begin:stop] = 1, True
        if is_long and rng.random() < 0.4 + 0.4 * share:
            begin = max(0, round((turn.end - rng.uniform(0.2, 0.9)) * FRAME_RATE))
            stop = round((turn.end + rng.uniform(0.4, 1.2)) * FRAME_RATE)
            away[begin:stop], begun[begin:stop] = 0, False
    return begun


def _draw_targets(
    rng: np.random.Generator, habits: Habits, away: np.ndarray, speaking: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Draw the directions of the aversions [T, 2] radians, and the frames on which one jumps to another [T]."""
    target = np.zeros((len(away), 2))
    jumps = np.zeros(len(away), np.float32)
    edges = np.flatnonzero(np.diff(np.concatenate(([0.0], away, [0.0]))))
    for start, stop in zip(edges[::2], edges[1::2], strict=True):
        frame = int(start)
        for length in look_frames(int(stop - start), rng):
            aim = draw_direction(rng, habits, bool(speaking[frame] > 0.5))
            if frame > start and aim[0] * target[frame - 1, 0] < 0 and rng.random() < _SAME_SIDE:
                aim = aim * (-1, 1)
            target[frame : frame + length] = aim
            jumps[frame] = 1
            frame += length
    return target, jumps


def draw_direction(rng: np.random.Generator, habits: Habits, talks: bool) -> np.ndarray:
    """Draw the direction of a look away [2] radians: mostly the favourite side, down or up and aside.

    Sizes are those saccades of Lee et al. that leave the face: an exponential that goes on as it began.
    """
    if habits.aversion is not None:
        return np.radians(habits.aversion + rng.normal(0, 2.5, size=2))
    size = LEAST_AVERSION + rng.exponential(MEAN_SACCADE * (1.0 if talks else 0.8))
    side = habits.lean_side if rng.random() < 0.7 else -habits.lean_side
    slope = np.radians(rng.normal(-30, 22) if rng.random() < 0.6 else rng.normal(22, 18))
    yaw = np.clip(side * size * abs(np.cos(slope)), -_MOST_ASIDE, _MOST_ASIDE)
    return np.radians((yaw, np.clip(size * np.sin(slope), -_MOST_DOWN, _MOST_UP)))


def draw_blinks(rng: np.random.Generator, rate: float, speaking: np.ndarray, invited: np.ndarray) -> np.ndarray:
    """Draw the frames on which a blink begins, 1 or 0. [T] float32.

    `rate` blinks a minute while listening; `speaking` [T]; `invited` [T] chance that a blink is caught by something
    on this frame: a large gaze shift, the end of a phrase, the speaker's pause.
    """
    frames = len(speaking)
    onsets = np.zeros(frames, np.float32)
    mean_factor = 1 + (SPEAKING_FACTOR - 1) * float(speaking.mean())
    extra = float(invited.sum()) / max(frames / FRAME_RATE / 60, 1e-6)
    # Invited blinks are part of the person's rate, so the spontaneous ones make up only the rest.
    spontaneous = max(rate * mean_factor - extra, 0.3 * rate) / mean_factor
    need = _draw_interval(rng) * rng.random()
    last = -1.0
    for frame in range(frames):
        need -= spontaneous / 60 * (1 + (SPEAKING_FACTOR - 1) * float(speaking[frame])) / FRAME_RATE
        time = frame / FRAME_RATE
        caught = rng.random() < invited[frame]
        if (need <= 0 and time - last > _REFRACTORY) or (caught and time - last > _CAUGHT_APART):
            onsets[frame] = 1
            last = time
            if need <= 0:
                need = _draw_interval(rng)
    return onsets


def _draw_interval(rng: np.random.Generator) -> float:
    """Draw an interval in units of the mean interval, log-normal with mean 1."""
    return float(rng.lognormal(-(_BLINK_SPREAD**2) / 2, _BLINK_SPREAD))
