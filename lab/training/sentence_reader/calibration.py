"""What the network's numbers mean as probabilities, found on sentences that it did not learn from.

Platt's scaling (Platt 1999), one scale and shift a kind of output: rare values alone would be too few.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from backend.staging.prompt.model.outputs import OUTPUTS

_SURE: Final = frozenset({"mention", "implied"})
"""Kinds that are hardly ever wrong: no scale fits them."""

_STEPS: Final = 60
_DAMPING: Final = 2.0
"""Of the deviation from a scale of 1 and a shift of 0, in labels: kinds with few labels stay near."""


def calibrate(logits: np.ndarray, targets: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Scale and shift [outputs] each, by which `logits` [sentences, outputs] best predict `targets`, 0 or 1."""
    scale, shift = np.ones(len(OUTPUTS)), np.zeros(len(OUTPUTS))
    for kind in sorted({output.kind for output in OUTPUTS} - _SURE):
        columns = [place for place, output in enumerate(OUTPUTS) if output.kind == kind]
        scale[columns], shift[columns] = _fitted(logits[:, columns].ravel(), targets[:, columns].ravel())
    return scale.astype(np.float32), shift.astype(np.float32)


def _fitted(logits: np.ndarray, targets: np.ndarray) -> tuple[float, float]:
    """By Newton's method, which needs a few steps for two numbers."""
    inputs = np.stack([logits, np.ones_like(logits)], axis=1).astype(np.float64)  # [N, 2]
    found = start = np.array([1.0, 0.0])
    for _ in range(_STEPS):
        chance = 1.0 / (1.0 + np.exp(-inputs @ found))
        slope = inputs.T @ (chance - targets) + _DAMPING * (found - start)
        curvature = (inputs * (chance * (1.0 - chance))[:, None]).T @ inputs + _DAMPING * np.eye(2)
        found = found - np.linalg.solve(curvature, slope)
    return float(found[0]), float(found[1])
