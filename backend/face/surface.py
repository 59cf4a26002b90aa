"""Surfaces of the open head, each vertex an affine combination of the base mesh's vertices plus a constant offset.

Because the combination is linear, the same matrix carries the template, every identity component and every expression
component from the base mesh to the head.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse


@dataclass(frozen=True)
class Surface:
    """`source` sparse [n, N], rows sum to one; `offset` [n, 3] metres; `quads` [q, 4], -1 pads a triangle.

    `expressive` is False for what no expression component may move (the eyeballs).
    """

    region: str
    source: sparse.csr_matrix
    offset: np.ndarray
    quads: np.ndarray
    expressive: bool = True

    def __len__(self) -> int:
        return int(self.source.shape[0])

    def positions(self, base: np.ndarray) -> np.ndarray:
        """[n, 3] metres, `base` [N, 3] being the base mesh's vertices."""
        return np.asarray(self.source @ base + self.offset)


def pick(vertices: np.ndarray, count: int) -> sparse.csr_matrix:
    """[n, N] rows that pick `vertices` of a base mesh of `count` vertices."""
    rows = np.arange(len(vertices))
    return sparse.csr_matrix((np.ones(len(vertices)), (rows, vertices)), shape=(len(vertices), count))


def part_of(base_quads: np.ndarray, region: str, count: int) -> tuple[Surface, np.ndarray]:
    """The surface of `base_quads` as it is, and [n] which base vertex each of its vertices is."""
    used, quads = np.unique(base_quads, return_inverse=True)
    surface = Surface(region, pick(used, count), np.zeros((len(used), 3)), quads.reshape(base_quads.shape))
    return surface, used


def triangles(quads: np.ndarray) -> np.ndarray:
    """[F, 3] triangles of quads that may be padded with -1."""
    second = quads[quads[:, 3] >= 0][:, [0, 2, 3]]
    return np.concatenate([quads[:, :3], second]).astype(np.int32)


def vertex_normals(vertices: np.ndarray, quads: np.ndarray) -> np.ndarray:
    """[n, 3] unit normals, weighted by area."""
    faces = triangles(quads)
    cross = np.cross(vertices[faces[:, 1]] - vertices[faces[:, 0]], vertices[faces[:, 2]] - vertices[faces[:, 0]])
    normals = np.zeros_like(vertices)
    for corner in range(3):
        np.add.at(normals, faces[:, corner], cross)
    return np.asarray(normals / np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-12))


def edges(quads: np.ndarray) -> np.ndarray:
    """[e, 2] each edge once, smaller vertex first."""
    sides = [np.sort(quads[:, [a, (a + 1) % 4]], axis=1) for a in range(4)]
    return np.unique(np.concatenate(sides), axis=0)


def neighbour_mean(quads: np.ndarray, count: int) -> sparse.csr_matrix:
    """[n, n] that takes the mean of a vertex's neighbours."""
    pairs = edges(quads)
    rows, columns = np.concatenate([pairs, pairs[:, ::-1]]).T
    matrix = sparse.csr_matrix((np.ones(len(rows)), (rows, columns)), shape=(count, count))
    degree = np.maximum(np.asarray(matrix.sum(axis=1)).ravel(), 1.0)
    return sparse.diags(1.0 / degree) @ matrix


def border_loops(quads: np.ndarray) -> list[np.ndarray]:
    """The loops of vertices along open borders, longest first, in the order of the faces beside them."""
    directed = np.concatenate([quads[:, [a, (a + 1) % 4]] for a in range(4)])
    present = {(int(a), int(b)) for a, b in directed}
    following = {a: b for a, b in present if (b, a) not in present}
    loops: list[np.ndarray] = []
    while following:
        start, at = following.popitem()
        loop = [start]
        while at != start and at in following:
            loop.append(at)
            at = following.pop(at)
        loops.append(np.array(loop))
    return sorted(loops, key=len, reverse=True)


def trim(quads: np.ndarray, height: np.ndarray, rows: sparse.csr_matrix) -> tuple[np.ndarray, sparse.csr_matrix]:
    """Cut a surface at `height` [n] = 0 without changing its topology, keeping where it is negative.

    Quads that reach below stay; their vertices above slide along an edge, or the diagonal, down to the cut.
    Returns the kept quads and the changed rows.
    """
    kept = quads[(height[quads] < 0).any(axis=1)]
    partner = np.full(len(height), -1)
    best = np.full(len(height), np.inf)
    for a in range(4):
        for step, penalty in ((1, 0.0), (3, 0.0), (2, 1.0)):
            above, below = kept[:, a], kept[:, (a + step) % 4]
            crossing = (height[above] > 0) & (height[below] <= 0)
            for up, down in zip(above[crossing], below[crossing], strict=True):
                cost = penalty + height[up] - height[down]
                if cost < best[up]:
                    best[up], partner[up] = cost, down
    moved = np.flatnonzero(partner >= 0)
    share = height[moved] / (height[moved] - height[partner[moved]])  # 0 stays above, 1 goes all the way down
    rows = rows.tolil()
    fixed = rows.tocsr()
    rows[moved] = sparse.diags(1.0 - share) @ fixed[moved] + sparse.diags(share) @ fixed[partner[moved]]
    return kept, rows.tocsr()


def compact(surface: Surface) -> tuple[Surface, np.ndarray]:
    """The surface without vertices that no face uses, and [n] which old vertex each new one is."""
    used = np.unique(surface.quads[surface.quads >= 0])
    order = np.full(len(surface) + 1, -1)
    order[used] = np.arange(len(used))
    kept = Surface(surface.region, surface.source[used], surface.offset[used], order[surface.quads], surface.expressive)
    return kept, used


def stack(surfaces: Sequence[Surface]) -> tuple[sparse.csr_matrix, np.ndarray, np.ndarray, dict[str, list[int]]]:
    """All surfaces as one: source [V, N], offset [V, 3], quads [Q, 4], region → vertices."""
    starts = np.cumsum([0] + [len(surface) for surface in surfaces])
    quads = [np.where(one.quads >= 0, one.quads + start, -1) for one, start in zip(surfaces, starts, strict=False)]
    regions: dict[str, list[int]] = {}
    for surface, start in zip(surfaces, starts, strict=False):
        regions.setdefault(surface.region, []).extend(range(int(start), int(start) + len(surface)))
    return (
        sparse.vstack([surface.source for surface in surfaces]).tocsr(),
        np.concatenate([surface.offset for surface in surfaces]),
        np.concatenate(quads).astype(np.int32),
        regions,
    )


def quad_neighbours(quads: np.ndarray) -> tuple[dict[int, set[int]], dict[tuple[int, int], set[int]]]:
    """Vertex → the vertices along its edges, and edge (smaller vertex first) → all vertices of the quads beside it."""
    beside: dict[int, set[int]] = {}
    over_edge: dict[tuple[int, int], set[int]] = {}
    for quad in quads.tolist():
        for here, there in zip(quad, quad[1:] + quad[:1], strict=True):
            beside.setdefault(here, set()).add(there)
            beside.setdefault(there, set()).add(here)
            over_edge.setdefault((min(here, there), max(here, there)), set()).update(quad)
    return beside, over_edge
