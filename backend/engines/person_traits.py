"""A person's habits as the network takes them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np

from .dualtalk import TRAITS

ORDINARY: Final[dict[str, float]] = {
    "blink_rate": 17.0,
    "gaze_speaking": 0.5,
    "gaze_listening": 0.77,
    "head_activity": 1.0,
    "nod_rate": 7.5,
    "brow_activity": 1.0,
    "smile": 1.0,
    "articulation": 1.0,
}
"""The ordinary person: blinks a minute while listening, shares of time, nods a minute of listening, factors."""

_FURTHEST: Final = 1.2
"""Logarithm beyond which no rehearsal goes; habits outside are pulled in."""


def trait_vector(habits: Mapping[str, float]) -> np.ndarray:
    """[8] float32: log(habit / ordinary) in the order of TRAITS; a habit that is not given is ordinary."""
    ratios = [max(float(habits.get(name, ORDINARY[name])), 1e-3) / ORDINARY[name] for name in TRAITS]
    return np.clip(np.log(ratios), -_FURTHEST, _FURTHEST).astype(np.float32)
