"""Blinks found in a take's lids: stronger or weaker, taken away, or added in the person's own shapes. No bpy here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from .slow_motion import smoothed

_LONGEST: Final = 0.7
"""Seconds; lids that are down for longer are no blink."""
_PEAK: Final = 0.25
_EDGE: Final = 0.03
"""How far beyond where they rest lids go in a blink, at least, and where it begins and ends."""
_APART: Final = (0.9, 0.5, 0.2)
"""Seconds from an added blink to the next one: if possible the first, at least the last."""
_GLANCE: Final = 0.12
"""Radians that the eyes jump when a blink beside it is sure to look right."""
_NEAR: Final = 0.2
"""Seconds between a glance, or a pause, and the blink that belongs to it."""
_CHANCE: Final = 0.3


@dataclass(frozen=True)
class Blink:
    """Lids from the frame `first` to before `end`; `shape` [n, 2] how far beyond their rest, left and right."""

    first: int
    end: int
    shape: np.ndarray

    @property
    def middle(self) -> int:
        """The frame at which the lids are lowest."""
        return self.first + int(self.shape.max(axis=1).argmax())


def found_blinks(lids: np.ndarray, fps: float) -> tuple[np.ndarray, list[Blink]]:
    """Where the lids rest [T, 2] and the blinks on top, for `lids` [T, 2], eyeBlinkLeft and eyeBlinkRight."""
    rest = _rest(lids, max(1, round(_LONGEST * fps)))
    beyond = lids - rest  # [T, 2]
    raised = beyond.max(axis=1) > _EDGE
    changes = np.flatnonzero(np.diff(np.concatenate([[False], raised, [False]]).astype(np.int8)))
    runs = [(int(first), int(end)) for first, end in zip(changes[::2], changes[1::2], strict=True)]
    blinks = [Blink(first, end, beyond[first:end].copy()) for first, end in runs if beyond[first:end].max() >= _PEAK]
    return rest, blinks


def adjusted_blinks(
    lids: np.ndarray, eyes: np.ndarray, speaking: np.ndarray, fps: float, rate: float, strength: float, seed: list[int]
) -> np.ndarray:
    """`lids` [T, 2] with `rate` times as many blinks, each `strength` times as strong.

    Fewer: those with the least support go, weak ones that come with neither a glance nor a pause. More: copies of the
    person's own, where glances and pauses of speech are, one and the same for a `seed`. `eyes` [T, 3] radians of an
    eye, `speaking` [T]. A person who never blinks has nothing to copy.
    """
    rest, blinks = found_blinks(lids, fps)
    if not blinks:
        return lids
    result = lids.astype(np.float64)
    for one in blinks:
        result[one.first : one.end] = rest[one.first : one.end]
    support = _support(eyes, speaking, fps)
    for one in _chosen(blinks, support, len(lids), fps, rate, seed):
        room = 1.0 - rest[one.first : one.end]
        lifted = rest[one.first : one.end] + np.minimum(strength * one.shape, np.maximum(room, one.shape))
        result[one.first : one.end] = np.maximum(result[one.first : one.end], lifted)
    return result


def _chosen(
    blinks: list[Blink], support: np.ndarray, frames: int, fps: float, rate: float, seed: list[int]
) -> list[Blink]:
    count = round(rate * len(blinks))
    if count <= len(blinks):
        strongest = sorted(blinks, key=lambda one: (-one.shape.max() * (1.0 + support[one.middle]), one.first))
        return strongest[:count]
    generator = np.random.default_rng(seed)
    liking = support + _CHANCE * generator.random(frames)  # [T]
    best_first = np.argsort(-liking, kind="stable").tolist()
    found = list(blinks)
    for apart in _APART:  # closer together only where there is no room otherwise
        free = np.ones(frames, dtype=bool)
        for one in found:
            _keep_clear(free, one, round(apart * fps))
        for middle in best_first:
            if len(found) == count:
                return found
            if free[middle]:
                shape = blinks[int(generator.integers(len(blinks)))].shape
                first = middle - int(shape.max(axis=1).argmax())
                if first >= 0 and first + len(shape) <= frames:
                    found.append(Blink(first, first + len(shape), shape))
                    _keep_clear(free, found[-1], round(apart * fps))
    return found


def _keep_clear(free: np.ndarray, blink: Blink, frames: int) -> None:
    free[max(0, blink.first - frames) : blink.end + frames] = False


def _support(eyes: np.ndarray, speaking: np.ndarray, fps: float) -> np.ndarray:
    """[T] from 0 to 2: how much a glance of the eyes and a pause of speech, or its end, ask for a blink."""
    jumps = np.linalg.norm(np.diff(eyes.astype(np.float64), axis=0, prepend=eyes[:1]), axis=1)
    glance = np.clip(jumps / _GLANCE, 0.0, 1.0)
    ends = np.clip(-np.diff(speaking.astype(np.float64), prepend=speaking[:1]), 0.0, 1.0)
    reach = max(1, round(_NEAR * fps))
    event = _highest(np.maximum(glance, ends), reach)
    return np.asarray(event + 1.0 - np.clip(smoothed(speaking.astype(np.float64), _NEAR * fps), 0.0, 1.0))


def _highest(values: np.ndarray, reach: int) -> np.ndarray:
    """[T] the highest within `reach` frames on both sides."""
    return np.asarray(sliding_window_view(np.pad(values, reach, mode="edge"), 2 * reach + 1).max(axis=-1))


def _rest(lids: np.ndarray, window: int) -> np.ndarray:
    """[T, 2] without peaks that are narrower than `window` frames."""
    padded = np.pad(lids.astype(np.float64), ((window, window), (0, 0)), mode="edge")
    low = sliding_window_view(padded, window + 1, axis=0).min(axis=-1)  # [T + window, 2]
    return np.asarray(sliding_window_view(low, window + 1, axis=0).max(axis=-1))
