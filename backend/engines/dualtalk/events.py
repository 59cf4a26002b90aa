"""When behaviour begins: a point process sampled frame by frame, the same for the same seed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np

from ...contract.constants import FRAME_RATE
from ..traits import GAZE_SHARE_RANGE, GAZE_SHARES, ORDINARY
from .model import AGES, EVENTS

_BLINK, _AWAY, _BACK, _ELSEWHERE, _NOD, _SHAKE, _RAISE, _SMILE = range(len(EVENTS))
_GAZE: Final = (_AWAY, _BACK, _ELSEWHERE)
_OTHERS: Final = (_BLINK, _NOD, _SHAKE, _RAISE, _SMILE)
_OLDEST: Final = 1 << (AGES - 1)
"""Frames after which time no longer matters."""

_LONGEST_STARE: Final = 14 * 25
_LONGEST_AVERSION: Final = 5 * 25
LONGEST_WITHOUT_BLINK: Final = 9 * 25
"""Frames: nobody stares, or looks away, for ever, whatever the random numbers are."""


_LEFT_OVER: Final = {"blink": ("blink_rate", 0.25), "nod": ("nod_rate", 0.6), "smile": ("smile", 0.3)}
"""Event → the habit that is its rate, and which share of the habit's logarithm the network leaves undone.

Measured on the bundled dialogue: twice the blink rate gives 1.6 times the blinks, twice the nods 1.3 times.
"""

_PATIENCE: Final = 1.6
"""Mean intervals between blinks after which one comes whatever the random numbers are."""

_GAZE_LEFT_OVER: Final = (0.45, 0.75)
"""The same for the odds of looking at the partner, while speaking and while listening."""


@dataclass(frozen=True)
class Onsets:
    """`began` [T, 8] bool in the order of EVENTS; `away` [T] 0 at the partner, 1 away."""

    began: np.ndarray
    away: np.ndarray


def sample_events(
    logits: np.ndarray, event_ages: np.ndarray, uniform: np.ndarray, longest_without_blink: int = LONGEST_WITHOUT_BLINK
) -> Onsets:
    """Sample one person's events. `logits` [T, 8]; `event_ages` [8, 10] added by age; `uniform` [T, 8] from 0 to 1.

    The chance on a frame is the one that training fitted: sigmoid(logit + what the time since the last onset adds).
    """
    # A die below sigmoid(x) is a die whose logit is below x, so the loop needs no exponentials.
    wanted = np.log(uniform) - np.log1p(-uniform) - logits  # [T, 8]
    began = np.zeros(logits.shape, bool)
    for kind in _OTHERS:
        began[:, kind] = _sample_kind(wanted[:, kind], event_ages[kind])
    _fill_gaps(began[:, _BLINK], wanted[:, _BLINK], longest_without_blink)
    away = _sample_gaze(wanted, event_ages, began)
    return Onsets(began, away)


def _sample_kind(wanted: np.ndarray, ages: np.ndarray) -> np.ndarray:
    """[T] bool: an event begins where the age's share exceeds what the die wants."""
    by_age = _by_age(ages)
    began = np.zeros(len(wanted), bool)
    age = _OLDEST
    # Only frames that any age could reach are looked at one by one.
    last = -_OLDEST
    for frame in np.flatnonzero(wanted < by_age.max()):
        age = min(int(frame) - last, _OLDEST)
        if wanted[frame] < by_age[age]:
            began[frame] = True
            last = int(frame)
    return began


def _fill_gaps(began: np.ndarray, wanted: np.ndarray, longest: int) -> None:
    """Let an event begin where it is nearest to doing so, in the later half of every stretch of `longest` without."""
    edges = np.flatnonzero(np.concatenate(([True], began, [True]))) - 1
    for start, stop in pairwise(edges):
        last = int(start)
        while stop - last > longest:
            later = slice(last + longest // 2, last + longest)
            last = later.start + int(np.argmin(wanted[later]))
            began[last] = True


def _sample_gaze(wanted: np.ndarray, event_ages: np.ndarray, began: np.ndarray) -> np.ndarray:
    """[T] 0 or 1; fills the gaze columns of `began`."""
    tables = {kind: _by_age(event_ages[kind]).tolist() for kind in _GAZE}
    rows = {kind: wanted[:, kind].tolist() for kind in _GAZE}
    away = np.zeros(len(wanted), np.float32)
    looks_away, since, spell = False, _OLDEST, 0
    for frame in range(len(wanted)):
        age = min(since, _OLDEST)
        limit = _LONGEST_AVERSION if looks_away else _LONGEST_STARE
        kind = _BACK if looks_away else _AWAY
        if rows[kind][frame] < tables[kind][age] or spell >= limit:
            began[frame, kind] = True
            looks_away, since, spell = not looks_away, 0, 0
        elif looks_away and rows[_ELSEWHERE][frame] < tables[_ELSEWHERE][age]:
            began[frame, _ELSEWHERE] = True
            since = 0
        away[frame] = looks_away
        since += 1
        spell += 1
    return away


def _by_age(ages: np.ndarray) -> np.ndarray:
    """[_OLDEST + 1] the entry of `ages` [10] for an age in frames, as `dualtalk.age_bins` bins it."""
    frames = np.maximum(np.arange(_OLDEST + 1), 1)
    return np.asarray(ages[np.minimum(np.floor(np.log2(frames)).astype(int), AGES - 1)])


def event_bias(habits: Mapping[str, float], speaking: np.ndarray) -> np.ndarray:
    """[T, 8] added to the logits of EVENTS so that rates and shares come out as the habits say; 0 for ordinary ones.

    `habits` by the names of `ORDINARY`; `speaking` [T] probability that this person speaks.
    """
    bias = np.zeros((len(speaking), len(EVENTS)))
    for event, (name, share) in _LEFT_OVER.items():
        bias[:, EVENTS.index(event)] = share * np.log(max(habits[name], 1e-3) / ORDINARY[name])
    listening, talking = (
        share * (_log_odds(habits[name]) - _log_odds(ORDINARY[name]))
        for name, share in zip(reversed(GAZE_SHARES), reversed(_GAZE_LEFT_OVER), strict=True)
    )
    shift = 0.5 * (speaking * talking + (1.0 - speaking) * listening)  # [T]
    bias[:, EVENTS.index("look_away")] = -shift
    bias[:, EVENTS.index("look_back")] = shift
    return bias


def longest_without_blink(blink_rate: float) -> int:
    """Frames after which somebody who blinks `blink_rate` times a minute surely blinks."""
    return max(LONGEST_WITHOUT_BLINK, round(_PATIENCE * 60.0 / blink_rate * FRAME_RATE))


def _log_odds(share: float) -> float:
    low, high = GAZE_SHARE_RANGE
    clipped = min(max(share, low), high)
    return float(np.log(clipped / (1.0 - clipped)))
