"""Lips that are meant to be shut are shut: the closure head overrules what the coefficients leave open."""

from __future__ import annotations

from typing import Final

import numpy as np

from ..contract.arkit import ARKIT_INDEX, ARKIT_NAMES
from ..rehearsal.lips import OPEN_HEAD_LIPS, LipMeasures

_FROM, _TO = 0.35, 0.6
"""Probabilities of a closure between which the lips go from untouched to shut."""

_PARTING: Final = ("mouthFunnel", "mouthLowerDownLeft", "mouthLowerDownRight", "mouthUpperUpLeft", "mouthUpperUpRight")
"""Components that draw the lips apart and give way to a closure."""

_PRESSED: Final = -0.6
"""Millimetres beyond rest that a closure asks for: lips that meet along their whole width and are visibly pressed."""

_DEEPEST: Final = -0.4
"""Millimetres beyond which nothing but a closure brings the lips together."""

_JAW_RISE: Final = 0.3
"""Share by which the jaw follows a closure beyond what the network already does."""


def settle_mouth(
    lips: np.ndarray, jaw: np.ndarray, closure: np.ndarray, life: np.ndarray, measures: LipMeasures = OPEN_HEAD_LIPS
) -> tuple[np.ndarray, np.ndarray]:
    """Speech and life in one expression, the gap between the lips as speech wants it.

    `lips` [T, 52] and `jaw` [T] radians as the network says; `closure` [T] its probability that the lips are shut;
    `life` [T, 52] added for smiles, brows and so on → expression [T, 52] from 0 to 1, jaw [T] not below 0.
    """
    shut = np.clip((closure - _FROM) / (_TO - _FROM), 0, 1)
    shut = shut * shut * (3 - 2 * shut)  # [T]
    deepest = _DEEPEST + (_PRESSED - _DEEPEST) * shut
    wanted = np.maximum(lip_gap(lips, jaw, measures) * (1 - shut) + _PRESSED * shut, deepest)
    expression = lips + life
    for name in _PARTING:
        expression[:, ARKIT_INDEX[name]] *= 1 - shut
    jaw = np.maximum(jaw * (1 - _JAW_RISE * shut), 0)
    expression = np.clip(expression, 0, 1)
    close = ARKIT_INDEX["mouthClose"]
    excess = lip_gap(expression, jaw, measures) - wanted
    expression[:, close] = np.clip(expression[:, close] - excess / measures.gap_of["mouthClose"], 0, 1)
    # What mouthClose cannot give back, because a smile or rolled lips push one lip into the other, the jaw does.
    short = np.maximum(wanted - lip_gap(expression, jaw, measures), 0)
    return expression.astype(np.float32), (jaw + short / jaw_weight(measures)).astype(np.float32)


def lip_gap(expression: np.ndarray, jaw: np.ndarray, measures: LipMeasures = OPEN_HEAD_LIPS) -> np.ndarray:
    """Millimetres between the inner lips beyond rest, linear in `expression` [..., 52] and `jaw` [...] radians."""
    return np.asarray(expression @ gap_weights(measures) + jaw * jaw_weight(measures))


def jaw_weight(measures: LipMeasures = OPEN_HEAD_LIPS) -> float:
    """Millimetres for a radian of jaw."""
    return measures.gap_of["jawOpen"] / measures.jaw_open_radians


def gap_weights(measures: LipMeasures = OPEN_HEAD_LIPS) -> np.ndarray:
    """[52] millimetres for one unit; a component with two sides shares its number. The jaw is a joint, not here."""
    weights = np.zeros(len(ARKIT_NAMES), np.float32)
    for name, millimetres in measures.gap_of.items():
        sides = [side for side in (name, f"{name}Left", f"{name}Right") if side in ARKIT_INDEX and name != "jawOpen"]
        for side in sides:
            weights[ARKIT_INDEX[side]] = millimetres / len(sides)
    return weights
