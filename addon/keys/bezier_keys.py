"""Keys of one F-curve as arrays, and what Blender makes of them between two keys. No bpy here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

_CLOSE: Final = 1e-9
_TRIES: Final = 60


@dataclass(frozen=True)
class Keys:
    """K keys in ascending order of frames.

    `places` [K, 2] frame and value; `left` and `right` [K, 2] where the handles end; `linear` [K] bool: straight from
    this key to the next one, otherwise a Bézier curve; `broken` [K] bool: both handles go ways of their own.
    """

    places: np.ndarray
    left: np.ndarray
    right: np.ndarray
    linear: np.ndarray
    broken: np.ndarray

    def __len__(self) -> int:
        return len(self.places)


def straight_keys(frames: np.ndarray, values: np.ndarray) -> Keys:
    """A key with each of `values` [K] at `frames` [K], linear; handles a third of the way to the neighbours."""
    places = np.stack([frames, values], axis=1).astype(np.float64)  # [K, 2]
    steps = np.diff(places, axis=0) / 3.0
    ends = np.array([[1.0 / 3.0, 0.0]])
    left = places - np.concatenate([ends, steps])
    right = places + np.concatenate([steps, ends])
    every = np.ones(len(places), dtype=bool)
    return Keys(places, left, right, every, every)


def joined(parts: list[Keys]) -> Keys:
    """The keys of several stretches, one after the other."""
    return Keys(*(np.concatenate([getattr(one, name) for one in parts]) for name in Keys.__dataclass_fields__))


def picked(keys: Keys, which: np.ndarray) -> Keys:
    """Those of `keys` that `which` [K] bool or indices says."""
    return Keys(*(getattr(keys, name)[which] for name in Keys.__dataclass_fields__))


def evaluated(keys: Keys, frames: np.ndarray) -> np.ndarray:
    """[T] values at `frames` [T] as Blender finds them: held before the first and after the last key."""
    frames = np.asarray(frames, dtype=np.float64)
    if len(keys) == 1:
        return np.full(len(frames), keys.places[0, 1], dtype=np.float64)
    at = np.clip(frames, keys.places[0, 0], keys.places[-1, 0])
    before = np.clip(np.searchsorted(keys.places[:, 0], at, side="right") - 1, 0, len(keys) - 2)  # [T]
    start, first, second, end = legal_segment(keys, before)
    share = (at - start[:, 0]) / (end[:, 0] - start[:, 0])
    along = np.where(keys.linear[before], share, _parameter(at, start, first, second, end))
    curve = _bezier(along, start[:, 1], first[:, 1], second[:, 1], end[:, 1])
    return np.where(keys.linear[before], start[:, 1] + share * (end[:, 1] - start[:, 1]), curve)


def legal_segment(keys: Keys, before: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """The four points [T, 2] of the segments that begin at the keys `before` [T], handles as Blender shortens them.

    No handle reaches beyond the other key of its segment; one that is too long keeps its direction.
    """
    start, end = keys.places[before].astype(np.float64), keys.places[before + 1].astype(np.float64)
    length = end[:, :1] - start[:, :1]
    out, back = keys.right[before] - start, keys.left[before + 1] - end
    out = out * np.minimum(1.0, length / np.maximum(np.abs(out[:, :1]), _CLOSE))
    back = back * np.minimum(1.0, length / np.maximum(np.abs(back[:, :1]), _CLOSE))
    return start, start + out, end + back, end


def cut_at(keys: Keys, frame: float) -> Keys:
    """The same curve with a key at `frame`, if that is between two keys; otherwise `keys`.

    Where two handles cross, the curve's neighbourhood changes a little.
    """
    x = keys.places[:, 0]
    if len(keys) < 2 or frame <= x[0] or frame >= x[-1] or np.isclose(x, frame, rtol=0.0, atol=1e-4).any():  # noqa: PLR2004
        return keys
    before = int(np.searchsorted(x, frame, side="right")) - 1
    start, first, second, end = (one[0] for one in legal_segment(keys, np.array([before])))
    if keys.linear[before]:
        place = start + (frame - start[0]) / (end[0] - start[0]) * (end - start)
        left, right = place - (place - start) / 3.0, place + (end - place) / 3.0
        out, back = keys.right[before], keys.left[before + 1]
    else:
        along = _parameter(*(one[None] for one in (np.float64(frame), start, first, second, end)))[0]
        near, middle, far = (a + along * (b - a) for a, b in ((start, first), (first, second), (second, end)))
        left, right = near + along * (middle - near), middle + along * (far - middle)
        place = left + along * (right - left)
        out, back = near, far
    rights, lefts = keys.right.copy(), keys.left.copy()
    rights[before], lefts[before + 1] = out, back
    shortened = Keys(keys.places, lefts, rights, keys.linear, keys.broken)
    new = Keys(place[None], left[None], right[None], keys.linear[before, None], keys.linear[before, None])
    return joined([picked(shortened, np.arange(before + 1)), new, picked(shortened, np.arange(before + 1, len(keys)))])


def _parameter(at: np.ndarray, start: np.ndarray, first: np.ndarray, second: np.ndarray, end: np.ndarray) -> np.ndarray:
    """[T] from 0 to 1: where on its segment a curve passes the frame `at` [T]. Newton's steps, held by halving."""
    low, high = np.zeros(len(at)), np.ones(len(at))
    along = (at - start[:, 0]) / (end[:, 0] - start[:, 0])
    for _ in range(_TRIES):
        off = _bezier(along, start[:, 0], first[:, 0], second[:, 0], end[:, 0]) - at
        if np.abs(off).max(initial=0.0) < _CLOSE:
            break
        low, high = np.where(off < 0.0, along, low), np.where(off < 0.0, high, along)
        rest = 1.0 - along
        slope = 3.0 * (
            rest**2 * (first - start)[:, 0]
            + 2.0 * rest * along * (second - first)[:, 0]
            + along**2 * (end - second)[:, 0]
        )
        tried = along - off / np.where(np.abs(slope) < _CLOSE, np.inf, slope)
        inside = (tried > low) & (tried < high) & (np.abs(slope) >= _CLOSE)
        along = np.where(np.abs(off) < _CLOSE, along, np.where(inside, tried, 0.5 * (low + high)))
    return along


def _bezier(along: np.ndarray, start: np.ndarray, first: np.ndarray, second: np.ndarray, end: np.ndarray) -> np.ndarray:
    rest = 1.0 - along
    return rest**3 * start + 3.0 * rest**2 * along * first + 3.0 * rest * along**2 * second + along**3 * end
