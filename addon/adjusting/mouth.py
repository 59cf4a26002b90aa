"""Lips and jaw, stronger, weaker or smoother; lips that were shut stay shut. No bpy here."""

from __future__ import annotations

from typing import Final

import numpy as np

from ...backend.contract.arkit import ARKIT_INDEX, ARKIT_NAMES, SPOKEN_COMPONENTS
from ...backend.contract.constants import JAW_OPEN_RADIANS, OPEN_HEAD_LIP_GAP
from .adjustment import Adjustment
from .slow_motion import smoothed

_SMOOTHEST: Final = 0.08
"""Seconds, the standard deviation of the bell at 1."""
_SHUT, _OPEN = 0.3, 1.2
"""Millimetres between the lips beyond rest: up to the first they are shut, from the second on they are not."""
_DEEPEST: Final = -0.4
"""Millimetres that nothing but the take itself presses the lips into each other."""
_WIDEST: Final = 1.2 * JAW_OPEN_RADIANS
"""A jaw that is made stronger opens no further."""
_CLOSE: Final = ARKIT_INDEX["mouthClose"]
_LIPS: Final = [index for index in SPOKEN_COMPONENTS if index != _CLOSE and not ARKIT_NAMES[index].startswith("jaw")]
_JAWS: Final = [ARKIT_INDEX[name] for name in ARKIT_NAMES if name.startswith("jaw")]


def adjusted_mouth(
    expression: np.ndarray, jaw: np.ndarray, adjustment: Adjustment, fps: float
) -> tuple[np.ndarray, np.ndarray]:
    """`expression` [T, 52] and `jaw` [T, 3] axis-angle radians as the sliders want them.

    mouthClose follows the jaw that it closes the lips over, and where the lips were shut it makes sure that they are no
    further apart than they were; where it is at its end, the jaw gives way.
    """
    gap = lip_gap(expression, jaw)  # [T] millimetres
    shut = closure(gap)
    found, turned = expression.astype(np.float64), jaw.astype(np.float64)
    if adjustment.smooth_mouth:
        frames = adjustment.smooth_mouth * _SMOOTHEST * fps
        parts = [*_LIPS, *_JAWS, _CLOSE]
        kept = shut[:, None]
        found[:, parts] = kept * found[:, parts] + (1.0 - kept) * smoothed(found[:, parts], frames)
        turned = kept * turned + (1.0 - kept) * smoothed(turned, frames)
    found[:, _LIPS] *= adjustment.lips
    found[:, [*_JAWS, _CLOSE]] *= adjustment.jaw
    turned *= adjustment.jaw
    ends = np.minimum(expression.min(axis=0), 0.0), np.maximum(expression.max(axis=0), 1.0)
    found = np.clip(found, *ends)
    turned[:, 0] = np.minimum(turned[:, 0], np.maximum(jaw[:, 0], _WIDEST))
    return _settled(found, turned, gap, shut, float(ends[1][_CLOSE]))


def closure(gap: np.ndarray) -> np.ndarray:
    """[T] from 0, open, to 1, shut, for millimetres between the lips."""
    share = np.clip((_OPEN - gap) / (_OPEN - _SHUT), 0.0, 1.0)
    return np.asarray(share * share * (3.0 - 2.0 * share))


def lip_gap(expression: np.ndarray, jaw: np.ndarray) -> np.ndarray:
    """[T] millimetres between the open head's inner lips beyond rest; `expression` [T, 52], `jaw` [T, 3] radians."""
    return np.asarray(expression @ _GAP + jaw[:, 0] * _GAP_OF_JAW)


def _settled(
    expression: np.ndarray, jaw: np.ndarray, former: np.ndarray, shut: np.ndarray, most: float
) -> tuple[np.ndarray, np.ndarray]:
    """Lips no further apart than in `former` [T] where `shut` [T], and nowhere pressed through each other."""
    gap = lip_gap(expression, jaw)
    wanted = np.maximum(gap, np.minimum(former, _DEEPEST))
    wanted += shut * (np.minimum(wanted, former) - wanted)
    expression[:, _CLOSE] = np.clip(expression[:, _CLOSE] + (wanted - gap) / _GAP[_CLOSE], 0.0, most)
    excess = np.maximum(lip_gap(expression, jaw) - wanted, 0.0) * shut
    jaw[:, 0] = np.where(excess > 0.0, np.maximum(jaw[:, 0] - excess / _GAP_OF_JAW, 0.0), jaw[:, 0])
    return expression, jaw


def _gap_weights() -> np.ndarray:
    """[52] millimetres for one unit of each component; what is measured of both sides together is split."""
    weights = np.zeros(len(ARKIT_NAMES))
    for name, millimetres in OPEN_HEAD_LIP_GAP.items():
        sides = [ARKIT_INDEX[side] for side in (name, f"{name}Left", f"{name}Right") if side in ARKIT_INDEX]
        weights[sides] = millimetres / len(sides)
    weights[ARKIT_INDEX["jawOpen"]] = 0.0  # on the open head the joint opens the mouth
    return weights


_GAP: Final = _gap_weights()
_GAP_OF_JAW: Final = OPEN_HEAD_LIP_GAP["jawOpen"] / JAW_OPEN_RADIANS
