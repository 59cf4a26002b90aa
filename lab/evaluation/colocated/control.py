"""What changes between two motions of the same sound, part by part: another staging, another seed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from backend.contract.arkit import ARKIT_NAMES
from backend.contract.face import Face
from backend.engines.motion import Motion

from .mouths import opening

PARTS: Final = ("opening in speech", "head", "gaze", "brows", "sway")
UNITS: Final = {"opening in speech": "mm", "head": "°", "gaze": "°", "brows": "", "sway": "mm"}

_BROWS: Final = [index for index, name in enumerate(ARKIT_NAMES) if name.startswith("brow")]
_SPEAKING: Final = 0.5
_FLAT: Final = 1e-9


def changes(first: Motion, second: Motion, speaking: np.ndarray, face: Face) -> dict[str, dict[str, float]]:
    """PARTS → `rms` and `largest` difference in its unit, `correlation` (nan where something never moves) and
    `spread` the standard deviation of the first, to hold the difference against.

    `speaking` [2, T] who truly speaks: a mouth is compared while its owner does. Sway is left out where there is none.
    """
    frames = min(first.frames, second.frames, speaking.shape[1])
    speaks = speaking[:, :frames] > _SPEAKING
    curves = [_curves(one, frames, speaks, face) for one in (first, second)]
    return {
        part: _change(curves[0][part], curves[1][part]) for part in PARTS if part in curves[0] and part in curves[1]
    }


def mean_changes(found: Sequence[dict[str, dict[str, float]]]) -> dict[str, dict[str, float]]:
    """The mean of every number, the maximum of `largest`; what was not known in one comparison is left out of it."""
    parts = [part for part in PARTS if all(part in one for one in found)]
    return {
        part: {
            name: float(np.max([one[part][name] for one in found]))
            if name == "largest"
            else _mean([one[part][name] for one in found])
            for name in found[0][part]
        }
        for part in parts
    }


def _curves(motion: Motion, frames: int, speaks: np.ndarray, face: Face) -> dict[str, np.ndarray]:
    """Part → [N, D] in its unit."""
    curves = {
        "opening in speech": opening(motion, face)[:, :frames][speaks][:, None],
        "head": np.degrees(motion.neck[:, :frames]).reshape(-1, 3),
        "gaze": np.degrees(motion.gaze[:, :frames]).reshape(-1, 2),
        "brows": motion.expression[:, :frames, _BROWS].reshape(-1, len(_BROWS)),
    }
    if motion.sway is not None:
        curves["sway"] = 1000.0 * motion.sway[:, :frames].reshape(-1, 3)
    return curves


def _change(one: np.ndarray, other: np.ndarray) -> dict[str, float]:
    apart = np.linalg.norm(one - other, axis=-1)
    return {
        "rms": float(np.sqrt((apart**2).mean())) if len(apart) else float("nan"),
        "largest": float(apart.max(initial=0.0)),
        "correlation": _correlation(one, other),
        "spread": float(np.sqrt(one.var(axis=0).sum())) if len(one) else float("nan"),
    }


def _correlation(one: np.ndarray, other: np.ndarray) -> float:
    """Of all columns of [N, D] about their own means together."""
    first, second = one - one.mean(axis=0), other - other.mean(axis=0)
    size = float(np.sqrt((first**2).sum() * (second**2).sum()))
    return float((first * second).sum() / size) if size > _FLAT else float("nan")


def _mean(values: Sequence[float]) -> float:
    known = [value for value in values if not np.isnan(value)]
    return float(np.mean(known)) if known else float("nan")
