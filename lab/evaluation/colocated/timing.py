"""How much of when people smile, nod and blink the sound foretells: several performances' mean against the rehearsal.

Much of it nobody can foretell, so the same is measured of other takes of the rehearsal, in which the same people hear
the same: an engine that had learned everything there is would come as near as these.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from backend.contract.arkit import ARKIT_NAMES
from backend.contract.constants import FRAME_RATE
from backend.engines.motion import Motion

TAKES: Final = 4
"""Performances whose mean is taken."""

SIGNALS: Final = ("brows raised", "frown", "smile", "nodding", "gaze", "blinks")

_BEGINNINGS: Final = {
    "brows raised": ("browInnerUp", "browOuterUp"),
    "frown": ("browDown",),
    # Speech spreads lips as well; only a smile lifts the cheeks.
    "smile": ("cheekSquint",),
    "blinks": ("eyeBlink",),
}
_FLAT: Final = 1e-4
_NEAR: Final = FRAME_RATE
"""Frames within which people answer each other, a second to either side."""


def signals(motion: Motion) -> dict[str, np.ndarray]:
    """Signal of SIGNALS → [2, T]."""
    found = {
        signal: motion.expression[..., [index for index, name in enumerate(ARKIT_NAMES) if name.startswith(begun)]]
        for signal, begun in _BEGINNINGS.items()
    }
    curves = {signal: components.mean(axis=-1) for signal, components in found.items()}
    return curves | {"nodding": motion.neck[..., 0], "gaze": np.linalg.norm(motion.gaze, axis=-1)}


def foretold(truth: Motion, performances: Sequence[Motion]) -> dict[str, float]:
    """Signal → correlation of the `performances`' mean with what people truly did, the mean over both people.

    nan where the true signal, or the mean, never moves.
    """
    frames = min(one.frames for one in (truth, *performances))
    true, made = signals(truth), [signals(one) for one in performances]
    found = {}
    for name in SIGNALS:
        expected = np.mean([one[name][:, :frames] for one in made], axis=0)
        people = [_correlation(true[name][who, :frames], expected[who]) for who in range(2)]
        known = [one for one in people if not np.isnan(one)]
        found[name] = float(np.mean(known)) if known else float("nan")
    return found


def coupling(motion: Motion) -> dict[str, float]:
    """Signal → correlation of both people's curves, the mean over shifts of at most a second to either side.

    0 by chance, whoever they are; positive where one smiles while the other does, or soon after. nan as in `foretold`.
    """
    return {name: _coupled(*curves) for name, curves in signals(motion).items()}


def _coupled(first: np.ndarray, second: np.ndarray) -> float:
    shifted = [
        _correlation(first[max(-lag, 0) : len(first) - max(lag, 0)], second[max(lag, 0) : len(second) + min(lag, 0)])
        for lag in range(-_NEAR, _NEAR + 1)
    ]
    return float(np.mean(shifted))


def _correlation(first: np.ndarray, second: np.ndarray) -> float:
    if min(first.std(), second.std()) < _FLAT:
        return float("nan")
    return float(np.corrcoef(first, second)[0, 1])
