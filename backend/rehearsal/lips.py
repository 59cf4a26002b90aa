"""From mouth curves to expression coefficients and the jaw, measured on the open head.

The jaw and the lips are set first; `mouthClose` then makes up whatever is left between the gap that these would leave
between the lips and the gap that is wanted, so that closures are closed whatever the jaw does.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from ..contract.arkit import ARKIT_INDEX, ARKIT_NAMES
from ..contract.constants import FRAME_RATE
from .coarticulation import ARTICULATORS, GRID_RATE, mouth_curves
from .phones import viseme_of
from .timeline import Timeline

_LEAD: Final = 0.6
"""Seconds of mouth curve before and after an utterance."""


@dataclass(frozen=True)
class LipMeasures:
    """How the open head's lips answer: millimetres between the inner lips for one unit of each component.

    `jaw_open_radians` is the jaw rotation that equals jawOpen 1. `gap_of` names components; the jaw stands as jawOpen.
    """

    jaw_open_radians: float
    rest_gap: float
    gap_of: dict[str, float]


OPEN_HEAD_LIPS: Final = LipMeasures(
    jaw_open_radians=0.32,
    rest_gap=0.0,
    gap_of={
        "jawOpen": 30.0,
        "mouthClose": -30.0,
        "mouthFunnel": 6.0,
        "mouthPucker": 1.0,
        "mouthLowerDown": 6.0,
        "mouthUpperUp": 5.0,
        "mouthRollLower": 2.0,
    },
)


@dataclass(frozen=True)
class Lips:
    """`expression` [T, 52], `jaw` [T] radians, `viseme` [T] class, `closure` [T] bool, `touch` [T] bool."""

    expression: np.ndarray
    jaw: np.ndarray
    viseme: np.ndarray
    closure: np.ndarray
    touch: np.ndarray


def lips_of(timeline: Timeline, person: int, articulation: float, measures: LipMeasures = OPEN_HEAD_LIPS) -> Lips:
    """What the mouth of `person` does while speaking; shut everywhere else."""
    steps = GRID_RATE // FRAME_RATE
    grid = timeline.frames * steps
    curves = {name: np.zeros(grid) for name in (*ARTICULATORS, "closure", "touch")}
    viseme = np.zeros(timeline.frames, np.int8)
    for utterance in timeline.of(person):
        begin = max(0, round((utterance.start - _LEAD) * GRID_RATE))
        stop = min(grid, round((utterance.end + _LEAD) * GRID_RATE))
        mouth = mouth_curves(utterance.phones, begin / GRID_RATE, stop - begin, articulation)
        parts = mouth.curves | {"closure": mouth.closure, "touch": mouth.touch}
        for name, curve in parts.items():
            old = curves[name][begin:stop]
            # Utterances overlap only where both mouths are nearly at rest, so the stronger one wins.
            curves[name][begin:stop] = np.where(np.abs(curve) > np.abs(old), curve, old)
        for start, end, name in utterance.phones:
            viseme[_frame(start) : _frame(end)] = viseme_of(name)
    sampled = {name: curve[::steps] for name, curve in curves.items()}  # [T] each
    expression, jaw = _coefficients(sampled, measures)
    return Lips(expression, jaw, viseme, sampled["closure"] > 0.97, sampled["touch"] > 0.97)


def _frame(seconds: float) -> int:
    """The first frame at or after `seconds`."""
    return max(0, int(np.ceil(seconds * FRAME_RATE - 1e-6)))


def _coefficients(curves: dict[str, np.ndarray], measures: LipMeasures) -> tuple[np.ndarray, np.ndarray]:
    """[T, 52] and the jaw's angle [T] from articulator curves sampled at frames."""
    expression = np.zeros((len(curves["jaw"]), len(ARKIT_NAMES)), np.float32)
    closure, touch, gap = curves["closure"], curves["touch"], curves["gap"]
    open_share = 1 - closure
    jaw = np.clip(curves["jaw"], 0, 0.9) * (1 - 0.55 * closure)
    both = {
        "mouthStretch": 0.35 * np.maximum(curves["spread"], 0) * open_share,
        "mouthSmile": 0.12 * np.maximum(curves["spread"], 0),
        "mouthUpperUp": 0.45 * curves["teeth"] * open_share + 0.1 * touch,
        "mouthLowerDown": 0.55 * curves["teeth"] * open_share * (1 - touch),
        "mouthPress": 0.3 * closure,
    }
    single = {
        "mouthFunnel": curves["funnel"] * open_share,
        "mouthPucker": curves["pucker"] * (1 - 0.4 * closure),
        "mouthRollLower": 0.75 * curves["tuck"] + 0.18 * closure,
        "mouthRollUpper": 0.15 * closure,
        "tongueOut": 0.22 * curves["tongue"] * open_share,
    }
    left = measures.rest_gap + measures.gap_of["jawOpen"] * jaw
    for name, curve in (both | single).items():
        left = left + measures.gap_of.get(name, 0.0) * curve
    single["mouthClose"] = np.clip((left - gap) / -measures.gap_of["mouthClose"], 0, 1.2)
    for name, curve in both.items():
        expression[:, ARKIT_INDEX[f"{name}Left"]] = curve
        expression[:, ARKIT_INDEX[f"{name}Right"]] = curve
    for name, curve in single.items():
        expression[:, ARKIT_INDEX[name]] = curve
    return expression, (jaw * measures.jaw_open_radians).astype(np.float32)
