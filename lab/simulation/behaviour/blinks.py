"""Blinks: when the lids close, and how fast they close and open."""

from __future__ import annotations

from typing import Final

import numpy as np

from backend.contract.constants import FRAME_RATE

SPEAKING_FACTOR: Final = 2.3
"""How many times as often blinks that nothing invites come while speaking.

All blinks together: 1.3 to 2 times as often (docs/developers/rehearsals.md).
"""


_SPREAD: Final = 0.55
"""Standard deviation of the logarithm of the intervals between blinks."""

_REFRACTORY: Final = 0.35
_CAUGHT_APART: Final = 0.9
"""Seconds after a blink before something can invite the next."""


def draw_blinks(rng: np.random.Generator, rate: float, speaking: np.ndarray, invited: np.ndarray) -> np.ndarray:
    """Frames on which a blink begins, 1 or 0. [T] float32.

    `rate` blinks a minute while listening; `speaking` [T]; `invited` [T] chance that a blink is caught by something
    on this frame: a large gaze shift, the end of a phrase, the speaker's pause.
    """
    frames = len(speaking)
    onsets = np.zeros(frames, np.float32)
    mean_factor = 1 + (SPEAKING_FACTOR - 1) * float(speaking.mean())
    extra = float(invited.sum()) / max(frames / FRAME_RATE / 60, 1e-6)
    # Invited blinks are part of the person's rate, so the spontaneous ones make up only the rest.
    spontaneous = max(rate * mean_factor - extra, 0.3 * rate) / mean_factor
    need = _draw_interval(rng) * rng.random()
    last = -1.0
    for frame in range(frames):
        need -= spontaneous / 60 * (1 + (SPEAKING_FACTOR - 1) * float(speaking[frame])) / FRAME_RATE
        time = frame / FRAME_RATE
        caught = rng.random() < invited[frame]
        if (need <= 0 and time - last > _REFRACTORY) or (caught and time - last > _CAUGHT_APART):
            onsets[frame] = 1
            last = time
            if need <= 0:
                need = _draw_interval(rng)
    return onsets


def _draw_interval(rng: np.random.Generator) -> float:
    """An interval in units of the mean interval, log-normal with mean 1."""
    return float(rng.lognormal(-(_SPREAD**2) / 2, _SPREAD))
