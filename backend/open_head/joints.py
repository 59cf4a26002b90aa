"""Joints as linear functions of the vertices: the rows of FLAME's J_regressor."""

from __future__ import annotations

from typing import Final

import numpy as np

_EXACT: Final = 100.0
"""How much more the sum and the place in the template count than a millimetre here and there in the motion."""
_RIDGE: Final = 1e-9


def regressor_row(target: np.ndarray, template: np.ndarray, moved: np.ndarray, candidates: np.ndarray) -> np.ndarray:
    """[V] weights that sum to one and give the joint for the template and every identity component.

    `target` [1 + S, 3] the joint in the template and its motion per component; `template` [V, 3]; `moved` [V, 3, S];
    `candidates` the vertices that may carry weight (no expression component moves them, so joints stay put in a smile).
    The solution with the least squares of weights, i.e. spread as widely as possible. The sum and the place in the
    template are exact; of the motion it takes what the candidates can carry without large weights of opposite signs.
    """
    columns = len(candidates)
    exact = _EXACT * np.concatenate([np.ones((1, columns)), template[candidates].T])
    carried = moved[candidates].transpose(2, 1, 0).reshape(-1, columns)
    system = np.concatenate([exact, carried])  # [1 + 3 + 3 S, candidates]
    wanted = np.r_[_EXACT, _EXACT * target[0], target[1:].ravel()]
    weights = np.zeros(len(template))
    gram = system @ system.T + _RIDGE * np.eye(len(system))
    weights[candidates] = system.T @ np.linalg.solve(gram, wanted)
    return weights
