"""The sculpted `jawOpen` as a hinge: where it turns, how far, which vertices follow, what remains to be sculpted."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import optimize, sparse


@dataclass(frozen=True)
class Hinge:
    """`pivot` [3] metres on the axis, which runs along X; `angle` radians about +X that equal jawOpen = 1."""

    pivot: np.ndarray
    angle: float

    def rotation(self) -> np.ndarray:
        """[3, 3] of the jaw opened fully."""
        sine, cosine = np.sin(self.angle), np.cos(self.angle)
        return np.array([[1.0, 0.0, 0.0], [0.0, cosine, -sine], [0.0, sine, cosine]])

    def open(self, points: np.ndarray) -> np.ndarray:
        """[n, 3] points carried along rigidly by the jaw opened fully."""
        return np.asarray((points - self.pivot) @ self.rotation().T + self.pivot)


def fit_hinge(closed: np.ndarray, offsets: np.ndarray, joint: np.ndarray) -> Hinge:
    """The hinge that carries `closed` [n, 3] (the lower teeth) closest to `closed + offsets`.

    The pivot is drawn softly to `joint`, the rig's jaw joint, because a short arc alone fixes it poorly.
    """

    def misfit(parameters: np.ndarray) -> np.ndarray:
        pivot = np.array([0.0, parameters[1], parameters[2]])
        moved = Hinge(pivot, float(parameters[0])).open(closed)
        return np.asarray(np.r_[(moved - closed - offsets).ravel(), 0.3 * (pivot - joint)[1:]])

    angle, height, depth = optimize.least_squares(misfit, [0.4, joint[1], joint[2]], x_scale=[0.1, 0.01, 0.01]).x
    return Hinge(np.array([0.0, height, depth]), float(angle))


def follow_weights(hinge: Hinge, vertices: np.ndarray, offsets: np.ndarray, mean: sparse.csr_matrix) -> np.ndarray:
    """[N] 0 to 1: how much of the rigid opening each vertex's sculpted offset amounts to, smoothed over the surface."""
    rigid = hinge.open(vertices) - vertices
    share = (offsets * rigid).sum(axis=1) / np.maximum((rigid**2).sum(axis=1), 1e-10)
    moving = np.linalg.norm(offsets, axis=1) > 1e-6  # noqa: PLR2004  (metres; anything below is rounding)
    weights = np.where(moving, np.clip(share, 0.0, 1.0), 0.0)
    for _ in range(2):
        weights = np.where(moving, 0.5 * weights + 0.5 * (mean @ weights), 0.0)
    return np.asarray(weights)


def corrective(hinge: Hinge, vertices: np.ndarray, offsets: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """[n, 3] metres before skinning, such that the opened jaw gives the sculpted shape `vertices + offsets` exactly."""
    rotation = hinge.rotation()
    blended = (1.0 - weights)[:, None, None] * np.eye(3) + weights[:, None, None] * rotation  # [n, 3, 3]
    shift = weights[:, None] * (hinge.pivot - rotation @ hinge.pivot)
    before = np.linalg.solve(blended, (vertices + offsets - shift)[:, :, None])[:, :, 0]
    return np.asarray(before - vertices)


def opened(hinge: Hinge, points: np.ndarray, correction: np.ndarray, weights: np.ndarray, share: float) -> np.ndarray:
    """[n, 3] where skinning puts `points` [n, 3] with the jaw at `share` of full opening.

    `correction` [n, 3] is that of `corrective`, which grows with the sine of the jaw's angle.
    """
    partly = Hinge(hinge.pivot, share * hinge.angle)
    before = points + np.sin(partly.angle) / np.sin(hinge.angle) * correction
    return np.asarray((1.0 - weights)[:, None] * before + weights[:, None] * partly.open(before))
