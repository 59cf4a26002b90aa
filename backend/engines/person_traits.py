"""A person's habits as the network takes them, and what the network alone would not do about them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np

from ..contract.constants import FRAME_RATE
from .dualtalk import EVENTS, TRAITS
from .event_sampling import LONGEST_WITHOUT_BLINK

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
_SHARES: Final = ("gaze_speaking", "gaze_listening")
_SHARE_RANGE: Final = (0.05, 0.97)

_FURTHEST: Final = 1.2
"""Logarithm beyond which no rehearsal goes; habits outside are pulled in."""

_LEFT_OVER: Final = {"blink": ("blink_rate", 0.25), "nod": ("nod_rate", 0.6), "smile": ("smile", 0.3)}
"""Event → the habit that is its rate, and which share of the habit's logarithm the network leaves undone.

Measured on the bundled dialogue: twice the blink rate gives 1.6 times the blinks, twice the nods 1.3 times.
"""

_PATIENCE: Final = 1.6
"""Mean intervals between blinks after which one comes whatever the dice say."""

_GAZE_LEFT_OVER: Final = (0.45, 0.75)
"""The same for the odds of looking at the partner, while speaking and while listening."""


def engine_habits(habits: Mapping[str, float]) -> dict[str, float]:
    """A character's habits in the names of `ORDINARY`; what is not given is ordinary.

    `expressiveness` multiplies smile, brow and head activity; `gaze` multiplies both shares of time at the partner.
    """
    found = {name: float(habits.get(name, ordinary)) for name, ordinary in ORDINARY.items()}
    for name in _EXPRESSIVE:
        found[name] *= float(habits.get("expressiveness", 1.0))
    for name in _SHARES:
        found[name] = float(np.clip(found[name] * float(habits.get("gaze", 1.0)), *_SHARE_RANGE))
    return found


def trait_vector(habits: Mapping[str, float]) -> np.ndarray:
    """[8] float32: log(habit / ordinary) in the order of TRAITS; a habit that is not given is ordinary."""
    ratios = [max(float(habits.get(name, ORDINARY[name])), 1e-3) / ORDINARY[name] for name in TRAITS]
    return np.clip(np.log(ratios), -_FURTHEST, _FURTHEST).astype(np.float32)


def event_bias(habits: Mapping[str, float], speaking: np.ndarray) -> np.ndarray:
    """[T, 8] added to the logits of EVENTS so that rates and shares come out as the habits say; 0 for ordinary ones.

    `habits` by the names of `ORDINARY`; `speaking` [T] probability that this person speaks.
    """
    bias = np.zeros((len(speaking), len(EVENTS)))
    for event, (name, share) in _LEFT_OVER.items():
        bias[:, EVENTS.index(event)] = share * np.log(max(habits[name], 1e-3) / ORDINARY[name])
    listening, talking = (
        share * (_log_odds(habits[name]) - _log_odds(ORDINARY[name]))
        for name, share in zip(reversed(_SHARES), reversed(_GAZE_LEFT_OVER), strict=True)
    )
    shift = 0.5 * (speaking * talking + (1.0 - speaking) * listening)  # [T]
    bias[:, EVENTS.index("look_away")] = -shift
    bias[:, EVENTS.index("look_back")] = shift
    return bias


def longest_without_blink(blink_rate: float) -> int:
    """Frames after which somebody who blinks `blink_rate` times a minute surely blinks."""
    return max(LONGEST_WITHOUT_BLINK, round(_PATIENCE * 60.0 / blink_rate * FRAME_RATE))


def _log_odds(share: float) -> float:
    low, high = _SHARE_RANGE
    clipped = min(max(share, low), high)
    return float(np.log(clipped / (1.0 - clipped)))
