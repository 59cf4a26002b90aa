"""The eyeballs: spheres with rings on the borders of pupil, iris and white, bound to the base mesh's coarse eyes."""

from __future__ import annotations

from typing import Final

import numpy as np
from scipy import sparse

from ..face.surface import Surface

_SEGMENTS: Final = 24
PUPIL_ANGLE: Final = 0.138
"""Radians from the line of sight: a pupil of 4.6 mm, as indoors."""
IRIS_ANGLE: Final = 0.385
"""Radians from the line of sight: an iris of 12.6 mm on MakeHuman's eyeball of 16.7 mm radius. People's are 11 to 12.5
wide on a ball of 12 mm radius, but beside lids of this size an iris in that proportion is 15 mm wide, and lids that
open no further than people's hide half of it."""
_RINGS: Final = (0.06, PUPIL_ANGLE, 0.21, 0.28, 0.34, IRIS_ANGLE, 0.43, 0.55, 0.72, 0.95, 1.2, 1.5, 1.85, 2.3, 2.75)
CORNEA_RISE: Final = 0.03
"""How far the cornea stands out, in radii."""


def sphere_fit(points: np.ndarray) -> tuple[np.ndarray, float]:
    """Centre [3] and radius of the sphere through `points` [n, 3], by linear least squares."""
    system = np.c_[2.0 * points, np.ones(len(points))]
    solution = np.linalg.lstsq(system, (points**2).sum(axis=1), rcond=None)[0]
    centre = solution[:3]
    return centre, float(np.sqrt(solution[3] + centre @ centre))


def growth(points: np.ndarray, offsets: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What fields of `offsets` [n, 3, K] do to an eyeball that stays a ball.

    `points` [n, 3] all round it. Returns how far its centre moves [3, K] and by what share it grows [K].
    """
    centre, _ = sphere_fit(points)
    system = np.c_[np.ones(len(points)), points - centre]
    affine = np.linalg.lstsq(system, offsets.reshape(len(points), -1), rcond=None)[0].reshape(4, 3, -1)
    return affine[0], np.asarray(np.einsum("aak->k", affine[1:]) / 3.0)


def eyeball(side: str, base: np.ndarray, helper: np.ndarray) -> Surface:
    """The eyeball of `side` (left, right); `helper` lists the base mesh's vertices of that eye.

    Each vertex is the affine combination of the helper's vertices with the least squares of weights, so whatever moves
    or scales the coarse eye moves and scales this one. Vertices come ring by ring from the pupil's middle backwards.
    """
    points = base[helper]
    centre, radius = sphere_fit(points)
    targets = centre + radius * _unit_eye()
    system = np.c_[(points - centre) / radius, np.ones(len(points))].T  # [4, helper]
    wanted = np.c_[(targets - centre) / radius, np.ones(len(targets))].T  # [4, n]
    weights = np.linalg.pinv(system) @ wanted  # [helper, n]
    rows = np.repeat(np.arange(len(targets)), len(helper))
    columns = np.tile(helper, len(targets))
    source = sparse.csr_matrix((weights.T.ravel(), (rows, columns)), shape=(len(targets), len(base)))
    return Surface(f"eye_{side}", source, np.zeros((len(targets), 3)), _quads(), expressive=False)


def ring_vertices(first: int, last: int) -> np.ndarray:
    """Vertices of rings `first` … `last` − 1 of an eyeball; ring 0 is the middle of the pupil."""
    if first == 0:
        return np.arange(0, 1 + (last - 1) * _SEGMENTS)
    return np.arange(1 + (first - 1) * _SEGMENTS, 1 + (last - 1) * _SEGMENTS)


def iris_ring() -> int:
    """The ring on the iris's border."""
    return 1 + _RINGS.index(IRIS_ANGLE)


def ring_angles() -> np.ndarray:
    """[n] radians between an eyeball's vertices and its line of sight."""
    return np.asarray(np.r_[0.0, np.repeat(_RINGS, _SEGMENTS), np.pi])


def _unit_eye() -> np.ndarray:
    around = np.linspace(0.0, 2.0 * np.pi, _SEGMENTS, endpoint=False)
    rings = [np.array([[0.0, 0.0, 1.0 + CORNEA_RISE]])]
    for angle in _RINGS:
        rise = 1.0 + CORNEA_RISE * max(0.0, 1.0 - (angle / IRIS_ANGLE) ** 2)
        x, y = np.sin(angle) * np.cos(around), np.sin(angle) * np.sin(around)
        rings.append(rise * np.c_[x, y, np.full(_SEGMENTS, np.cos(angle))])
    rings.append(np.array([[0.0, 0.0, -1.0]]))
    return np.concatenate(rings)


def _quads() -> np.ndarray:
    step = np.arange(_SEGMENTS)
    following = (step + 1) % _SEGMENTS
    found = [np.c_[np.zeros(_SEGMENTS, int), 1 + step, 1 + following, np.full(_SEGMENTS, -1)]]
    for ring in range(len(_RINGS) - 1):
        inner, outer = 1 + ring * _SEGMENTS, 1 + (ring + 1) * _SEGMENTS
        found.append(np.c_[inner + step, outer + step, outer + following, inner + following])
    last = 1 + (len(_RINGS) - 1) * _SEGMENTS
    pole = np.full(_SEGMENTS, 1 + len(_RINGS) * _SEGMENTS)
    found.append(np.c_[last + step, pole, last + following, np.full(_SEGMENTS, -1)])
    return np.concatenate(found)
