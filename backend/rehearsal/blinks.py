"""Blinks: when the lids close, and how fast they close and open."""

from __future__ import annotations

from typing import Final

import numpy as np

from ..contract.constants import FRAME_RATE
from ..contract.smooth_step import smooth_step

SPEAKING_FACTOR: Final = 2.3
"""Blinks that nothing invites are so many times as frequent while speaking; all together 1.3–2 (docs/rehearsals.md)."""

_CLOSING: Final = 0.08
_SHUT: Final = 0.05
_OPENING: Final = 0.17
_CLOSING_RANGE, _OPENING_RANGE = (0.055, 0.1), (0.1, 0.25)
"""Seconds; lids open 1.3 to 2.5 times as slowly as they close (docs/rehearsals.md)."""
_SLOWER: Final = (1.35, 2.45)

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


def draw_blink_lengths(rng: np.random.Generator, onsets: np.ndarray, tempo: float) -> np.ndarray:
    """Seconds of closing and of opening of every blink in `onsets` [T], 0 elsewhere. [T, 2] float32.

    `tempo` is a person's factor, 1 is ordinary; each blink differs a little.
    """
    lengths = np.zeros((len(onsets), 2), np.float32)
    for frame in np.flatnonzero(onsets > 0):
        closing = float(np.clip(0.076 * tempo * rng.lognormal(0, 0.12), *_CLOSING_RANGE))
        slower = float(np.clip(rng.normal(2.0, 0.3), *_SLOWER))
        opening = float(np.clip(closing * slower, *_OPENING_RANGE))
        lengths[frame] = (closing, opening)
    return lengths


def render_blinks(onsets: np.ndarray, lengths: np.ndarray | None = None) -> np.ndarray:
    """Lid closure from blink onsets, 0 open to 1 shut. [T] → [T] float32.

    The lids close in 80 ms, stay for 50 and open in 170, unless `lengths` [T, 2] has seconds of closing and opening:
    at least one key is fully shut at 25 frames a second.
    """
    longest = int(np.ceil((_CLOSING_RANGE[1] + _SHUT + _OPENING_RANGE[1]) * FRAME_RATE)) + 1
    since = np.arange(longest) / FRAME_RATE
    lids = np.zeros(len(onsets) + longest, np.float32)
    for frame in np.flatnonzero(onsets > 0):
        shutting, parting = (_CLOSING, _OPENING) if lengths is None else lengths[frame].tolist()
        opening = np.clip((since - shutting - _SHUT) / parting, 0, 1)
        shape = smooth_step(since / shutting) * (1 - opening * (2 - opening))
        lids[frame : frame + longest] = np.maximum(lids[frame : frame + longest], shape * onsets[frame])
    return lids[: len(onsets)]


def _draw_interval(rng: np.random.Generator) -> float:
    """An interval in units of the mean interval, log-normal with mean 1."""
    return float(rng.lognormal(-(_SPREAD**2) / 2, _SPREAD))
