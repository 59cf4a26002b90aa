"""From a rehearsal's events to what the network learns: when events begin, and when they could have begun."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from backend.engines.dualtalk.head_and_eyes import direction_bin
from backend.engines.dualtalk.model import DIRECTIONS, EVENTS

_SMILE_STEP: Final = 0.1
"""How far a smile rises over its last second for a new one to have begun."""

_LONG_AGO: Final = 10_000


@dataclass(frozen=True)
class EventTargets:
    """`onsets` [2, T, 8] 0 or 1; `possible` [2, T, 8] 1 where the event could begin; `ages` [2, T, 8] frames since it
    last began; `directions` [2, T] bin of an aversion that begins here, −1 elsewhere.
    """

    onsets: np.ndarray
    possible: np.ndarray
    ages: np.ndarray
    directions: np.ndarray


def event_targets(events: Mapping[str, np.ndarray]) -> EventTargets:
    """Targets from the arrays of `Rehearsal.events`."""
    away = events["gaze_away"] > 0.5  # noqa: PLR2004
    before = np.concatenate((away[:, :1], away[:, :-1]), axis=1)
    shift = events["gaze_shift"] > 0
    onsets = {
        "blink": events["blink"] > 0,
        "look_away": away & ~before,
        "look_back": before & ~away,
        "look_elsewhere": before & away & shift,
        "nod": events["nod"] > 0,
        "shake": events["shake"] > 0,
        "brow_raise": events["brow_raise"] > 0,
        "smile": _smile_onsets(events["smile"]),
    }
    moves = onsets["look_away"] | onsets["look_back"] | onsets["look_elsewhere"]
    since = dict(onsets) | dict.fromkeys(("look_away", "look_back", "look_elsewhere"), moves)
    always = np.ones_like(away)
    possible = {"look_away": ~before, "look_back": before, "look_elsewhere": before}
    aversions = onsets["look_away"] | onsets["look_elsewhere"]
    target = events["gaze_target"]
    bins = direction_bin(target[..., 0], target[..., 1])
    return EventTargets(
        onsets=np.stack([onsets[name] for name in EVENTS], axis=-1).astype(np.float32),
        possible=np.stack([possible.get(name, always) for name in EVENTS], axis=-1).astype(np.float32),
        ages=np.stack([_ages(since[name]) for name in EVENTS], axis=-1),
        directions=np.where(aversions, np.minimum(bins, DIRECTIONS[0] * DIRECTIONS[1] - 1), -1),
    )


def _smile_onsets(smile: np.ndarray) -> np.ndarray:
    """[2, T] where the smile starts to rise by more than a step within 0.6 s, once for each rise."""
    ahead = np.concatenate((smile[:, 15:], np.repeat(smile[:, -1:], 15, axis=1)), axis=1)
    rising = ahead - smile > _SMILE_STEP
    before = np.concatenate((np.zeros_like(rising[:, :1]), rising[:, :-1]), axis=1)
    return np.asarray(rising & ~before)


def _ages(onsets: np.ndarray) -> np.ndarray:
    """[2, T] frames since the last onset before this frame; large where there was none."""
    frames = np.arange(onsets.shape[1])
    last = np.maximum.accumulate(np.where(onsets, frames, -_LONG_AGO), axis=1)
    before = np.concatenate((np.full((len(onsets), 1), -_LONG_AGO), last[:, :-1]), axis=1)
    return np.asarray(frames - before)
