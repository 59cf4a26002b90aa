"""A person's curves with few keys: as near to a key a frame as bounds at the lips and at the head say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from ..retargeting.channel_groups import LIDS
from ..steps import Steps, part_of
from .bezier_keys import Keys, evaluated
from .contacts import ends_of, jump_ends, lid_is_shut, lip_gap, lips_meet
from .fitting import Fit, fit_of, keys_of, prune, refine
from .reach import Effect, Reach

_SHARE: Final = 0.5
"""Of a bound: what each of several curves begins with that share it. Their errors seldom add up to more."""
_UNKNOWN_SHARE: Final = 0.01
"""Of its range: the tolerance of a curve of which nobody knows what it moves."""
_LEAST: Final = 1e-7
_BELOW: Final = 0.995
"""Of a bound: what rounding to Blender's numbers leaves of it."""
_TIGHTER: Final = 0.6
_AROUND: Final = 3
"""Frames around one at which errors add up to too much whose curves are fitted closer."""
_PART: Final = 0.25
"""Of the largest part in such an error: smaller parts are left."""
_HELD: Final = 0.25
"""Of the tolerance: what is left while a contact lasts, between its first and its last frame."""
_MOVED: Final = 0.02
"""Millimetres or degrees: a curve that moves what touches by less in all of the take has no part in it."""
_PASSES: Final = 30
_FRAMES_A_STEP: Final = 2000


@dataclass(frozen=True)
class Bounds:
    """How far reduced keys may be from a key a frame: millimetres at the lips, degrees at head and eyes."""

    millimetres: float = 0.3
    degrees: float = 0.2

    def of(self, effect: Effect) -> float:
        """The bound in the effect's unit."""
        return self.millimetres if effect.unit == "mm" else self.degrees


@dataclass(frozen=True)
class Reduced:
    """Keys for each curve, and the furthest they are off: millimetres at the lips, degrees at head and eyes."""

    keys: tuple[Keys, ...]
    lips: float
    head: float


def reduced(
    values: np.ndarray, groups: Sequence[str], frames: np.ndarray, seconds: np.ndarray, reach: Reach, bounds: Bounds
) -> Steps[Reduced]:
    """Keys for a person's curves `values` [C, T], of `groups` [C], at `frames` [T] and `seconds` [T].

    At every frame all of them together are within `bounds`; where lips meet, lids are shut, and eyes rest or leave,
    they are what they were.
    """
    values = np.asarray(values, dtype=np.float64)
    every = np.arange(len(values))
    tolerances, kept = limits_of(values, groups, seconds, reach, bounds)
    fit = yield from part_of(fit_of(values, frames, tolerances, kept), 0.0, 0.1)
    yield from part_of(refine(fit, every), 0.1, 0.3)
    yield from part_of(prune(fit, every), 0.3, 0.7)
    keys: list[Keys] = [None] * len(values)  # type: ignore[list-item]
    errors = np.empty_like(values)
    changed = every
    for passed in range(_PASSES + 1):
        new = yield from part_of(keys_of(fit, changed), 0.7, 0.8)
        for row, one in zip(changed.tolist(), new, strict=True):
            yield "Checking the errors", 0.8
            keys[row] = _as_stored(one)
            errors[row] = evaluated(keys[row], fit.frames) - values[row]
        changed = yield from part_of(_tighten(fit, errors, reach, bounds, exact=passed >= _PASSES - 2), 0.8, 0.9)
        if not len(changed):
            break
        yield from part_of(refine(fit, changed), 0.9, 1.0)
    lips = _most(errors, [one for one in reach.effects if one.lips])
    head = _most(errors, [one for one in reach.effects if one.head])
    return Reduced(tuple(keys), lips, head)


def limits_of(
    values: np.ndarray, groups: Sequence[str], seconds: np.ndarray, reach: Reach, bounds: Bounds
) -> tuple[np.ndarray, np.ndarray]:
    """[C, T] each: the tolerances to begin with, in each curve's own unit, and where curves are kept exactly."""
    most = np.full(len(values), np.inf)
    for effect in reach.effects:
        share = _SHARE if len(effect.rows) > 1 else _BELOW
        far = np.sqrt((effect.of**2).sum(axis=-1)).max(axis=1)  # [n]
        most[effect.rows] = np.minimum(most[effect.rows], share * bounds.of(effect) / np.maximum(far, _LEAST))
    ranges = np.ptp(values, axis=1)
    most = np.where(np.isfinite(most), most, _UNKNOWN_SHARE * ranges)
    tolerances = np.repeat(np.maximum(most, _LEAST)[:, None], values.shape[1], axis=1)
    kept = np.zeros(values.shape, dtype=bool)
    for effect in reach.effects:
        runs = _contact(values, groups, seconds, effect)
        if runs is None:
            continue
        moving = effect.rows[ranges[effect.rows] * np.abs(effect.of).max(axis=(1, 2)) > _MOVED]
        exact = runs if effect.eye else ends_of(runs)
        kept[np.ix_(moving, np.flatnonzero(exact))] = True
        if not effect.eye:
            tolerances[np.ix_(moving, np.flatnonzero(runs))] *= _HELD
    return tolerances, kept


def _contact(values: np.ndarray, groups: Sequence[str], seconds: np.ndarray, effect: Effect) -> np.ndarray | None:
    """[T] bool where what `effect` tells of is a contact; None where it tells of none."""
    if len(seconds) < 2:  # noqa: PLR2004
        return None
    if effect.eye:
        return jump_ends(values[effect.rows].T @ effect.of[:, 0], seconds)
    if effect.lips and effect.rest is not None:
        gap = lip_gap(values, groups, effect.rows, effect.of, effect.rest)
        return lips_meet(gap) if len(gap) else None
    if groups[int(effect.rows[0])] == LIDS:
        turned = values[effect.rows]  # [n, T]
        widest = int(np.ptp(turned, axis=1).argmax())
        return lid_is_shut(turned[widest], float(np.sqrt((effect.of[widest] ** 2).sum(axis=-1)).max()), effect.unit)
    return None


def _tighten(fit: Fit, errors: np.ndarray, reach: Reach, bounds: Bounds, *, exact: bool) -> Steps[np.ndarray]:
    """The curves that are to be fitted closer, [R], where `errors` [C, T] together are beyond the bounds.

    `exact`: with keys at those frames, which ends it.
    """
    closer = np.zeros(errors.shape, dtype=bool)
    for effect in reach.effects:
        for first in range(0, errors.shape[1], _FRAMES_A_STEP):
            yield "Checking the errors", first / errors.shape[1]
            some = errors[:, first : first + _FRAMES_A_STEP]
            sizes, places, ways = effect.at_most(some)
            bad = np.flatnonzero(sizes > _BELOW * bounds.of(effect))
            if len(bad):
                along = np.einsum("nbd,bd->nb", effect.of[:, places[bad]], ways[bad])  # [n, bad]
                parts = some[effect.rows][:, bad] * along
                chosen = parts >= _PART * parts.max(axis=0)
                row, number = np.nonzero(chosen)
                closer[effect.rows[row], first + bad[number]] = True
    rows = np.flatnonzero(closer.any(axis=1))
    if exact:
        fit.knots.at[closer] = True
        fit.knots.pinned[closer] = True
        return rows
    wide = closer.copy()
    for step in range(1, _AROUND + 1):
        wide[:, step:] |= closer[:, :-step]
        wide[:, :-step] |= closer[:, step:]
    fit.tolerances[wide] *= _TIGHTER
    return rows


def _most(errors: np.ndarray, effects: Sequence[Effect]) -> float:
    found = 0.0
    for effect in effects:
        for first in range(0, errors.shape[1], _FRAMES_A_STEP):
            found = max(found, float(effect.at_most(errors[:, first : first + _FRAMES_A_STEP])[0].max()))
    return found


def _as_stored(keys: Keys) -> Keys:
    """`keys` in the numbers that Blender stores."""
    places, left, right = (one.astype(np.float32).astype(np.float64) for one in (keys.places, keys.left, keys.right))
    return Keys(places, left, right, keys.linear, keys.broken)
