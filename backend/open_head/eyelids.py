"""Eyelids that travel over the eyeball: where their rings of vertices lie, how they shut, how they follow the gaze.

A shape key moves every vertex along a straight line, and straight lines cut through a ball. So the shut lid is made by
turning the open one about the eye's axis, the shut one overlapping the lower like a shutter, and whatever would still
dip into the ball on its way is lifted off.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import numpy as np

from .eyeball import CORNEA_RISE, IRIS_ANGLE

COLUMNS: Final = 28
"""Columns of vertices round an eye: 0 is the outer corner, 14 the inner one, 1 to 13 the upper lid from outside in."""
INNER_CORNER: Final = COLUMNS // 2
INNER_EDGE: Final = 2
"""Ring where the lid touches the ball; rings count outwards from the lining behind the lid, a dozen in all."""
MARGIN: Final = 3
FRONT_EDGE: Final = 4
"""Ring of the lashes' roots; from here outwards the skin must stay off the ball."""
RINGS: Final = 13

UPPER_OPEN: Final = 0.0013
"""Metres by which the upper lid is raised off where it was sculpted, 2 mm above the middle of the pupil; people's lies
about 4 mm above it and covers the uppermost millimetre or two of the iris."""
UPPER_FOLLOW: Final = 0.66
"""Share of the eye's pitch that the upper lid turns by; nearly all of it in life (Becker and Fuchs 1988)."""
LOWER_FOLLOW: Final = 0.42
CLEARANCE: Final = 0.00055
"""Metres between ball and skin, enough for the flat facets between vertices."""

_FIRST_RING: Final = 9
"""Rings round the middle of the socket's back before the lids' first."""
_OVERLAP: Final = 0.0014
"""Metres that the shut upper lid reaches below the lower lid's margin, so that wider eyes than the mean's shut too."""
_LOWER_SHARE: Final = 0.12
"""Share of the opening that the lower lid rises by in a blink."""
_UNFOLDING: Final = np.array([1, 1, 1, 1, 1, 1, 1, 0.98, 0.92, 0.78, 0.53, 0.20, 0.07])
"""[13] share of the margin's turn by ring: the upper lid slides down whole and unfolds at the crease."""
_SWELLING: Final = np.array([1, 1, 1, 1, 1, 0.9, 0.75, 0.55, 0.35, 0.2, 0.08, 0.02, 0])
"""[13] the same for the lower lid."""
_GAZE: Final = np.radians([32.0, 27.0])
"""Farthest the line of sight turns to a side and up or down; the cornea may lie anywhere within."""
_VALUES: Final = np.linspace(0.0, 1.0, 9)


@dataclass(frozen=True)
class Lids:
    """`grid` [13, 28] vertices of one eye's lids by ring and column; the ball's `centre` [3] and `radius`, metres.

    `shift` [3] is how far an identity has moved the ball from the mean adult's.
    """

    grid: np.ndarray
    centre: np.ndarray
    radius: float
    shift: np.ndarray = field(default_factory=lambda: np.zeros(3))

    def upper(self) -> np.ndarray:
        """[13] columns of the upper lid."""
        return np.arange(1, INNER_CORNER)

    def ball(self, points: np.ndarray) -> np.ndarray:
        """[...] metres from the centre to the ball's surface towards `points` [..., 3], wherever the eye looks."""
        towards = (points - self.centre) / np.linalg.norm(points - self.centre, axis=-1, keepdims=True)
        yaw = np.arctan2(towards[..., 0], towards[..., 2])
        pitch = np.arcsin(np.clip(towards[..., 1], -1.0, 1.0))
        near_yaw, near_pitch = np.clip(yaw, -_GAZE[0], _GAZE[0]), np.clip(pitch, -_GAZE[1], _GAZE[1])
        cosine = np.cos(pitch) * np.cos(near_pitch) * np.cos(yaw - near_yaw) + np.sin(pitch) * np.sin(near_pitch)
        angle = np.arccos(np.clip(cosine, -1.0, 1.0))
        return np.asarray(self.radius * (1.0 + CORNEA_RISE * np.maximum(0.0, 1.0 - (angle / IRIS_ANGLE) ** 2)))

    def height(self, points: np.ndarray) -> np.ndarray:
        """[...] metres of `points` [..., 3] above the ball's surface."""
        return np.asarray(np.linalg.norm(points - self.centre, axis=-1) - self.ball(points))

    def elevation(self, points: np.ndarray) -> np.ndarray:
        """[...] radians above the horizon, seen along the eye's axis to the side."""
        offset = points - self.centre
        return np.asarray(np.arctan2(offset[..., 1], offset[..., 2]))

    def turned(self, points: np.ndarray, angle: np.ndarray) -> np.ndarray:
        """`points` [..., 3] turned up by `angle` [...] radians about the eye's axis to the side."""
        x, y, z = np.moveaxis(points - self.centre, -1, 0)
        sine, cosine = np.sin(angle), np.cos(angle)
        return np.asarray(self.centre + np.stack([x, cosine * y + sine * z, cosine * z - sine * y], axis=-1))


def find_lids(quads: np.ndarray, vertices: np.ndarray, centre: np.ndarray, radius: float) -> Lids:
    """The lids round the eye at `centre`; `quads` [q, 4] and `vertices` [N, 3] of the base mesh's body.

    Behind each eye the socket closes in a grid of seven by seven quads; rings grow from its middle to the lids.
    """
    rings = _rings(quads, vertices, centre, radius)
    beside = _edge_neighbours(quads)
    outwards = np.sign(centre[0])
    grid = [_in_order(rings[_FIRST_RING + INNER_EDGE], vertices, beside, outwards)]
    for ring in rings[_FIRST_RING + INNER_EDGE + 1 :]:
        grid.append([_only(beside[vertex] & ring) for vertex in grid[-1]])
    for inner in range(INNER_EDGE - 1, -1, -1):
        grid.insert(0, [min(beside[vertex] & rings[_FIRST_RING + inner]) for vertex in grid[0]])
    return Lids(np.array(grid), centre, radius)


def shut(lids: Lids, vertices: np.ndarray, sculpted: np.ndarray) -> np.ndarray:
    """[N, 3] offsets of a blink: `sculpted` [N, 3] where it moves other skin, the lids themselves made anew."""
    grid = lids.grid
    rest = vertices[grid]  # [13, 28, 3]
    elevation = lids.elevation(rest)
    upper, lower = lids.upper(), COLUMNS - lids.upper()
    edge = slice(INNER_EDGE, FRONT_EDGE + 1)
    margin_up, margin_low = elevation[edge, upper].min(axis=0), elevation[edge, lower].max(axis=0)
    across_up, across_low = (rest[MARGIN, columns, 0] * np.sign(lids.centre[0]) for columns in (upper, lower))
    low_here = np.interp(across_up[::-1], across_low[::-1], margin_low[::-1])[::-1]
    up_here = np.interp(across_low[::-1], across_up[::-1], margin_up[::-1])[::-1]
    away = np.hypot(*(rest[MARGIN, upper] - lids.centre)[:, 1:].T)
    overlap = _OVERLAP / away * _fade()[upper]
    turn = np.zeros((RINGS, COLUMNS))
    line = low_here + _LOWER_SHARE * (margin_up - low_here)
    turn[:, upper] = _UNFOLDING[:, None] * np.minimum(line - overlap - margin_up, 0.0)
    turn[:, lower] = _SWELLING[:, None] * np.maximum(_LOWER_SHARE * (up_here - margin_low), 0.0)
    for corner in (0, INNER_CORNER):
        turn[:, corner] = 0.25 * (turn[:, corner - 1] + turn[:, corner + 1])
    moved = lids.turned(rest, turn)
    now = lids.height(rest)
    thicker = np.maximum(lids.height(rest + sculpted[grid]) - now, 0.0) * _fade() * np.isin(np.arange(COLUMNS), upper)
    thicker[:INNER_EDGE] = 0.0
    wanted = now + thicker
    moved = _lifted(lids, moved, wanted - lids.height(moved))
    offsets = sculpted * float(np.median(turn[MARGIN, 5:10] / _sculpted_turn(lids, rest, sculpted)[5:10]))
    offsets[grid] = moved - rest
    return offsets


def opened(lids: Lids, vertices: np.ndarray, rise: float = UPPER_OPEN) -> np.ndarray:
    """`vertices` [N, 3] with the upper lid raised by `rise` metres in its middle, folding at the crease as it does."""
    rest = vertices[lids.grid]
    result = vertices.copy()
    result[lids.grid] = lids.turned(rest, _raising(lids, rest, rise))
    return result


def keep_open(there: Lids, rest: np.ndarray, moved: np.ndarray, share: float) -> np.ndarray:
    """`moved` [N, 3], the face `rest` [N, 3] of another identity, with `share` of what its upper lid droops given back.

    `there` are that identity's lids: the same grid, its own centre and radius. A component counts for its opposite as
    well, so a lid that rises comes back down in the same way.
    """
    middle = there.grid[MARGIN, INNER_CORNER // 2]
    droop = float((moved - rest)[middle, 1] - there.shift[1])
    points = moved[there.grid]
    result = moved.copy()
    result[there.grid] = there.turned(points, _raising(there, points, -share * droop))
    return result


def _raising(lids: Lids, points: np.ndarray, rise: float) -> np.ndarray:
    """[13, 28] radians by which the upper lid at `points` [13, 28, 3] turns so that its middle rises by `rise`."""
    forward = points[MARGIN, INNER_CORNER // 2, 2] - lids.centre[2]
    on_upper = np.isin(np.arange(COLUMNS), lids.upper())
    return np.asarray(np.where(on_upper, rise / forward * _UNFOLDING[:, None], 0.0) * _fade())


def follow(lids: Lids, vertices: np.ndarray) -> np.ndarray:
    """[N, 3] offsets for the sine of a pitch downwards, by which both lids keep their distance from the iris."""
    rest = vertices[lids.grid]
    share = np.zeros((RINGS, COLUMNS))
    on_upper = np.isin(np.arange(COLUMNS), lids.upper())
    share[:] = np.where(on_upper, UPPER_FOLLOW * _UNFOLDING[:, None], LOWER_FOLLOW * _SWELLING[:, None]) * _fade()
    share[:INNER_EDGE] *= 0.9
    offset = rest - lids.centre
    tangent = np.stack([np.zeros_like(share), -offset[..., 2], offset[..., 1]], axis=-1)
    offsets = np.zeros_like(vertices)
    offsets[lids.grid] = share[..., None] * tangent
    return offsets


def off_the_ball(lids: Lids, start: np.ndarray, offsets: np.ndarray, clearance: float = CLEARANCE) -> np.ndarray:
    """`offsets` [N, 3] changed so that `start` + value · `offsets` stays off the ball for every value from 0 to 1."""
    grid = lids.grid[FRONT_EDGE:]
    rest, move = start[grid], offsets[grid]
    lift = np.zeros(rest.shape[:2])
    for value in _VALUES[1:]:
        height = lids.height(rest + value * move)
        lift = np.maximum(lift, np.maximum(0.0, clearance - height) / value)
    result = offsets.copy()
    result[lids.grid] += _outwards(lids, start[lids.grid] + offsets[lids.grid]) * _spread(lift)[..., None]
    return result


def template_off_the_ball(lids: Lids, vertices: np.ndarray, clearance: float = CLEARANCE) -> np.ndarray:
    """`vertices` [N, 3] with the lids lifted where they lie closer to the ball than `clearance`."""
    rest = vertices[lids.grid]
    lift = np.maximum(0.0, clearance - lids.height(rest[FRONT_EDGE:]))
    result = vertices.copy()
    result[lids.grid] = _lifted(lids, rest, _spread(lift))
    return result


def keep_thickness(lids: Lids, rest: np.ndarray, moved: np.ndarray, there: Lids) -> np.ndarray:
    """`moved` [N, 3], the face `rest` [N, 3] of another identity, with lids as far from its ball as the mean's are.

    `there` are that identity's lids: the same grid, another centre and radius.
    """
    grid = lids.grid
    change = there.height(moved[grid]) - lids.height(rest[grid])
    result = moved.copy()
    result[grid] = _lifted(there, moved[grid], -change * _SWELLING[:, None])
    return result


def _fade() -> np.ndarray:
    """[28] 1 in the middle of either lid, 0 in the corners."""
    return np.asarray(np.abs(np.sin(np.pi * np.arange(COLUMNS) / INNER_CORNER)) ** 0.5)


def _spread(lift: np.ndarray) -> np.ndarray:
    """[13, 28] `lift` [9, 28] of the rings from the front edge outwards, softly carried over to their neighbours."""
    full = np.vstack([np.repeat(lift[:1], FRONT_EDGE, axis=0) * np.array([0.0, 0.0, 0.4, 0.8])[:, None], lift])
    for _ in range(2):
        sides = 0.5 * (np.roll(full, 1, axis=1) + np.roll(full, -1, axis=1))
        outer = np.vstack([full[:1], full[:-1]])
        inner = np.vstack([full[1:], np.zeros((1, COLUMNS))])
        soft = 0.4 * sides + 0.3 * outer + 0.3 * inner
        full[FRONT_EDGE:] = np.maximum(full, soft)[FRONT_EDGE:]
    full[-1] *= 0.5
    return np.asarray(full)


def _lifted(lids: Lids, points: np.ndarray, lift: np.ndarray) -> np.ndarray:
    return np.asarray(points + _outwards(lids, points) * lift[..., None])


def _outwards(lids: Lids, points: np.ndarray) -> np.ndarray:
    offset = points - lids.centre
    return np.asarray(offset / np.linalg.norm(offset, axis=-1, keepdims=True))


def _sculpted_turn(lids: Lids, rest: np.ndarray, sculpted: np.ndarray) -> np.ndarray:
    """[28] radians that the sculpted blink turns each column's margin by."""
    turn = lids.elevation(rest[MARGIN] + sculpted[lids.grid[MARGIN]]) - lids.elevation(rest[MARGIN])
    return np.asarray(np.minimum(turn, -1e-3))


def _neighbours(quads: np.ndarray) -> dict[int, set[int]]:
    """Vertex → all vertices of the quads round it."""
    found: dict[int, set[int]] = {}
    for quad in quads.tolist():
        for vertex in quad:
            found.setdefault(vertex, set()).update(quad)
    return found


def _edge_neighbours(quads: np.ndarray) -> dict[int, set[int]]:
    """Vertex → the vertices along its edges."""
    found: dict[int, set[int]] = {}
    for quad in quads.tolist():
        for here, there in zip(quad, quad[1:] + quad[:1], strict=True):
            found.setdefault(here, set()).add(there)
            found.setdefault(there, set()).add(here)
    return found


def _rings(quads: np.ndarray, vertices: np.ndarray, centre: np.ndarray, radius: float) -> list[set[int]]:
    """Rings of vertices round the quad in the middle of the grid that closes the socket behind the eye."""
    around = _neighbours(quads)
    offset = vertices - centre
    behind = (np.abs(np.linalg.norm(offset, axis=1) - radius) < 0.05 * radius) & (offset[:, 2] < -0.5 * radius)
    for quad in quads[behind[quads].all(axis=1)].tolist():
        rings, seen = [set(quad)], set(quad)
        for _ in range(_FIRST_RING + RINGS - 1):
            grown = set().union(*(around[vertex] for vertex in rings[-1])) - seen
            seen |= grown
            rings.append(grown)
        if all(len(ring) == COLUMNS for ring in rings[_FIRST_RING + 1 :]):
            return rings
    raise ValueError("no socket behind the eye: this is not MakeHuman's base mesh")


def _in_order(ring: set[int], vertices: np.ndarray, beside: dict[int, set[int]], outwards: float) -> list[int]:
    """`ring` in order from the outer corner over the upper lid."""
    start = max(ring, key=lambda vertex: outwards * vertices[vertex, 0])
    order = [start, max(beside[start] & ring, key=lambda vertex: float(vertices[vertex, 1]))]
    while following := (beside[order[-1]] & ring) - set(order):
        order.append(_only(following))
    return order


def _only(found: set[int]) -> int:
    (vertex,) = found
    return vertex
