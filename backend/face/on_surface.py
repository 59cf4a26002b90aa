"""Points on a triangle mesh, and the closest of them to points elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, cast

import numpy as np
from scipy.spatial import cKDTree

_SAMPLES: Final = np.array([[1, 1, 1], [4, 1, 1], [1, 4, 1], [1, 1, 4]]) / np.array([[3.0], [6.0], [6.0], [6.0]])
"""Barycentric coordinates of the points that stand for a triangle in the search."""
_CANDIDATES: Final = 10


@dataclass(frozen=True)
class OnSurface:
    """N points on a mesh: `corners` [N, 3] vertices of each point's triangle, `shares` [N, 3] barycentric, sum 1."""

    corners: np.ndarray
    shares: np.ndarray

    def __len__(self) -> int:
        return len(self.corners)

    def of(self, values: np.ndarray) -> np.ndarray:
        """[N, ...] what `values` [V, ...] of the mesh's vertices are at the points."""
        shares = self.shares.reshape(*self.shares.shape, *(1,) * (values.ndim - 1))
        return cast("np.ndarray", (values[self.corners] * shares).sum(axis=1))

    def taken(self, chosen: np.ndarray) -> OnSurface:
        """The points `chosen`, by mask or by index."""
        return OnSurface(self.corners[chosen], self.shares[chosen])


class Surface:
    """A triangle mesh that answers which of its points is closest, in position and in `marks` at once.

    `vertices` [V, 3] metres; `triangles` [F, 3]; `marks` [V, M] further coordinates in metres that points which belong
    together share (a normal times a length, a label times a length); a search weighs them like distances.
    """

    def __init__(self, vertices: np.ndarray, triangles: np.ndarray, marks: np.ndarray | None = None) -> None:
        self._vertices, self._triangles = np.asarray(vertices, np.float64), np.asarray(triangles)
        self._marks = np.zeros((len(vertices), 0)) if marks is None else marks
        self._triangle_of = np.repeat(np.arange(len(triangles)), len(_SAMPLES))
        samples = OnSurface(self._triangles[self._triangle_of], np.tile(_SAMPLES, (len(triangles), 1)))
        self._sample_marks = samples.of(self._marks)
        self._tree = cKDTree(np.concatenate([samples.of(self._vertices), self._sample_marks], axis=1))

    def closest(self, points: np.ndarray, marks: np.ndarray | None = None) -> OnSurface:
        """The closest point of the mesh to each of `points` [N, 3] with its `marks` [N, M]."""
        wanted = np.zeros((len(points), 0)) if marks is None else marks
        _, near = self._tree.query(np.concatenate([points, wanted], axis=1), k=_CANDIDATES)
        triangles = self._triangles[self._triangle_of[near]]  # [N, K, 3]
        shares = closest_on_triangles(points[:, None], *np.moveaxis(self._vertices[triangles], 2, 0))
        found = (self._vertices[triangles] * shares[..., None]).sum(axis=2)  # [N, K, 3]
        distance = np.sum((found - points[:, None]) ** 2, axis=2)
        distance += np.sum((self._sample_marks[near] - wanted[:, None]) ** 2, axis=2)
        best = np.argmin(distance, axis=1)
        rows = np.arange(len(points))
        return OnSurface(triangles[rows, best], shares[rows, best])


def closest_on_triangles(points: np.ndarray, a: np.ndarray, b: np.ndarray, c: np.ndarray) -> np.ndarray:
    """[..., 3] barycentric coordinates of the point of each triangle a b c [..., 3] that is closest to `points`.

    Inside where the projection falls inside, else the nearest of the three edges (Ericson 2005, section 5.1.5).
    """
    points = np.broadcast_to(points, a.shape)
    inside = _projected(points, a, b, c)
    best = np.zeros_like(inside)
    nearest = np.full(inside.shape[:-1], np.inf)
    for first, (start, end) in enumerate(((a, b), (b, c), (c, a))):
        along = end - start
        share = np.sum((points - start) * along, axis=-1) / np.maximum(np.sum(along**2, axis=-1), 1e-18)
        share = np.clip(share, 0.0, 1.0)
        distance = np.sum((start + share[..., None] * along - points) ** 2, axis=-1)
        edge = np.zeros_like(inside)
        edge[..., first], edge[..., (first + 1) % 3] = 1.0 - share, share
        closer = np.asarray(distance < nearest)
        best = np.where(closer[..., None], edge, best)
        nearest = np.where(closer, distance, nearest)
    return np.where((inside >= 0.0).all(axis=-1, keepdims=True), inside, best)


def _projected(points: np.ndarray, a: np.ndarray, b: np.ndarray, c: np.ndarray) -> np.ndarray:
    """[..., 3] barycentric coordinates of the projection onto the plane; -1 where a triangle has no area."""
    first, second, reach = b - a, c - a, points - a
    ff, fs, ss = _dot(first, first), _dot(first, second), _dot(second, second)
    rf, rs = _dot(reach, first), _dot(reach, second)
    area = ff * ss - fs * fs
    flat = np.asarray(area < 1e-12 * np.maximum(ff * ss, 1e-30))
    safe = np.where(flat, 1.0, area)
    of_b, of_c = (ss * rf - fs * rs) / safe, (ff * rs - fs * rf) / safe
    return np.where(flat[..., None], -1.0, np.stack([1.0 - of_b - of_c, of_b, of_c], axis=-1))


def _dot(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    return np.asarray(np.sum(first * second, axis=-1))
