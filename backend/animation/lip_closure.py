"""Lip closure: where the network predicts a closure or a touch at the teeth, the gap between the lips follows it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np

from ..contract.arkit import ARKIT_INDEX, ARKIT_NAMES
from .curves import smooth_step
from .lips import OPEN_HEAD_LIPS, LipMeasures, with_life

_FROM, _TO = 0.35, 0.6
"""Probabilities of a closure between which the lips go from untouched to shut."""

_PARTING: Final = ("mouthFunnel", "mouthLowerDownLeft", "mouthLowerDownRight", "mouthUpperUpLeft", "mouthUpperUpRight")
"""Components that draw the lips apart and give way to a closure."""

_PRESSED: Final = -0.6
"""Millimetres beyond rest that a closure asks for: lips that meet along their whole width and are visibly pressed."""

_DEEPEST: Final = -0.4
"""Millimetres beyond which nothing but a closure brings the lips together."""

_TOUCHING: Final = 0.4
"""Millimetres between the lips while the lower one is at the upper teeth."""

_TUCKED, _BARED = 0.72, 0.28
"""Least mouthRollLower and mouthUpperUp of a touch: the lip comes up under the teeth, the upper one out of the way."""

_FASTEST: Final = 7.0
"""Millimetres a frame: lips part at up to 0.2 m/s, and what is faster looks like a cut."""

_JAW_RISE: Final = 0.3
"""Share by which the jaw follows a closure beyond what the network already does."""


def settle_mouth(
    lips: np.ndarray,
    jaw: np.ndarray,
    closure: np.ndarray,
    touch: np.ndarray,
    life: np.ndarray,
    measures: LipMeasures = OPEN_HEAD_LIPS,
) -> tuple[np.ndarray, np.ndarray]:
    """Speech and life in one expression, the gap between the lips as speech wants it.

    `lips` [T, 52] and `jaw` [T] radians as the network says; `closure` and `touch` [T] its probabilities that the lips
    are shut and that the lower one is at the teeth; `life` [T, 52] added for smiles, brows and so on → expression
    [T, 52] from 0 to 1, jaw [T] not below 0.
    """
    # probabilities as decisions with soft edges
    shut = smooth_step(closure, _FROM, _TO)
    touching = smooth_step(touch, _FROM, _TO) * (1 - shut)
    gap = lip_gap(lips, jaw, measures)
    spoken = gap + (_TOUCHING - gap) * touching
    deepest = _DEEPEST + (_PRESSED - _DEEPEST) * shut
    wanted = _without_pops(np.maximum(spoken * (1 - shut) + _PRESSED * shut, deepest))
    expression = with_life(_at_the_teeth(lips, touching), life)
    for name in _PARTING:
        expression[:, ARKIT_INDEX[name]] *= 1 - shut
    jaw = np.maximum(jaw * (1 - _JAW_RISE * shut), 0)
    expression = np.clip(expression, 0, 1)
    expression = with_gap(expression, jaw, wanted, measures)
    # What mouthClose cannot give back, because a smile or rolled lips push one lip into the other, the jaw does.
    short = np.maximum(wanted - lip_gap(expression, jaw, measures), 0)
    return expression.astype(np.float32), (jaw + short / jaw_weight(measures)).astype(np.float32)


def _without_pops(gap: np.ndarray) -> np.ndarray:
    """The largest curve [T] below `gap` [T] that never changes by more than `_FASTEST` a frame.

    What is low stays, so closures are kept; the frame beside one opens less far.
    """
    climb = _FASTEST * np.arange(len(gap))
    rising = np.minimum.accumulate(gap - climb) + climb
    return np.asarray((np.minimum.accumulate((rising + climb)[::-1])[::-1]) - climb)


def _at_the_teeth(lips: np.ndarray, touching: np.ndarray) -> np.ndarray:
    """`lips` [T, 52] with the lower lip under the upper teeth where `touching` [T]."""
    placed = lips.copy()
    for name, least in (("mouthRollLower", _TUCKED), ("mouthUpperUpLeft", _BARED), ("mouthUpperUpRight", _BARED)):
        column = placed[:, ARKIT_INDEX[name]]
        placed[:, ARKIT_INDEX[name]] = np.maximum(column, column + (least - column) * touching)
    return placed


def lip_gap(expression: np.ndarray, jaw: np.ndarray, measures: LipMeasures = OPEN_HEAD_LIPS) -> np.ndarray:
    """Millimetres between the inner lips beyond rest, linear in `expression` [..., 52] and `jaw` [...] radians."""
    return np.asarray(expression @ gap_weights(measures) + jaw * jaw_weight(measures))


def with_gap(
    expression: np.ndarray, jaw: np.ndarray, gap: np.ndarray, measures: LipMeasures = OPEN_HEAD_LIPS
) -> np.ndarray:
    """`expression` [T, 52] with `mouthClose` such that lips are `gap` [T] millimetres apart beyond rest at `jaw` [T]
    radians, as far as it can be from 0 to 1.
    """
    result = expression.copy()
    close = ARKIT_INDEX["mouthClose"]
    excess = lip_gap(expression, jaw, measures) - gap
    result[:, close] = np.clip(result[:, close] - excess / measures.gap_of["mouthClose"], 0, 1)
    return result


def jaw_weight(measures: LipMeasures = OPEN_HEAD_LIPS) -> float:
    """Millimetres for a radian of jaw."""
    return measures.gap_of["jawOpen"] / measures.jaw_open_radians


def gap_weights(measures: LipMeasures = OPEN_HEAD_LIPS) -> np.ndarray:
    """[52] millimetres of gap for one unit. The jaw is a joint, not here."""
    return component_weights({name: gap for name, gap in measures.gap_of.items() if name != "jawOpen"})


def component_weights(millimetres: Mapping[str, float]) -> np.ndarray:
    """[52] `millimetres` for one unit of a component; one given without a side is split over both sides."""
    weights = np.zeros(len(ARKIT_NAMES), np.float32)
    for name, growth in millimetres.items():
        sides = [side for side in (name, f"{name}Left", f"{name}Right") if side in ARKIT_INDEX]
        for side in sides:
            weights[ARKIT_INDEX[side]] = growth / len(sides)
    return weights
