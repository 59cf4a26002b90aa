"""A person's habits as the networks take them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np

TRAITS: Final = (
    "blink_rate",
    "gaze_speaking",
    "gaze_listening",
    "head_activity",
    "nod_rate",
    "brow_activity",
    "smile",
    "articulation",
)
"""A person's habits, each as the logarithm of its ratio to the ordinary value; 0 is an ordinary person."""

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

_EXPRESSIVE: Final = ("smile", "brow_activity", "head_activity")
GAZE_SHARES: Final = ("gaze_speaking", "gaze_listening")
GAZE_SHARE_RANGE: Final = (0.05, 0.97)
"""Shares of time at the partner, and the range that factors on them are held in."""

_FURTHEST: Final = 1.2
"""Logarithm beyond which no rehearsal goes; habits outside are pulled in."""


def engine_habits(habits: Mapping[str, float]) -> dict[str, float]:
    """A character's habits in the names of `ORDINARY`; what is not given is ordinary.

    `expressiveness` multiplies smile, brow and head activity; `gaze` multiplies both shares of time at the partner.
    """
    found = {name: float(habits.get(name, ordinary)) for name, ordinary in ORDINARY.items()}
    for name in _EXPRESSIVE:
        found[name] *= float(habits.get("expressiveness", 1.0))
    for name in GAZE_SHARES:
        found[name] = float(np.clip(found[name] * float(habits.get("gaze", 1.0)), *GAZE_SHARE_RANGE))
    return found


def trait_vector(habits: Mapping[str, float]) -> np.ndarray:
    """[8] float32: log(habit / ordinary) in the order of TRAITS; a habit that is not given is ordinary."""
    ratios = [max(float(habits.get(name, ORDINARY[name])), 1e-3) / ORDINARY[name] for name in TRAITS]
    return np.clip(np.log(ratios), -_FURTHEST, _FURTHEST).astype(np.float32)
