"""Where an aversion goes, in bins: how far aside, and how far up or down."""

from __future__ import annotations

from typing import Final

import numpy as np

_YAW_EDGES: Final = np.radians((0.0, 6.0, 13.0, 22.0, 36.0))
_PITCH_EDGES: Final = np.radians((-20.0, -6.0, 2.0, 14.0))


def direction_bin(yaw: np.ndarray, pitch: np.ndarray) -> np.ndarray:
    """Bin 0 … 11 of directions in radians; the side does not matter."""
    aside = np.clip(np.searchsorted(_YAW_EDGES, np.abs(yaw), side="right") - 1, 0, len(_YAW_EDGES) - 2)
    up = np.clip(np.searchsorted(_PITCH_EDGES, pitch, side="right") - 1, 0, len(_PITCH_EDGES) - 2)
    return np.asarray(aside * (len(_PITCH_EDGES) - 1) + up)


def draw_direction(rng: np.random.Generator, direction: int) -> tuple[float, float]:
    """(|yaw|, pitch) in radians, anywhere in the bin."""
    aside, up = divmod(direction, len(_PITCH_EDGES) - 1)
    yaw = rng.uniform(_YAW_EDGES[aside], _YAW_EDGES[aside + 1])
    pitch = rng.uniform(_PITCH_EDGES[up], _PITCH_EDGES[up + 1])
    return float(yaw), float(pitch)
