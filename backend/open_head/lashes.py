"""Lashes: tapered hairs on the edges of the lids, turning with them because each is woven from the lid's own edges."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy import sparse

from ..face.surface import Surface
from .eyelids import COLUMNS, FRONT_EDGE, INNER_EDGE, MARGIN, Lids

_HALF_WIDTHS: Final = (0.00017, 0.00013, 0.00003)
"""Metres at root, middle and tip."""
_ALONG: Final = (0.0, 0.5, 1.0)
_ABOVE: Final = 2
"""Rings between the lid's front edge and the one that shows which way its skin lies."""


@dataclass(frozen=True)
class _Row:
    """Hairs of one lid: how many, between which columns, and how they curve.

    `length` metres at evenly spaced places from the first column to the last; `out` and `back` the share of the length
    that a hair goes away from the ball and back over the lid, linear and quadratic; `fan` its lean to the corners.
    """

    hairs: int
    columns: tuple[float, float]
    length: tuple[float, ...]
    out: tuple[float, float]
    back: tuple[float, float]
    fan: float


_UPPER: Final = _Row(52, (1.3, 12.0), (0.0065, 0.0085, 0.0085, 0.0075, 0.0050), (1.0, -0.22), (-0.12, 0.55), 0.35)
_LOWER: Final = _Row(26, (27.0, 17.0), (0.0036, 0.0040, 0.0034, 0.0026), (0.85, -0.10), (0.10, 0.35), 0.30)


def lashes(eyes: tuple[Lids, ...], base: np.ndarray) -> Surface:
    """Upper and lower lashes of both `eyes` on the base mesh `base` [N, 3]; six vertices a hair."""
    random = np.random.default_rng(11)
    rows = [_hairs(lids, row, base, random) for lids in eyes for row in (_UPPER, _LOWER)]
    source = sparse.vstack(rows).tocsr()
    hair = np.array([[0, 1, 3, 2], [2, 3, 5, 4]])
    quads = (hair[None] + 6 * np.arange(source.shape[0] // 6)[:, None, None]).reshape(-1, 4)
    return Surface("lashes", source, np.zeros((source.shape[0], 3)), quads)


def _hairs(lids: Lids, row: _Row, base: np.ndarray, random: np.random.Generator) -> sparse.csr_matrix:
    """[6 · hairs, N]: hair by hair a pair of vertices at root, middle and tip."""
    place = (np.arange(row.hairs) + random.uniform(-0.35, 0.35, row.hairs) + 0.5) / row.hairs
    column = row.columns[0] + place * (row.columns[1] - row.columns[0])
    length = np.interp(place, np.linspace(0.0, 1.0, len(row.length)), row.length) * random.uniform(0.8, 1.1, row.hairs)
    lean = (place - 0.45) * 2.0 * row.fan + random.normal(scale=0.08, size=row.hairs)
    edge, front, inside, above = (
        _between(lids.grid[ring], column, len(base)) for ring in (MARGIN, FRONT_EDGE, INNER_EDGE, FRONT_EDGE + _ABOVE)
    )
    along = _between(lids.grid[FRONT_EDGE], column + 1.0, len(base)) - _between(
        lids.grid[FRONT_EDGE], column - 1.0, len(base)
    )
    sense = 1.0 if row.columns[1] > row.columns[0] else -1.0
    outwards, backwards, sidewards = (
        _unit(direction, base) for direction in (front - inside, above - front, sense * along)
    )
    root = 0.35 * edge + 0.65 * front
    points = []
    for share, half_width in zip(_ALONG, _HALF_WIDTHS, strict=True):
        middle = (
            root
            + sparse.diags(length * (row.out[0] * share + row.out[1] * share**2)) @ outwards
            + sparse.diags(length * (row.back[0] * share + row.back[1] * share**2)) @ backwards
            + sparse.diags(length * lean * share) @ sidewards
        )
        points += [middle - half_width * sidewards, middle + half_width * sidewards]
    order = np.arange(6 * row.hairs).reshape(6, row.hairs).T.ravel()
    return sparse.vstack(points).tocsr()[order]


def _between(ring: np.ndarray, column: np.ndarray, count: int) -> sparse.csr_matrix:
    """[n, N] rows that interpolate along a `ring` [28] at the fractional `column` [n]."""
    low = np.floor(column).astype(int)
    share = column - low
    rows = np.tile(np.arange(len(column)), 2)
    vertices = np.r_[ring[low % COLUMNS], ring[(low + 1) % COLUMNS]]
    return sparse.csr_matrix((np.r_[1.0 - share, share], (rows, vertices)), shape=(len(column), count))


def _unit(direction: sparse.csr_matrix, base: np.ndarray) -> sparse.csr_matrix:
    """`direction` [n, N], rows that sum to zero, scaled to one metre on the mean adult."""
    return sparse.diags(1.0 / np.linalg.norm(direction @ base, axis=1)) @ direction
