"""Many curves as cubic splines at chosen knots, least squares, all of them at once. No bpy here.

Between two knots a curve is a cubic polynomial, which is a Bézier segment whose handles end a third of the way.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

_CHORD: Final = 1e-4
"""Weight, beside 1 for a sample, with which a slope is drawn to the straight line: it decides where samples do not."""


@dataclass(frozen=True)
class Knots:
    """Where C curves of T samples have keys, [C, T] bool each; the first and the last sample are corners.

    `at` all knots; `corner` those of them at which the curve may break and is exact; `pinned` those at which it is
    smooth and exact. At any other one it is smooth and as near as the neighbourhood allows.
    """

    at: np.ndarray
    corner: np.ndarray
    pinned: np.ndarray

    def rows(self, which: np.ndarray) -> Knots:
        """Those of the curves `which` [R]."""
        return Knots(self.at[which], self.corner[which], self.pinned[which])


@dataclass(frozen=True)
class Spline:
    """N knots of all curves, one curve after the other: `row`, `sample`, `value`, `slope_in`, `slope_out` [N] each.

    Slopes are a frame's. `fitted` [C, T] the curves at their samples, `segment` [C, T] the number of the knot that each
    sample comes after or lies on.
    """

    row: np.ndarray
    sample: np.ndarray
    value: np.ndarray
    slope_in: np.ndarray
    slope_out: np.ndarray
    fitted: np.ndarray
    segment: np.ndarray


def splined(values: np.ndarray, frames: np.ndarray, knots: Knots) -> Spline:
    """The splines nearest to `values` [C, T] at `frames` [T], for T of 2 or more."""
    row, sample = np.nonzero(knots.at)  # [N] in order of curve and time
    segment = np.cumsum(knots.at.ravel()).reshape(knots.at.shape) - 1  # [C, T]
    grams, sides = _normal_equations(values, frames, row, sample, segment)
    opens = knots.corner[row, sample]  # [N] a chain of segments begins or ends here
    solved = _solved(grams, sides, opens, opens | knots.pinned[row, sample], values[row, sample])
    value, slope_in, slope_out = solved
    spline = Spline(row, sample, value, slope_in, slope_out, np.empty(0), segment)
    return Spline(row, sample, value, slope_in, slope_out, _at_samples(spline, frames, values.shape), segment)


def hermite(share: np.ndarray, length: np.ndarray) -> np.ndarray:
    """[4, …] what value and slope at the beginning and at the end of a segment count at `share` 0 to 1 of it."""
    late = share * share * (3.0 - 2.0 * share)
    out = length * share * (1.0 - share) ** 2
    back = -length * share**2 * (1.0 - share)
    return np.stack([1.0 - late, out, late, back])


def _at_samples(spline: Spline, frames: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """[C, T] the splines at their samples."""
    before = np.minimum(spline.segment.ravel(), len(spline.row) - 2)
    begin = frames[spline.sample[before]]
    length = np.where(
        spline.row[before] == spline.row[before + 1], frames[spline.sample[before + 1]] - begin, 1.0
    )  # a curve's last knot begins no segment, and its sample is the knot
    share = (np.broadcast_to(frames, shape).ravel() - begin) / length
    ends = np.stack(
        [spline.value[before], spline.slope_out[before], spline.value[before + 1], spline.slope_in[before + 1]]
    )
    fitted = (hermite(share, length) * ends).sum(axis=0)
    last = spline.segment.ravel() == len(spline.row) - 1
    fitted[last] = spline.value[-1]
    return fitted.reshape(shape)


def _normal_equations(
    values: np.ndarray, frames: np.ndarray, row: np.ndarray, sample: np.ndarray, segment: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """For the segment that each of the N knots begins: [10, N] its Gram matrix, upper half, and [4, N] its side.

    Zero for a curve's last knot.
    """
    number = len(row)
    inner = np.append(row[1:] == row[:-1], False)  # [N] begins a segment
    begin = frames[sample].astype(np.float64)
    length = np.where(inner, np.append(begin[1:], 0.0) - begin, 1.0)
    flat = segment.ravel()
    share = (np.broadcast_to(frames, segment.shape).ravel() - begin[flat]) / length[flat]
    basis = hermite(share, length[flat])  # [4, C·T]
    starts = np.searchsorted(flat, np.arange(number))
    upper = [(i, j) for i in range(4) for j in range(i, 4)]
    grams = np.stack([np.add.reduceat(basis[i] * basis[j], starts) for i, j in upper])
    sides = np.stack([np.add.reduceat(basis[i] * values.ravel(), starts) for i in range(4)])
    for slope in (1, 3):
        pull = np.zeros((4, number))
        pull[0], pull[2], pull[slope] = 1.0, -1.0, length
        grams += _CHORD * np.stack([pull[i] * pull[j] for i, j in upper])
    return grams * inner, sides * inner


def _solved(
    grams: np.ndarray, sides: np.ndarray, opens: np.ndarray, exact: np.ndarray, wanted: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """[N] values, slopes before and slopes after the knots.

    Chains of segments between two knots that `opens` are independent systems of 2 × 2 blocks along a diagonal. All of
    them are solved in step: first every chain's first block, then every second one …
    """
    ends = np.flatnonzero(opens)
    first, last = ends[:-1], ends[1:]
    joined = grams[0, first] > 0.0  # not from one curve's end to the next one's beginning
    first, last = first[joined], last[joined]
    order = np.argsort(first - last, kind="stable")  # the longest first
    first, last = first[order], last[order]
    count = last - first + 1  # [chains] knots
    longest = int(count.max())
    live = np.searchsorted(-count, -np.arange(longest), side="left")  # [longest] chains with more knots than that
    offsets = np.concatenate([[0], np.cumsum(live)])
    knot = np.concatenate([first[: live[place]] + place for place in range(longest)])
    place = np.repeat(np.arange(longest), live)
    chain = np.arange(len(knot)) - offsets[place]
    after, before = place < count[chain] - 1, place > 0
    previous = np.maximum(knot - 1, 0)
    # The block of a knot: what the segments before and after it say of its value and slope.
    top = grams[0, knot] * after + grams[7, previous] * before
    mixed = grams[1, knot] * after + grams[8, previous] * before
    low = grams[4, knot] * after + grams[9, previous] * before
    side = np.stack(
        [
            sides[0, knot] * after + sides[2, previous] * before,
            sides[1, knot] * after + sides[3, previous] * before,
        ]
    )
    link = np.stack([grams[2, knot], grams[3, knot], grams[5, knot], grams[6, knot]]) * after  # to the next knot
    _fix_values(exact[knot], wanted[knot], (top, mixed), side, link, offsets, live)
    found = _eliminated(top, mixed, low, side, link, offsets, live)
    value, slope_in, slope_out = wanted.astype(np.float64).copy(), np.zeros(len(opens)), np.zeros(len(opens))
    value[knot] = np.where(exact[knot], wanted[knot], found[0])
    slope_in[knot[before]], slope_out[knot[after]] = found[1, before], found[1, after]
    return value, slope_in, slope_out


def _fix_values(
    exact: np.ndarray,
    wanted: np.ndarray,
    block: tuple[np.ndarray, np.ndarray],
    side: np.ndarray,
    link: np.ndarray,
    offsets: np.ndarray,
    live: np.ndarray,
) -> None:
    """Let the values of `exact` knots be what is `wanted`, in the equations of them and their neighbours."""
    top, mixed = block
    back = np.arange(offsets[-2])  # all but those in the last place …
    place = np.repeat(np.arange(len(live) - 1), live[:-1])
    going_on = back - offsets[place] < live[place + 1]
    back, place = back[going_on], place[going_on]
    now = back - offsets[place] + offsets[place + 1]  # … and the knot after each
    here, there = exact[now] * wanted[now], exact[back] * wanted[back]
    side[0, back] -= link[0, back] * here
    side[1, back] -= link[2, back] * here
    side[0, now] -= link[0, back] * there
    side[1, now] -= link[1, back] * there
    link[0, back] *= ~exact[now] & ~exact[back]
    link[1, back] *= ~exact[back]
    link[2, back] *= ~exact[now]
    side[1] -= mixed * exact * wanted
    side[0] = np.where(exact, wanted, side[0])
    top[exact], mixed[exact] = 1.0, 0.0


def _eliminated(
    top: np.ndarray,
    mixed: np.ndarray,
    low: np.ndarray,
    side: np.ndarray,
    link: np.ndarray,
    offsets: np.ndarray,
    live: np.ndarray,
) -> np.ndarray:
    """[2, knots] the solution: elimination down the chains, then back up."""
    for place in range(1, len(live)):
        now = slice(offsets[place], offsets[place + 1])
        back = slice(offsets[place - 1], offsets[place - 1] + live[place])
        over = 1.0 / (top[back] * low[back] - mixed[back] ** 2)
        l00, l01, l10, l11 = link[:, back]
        # M = inverse of the block above times the link to it
        m00 = over * (low[back] * l00 - mixed[back] * l10)
        m01 = over * (low[back] * l01 - mixed[back] * l11)
        m10 = over * (top[back] * l10 - mixed[back] * l00)
        m11 = over * (top[back] * l11 - mixed[back] * l01)
        top[now] -= l00 * m00 + l10 * m10
        mixed[now] -= l00 * m01 + l10 * m11
        low[now] -= l01 * m01 + l11 * m11
        side[0, now] -= m00 * side[0, back] + m10 * side[1, back]
        side[1, now] -= m01 * side[0, back] + m11 * side[1, back]
    found = np.empty_like(side)
    for place in reversed(range(len(live))):
        now = slice(offsets[place], offsets[place + 1])
        right = side[:, now].copy()
        if place + 1 < len(live):
            more = live[place + 1]
            after = found[:, offsets[place + 1] : offsets[place + 1] + more]
            l00, l01, l10, l11 = link[:, offsets[place] : offsets[place] + more]
            right[0, :more] -= l00 * after[0] + l01 * after[1]
            right[1, :more] -= l10 * after[0] + l11 * after[1]
        over = 1.0 / (top[now] * low[now] - mixed[now] ** 2)
        found[0, now] = over * (low[now] * right[0] - mixed[now] * right[1])
        found[1, now] = over * (top[now] * right[1] - mixed[now] * right[0])
    return found
