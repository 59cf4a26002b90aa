"""Where a take's curves are kept exactly: lips that meet, shut lids, where eyes rest and leave. No bpy here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from ..retargeting.channel_groups import JAW

_SHUT_MILLIMETRES: Final = 0.6
_SHUT_SHARE: Final = 0.08
"""Lips meet where the gap is within the larger of both, millimetres or share of its range, of the least there is."""
_TORN_APART: Final = 0.5
"""Lips' places lie together at rest, and the opening takes one of them more than this of its way from the other."""
_CLOSED: Final = 0.9
"""A lid is shut from this share of the furthest it goes from where it usually is."""
_BLINKS: Final = {"mm": 2.0, "degrees": 3.0}
"""A lid's curve that never goes further than that shuts nothing."""
_SACCADE: Final = 25.0
"""Degrees a second: what is faster is a jump of the eyes, what is slower a fixation."""


def lip_gap(
    values: np.ndarray, groups: Sequence[str], rows: np.ndarray, of: np.ndarray, rest: np.ndarray
) -> np.ndarray:
    """[T] millimetres between two places of the lips that lie together at rest and that the jaw tears apart.

    `values` [C, T] and `groups` [C] of all curves; those that move the lips, `rows` [n], move its places, which are at
    `rest` [M, 3], by `of` [n, M, 3] for a unit. Empty where nothing tears them apart.
    """
    travel = np.ptp(values[rows], axis=1) * np.sqrt((of**2).sum(axis=-1)).max(axis=1)  # [n]
    jaws = np.array([groups[int(row)] == JAW for row in rows])
    opener = of[int(np.where(jaws, travel, -1.0).argmax() if jaws.any() else travel.argmax())]  # [M, 3]
    apart = opener[:, None] - opener[None]  # [M, M, 3]
    torn = np.sqrt((apart**2).sum(axis=-1))
    far = np.sqrt(((rest[:, None] - rest[None]) ** 2).sum(axis=-1))
    far = np.where(torn > _TORN_APART * np.sqrt((opener**2).sum(axis=-1)).max(), far, np.inf)
    if not np.isfinite(far).any():
        return np.zeros(0)
    one, other = np.unravel_index(far.argmin(), far.shape)
    way = apart[one, other] / torn[one, other]
    unit = (of[:, one] - of[:, other]) @ way  # [n] mm of gap for a unit
    return np.asarray((rest[one] - rest[other]) @ way + unit @ values[rows])


def lips_meet(gap: np.ndarray) -> np.ndarray:
    """[T] bool: where the gap [T] millimetres is shut."""
    least = gap.min()
    return np.asarray(gap <= least + max(_SHUT_MILLIMETRES, _SHUT_SHARE * float(np.ptp(gap))))


def lid_is_shut(values: np.ndarray, reach: float, unit: str) -> np.ndarray:
    """[T] bool: where a lid's curve [T], a unit of which moves it by `reach` of `unit`, shuts it."""
    away = np.abs(values - np.median(values))
    furthest = float(away.max())
    return np.asarray((away >= _CLOSED * furthest) & (furthest * reach >= _BLINKS[unit]))


def jump_ends(turned: np.ndarray, seconds: np.ndarray) -> np.ndarray:
    """[T] bool: the last moment of each fixation and the first of the next, of eyes `turned` [T, D] degrees."""
    speed = np.sqrt((np.diff(turned, axis=0) ** 2).sum(axis=1)) / np.diff(seconds)  # [T-1]
    jumps = np.concatenate([[False], speed > _SACCADE, [False]])
    return np.asarray(jumps[1:] != jumps[:-1])


def ends_of(runs: np.ndarray) -> np.ndarray:
    """[T] bool: the first and the last of each stretch of `runs` [T] bool."""
    padded = np.concatenate([[False], runs, [False]])
    return np.asarray(runs & ((padded[:-2] != runs) | (padded[2:] != runs)))
