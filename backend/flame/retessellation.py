"""Another tessellation of the open head's skin and eyes, with a given number of vertices and triangles."""

from __future__ import annotations

from typing import Final

import numpy as np
from scipy import sparse

from ..contract.face import Face
from ..face.on_surface import OnSurface, Surface

_RELAXATIONS: Final = 4
_STEP: Final = 0.5
_LIP_MARK: Final = 0.05
"""Metres by which both lips count as apart, so that no vertex slides from one to the other."""


def retessellated(face: Face, vertices: int, triangles: int) -> tuple[OnSurface, np.ndarray]:
    """Where on `face` each of `vertices` new vertices lies, and [F, 3] the triangles between them, exactly `triangles`.

    The inside of the mouth is left out; ears are cut at the neck until the count of border edges fits, the longest
    edges are split until the count of vertices does (each split adds one vertex and two triangles), then vertices slide
    along the surface towards their neighbours' middle. Raises ValueError when the counts cannot be met.
    """
    ball = [face.f[np.isin(face.f, face.regions[name]).all(axis=1)] for name in ("eye_left", "eye_right")]
    skin = _skin(face)
    balls = np.concatenate(ball)
    surplus = 2 * vertices - triangles - (2 * len(np.unique(balls)) - len(balls))
    skin = _with_ears(face, skin, (2 * len(np.unique(skin)) - len(skin)) - surplus)
    lacking = vertices - len(np.unique(balls)) - len(np.unique(skin))
    if lacking < 0:
        raise ValueError(f"{-lacking} vertices too many to begin with")
    positions, skin, halves = _split_longest(np.asarray(face.v_template, np.float64), skin, lacking)
    corners = np.concatenate([np.repeat(np.arange(len(face.v_template))[:, None], 3, axis=1), halves])
    shares = np.tile([1.0, 0.0, 0.0], (len(positions), 1))
    shares[len(face.v_template) :] = [0.5, 0.5, 0.0]
    points = _relaxed(face, OnSurface(corners, shares), skin)
    used, renamed = np.unique(np.concatenate([skin, balls]), return_inverse=True)
    return points.taken(used), renamed.reshape(-1, 3).astype(np.int32)


def _skin(face: Face) -> np.ndarray:
    """[F, 3] triangles of the skin without the mouth's inside."""
    on_skin = np.zeros(len(face.v_template), bool)
    on_skin[face.regions["skin"]] = True
    on_skin &= face.masks["mouth_inside"] <= 0.5  # noqa: PLR2004
    return np.asarray(face.f[on_skin[face.f].all(axis=1)])


def _with_ears(face: Face, triangles: np.ndarray, count: int) -> np.ndarray:
    """The triangles and `count` more, each across two neighbouring edges of the lowest border."""
    if count < 0:
        raise ValueError(f"{-count} border edges too few to begin with")
    directed = {
        (int(a), int(b)) for row in triangles for a, b in ((row[0], row[1]), (row[1], row[2]), (row[2], row[0]))
    }
    following = {b: a for a, b in directed if (b, a) not in directed}  # against the triangles' sense: a new one's edge
    loop = [min(following, key=lambda vertex: float(face.v_template[vertex, 1]))]
    while following[loop[-1]] != loop[0]:
        loop.append(following[loop[-1]])
    ears: list[tuple[int, int, int]] = []
    place = 0
    while len(ears) < count:
        if len(loop) <= 3:  # noqa: PLR2004
            raise ValueError("the border is too short")
        place %= len(loop)
        tip = (place + 1) % len(loop)
        ears.append((loop[place], loop[tip], loop[(place + 2) % len(loop)]))
        del loop[tip]
        place += 1
    return np.concatenate([triangles, np.array(ears, triangles.dtype).reshape(-1, 3)])


def _split_longest(vertices: np.ndarray, triangles: np.ndarray, count: int) -> tuple[np.ndarray, ...]:
    """Vertices, triangles and [count, 3] the ends of the `count` longest inner edges, each split at its middle."""
    halves = np.zeros((0, 3), np.int64)
    while len(halves) < count:
        edges, owners = _inner_edges(triangles)
        order = np.argsort(-np.linalg.norm(vertices[edges[:, 0]] - vertices[edges[:, 1]], axis=1), kind="stable")
        touched: set[int] = set()
        chosen: list[int] = []
        for edge in order[: max(len(order) // 20, 1)]:  # a few at a time, so that new long edges have their turn
            if len(halves) + len(chosen) == count or (edges[edge] >= len(vertices) - len(halves)).any():
                continue
            if touched.isdisjoint(owners[edge].tolist()):
                touched.update(owners[edge].tolist())
                chosen.append(int(edge))
        if not chosen:
            raise ValueError("no edge is left to split")
        middles = np.arange(len(chosen)) + len(vertices)
        triangles = _split(triangles, edges[chosen], owners[chosen], middles)
        ends = edges[chosen]
        vertices = np.concatenate([vertices, vertices[ends].mean(axis=1)])
        halves = np.concatenate([halves, ends[:, [0, 1, 1]]])
    return vertices, triangles, halves


def _inner_edges(triangles: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """[e, 2] edges between two triangles, and [e, 2] those triangles."""
    sides = np.sort(np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]]), axis=1)
    owner = np.tile(np.arange(len(triangles)), 3)
    order = np.lexsort((sides[:, 1], sides[:, 0]))
    same = np.flatnonzero((sides[order][1:] == sides[order][:-1]).all(axis=1))
    return sides[order][same], np.stack([owner[order][same], owner[order][same + 1]], axis=1)


def _split(triangles: np.ndarray, edges: np.ndarray, owners: np.ndarray, middles: np.ndarray) -> np.ndarray:
    result = triangles.copy()
    added = []
    for (start, end), pair, middle in zip(edges, owners, middles, strict=True):
        for owner in pair:
            row = triangles[owner]
            result[owner] = np.where(row == end, middle, row)
            added.append(np.where(row == start, middle, row))
    return np.concatenate([result, np.array(added, triangles.dtype)])


def _relaxed(face: Face, points: OnSurface, triangles: np.ndarray) -> OnSurface:
    """The points after sliding along the skin; borders and landmarks stay."""
    skin = Surface(face.v_template, _skin(face), _lip_marks(face.weights))
    count = len(points)
    inner, _ = _inner_edges(triangles)
    rows, columns = np.concatenate([inner, inner[:, ::-1]]).T
    neighbours = sparse.csr_matrix((np.ones(len(rows)), (rows, columns)), shape=(count, count))
    degree = np.asarray(neighbours.sum(axis=1)).ravel()
    sides = np.sort(np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]]), axis=1)
    unique, times = np.unique(sides, axis=0, return_counts=True)
    free = degree > 0
    free[unique[times == 1].ravel()] = False
    free[list(face.landmarks.values())] = False
    sliding = np.flatnonzero(free)
    corners, shares = points.corners.copy(), points.shares.copy()
    for _ in range(_RELAXATIONS):
        positions = OnSurface(corners, shares).of(face.v_template)
        middle = (neighbours @ positions)[sliding] / degree[sliding, None]
        wanted = positions[sliding] + _STEP * (middle - positions[sliding])
        marks = _lip_marks(OnSurface(corners, shares).of(face.weights))[sliding]
        found = skin.closest(wanted, marks)
        corners[sliding], shares[sliding] = found.corners, found.shares
    return OnSurface(corners, shares)


def _lip_marks(weights: np.ndarray) -> np.ndarray:
    """[V, 1] which side of the mouth a vertex is on."""
    return np.asarray(_LIP_MARK * (weights[:, 2:3] > 0.5))  # noqa: PLR2004
