"""Jumps from one frame to the next where pieces of motion meet, held against the jumps everywhere else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.stats import binom

HIGH: Final = 99.0
"""Percentile of the jumps elsewhere that a jump at a seam should not exceed."""

_BY_NATURE: Final = 1.0 - HIGH / 100.0
"""Share of jumps above that percentile where there is no seam at all."""

_FLAT: Final = 1e-9


@dataclass(frozen=True)
class Jumps:
    """Of one curve: `above` the share of steps at seams that exceed the 99th percentile elsewhere (1 % by nature),
    `luck` how likely as many or more would be without any seam; `largest` at seams, `high` the percentile and
    `elsewhere` the largest, all three in the curve's unit; `count` steps at seams.
    """

    above: float
    luck: float
    largest: float
    high: float
    elsewhere: float
    count: int


def steps_near(seams: Sequence[int], frames: int, reach: int = 1) -> np.ndarray:
    """[T − 1] bool: steps from one frame to the next that end within `reach` frames of one of `seams`."""
    near = np.zeros(max(frames - 1, 0), bool)
    for seam in seams:
        near[max(seam - 1 - reach, 0) : max(seam + reach, 0)] = True
    return near


def steps_at_borders(mask: np.ndarray) -> np.ndarray:
    """[T − 1] bool: steps over which `mask` [T] changes."""
    return np.asarray(mask[1:] != mask[:-1])


def jumps(steps: np.ndarray, at: np.ndarray) -> Jumps:
    """`steps` [T − 1] sizes of steps, `at` [T − 1] which of them lie at seams. All nan where one kind is missing."""
    seams, rest = steps[at], steps[~at]
    if not len(seams) or not len(rest):
        nothing = float("nan")
        return Jumps(nothing, nothing, nothing, nothing, nothing, len(seams))
    high = float(np.percentile(rest, HIGH))
    above = int((seams > high + _FLAT).sum())
    return Jumps(
        above=above / len(seams),
        luck=float(binom.sf(above - 1, len(seams), _BY_NATURE)),
        largest=float(seams.max()),
        high=high,
        elsewhere=float(rest.max()),
        count=len(seams),
    )


def steps_of(rows: np.ndarray) -> np.ndarray:
    """[T, D] → [T − 1] root mean square of the changes, each number in units of its own usual change."""
    change = np.diff(rows.astype(np.float64), axis=0)  # [T - 1, D]
    usual = np.sqrt((change**2).mean(axis=0))
    moving = usual > _FLAT
    if not moving.any():
        return np.zeros(len(change))
    return np.asarray(np.sqrt(((change[:, moving] / usual[moving]) ** 2).mean(axis=1)))


def every_number(rows: np.ndarray, at: np.ndarray) -> np.ndarray:
    """[D] share of steps at seams above the 99th percentile elsewhere, of each of [T, D]; nan for what is still."""
    change = np.abs(np.diff(rows.astype(np.float64), axis=0))
    return np.array([jumps(one, at).above if one.max(initial=0.0) > _FLAT else np.nan for one in change.T])


def landmark_steps(landmarks: np.ndarray) -> np.ndarray:
    """[T, L, 3] metres → [T − 1] millimetres, the landmark that moves furthest."""
    return np.asarray(np.linalg.norm(np.diff(landmarks, axis=0), axis=-1).max(axis=1, initial=0.0) * 1000.0)
