"""Units that pull the same skin in opposite directions: where one is clearly stronger, the other gives way."""

from __future__ import annotations

from typing import Final

import numpy as np

from ..contract.arkit import ARKIT_INDEX
from .curves import smooth_step
from .face_bands import SIDES

OPPOSED: Final[tuple[tuple[str, str], ...]] = (
    ("browDown", "browOuterUp"),
    ("browDown", "browInnerUp"),
    ("eyeWide", "eyeSquint"),
    ("mouthSmile", "mouthFrown"),
    ("jawLeft", "jawRight"),
    ("mouthLeft", "mouthRight"),
)
"""Pairs of units. Inner brows up and a little down are sorrow and fear, so a share below `_UNTOUCHED` stays."""

_UNTOUCHED, _GONE = 0.3, 0.7
"""Share of both that the other unit has: up to the first a unit stays as it is, from the second on it is 0."""


def without_opposition(expression: np.ndarray) -> np.ndarray:
    """`expression` [..., 52] in which of two opposed units the weaker one gives way, without a jump.

    Equal ones are halved both: a face between two expressions is neither. So it is done once, when all is there.
    """
    stays = np.ones_like(expression)
    for first, second in OPPOSED:
        shares: dict[int, list[np.ndarray]] = {}  # of a unit without sides two
        for one, other in _columns(first, second):
            a, b = expression[..., one], expression[..., other]
            share = b / np.maximum(a + b, 1e-6)
            shares.setdefault(one, []).append(1 - smooth_step(share, _UNTOUCHED, _GONE))
            shares.setdefault(other, []).append(1 - smooth_step(1 - share, _UNTOUCHED, _GONE))
        for column, of_sides in shares.items():
            stays[..., column] *= np.mean(of_sides, axis=0)
    return np.asarray(expression * stays)


def opposition(expression: np.ndarray) -> np.ndarray:
    """[...] how much opposed units are there together, the most of all pairs: 0 none, 1 both wholly."""
    found = [
        np.minimum(expression[..., one], expression[..., other])
        for first, second in OPPOSED
        for one, other in _columns(first, second)
    ]
    return np.asarray(np.max(found, axis=0))


def _columns(first: str, second: str) -> list[tuple[int, int]]:
    """Indices of the components of both units that meet on each side of the face."""
    pairs = [(_on(first, side), _on(second, side)) for side in SIDES]
    return [(ARKIT_INDEX[one], ARKIT_INDEX[other]) for one, other in dict.fromkeys(pairs)]


def _on(unit: str, side: str) -> str:
    return unit if unit in ARKIT_INDEX else f"{unit}{side}"
