"""Eyebrows: flat tapered hairs that lie on the skin and follow whatever moves it."""

from __future__ import annotations

from typing import Final

import numpy as np
from scipy import sparse

from ..face.surface import Surface, triangles

LINE: Final = np.array(
    [[0.0125, 0.0150], [0.0200, 0.0195], [0.0300, 0.0230], [0.0400, 0.0245], [0.0480, 0.0220], [0.0560, 0.0165]]
)
"""[k, 2] metres: the middle of the left brow on the mean adult, from the nose outwards."""
_HALF_WIDTH: Final = np.array([0.0026, 0.0044, 0.0044, 0.0036, 0.0026, 0.0010])
"""[k] metres to either side in which hairs have their roots: the inner end is round, not cut off."""
_WIDTHS: Final = ((0.0, 0.35), (0.45, 1.0), (1.0, 0.12))
"""Share of the way along a hair and of its width there. A root as wide as the hair would end in a step."""
_HAIRS: Final = 250
_LENGTH: Final = 0.0085
_HAIR_HALF_WIDTH: Final = 0.00024
_LIFT: Final = np.array([0.0002, 0.0009, 0.0011])
"""Metres off the skin at root, middle and tip."""


def brows(skin: Surface, base: np.ndarray) -> Surface:
    """Both brows on `skin`; six vertices a hair (two each at root, middle and tip)."""
    vertices = skin.positions(base)
    faces = triangles(skin.quads)
    hairs = _hair_points()  # [hairs, 6, 2]
    hairs = np.concatenate([hairs, hairs * [-1.0, 1.0]])
    points = hairs.reshape(-1, 2)
    rows, outward = _onto_skin(points, vertices, faces)
    source = rows @ skin.source
    lift = np.tile(np.repeat(_LIFT, 2), len(hairs))
    quads = np.array([[0, 1, 3, 2], [2, 3, 5, 4]])
    all_quads = (quads[None] + 6 * np.arange(len(hairs))[:, None, None]).reshape(-1, 4)
    mirrored = len(all_quads) // 2
    all_quads[mirrored:] = all_quads[mirrored:, ::-1]
    return Surface("brows", sparse.csr_matrix(source), lift[:, None] * outward, all_quads)


def _hair_points() -> np.ndarray:
    """[hairs, 6, 2] metres: the left brow seen from the front."""
    random = np.random.default_rng(7)
    along = (np.arange(_HAIRS) + random.random(_HAIRS)) / _HAIRS
    across = np.clip(random.normal(scale=0.42, size=_HAIRS), -0.9, 0.9)
    knots = np.linspace(0.0, 1.0, len(LINE))
    middle = np.stack([np.interp(along, knots, LINE[:, axis]) for axis in (0, 1)], axis=1)
    ahead = np.stack([np.interp(along + 0.03, knots, LINE[:, axis]) for axis in (0, 1)], axis=1) - np.stack(
        [np.interp(along - 0.03, knots, LINE[:, axis]) for axis in (0, 1)], axis=1
    )
    tangent = ahead / np.linalg.norm(ahead, axis=1, keepdims=True)
    normal = np.c_[-tangent[:, 1], tangent[:, 0]]
    root = middle + (across * np.interp(along, knots, _HALF_WIDTH))[:, None] * normal
    # Hairs fan out at the inner end, further out they lie along the brow and point to its middle line. None on the
    # lower edge stands upright: roots are far apart there, and upright hairs would seem to hang down one by one.
    rise = np.interp(along, [0.0, 0.10, 0.3, 0.6, 1.0], [0.80, 0.60, 0.38, 0.20, -0.1])
    rise -= across * np.interp(along, [0.0, 0.3], [-0.30, 0.40])
    rise += random.normal(scale=0.09, size=_HAIRS)
    direction = np.cos(rise)[:, None] * tangent + np.sin(rise)[:, None] * normal
    length = _LENGTH * np.interp(along, [0.0, 0.15, 0.8, 1.0], [0.62, 1.0, 0.9, 0.5]) * random.uniform(0.8, 1.1, _HAIRS)
    length *= 1.0 + np.minimum(across, 0.0) * np.interp(along, [0.0, 0.3], [0.45, 0.0])
    side = np.c_[-direction[:, 1], direction[:, 0]]
    points = []
    for share, width in _WIDTHS:
        centre = root + (share * length)[:, None] * direction + (0.15 * share**2 * length)[:, None] * tangent
        points += [centre - width * _HAIR_HALF_WIDTH * side, centre + width * _HAIR_HALF_WIDTH * side]
    return np.stack(points, axis=1)


def _onto_skin(points: np.ndarray, vertices: np.ndarray, faces: np.ndarray) -> tuple[sparse.csr_matrix, np.ndarray]:
    """Where lines along Z through `points` [n, 2] meet the front of the skin: barycentric [n, V], normals [n, 3]."""
    low, high = points.min(axis=0) - 0.01, points.max(axis=0) + 0.01
    corners = vertices[faces]  # [F, 3, 3]
    middle = corners.mean(axis=1)
    cross = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    near = (middle[:, :2] > low).all(axis=1) & (middle[:, :2] < high).all(axis=1) & (cross[:, 2] > 0)
    faces, corners, cross = faces[near], corners[near], cross[near]
    edge1, edge2 = corners[:, 1, :2] - corners[:, 0, :2], corners[:, 2, :2] - corners[:, 0, :2]
    area = edge1[:, 0] * edge2[:, 1] - edge1[:, 1] * edge2[:, 0]
    offset = points[:, None] - corners[None, :, 0, :2]  # [n, F, 2]
    second = (offset[..., 0] * edge2[:, 1] - offset[..., 1] * edge2[:, 0]) / area
    third = (edge1[:, 0] * offset[..., 1] - edge1[:, 1] * offset[..., 0]) / area
    shares = np.stack([1.0 - second - third, second, third], axis=2)  # [n, F, 3]
    inside = shares.min(axis=2) > -1e-6  # noqa: PLR2004
    depth = np.where(inside, (shares * corners[None, :, :, 2]).sum(axis=2), -np.inf)
    hit = np.argmax(depth, axis=1)
    chosen = np.take_along_axis(shares, hit[:, None, None], axis=1)[:, 0]  # [n, 3]
    rows = np.repeat(np.arange(len(points)), 3)
    matrix = sparse.csr_matrix((chosen.ravel(), (rows, faces[hit].ravel())), shape=(len(points), len(vertices)))
    return matrix, cross[hit] / np.linalg.norm(cross[hit], axis=1, keepdims=True)
