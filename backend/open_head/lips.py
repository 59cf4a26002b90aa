"""Lips: the rings of vertices round the mouth, and a seam where upper and lower lip meet without crossing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from ..face.surface import quad_neighbours

COLUMNS: Final = 38
"""Columns of vertices round the mouth: 0 is the middle of the upper lip, then by the person's left round to it."""
LOWER_FIRST: Final = 12
"""Columns `LOWER_FIRST` to `COLUMNS - LOWER_FIRST` are the lower lip's; the corners lie just before and after."""
LOWER_MIDDLE: Final = COLUMNS // 2
RINGS: Final = 11
"""Rings from the border of the red outwards in, the last well inside the mouth."""
CONTACT: Final = slice(3, 10)
"""Rings of which any may be where the lips touch, as lips roll in and out."""
MEETING: Final = 8
"""Ring where the lips touch at rest and in nearly every closure: the gap between its middles is the lips' gap."""
SOFT_CONTACT: Final = -0.00008
"""Metres between lips that touch: less than nothing, so that no light falls between their flat facets."""

_CARRIED: Final = np.array([0.0, 0.03, 0.12, 0.3, 0.55, 0.85, 1.0, 1.0, 1.0, 0.85, 0.4])
"""[11] share by ring of what moves a lip's contact."""
_BOW: Final = 0.14
"""Share of the lower lip's bend by which a pointed one is lifted in the middle."""
_BESIDE: Final = 0.49
"""Where the columns beside the middle lie between it and the next ones."""
_ROUNDING: Final = np.array([0.35, 0.7, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 0.8, 0.4])
"""[11] share by ring of the bow."""
_STEPS: Final = 12
_PLACES: Final = 121

Pose = Callable[[np.ndarray], np.ndarray]
"""Carries points [N, 3] of a state of the face to where the jaw's joint puts them."""


@dataclass(frozen=True)
class Lips:
    """`grid` [11, 38] vertices by ring, from outside in, and column."""

    grid: np.ndarray

    def lower(self) -> np.ndarray:
        """[38] which columns belong to the lower lip."""
        column = np.arange(COLUMNS)
        return (column >= LOWER_FIRST) & (column <= COLUMNS - LOWER_FIRST)

    def inner(self) -> dict[str, int]:
        """The landmarks in the middle of the lips where they meet."""
        return {
            "lip_upper_inner": int(self.grid[MEETING, 0]),
            "lip_lower_inner": int(self.grid[MEETING, LOWER_MIDDLE]),
        }

    def edges(self, points: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Places [121] across the mouth, and there the upper lip's lowest and the lower lip's highest points.

        `points` [N, 3]; all in metres, places along X, points along Y.
        """
        return self.edges_of(points[self.grid])

    def edges_of(self, points: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """The same of the grid's own `points` [11, 38, 3]."""
        lips = points[CONTACT]
        above, below = lips[:, ~self.lower()], lips[:, self.lower()]
        low = max(above[..., 0].min(axis=1).min(), below[..., 0].min(axis=1).min())
        high = min(above[..., 0].max(axis=1).max(), below[..., 0].max(axis=1).max())
        places = np.linspace(low, high, _PLACES)
        return places, _extreme(above, places, np.min), _extreme(below, places, np.max)


def find_lips(quads: np.ndarray, vertices: np.ndarray) -> Lips:
    """The lips of the base mesh; `quads` [q, 4] of its body, `vertices` [N, 3].

    Every ring closes over 38 vertices of four edges each. The outermost crosses the midline highest under the nose.
    """
    beside, over_edge = quad_neighbours(quads)
    on_midline = np.abs(vertices[:, 0]) < 1e-4  # noqa: PLR2004
    nose = int(np.argmax(np.where(on_midline, vertices[:, 2], -1.0)))
    below = vertices[:, 1] < vertices[nose, 1]
    front = vertices[:, 2] > vertices[nose, 2] - 0.016
    for start in sorted(np.flatnonzero(on_midline & below & front), key=lambda vertex: -vertices[vertex, 1]):
        ring = _ring_from(int(start), vertices, beside, over_edge)
        if len(ring) == COLUMNS:
            break
    grid = [ring]
    while len(grid) < RINGS:
        inwards = [beside[vertex] - set(grid[-1]) - set(grid[-2] if len(grid) > 1 else []) for vertex in grid[-1]]
        if len(grid) == 1:
            mouth = vertices[ring].mean(axis=0)
            inwards = [{min(found, key=lambda one: float(np.linalg.norm(vertices[one] - mouth)))} for found in inwards]
        grid.append([next(iter(found)) for found in inwards])
    return Lips(np.array(grid))


def seam(lips: Lips, points: np.ndarray, touch: bool, share: float = 0.5) -> np.ndarray:
    """[N, 3] offsets after which the lips of `points` [N, 3] do not cross and, if they shall `touch`, meet everywhere.

    Only heights change; `share` of the way is the upper lip's.
    """
    offsets = np.zeros_like(points)
    offsets[lips.grid] = seam_of(lips, points[lips.grid], touch, share)
    return offsets


def seam_of(lips: Lips, points: np.ndarray, touch: bool, share: float = 0.5) -> np.ndarray:
    """[11, 38, 3] the same for the grid's own `points` [11, 38, 3]."""
    moved, upper = points.copy(), ~lips.lower()
    for _ in range(_STEPS):
        places, above, below = lips.edges_of(moved)
        apart = above - below - SOFT_CONTACT
        if not touch:
            apart = np.minimum(apart, 0.0)
        for columns, way in ((upper, -share), (~upper, 1.0 - share)):
            here = np.interp(moved[:, columns, 0], places, apart)
            moved[:, columns, 1] += 0.8 * way * _CARRIED[:, None] * here
    return np.asarray(moved - points)


def rounded(lips: Lips, points: np.ndarray) -> np.ndarray:
    """[N, 3] offsets that bend the middle of the lower lip of `points` [N, 3] into a bow where it comes to a point."""
    offsets = np.zeros_like(points)
    beside, middle = (LOWER_MIDDLE - 1, LOWER_MIDDLE + 1), lips.grid[:, LOWER_MIDDLE]
    heights = points[lips.grid, 1]
    shoulder = 0.5 * (heights[:, LOWER_MIDDLE - 2] + heights[:, LOWER_MIDDLE + 2])
    lowest = heights[:, LOWER_MIDDLE] + _BOW * (shoulder - heights[:, LOWER_MIDDLE])
    offsets[middle, 1] = _ROUNDING * (lowest - heights[:, LOWER_MIDDLE])
    for column in beside:
        offsets[lips.grid[:, column], 1] = _ROUNDING * (lowest + _BESIDE**2 * (shoulder - lowest) - heights[:, column])
    return offsets


def _extreme(lip: np.ndarray, places: np.ndarray, pick: Callable[..., np.ndarray]) -> np.ndarray:
    """[p] the lowest or highest of a lip's rings [r, c, 3] at `places` [p]; where a ring does not reach, none of it."""
    lines = []
    for ring in lip:
        order = np.argsort(ring[:, 0])
        line = np.interp(places, ring[order, 0], ring[order, 1])
        lines.append(line)
    return np.asarray(pick(np.stack(lines), axis=0))


def _ring_from(
    start: int, vertices: np.ndarray, beside: dict[int, set[int]], over_edge: dict[tuple[int, int], set[int]]
) -> list[int]:
    """The vertices met by going straight on from `start` to the person's left until it closes; short if it does not."""
    sides = [vertex for vertex in beside[start] if vertices[vertex, 0] > 1e-3]  # noqa: PLR2004
    if not sides:
        return []
    ring = [start, max(sides, key=lambda vertex: vertices[vertex, 0])]
    while len(ring) <= COLUMNS:
        here, before = ring[-1], ring[-2]
        ahead = beside[here] - over_edge[min(here, before), max(here, before)]
        if len(beside[here]) != 4 or len(ahead) != 1:  # noqa: PLR2004
            return []
        (following,) = ahead
        if following == start:
            return ring
        ring.append(following)
    return []
