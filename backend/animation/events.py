"""Events as curves: blinks, how fast the lids close and open, and nods and shakes of the head."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from ..contract.constants import FRAME_RATE
from .curves import smooth_step

_CLOSING: Final = 0.08
_SHUT: Final = 0.05
_OPENING: Final = 0.17
_CLOSING_RANGE, _OPENING_RANGE = (0.055, 0.1), (0.1, 0.25)
"""Seconds; lids open 1.3 to 2.5 times as slowly as they close (docs/developers/rehearsals.md)."""
_SLOWER: Final = (1.35, 2.45)


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


def render_blinks(
    onsets: np.ndarray, lengths: np.ndarray | None = None, delays: np.ndarray | None = None
) -> np.ndarray:
    """Lid closure from blink onsets, 0 open to 1 shut. [T] → [T] float32.

    The lids close in 80 ms, stay for 50 and open in 170, unless `lengths` [T, 2] has seconds of closing and opening:
    at least one key is fully shut at 25 frames a second, whatever the seconds by which `delays` [T] puts a blink off.
    An onset below 1 is a blink that comes that far.
    """
    longest = int(np.ceil((_CLOSING_RANGE[1] + _SHUT + _OPENING_RANGE[1]) * FRAME_RATE)) + 2
    since = np.arange(longest) / FRAME_RATE
    lids = np.zeros(len(onsets) + longest, np.float32)
    for frame in np.flatnonzero(onsets > 0):
        shutting, parting = (_CLOSING, _OPENING) if lengths is None else lengths[frame].tolist()
        at = since if delays is None else since - float(delays[frame])
        opening = np.clip((at - shutting - _SHUT) / parting, 0, 1)
        shape = smooth_step(at / shutting) * (1 - opening * (2 - opening))
        lids[frame : frame + longest] = np.maximum(lids[frame : frame + longest], shape * onsets[frame])
    return lids[: len(onsets)]


@dataclass(frozen=True)
class Swings:
    """Nods or shakes. `size` [T] radians of the first swing on the frame where one begins, otherwise 0;
    `rate` [T] swings a second and `count` [T] number of swings, both 0 where none begins.
    """

    size: np.ndarray
    rate: np.ndarray
    count: np.ndarray

    @property
    def onsets(self) -> np.ndarray:
        """[T] float32: 1 where one begins."""
        return (self.size > 0).astype(np.float32)


def render_swings(swings: Swings, axis: int) -> np.ndarray:
    """Head motion of nods (`axis` 0) or shakes (`axis` 1). [T, 3] axis-angle radians; swings shrink as they go."""
    frames = len(swings.size)
    path = np.zeros((frames, 3))
    for frame in np.flatnonzero(swings.size > 0).tolist():
        size, rate, count = (float(curve[frame]) for curve in (swings.size, swings.rate, swings.count))
        length = int(np.ceil((count / rate + 0.15) * FRAME_RATE)) + 1
        phase = np.arange(length) / FRAME_RATE * rate  # [length] swings
        decay = np.clip(1 - 0.75 * phase / (count + 0.6), 0, 1)
        if axis == 0:
            curve = size * decay * (0.5 - 0.5 * np.cos(2 * np.pi * phase)) * (phase < count)
        else:
            curve = 0.6 * size * decay * np.sin(2 * np.pi * phase) * (phase < count)
        stop = min(frames, frame + length)
        path[frame:stop, axis] += curve[: stop - frame]
    return path
