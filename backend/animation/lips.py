"""From mouth curves to expression coefficients and the jaw, measured on the open head.

The jaw and the lips are set first; `settle_lips` then makes up the difference between the gap that these leave between
the lips and the gap that is wanted, so that closures are closed whatever jaw and smile do. `steady_lips` smooths what
the lip reader gives: each unit keeps within its band, and a silent mouth is still.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.ndimage import maximum_filter1d

from ..contract.arkit import ARKIT_INDEX, ARKIT_NAMES
from ..contract.constants import FRAME_RATE, JAW_OPEN_RADIANS, OPEN_HEAD_LIP_GAP
from .coarticulation import ARTICULATORS, GRID_RATE, emphasis_of, mouth_curves
from .curves import smoothed
from .face_bands import tied_sides, within_bands
from .phones import SpokenRun, viseme_of

_LEAD: Final = 0.6
"""Seconds of mouth curve before and after an utterance."""


@dataclass(frozen=True)
class LipMeasures:
    """How a head's lips answer to each component.

    `jaw_open_radians` is the jaw rotation that equals jawOpen 1. `gap_of` is millimetres by which the gap between the
    inner lips grows for one unit of a component (left and right together); the jaw stands as jawOpen.
    """

    jaw_open_radians: float
    gap_of: dict[str, float]


OPEN_HEAD_LIPS: Final = LipMeasures(jaw_open_radians=JAW_OPEN_RADIANS, gap_of=OPEN_HEAD_LIP_GAP)

WIDTH_OF: Final[dict[str, float]] = {
    "mouthFunnel": -6.0,
    "mouthPucker": -9.0,
    "mouthStretch": 11.0,
    "mouthSmile": 14.7,
    "mouthDimple": 11.0,
    "mouthPress": 12.4,
    "mouthClose": 4.9,
    "mouthFrown": 2.5,
}
"""Millimetres by which the mouth of open-head-1 widens for one unit, left and right together."""

_UPPER_OF_TEETH: Final = 0.95
_LOWER_OF_TEETH: Final = 0.45
"""What lips drawn off the teeth do: speech shows the upper teeth, the lower lip hides most of the lower ones."""

SMILE_LOST: Final = 0.75
"""Share of a smile that full rounding takes away."""

_PRESSED: Final = -0.3
"""Millimetres beyond rest at which lips are held in a closure, so that they visibly press."""


@dataclass(frozen=True)
class Lips:
    """`expression` [T, 52] still without mouthClose, `jaw` [T] from 0 to 1, `gap` [T] wanted millimetres beyond rest,
    `viseme` [T] class, `closure` and `touch` [T] from 0 to 1.
    """

    expression: np.ndarray
    jaw: np.ndarray
    gap: np.ndarray
    viseme: np.ndarray
    closure: np.ndarray
    touch: np.ndarray


def lips_of(runs: Iterable[SpokenRun], frames: int, articulation: float) -> Lips:
    """A mouth over `frames` that says `runs` and is shut everywhere else; `articulation` as in `mouth_curves`."""
    steps = GRID_RATE // FRAME_RATE
    grid = frames * steps
    curves = {name: np.zeros(grid) for name in (*ARTICULATORS, "closure", "touch")}
    viseme = np.zeros(frames, np.int8)
    for utterance in runs:
        begin = max(0, round((utterance.start - _LEAD) * GRID_RATE))
        stop = min(grid, round((utterance.end + _LEAD) * GRID_RATE))
        loud = emphasis_of(utterance)
        mouth = mouth_curves(utterance.phones, begin / GRID_RATE, stop - begin, articulation, loud)
        parts = mouth.curves | {"closure": mouth.closure, "touch": mouth.touch}
        for name, curve in parts.items():
            old = curves[name][begin:stop]
            # Utterances overlap only where both mouths are nearly at rest, so the stronger one wins.
            curves[name][begin:stop] = np.where(np.abs(curve) > np.abs(old), curve, old)
        for start, end, name in utterance.phones:
            viseme[_frame(start) : _frame(end)] = viseme_of(name)
    sampled = {name: curve[::steps] for name, curve in curves.items()}  # [T] each
    expression, jaw = _coefficients(sampled)
    return Lips(expression, jaw, sampled["gap"], viseme, sampled["closure"], sampled["touch"])


def settle_lips(lips: Lips, expression: np.ndarray, measures: LipMeasures = OPEN_HEAD_LIPS) -> np.ndarray:
    """`expression` [T, 52] of speech and life together, with mouthClose and mouthLowerDown set so that the gap is the
    wanted one: a smile must neither open a closure nor push one lip through the other.
    """
    settled = expression.copy()
    gap = measures.gap_of["jawOpen"] * lips.jaw
    for name, growth in measures.gap_of.items():
        for component, share in ((name, 1.0), (f"{name}Left", 0.5), (f"{name}Right", 0.5)):
            if component in ARKIT_INDEX and name not in ("jawOpen", "mouthClose"):
                gap = gap + growth * share * settled[:, ARKIT_INDEX[component]]
    wanted = lips.gap * (1 - lips.closure) + _PRESSED * lips.closure
    settled[:, ARKIT_INDEX["mouthClose"]] = np.clip((gap - wanted) / -measures.gap_of["mouthClose"], 0, 1)
    lowered = np.clip((wanted - gap - 0.8) / measures.gap_of["mouthLowerDown"], 0, 0.5)
    for side in ("Left", "Right"):
        settled[:, ARKIT_INDEX[f"mouthLowerDown{side}"]] += lowered
    return settled


def spoken_expression(lips: Lips) -> np.ndarray:
    """[T, 52] float32 from 0 to 1: what speech alone does to the face, settled."""
    return np.asarray(np.clip(settle_lips(lips, lips.expression), 0, 1), np.float32)


def with_life(spoken: np.ndarray, life: np.ndarray) -> np.ndarray:
    """Speech and life in one expression, both [T, 52]: a mouth that rounds cannot smile as widely."""
    rounding = np.clip(spoken[:, ARKIT_INDEX["mouthPucker"]] + spoken[:, ARKIT_INDEX["mouthFunnel"]], 0, 1)
    expression = spoken + life
    for side in ("Left", "Right"):
        smile = ARKIT_INDEX[f"mouthSmile{side}"]
        expression[:, smile] = spoken[:, smile] + life[:, smile] * (1 - SMILE_LOST * rounding)
    return np.asarray(expression)


def _frame(seconds: float) -> int:
    """The first frame at or after `seconds`."""
    return max(0, int(np.ceil(seconds * FRAME_RATE - 1e-6)))


def _coefficients(curves: dict[str, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """[T, 52] and the jaw's opening [T] from articulator curves sampled at frames."""
    expression = np.zeros((len(curves["jaw"]), len(ARKIT_NAMES)), np.float32)
    closure, touch = curves["closure"], curves["touch"]
    parted = 1 - closure
    jaw = np.clip(curves["jaw"], 0, 0.7) * (1 - 0.6 * closure) * (1 - 0.35 * touch)
    both = {
        "mouthStretch": 0.4 * np.maximum(curves["spread"], 0) * parted,
        "mouthSmile": 0.16 * np.maximum(curves["spread"], 0) * parted,
        "mouthUpperUp": _UPPER_OF_TEETH * curves["teeth"] * parted + 0.28 * touch,
        "mouthLowerDown": _LOWER_OF_TEETH * curves["teeth"] * parted * (1 - touch),
        "mouthPress": 0.3 * closure,
    }
    single = {
        "mouthFunnel": curves["funnel"] * parted * (1 - 0.7 * touch),
        "mouthPucker": curves["pucker"] * (1 - 0.4 * closure) * (1 - 0.5 * touch),
        "mouthRollLower": 0.8 * curves["tuck"] + 0.16 * closure,
        "mouthRollUpper": 0.1 * closure,
        "tongueOut": 0.25 * curves["tongue"] * parted,
    }
    for name, curve in both.items():
        expression[:, ARKIT_INDEX[f"{name}Left"]] = curve
        expression[:, ARKIT_INDEX[f"{name}Right"]] = curve
    for name, curve in single.items():
        expression[:, ARKIT_INDEX[name]] = curve
    return expression, jaw


_STILL_SECONDS: Final = 0.35
_NEARBY_SECONDS: Final = 0.32
_SURELY_SILENT: Final = 0.05
_PERHAPS_SPEAKING: Final = 0.25


def steady_lips(expression: np.ndarray, jaw: np.ndarray, speaking: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """`expression` [T, 52], `jaw` [T] of the lip reader, `speaking` [T] → both without tremor, closures untouched.

    Corners and brows keep within their bands and both sides of the mouth move as one (`face_bands`).
    """
    calm = within_bands(tied_sides(expression))
    # 0 where somebody speaks within a third of a second, 1 where it is silent before and after
    nearby = maximum_filter1d(speaking, 2 * round(_NEARBY_SECONDS * FRAME_RATE) + 1, mode="nearest")
    silent = np.clip((_PERHAPS_SPEAKING - nearby) / (_PERHAPS_SPEAKING - _SURELY_SILENT), 0, 1)
    still = smoothed(silent.astype(np.float32), 0.08)  # [T]
    calm += still[:, None] * (smoothed(calm, _STILL_SECONDS, axis=0) - calm)
    return calm, jaw + still * (smoothed(jaw, _STILL_SECONDS) - jaw)
