"""Joints as linear functions of the vertices: the rows of FLAME's J_regressor."""

from __future__ import annotations

import numpy as np


def regressor_row(target: np.ndarray, template: np.ndarray, moved: np.ndarray, candidates: np.ndarray) -> np.ndarray:
    """[V] weights that sum to one and give the joint for the template and every identity component.

    `target` [1 + S, 3] the joint in the template and its motion per component; `template` [V, 3]; `moved` [V, 3, S];
    `candidates` the vertices that may carry weight (no expression component moves them, so joints stay put in a smile).
    The solution with the least squares of weights, i.e. spread as widely as possible.
    """
    columns = len(candidates)
    rows = [np.ones((1, columns)), template[candidates].T]
    rows.append(moved[candidates].transpose(2, 1, 0).reshape(-1, columns))
    system = np.concatenate(rows)  # [1 + 3 + 3 S, candidates]
    wanted = np.r_[1.0, target.ravel()]
    weights = np.zeros(len(template))
    weights[candidates] = np.linalg.lstsq(system, wanted, rcond=1e-10)[0]
    return weights
