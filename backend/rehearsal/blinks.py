"""Blinks: when the lids close, and how fast they close and open."""

from __future__ import annotations

from typing import Final

import numpy as np

from ..contract.constants import FRAME_RATE

SPEAKING_FACTOR: Final = 1.4
"""Blinks are that many times as frequent while speaking (STATISTICS.md: 1.3–2)."""

_CLOSING: Final = 0.08
_SHUT: Final = 0.05
_OPENING: Final = 0.17
_SPREAD: Final = 0.55
"""Standard deviation of the logarithm of the intervals between blinks."""

_REFRACTORY: Final = 0.35


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
        if (need <= 0 or caught) and time - last > _REFRACTORY:
            onsets[frame] = 1
            last = time
            if need <= 0:
                need = _draw_interval(rng)
    return onsets


def render_blinks(onsets: np.ndarray) -> np.ndarray:
    """Lid closure from blink onsets, 0 open to 1 shut. [T] → [T] float32.

    The lids close in 80 ms, stay for 50 and open in 170: at least one key is fully shut at 25 frames a second.
    """
    length = int(np.ceil((_CLOSING + _SHUT + _OPENING) * FRAME_RATE)) + 1
    since = np.arange(length) / FRAME_RATE
    closing = np.clip(since / _CLOSING, 0, 1)
    opening = np.clip((since - _CLOSING - _SHUT) / _OPENING, 0, 1)
    shape = closing * closing * (3 - 2 * closing) * (1 - opening * (2 - opening))
    lids = np.zeros(len(onsets) + length, np.float32)
    for frame in np.flatnonzero(onsets > 0):
        lids[frame : frame + length] = np.maximum(lids[frame : frame + length], shape * onsets[frame])
    return lids[: len(onsets)]


def _draw_interval(rng: np.random.Generator) -> float:
    """An interval in units of the mean interval, log-normal with mean 1."""
    return float(rng.lognormal(-(_SPREAD**2) / 2, _SPREAD))
