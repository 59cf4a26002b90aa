"""Least squares with bounds on the unknowns, for every frame at once. Only numpy: the add-on solves with it too."""

from __future__ import annotations

from typing import Final

import numpy as np

_SWEEPS: Final = 8
_ROUNDS: Final = 200
_ENOUGH: Final = 1e-9
"""How far a further step would move a coefficient, relative to the largest one, when a frame counts as solved."""


def bounded_least_squares(gram: np.ndarray, right: np.ndarray, lower: np.ndarray, upper: np.ndarray) -> np.ndarray:
    """[T, n]: for each row b of `right` [T, n] the x that minimises ½ xᵀ G x - bᵀ x within lower ≤ x ≤ upper.

    `gram` [n, n] is G = AᵀA (plus a ridge), symmetric and positive definite; `right` is Aᵀ times each frame's data;
    `lower` and `upper` [n] may be infinite. Coordinate descent finds which unknowns rest on a bound, a Newton step on
    the others is exact once that is settled; frames with the same unknowns at rest share one factorisation
    (Moré and Toraldo 1991 do the same with gradients). Raises ValueError where a lower bound is above its upper one.
    """
    if np.any(lower > upper):
        raise ValueError("a lower bound is above its upper bound")
    if not np.any(right) and np.all(lower <= 0.0) and np.all(upper >= 0.0):
        return np.zeros(np.shape(right))
    gram, right = np.asarray(gram, np.float64), np.asarray(right, np.float64).T  # right [n, T], a frame a column
    low, high = np.asarray(lower, np.float64)[:, None], np.asarray(upper, np.float64)[:, None]
    loose = np.flatnonzero(low[:, 0] < high[:, 0])
    found = np.broadcast_to(low, right.shape).copy()  # [n, T]
    fixed = gram @ np.where(low < high, 0.0, low)
    found[loose] = _solved(gram[np.ix_(loose, loose)], (right - fixed)[loose], low[loose], high[loose])
    return found.T


def _solved(gram: np.ndarray, right: np.ndarray, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """[n, T], each unknown with room between its bounds."""
    free = np.linalg.inv(gram) @ right  # a fifth of the time of `solve` for many frames
    found = np.clip(free, low, high)  # [n, T]
    open_frames = np.flatnonzero((found != free).any(axis=0))
    for _ in range(_ROUNDS):
        if not len(open_frames):
            break
        x, b = found[:, open_frames], right[:, open_frames]
        _descend(gram, b, low, high, x)
        x = _newton_step(gram, b, low, high, x)
        found[:, open_frames] = x
        # a further step down a coordinate would move these
        moved = np.clip(x - (gram @ x - b) / np.diag(gram)[:, None], low, high) - x
        open_frames = open_frames[np.abs(moved).max(axis=0) > _ENOUGH * np.maximum(1.0, np.abs(x).max(axis=0))]
    return np.asarray(found)


def _descend(gram: np.ndarray, b: np.ndarray, low: np.ndarray, high: np.ndarray, x: np.ndarray) -> None:
    """Cyclic coordinate descent on `x` [n, T] in place; it never raises the misfit."""
    for _ in range(_SWEEPS):
        for row, curvature in enumerate(np.diag(gram)):
            slope = gram[row] @ x - b[row]
            x[row] = np.clip(x[row] - slope / curvature, low[row], high[row])


def _newton_step(gram: np.ndarray, b: np.ndarray, low: np.ndarray, high: np.ndarray, x: np.ndarray) -> np.ndarray:
    """[n, T]: the exact solution on each frame's free unknowns, cut to the bounds; else `x` itself."""
    slope = gram @ x - b
    resting = ((x <= low) & (slope >= 0.0)) | ((x >= high) & (slope <= 0.0))
    step = np.zeros_like(x)
    _, group_of_frame = np.unique(np.packbits(resting, axis=0), axis=1, return_inverse=True)
    order = np.argsort(group_of_frame.ravel(), kind="stable")
    borders = np.flatnonzero(np.diff(group_of_frame.ravel()[order])) + 1
    for frames in np.split(order, borders):
        loose = np.flatnonzero(~resting[:, frames[0]])
        if len(loose):
            rows = loose[:, None]
            step[rows, frames] = np.linalg.solve(gram[rows, loose], -slope[rows, frames])
    stepped = np.clip(x + step, low, high)
    change = stepped - x
    gain = np.sum(change * (slope + 0.5 * (gram @ change)), axis=0)  # [T] the misfit's change
    return np.where(gain < 0.0, stepped, x)
