"""A frame of motion as DualTalk counts it: 50 expression, 3 jaw and 3 neck numbers, then named extras.

The official 56 (Peng et al., CVPR 2025; `dualtalk_official`) are FLAME's. The open head's expression has 52 components
with ARKit's names: without both eyelids and the tongue, which are named extras here, they are 49, and the fiftieth
number is always 0. The eyes, which FLAME's 56 leave out, are the other extra.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import numpy as np

from ...contract.arkit import ARKIT_INDEX, ARKIT_NAMES

EXPRESSION: Final = slice(0, 50)
JAW: Final = slice(50, 53)
NECK: Final = slice(53, 56)
EYES: Final = slice(56, 58)
BLINKS: Final = slice(58, 60)
TONGUE: Final = slice(60, 61)

EXTRAS: Final[Mapping[str, slice]] = MappingProxyType({"eyes": EYES, "blinks": BLINKS, "tongue": TONGUE})
"""What comes after the official 56: gaze as in Motion (yaw, pitch in radians), left and right lid, tongueOut."""

OFFICIAL: Final = 56
NUMBERS: Final = 61

_SIZES: Final = ((EXPRESSION, 0.5), (JAW, 0.1), (NECK, 0.06), (EYES, 0.12), (BLINKS, 0.5), (TONGUE, 0.5))
"""Typical sizes, in coefficients and radians, which the rows are divided by."""

_LIDS: Final = [ARKIT_INDEX["eyeBlinkLeft"], ARKIT_INDEX["eyeBlinkRight"]]
_TONGUE: Final = [ARKIT_INDEX["tongueOut"]]
_PLAIN: Final = [index for index in range(len(ARKIT_NAMES)) if index not in (*_LIDS, *_TONGUE)]
"""The 49 components of the official part, in ARKit's order."""


def motion_numbers(expression: np.ndarray, jaw: np.ndarray, neck: np.ndarray, gaze: np.ndarray) -> np.ndarray:
    """[..., 52] coefficients, [..., 3], [..., 3] and [..., 2] radians, as in `Motion` → [..., 61] float32."""
    empty = np.zeros_like(expression[..., :1])
    plain, lids, tongue = (expression[..., part] for part in (_PLAIN, _LIDS, _TONGUE))
    return np.concatenate((plain, empty, jaw, neck, gaze, lids, tongue), axis=-1, dtype=np.float32)


def expression_of(numbers: np.ndarray) -> np.ndarray:
    """The 52 components out of [..., 61]: [..., 52] float32."""
    expression = np.zeros((*numbers.shape[:-1], len(ARKIT_NAMES)), np.float32)
    expression[..., _PLAIN] = numbers[..., EXPRESSION][..., : len(_PLAIN)]
    expression[..., _LIDS] = numbers[..., BLINKS]
    expression[..., _TONGUE] = numbers[..., TONGUE]
    return expression


def motion_rows(expression: np.ndarray, jaw: np.ndarray, neck: np.ndarray, gaze: np.ndarray) -> np.ndarray:
    """[..., T, 52], [..., T, 3], [..., T, 3] and [..., T, 2] → [..., T, 61] float32, numbers as in `motion_numbers`."""
    return rows_of(motion_numbers(expression, jaw, neck, gaze))


def rows_of(numbers: np.ndarray) -> np.ndarray:
    """`motion_numbers` [..., T, 61] as the partner's network takes them: [..., T, 61] float32."""
    units = np.ones(NUMBERS, np.float32)
    for part, size in _SIZES:
        units[part] = size
    return np.asarray(numbers / units, np.float32)
