"""Being interrupted: the head stops, the brows go up and the lids blink, while the eyes come."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from ..contract.arkit import ARKIT_INDEX
from ..contract.constants import FRAME_RATE
from .asymmetry import draw_lid_delays
from .curves import bell, smooth_step
from .events import draw_blink_lengths, render_blinks

_STOPS_AFTER, _STOPS_IN = 0.12, 0.12
_STOPPED, _GOES_ON_IN = 0.5, 0.5
"""Seconds from the interruption to the head's stopping, of the stopping, of the stop, and until it moves as before."""

BROWS_AFTER, BROW_RAISE = 0.2, 0.45
_BROWS_SECONDS: Final = (0.12, 0.16, 0.5)
_BROWS: Final = {"browInnerUp": BROW_RAISE, "browOuterUpLeft": 0.5, "browOuterUpRight": 0.42}
_BROWS_DOWN: Final = ("browDownLeft", "browDownRight")
"""Seconds to the brows' rise, and how far; seconds of rise, stay and fall; which; and what is let go meanwhile."""

_BLINK_AFTER: Final = 0.2
_BLINKS_APART, _TOO_SOON = 0.4, 1.0
"""Seconds from a blink within which there is no need of another, and within which it gives way to one with a reason."""
_LARGE: Final = np.radians(20.0)
"""Radians from which a gaze shift brings a blink (Evinger et al. 1994: nearly always from 33°, often from 20)."""

_SHUT: Final = 0.5
_LIDS: Final = [ARKIT_INDEX["eyeBlinkLeft"], ARKIT_INDEX["eyeBlinkRight"]]
_WIDE: Final = [ARKIT_INDEX["eyeWideLeft"], ARKIT_INDEX["eyeWideRight"]]


def stopped(neck: np.ndarray, frames: Sequence[int]) -> np.ndarray:
    """`neck` [T, 3] radians held still for half a second after each of `frames`, then going on as it was."""
    path = np.asarray(neck, np.float64).copy()
    for frame in frames:
        part = _from(frame, _STOPS_AFTER + _STOPS_IN + _STOPPED + _GOES_ON_IN, len(path))
        since = np.arange(part.start, part.stop) / FRAME_RATE - frame / FRAME_RATE - _STOPS_AFTER
        held = smooth_step(since, 0.0, _STOPS_IN) * (1 - smooth_step(since - _STOPS_IN - _STOPPED, 0.0, _GOES_ON_IN))
        still = min(frame + round((_STOPS_AFTER + _STOPS_IN) * FRAME_RATE), len(path) - 1)
        path[part] += held[:, None] * (path[still] - path[part])
    return path


def _from(frame: int, seconds: float, frames: int) -> slice:
    """The frames, of so many, of the `seconds` after `frame`."""
    return slice(min(max(frame, 0), frames), min(frames, frame + int(np.ceil(seconds * FRAME_RATE)) + 1))


def with_brows_up(expression: np.ndarray, frames: Sequence[int]) -> np.ndarray:
    """`expression` [T, 52] with the brows raised from 200 ms after each of `frames` on, for about a second."""
    result = np.asarray(expression, np.float64).copy()
    for frame in frames:
        part = _from(frame, BROWS_AFTER + 2 * sum(_BROWS_SECONDS), len(result))
        since = np.arange(part.start, part.stop) / FRAME_RATE - frame / FRAME_RATE - BROWS_AFTER
        up = bell(since - 0.25 * _BROWS_SECONDS[1], *_BROWS_SECONDS)  # [n]
        for name, size in _BROWS.items():
            result[part, ARKIT_INDEX[name]] = np.maximum(result[part, ARKIT_INDEX[name]], size * up)
        for name in _BROWS_DOWN:
            result[part, ARKIT_INDEX[name]] *= 1 - up
    return result


def with_blinks(expression: np.ndarray, onsets: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """`expression` [T, 52] with blinks that begin where `onsets` [T] is 1, except within 0.4 s of those there are.

    Others within a second give way to them, so that lids do not flutter.

    `rng` draws how long each takes, and which lid is a little later.
    """
    result = np.asarray(expression, np.float64).copy()
    shut = np.flatnonzero(result[:, _LIDS].mean(axis=1) > _SHUT)
    apart = round(_BLINKS_APART * FRAME_RATE)
    added, last = np.zeros(len(result), np.float32), -apart
    for frame in np.flatnonzero(onsets > 0).tolist():
        if frame - last >= apart and not (np.abs(shut - frame - 2) < apart).any():
            added[frame], last = 1, frame
    result[:, _LIDS] = _without_blinks(result[:, _LIDS], shut, np.flatnonzero(added))
    lengths, delays = draw_blink_lengths(rng, added, tempo=1.0), draw_lid_delays(rng, added)
    lids = np.stack([render_blinks(added, lengths, delays[:, side]) for side in range(len(_LIDS))], axis=1)  # [T, 2]
    result[:, _LIDS] = np.maximum(result[:, _LIDS], lids)
    result[:, _WIDE] *= 1 - lids
    return result


def _without_blinks(lids: np.ndarray, shut: np.ndarray, added: np.ndarray) -> np.ndarray:
    """`lids` [T, 2] kept open where frames of `shut` [N] lie within a second of one of `added` [M]."""
    result = lids.copy()
    near = np.searchsorted(added, shut)
    for frame, after in zip(shut.tolist(), near.tolist(), strict=True):
        beside = added[max(after - 1, 0) : after + 1]
        if len(beside) and np.abs(beside - frame).min() < _TOO_SOON * FRAME_RATE:
            first, stop = frame, frame + 1
            while first > 0 and result[first - 1].mean() < result[first].mean():
                first -= 1
            while stop < len(result) and result[stop].mean() < result[stop - 1].mean():
                stop += 1
            result[first:stop] = np.minimum(result[first:stop], np.minimum(result[first], result[stop - 1]))
    return result


def blinks_with_saccades(gaze: np.ndarray) -> np.ndarray:
    """[T] 1 where a gaze shift of 20° or more begins in `gaze` [T, 2] radians: the lids start down with the eyes."""
    onsets = np.zeros(len(gaze), np.float32)
    moved = np.zeros(len(gaze))
    reach = 3  # frames that the largest saccades take
    for ahead in range(1, reach + 1):
        jump = np.linalg.norm(gaze[ahead:] - gaze[:-ahead], axis=-1)
        moved[:-ahead] = np.maximum(moved[:-ahead], jump)
    begins = np.linalg.norm(np.diff(gaze, axis=0, append=gaze[-1:]), axis=-1) > np.radians(2.0)
    onsets[(moved >= _LARGE) & begins] = 1
    return onsets


def startled_blinks(frames: Sequence[int], length: int) -> np.ndarray:
    """[length] 1 on the frames on which blinks begin, 200 ms after each of `frames`."""
    onsets = np.zeros(length, np.float32)
    for frame in frames:
        at = frame + round(_BLINK_AFTER * FRAME_RATE)
        onsets[at : at + 1] = 1
    return onsets
