"""Few keys for curves of a key a frame: as few as keep every curve within its tolerance at every frame. No bpy here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np

from ..steps import Steps, each_part
from .bezier_keys import Keys
from .spline import Knots, Spline, hermite, splined

_SAMPLES_A_STEP: Final = 75_000
"""So many samples are fitted together: a fortieth of a second."""
_PRUNINGS: Final = 6
_HOPEFUL: Final = 3.0
"""A knot is tried to be left out where the curve would miss its tolerance by less than this before neighbours give."""
_STILL: Final = 1e-6
_STILL_STEPS: Final = 3
"""A curve stands still where it changes by less than that over so many frames."""
_POSE: Final = 2.0
"""Tolerances that a curve turns back by where a key is set at the turn: keys are at poses, as an animator's are."""
_BREAK: Final = 1e-6
_TURNS_A_STEP: Final = 250


@dataclass
class Fit:
    """C curves of T samples: `values` as they are to be, within `tolerances`, [C, T] each, at `frames` [T].

    `knots` are changed in place by `refine` and `prune`, and so are the curves that come of them, `found` [C, T].
    """

    values: np.ndarray
    frames: np.ndarray
    tolerances: np.ndarray
    knots: Knots
    found: np.ndarray

    def missed(self, rows: np.ndarray, found: np.ndarray) -> np.ndarray:
        """[R, T] by how many times their tolerances `found` [R, T], for the curves `rows` [R], misses them."""
        return np.asarray(np.abs(found - self.values[rows]) / self.tolerances[rows])


def fit_of(values: np.ndarray, frames: np.ndarray, tolerances: np.ndarray, kept: np.ndarray) -> Steps[Fit]:
    """Where to begin for `values` [C, T] at `frames` [T], 2 or more, ascending; exact at the ends and `kept` [C, T].

    Beside those there are knots where a curve begins or ends to stand still, and where it turns.
    """
    values = np.asarray(values, dtype=np.float64)
    corner = kept | _still_ends(values)
    corner[:, [0, -1]] = True
    at = corner | (yield from _turns(values, _POSE * tolerances.min(axis=1)))
    knots = Knots(at, corner, np.zeros_like(at))
    return Fit(values, np.asarray(frames, dtype=np.float64), tolerances, knots, values.copy())


def refine(fit: Fit, rows: np.ndarray) -> Steps[None]:
    """More knots for the curves `rows` [R], until each is within its tolerance at every frame."""
    for batch, begin in _batches(fit, rows):
        waiting = batch
        while len(waiting):
            yield "Fitting keys", begin
            spline = splined(fit.values[waiting], fit.frames, fit.knots.rows(waiting))
            fit.found[waiting] = spline.fitted
            missed = fit.missed(waiting, spline.fitted)
            _add_knots(fit.knots, waiting, missed, spline.segment)
            waiting = waiting[(missed > 1.0).any(axis=1)]


def prune(fit: Fit, rows: np.ndarray) -> Steps[None]:
    """Fewer knots for the curves `rows` [R], where the others do without."""
    for batch, begin in _batches(fit, rows):
        needed = fit.knots.corner[batch].copy()
        waiting = np.arange(len(batch))
        for _ in range(_PRUNINGS):
            yield "Leaving keys out", begin
            tried = batch[waiting]
            spline = splined(fit.values[tried], fit.frames, fit.knots.rows(tried))
            left_out = _left_out(fit, tried, spline, needed[waiting])
            some = left_out.any(axis=1)
            waiting, left_out = waiting[some], left_out[some]
            if not len(waiting):
                break
            yield "Leaving keys out", begin
            needed[waiting] |= yield from _try_without(fit, batch[waiting], left_out, begin)


def keys_of(fit: Fit, rows: np.ndarray) -> Steps[list[Keys]]:
    """The keys of the curves `rows` [R], handles a third of the way to the neighbours."""
    found: list[Keys] = []
    for batch, begin in _batches(fit, rows):
        yield "Setting handles", begin
        spline = splined(fit.values[batch], fit.frames, fit.knots.rows(batch))
        ends = np.searchsorted(spline.row, np.arange(len(batch) + 1))
        found += [_keys(spline, fit.frames, slice(*pair)) for pair in pairwise(ends)]
    return found


def _keys(spline: Spline, frames: np.ndarray, which: slice) -> Keys:
    x, y = frames[spline.sample[which]], spline.value[which]
    slope_in, slope_out = spline.slope_in[which].copy(), spline.slope_out[which].copy()
    slope_in[0], slope_out[-1] = slope_out[0], slope_in[-1]
    third = np.diff(x) / 3.0
    back, out = np.concatenate([third[:1], third]), np.concatenate([third, third[-1:]])
    left = np.stack([x - back, y - back * slope_in], axis=1)
    right = np.stack([x + out, y + out * slope_out], axis=1)
    broken = np.abs(slope_out - slope_in) * np.minimum(back, out) > _BREAK
    return Keys(np.stack([x, y], axis=1), left, right, np.zeros(len(x), dtype=bool), broken)


def _batches(fit: Fit, rows: np.ndarray) -> Iterator[tuple[np.ndarray, float]]:
    """`rows` in as many parts as make short steps, and the share that is done before each."""
    size = max(1, _SAMPLES_A_STEP // fit.values.shape[1])
    parts = [rows[first : first + size] for first in range(0, len(rows), size)]
    yield from zip(parts, (begin for begin, _ in each_part(len(parts))), strict=True)


def _add_knots(knots: Knots, rows: np.ndarray, missed: np.ndarray, segment: np.ndarray) -> None:
    """A knot in each segment that misses its tolerance, where it misses it most; a knot there becomes exact."""
    flat, of = missed.ravel(), segment.ravel()
    worst = np.maximum.reduceat(flat, np.searchsorted(of, np.arange(of[-1] + 1)))
    candidates = np.flatnonzero((flat > 1.0) & (flat == worst[of]))
    _, first = np.unique(of[candidates], return_index=True)
    row, sample = np.unravel_index(candidates[first], missed.shape)
    row = rows[row]
    knots.pinned[row, sample] |= knots.at[row, sample]
    knots.at[row, sample] = True


def _left_out(fit: Fit, rows: np.ndarray, spline: Spline, needed: np.ndarray) -> np.ndarray:
    """[R, T] the knots of the curves `rows` [R] to try without: no two beside each other, none that is `needed`."""
    cost = np.full(len(spline.row) + 2, np.inf)
    for parity in (0, 1):
        cost[1:-1] = np.minimum(cost[1:-1], _cost_of_leaving_out(fit, rows, spline, parity))
    cost[1:-1][needed[spline.row, spline.sample]] = np.inf
    here = cost[1:-1]
    chosen = (here <= _HOPEFUL) & (here <= cost[:-2]) & (here < cost[2:])
    found = np.zeros(needed.shape, dtype=bool)
    found[spline.row[chosen], spline.sample[chosen]] = True
    return found


def _cost_of_leaving_out(fit: Fit, rows: np.ndarray, spline: Spline, parity: int) -> np.ndarray:
    """[N] for every second knot: by how many times the segment from the one before to the one after would miss."""
    segment = spline.segment.ravel()
    knot = segment + (segment % 2 != parity)  # the one between whose neighbours the sample is
    before, after = np.maximum(knot - 1, 0), np.minimum(knot + 1, len(spline.row) - 1)
    valid = (knot > 0) & (knot < len(spline.row) - 1) & (spline.row[before] == spline.row[after])
    knot, before, after = knot[valid], before[valid], after[valid]
    begin = fit.frames[spline.sample[before]]
    length = fit.frames[spline.sample[after]] - begin
    share = (np.broadcast_to(fit.frames, spline.segment.shape).ravel()[valid] - begin) / length
    ends = np.stack([spline.value[before], spline.slope_out[before], spline.value[after], spline.slope_in[after]])
    found = (hermite(share, length) * ends).sum(axis=0)
    missed = np.abs(found - fit.values[rows].ravel()[valid]) / fit.tolerances[rows].ravel()[valid]
    cost = np.full(len(spline.row), np.inf)
    if len(knot):
        starts = np.flatnonzero(np.diff(knot, prepend=-1))
        cost[knot[starts]] = np.maximum.reduceat(missed, starts)
    return cost


def _try_without(fit: Fit, rows: np.ndarray, left_out: np.ndarray, begin: float) -> Steps[np.ndarray]:
    """Take the knots `left_out` [R, T] from the curves `rows` [R], but for those that turn out to be needed: [R, T]."""
    needed = np.zeros_like(left_out)
    fit.knots.at[rows] &= ~left_out
    waiting = np.arange(len(rows))
    for attempt in range(4):
        spline = splined(fit.values[rows[waiting]], fit.frames, fit.knots.rows(rows[waiting]))
        missed = fit.missed(rows[waiting], spline.fitted)
        fit.found[rows[waiting]] = spline.fitted
        fails = (missed > 1.0).any(axis=1)
        waiting = waiting[fails]
        if not len(waiting):
            break
        back = left_out[waiting]
        if attempt < 2:  # noqa: PLR2004 — afterwards all of them
            back = back & _near(missed[fails] > 1.0, spline, fails)
            nothing = ~(back & ~fit.knots.at[rows[waiting]]).any(axis=1)
            back[nothing] = left_out[waiting][nothing]
        needed[waiting] |= back
        fit.knots.at[rows[waiting]] |= back
        yield "Leaving keys out", begin
    return needed


def _near(missed: np.ndarray, spline: Spline, which: np.ndarray) -> np.ndarray:
    """[F, T] samples in segments of the curves `which` [R] with a `missed` [F, T] sample, or in those beside them."""
    segments = spline.segment[which]
    bad = np.zeros(len(spline.row) + 2, dtype=bool)
    bad[1 + segments[missed]] = True
    bad[1:-1] |= bad[:-2] | bad[2:]
    return np.asarray(bad[1 + segments])


def _still_ends(values: np.ndarray) -> np.ndarray:
    """[C, T] where stretches in which `values` [C, T] do not change begin and end."""
    still = np.abs(np.diff(values, axis=1)) <= _STILL * np.maximum(1.0, np.abs(values[:, 1:]))  # [C, T-1]
    padded = np.zeros((len(values), values.shape[1] + 1), dtype=np.int8)
    padded[:, 1:-1] = still
    change = np.diff(padded, axis=1)  # [C, T]
    begins, ends = np.argwhere(change == 1), np.argwhere(change == -1)
    long = ends[:, 1] - begins[:, 1] >= _STILL_STEPS
    found = np.zeros(values.shape, dtype=bool)
    found[begins[long, 0], begins[long, 1]] = True
    found[ends[long, 0], ends[long, 1]] = True
    return found


def _turns(values: np.ndarray, least: np.ndarray) -> Steps[np.ndarray]:
    """[C, T] where `values` [C, T] turn, to go back by more than `least` [C] before they go on."""
    count, length = values.shape
    found = np.zeros(values.shape, dtype=bool)
    curves = np.arange(count)
    high, low = values[:, 0].copy(), values[:, 0].copy()
    high_at, low_at = np.zeros(count, dtype=np.int64), np.zeros(count, dtype=np.int64)
    way = np.zeros(count, dtype=np.int8)  # 1 rising, -1 falling, 0 not yet known
    for sample in range(1, length):
        if sample % _TURNS_A_STEP == 0:
            yield "Finding poses", sample / length
        value = values[:, sample]
        above, below = value > high, value < low
        high, high_at = np.where(above, value, high), np.where(above, sample, high_at)
        low, low_at = np.where(below, value, low), np.where(below, sample, low_at)
        falls, rises = (value < high - least) & (way >= 0), (value > low + least) & (way <= 0)
        if falls.any():
            found[curves[falls], high_at[falls]] = True
            low, low_at, way = np.where(falls, value, low), np.where(falls, sample, low_at), np.where(falls, -1, way)
        if rises.any():
            found[curves[rises], low_at[rises]] = True
            high, high_at, way = np.where(rises, value, high), np.where(rises, sample, high_at), np.where(rises, 1, way)
    return found
