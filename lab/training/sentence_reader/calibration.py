"""What the network's numbers mean as probabilities, found on sentences that it did not learn from.

Platt's scaling (Platt 1999), one scale and shift a kind of output: rare values alone would be too few.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit

from backend.staging.prompt.model.outputs import OUTPUTS

_SURE: Final = frozenset({"mention", "implied"})
"""Kinds that are hardly ever wrong: no scale fits them."""

_BOUNDS: Final = ((0.2, 2.0), (-4.0, 4.0))
"""Of scale and shift."""

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
    """Both numbers where the cross entropy is least."""
    start = np.array([1.0, 0.0])

    def loss(found: np.ndarray) -> tuple[float, np.ndarray]:
        scaled = found[0] * logits + found[1]
        error = expit(scaled) - targets
        value = np.logaddexp(0.0, scaled).sum() - (targets * scaled).sum() + _DAMPING / 2 * np.sum((found - start) ** 2)
        return float(value), np.array([error @ logits, error.sum()]) + _DAMPING * (found - start)

    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=_BOUNDS).x
    return float(found[0]), float(found[1])
