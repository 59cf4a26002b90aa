"""Lids and jaws that are bones alone: what the take's components say is turned into rotations. No bpy here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from math import radians
from typing import Final

import numpy as np

from ...backend.contract.constants import JAW_OPEN_RADIANS
from .bone_retarget import Turns
from .shape_retarget import CLOSING

_SHUT: Final = {"upper": radians(36.0), "lower": radians(-6.0)}
"""About the eye, from open to shut; the lids meet below its middle."""
_WIDE: Final = {"upper": radians(-8.0), "lower": radians(0.0)}
_SQUINT: Final = {"upper": radians(6.0), "lower": radians(-9.0)}
_FOLLOWS: Final = {"upper": 0.7, "lower": 0.25}
"""Of the eye's pitch, while the lids are open."""


def with_lids(turns: Turns, channels: Mapping[str, np.ndarray]) -> Turns:
    """`turns` with the lids of both eyes, about the character's left: they shut, widen, squint and follow the eye.

    `channels` ARKit's component → [K]; without them (another basis) the lids only follow.
    """
    lids = {}
    for side in ("left", "right"):
        pitch = getattr(turns, f"eye_{side}")[:, 0]  # [K] radians, down is positive
        blink, wide, squint = (
            np.clip(channels.get(f"eye{name}{side.capitalize()}", np.zeros(len(pitch))), 0.0, 1.0)
            for name in ("Blink", "Wide", "Squint")
        )
        for lid in ("upper", "lower"):
            angle = blink * _SHUT[lid] + (1.0 - blink) * (
                _FOLLOWS[lid] * pitch + wide * _WIDE[lid] + squint * _SQUINT[lid]
            )
            lids[f"lid_{lid}_{side}"] = np.stack([angle, np.zeros(len(angle)), np.zeros(len(angle))], axis=1)
    return replace(turns, **lids)


def shut_by(jaw: np.ndarray, channels: Mapping[str, np.ndarray]) -> np.ndarray:
    """[K, 3] the jaw's turn less what shut lips take back, for a rig without anything that closes them over it."""
    closing = CLOSING * np.clip(channels.get("mouthClose", np.zeros(len(jaw))), 0.0, 1.0) * JAW_OPEN_RADIANS
    shut = jaw.copy()
    shut[:, 0] = np.where(jaw[:, 0] > 0.0, np.maximum(jaw[:, 0] - closing, 0.0), jaw[:, 0])
    return shut
