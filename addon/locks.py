"""Locks of hair as tapered, slightly arched strips. No bpy here."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class LockShape:
    """`width` at the widest and `bulge` in metres, `rows` of vertices along it, `tip` share of the width at its end."""

    width: float = 0.008
    rows: int = 6
    tip: float = 0.2
    bulge: float = 0.0015


def lock_mesh(paths: np.ndarray, outward: np.ndarray, shape: LockShape) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Vertices [n, 3], quads [q, 4] and per vertex (number of its lock, share of the way to the tip), both 0 to 1.

    `paths` [locks, rows, 3] metres, `outward` [locks, rows, 3] unit vectors that a lock's broad side faces.
    """
    locks, rows = paths.shape[:2]
    tangent = np.gradient(paths, axis=1)
    side = np.cross(tangent, outward)
    length = np.linalg.norm(side, axis=2, keepdims=True)
    side = side / np.maximum(length, 1e-9)
    for row in range(1, rows):  # a lock that has ended keeps the side it had
        ended = length[:, row, 0] < 1e-7  # noqa: PLR2004
        side[ended, row] = side[ended, row - 1]
    along = np.linspace(0.0, 1.0, rows)
    taper = np.interp(along, [0.0, 0.25, 0.7, 1.0], [0.6, 1.0, 0.85, shape.tip])
    half = 0.5 * shape.width * taper[None, :, None] * side
    raised = shape.bulge * taper[None, :, None] * outward
    vertices = np.stack([paths - half, paths + raised, paths + half], axis=2).reshape(-1, 3)
    start = 3 * (np.arange(locks)[:, None] * rows + np.arange(rows - 1)[None]).reshape(-1, 1)
    quads = np.concatenate([start + np.array(side) for side in ((0, 1, 4, 3), (1, 2, 5, 4))])
    number = np.random.default_rng(3).permutation(locks) / max(locks - 1, 1)
    strand = np.stack(np.broadcast_arrays(number[:, None, None], along[None, :, None], np.zeros((1, 1, 3)))[:2], axis=3)
    return vertices, quads, strand.reshape(-1, 2)
