"""Nothing in a face is perfectly symmetric: one side of it leads a little, a brow goes up alone, the chin swings aside.

Everything here is slow or belongs to one moment, so that it is seen as a person's face and not as noise.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.signal import find_peaks, peak_widths

from ..contract.arkit import ARKIT_INDEX
from ..contract.constants import JAW_OPEN_RADIANS, JAW_SIDE_RADIANS
from .curves import low_passed, slow_noise, smooth_step
from .face_bands import pairs

OFFSET_RANGE: Final = (0.05, 0.15)
"""Share by which one side of the face moves more than the mean of both and the other less. A target; tracked people are
.07 apart at the mouth's corners (GRID, MediaPipe)."""

_OFFSET_SECONDS: Final = 4.0
_OFFSET_WANDERS: Final = 0.25

_LEAN_HERTZ: Final = 0.3
_LEAN_LEAST: Final = 0.1

SINGLE_SHARE: Final = 0.25
"""Share of brow raises that are one brow's."""
_OTHER_BROW: Final = 0.2
"""What the other brow does of such a raise."""
_RAISE: Final = 0.12
"""Height of the outer brows, 0 to 1, from which a peak is a raise."""
_MIDDLE: Final = 0.5
"""Share of the inner brows that goes with one brow."""

_FAVOURED: Final = 0.75
"""Share of one-browed raises that are the favourite brow's: few people can do both."""

_SWING: Final = (0.08, 0.2)
"""How far aside a jaw that is open by a half is, as a share of jawLeft: 1 mm at the chin, at most."""
_REST_ASIDE: Final = 0.02

_LIDS_APART: Final = 0.009
_LIDS_APART_MOST: Final = 0.018
"""Seconds between both lids' beginnings: standard deviation, and the most; a frame apart is a wink."""

PARTIAL_SHARE: Final = 0.12
PARTIAL_DEPTHS: Final = (0.6, 0.85)
"""Share of blinks that do not shut the lids, and how far they come."""


@dataclass(frozen=True)
class Lopsidedness:
    """One person's. `offset` [T] by which the left side moves more (negative: less), a share; `swing` the share of
    jawLeft at a jaw half open; `favourite` 1 where the left brow goes up alone more often, −1 the right one.
    """

    offset: np.ndarray
    swing: float
    favourite: float


def draw_lopsidedness(rng: np.random.Generator, frames: int) -> Lopsidedness:
    """Draw what is lopsided about a person, over `frames`."""
    side = float(rng.choice((-1.0, 1.0)))
    least, most = OFFSET_RANGE
    usual = float(rng.uniform(least + 0.01, most - 0.02))
    wander = _OFFSET_WANDERS * usual * slow_noise(rng, frames, _OFFSET_SECONDS)
    offset = side * np.clip(usual + wander, least, most)
    return Lopsidedness(offset, float(rng.choice((-1.0, 1.0)) * rng.uniform(*_SWING)), float(rng.choice((-1.0, 1.0))))


def lopsided(expression: np.ndarray, how: Lopsidedness) -> np.ndarray:
    """`expression` [T, 52] with one side of each unit ahead of the other; the mean of both stays as it is.

    Lids are left alone: they shut on both sides.
    """
    result = expression.copy()
    for left, right in pairs().values():
        both = 0.5 * (expression[:, left] + expression[:, right])
        # no more than there is room for, so that the mean stays
        ahead = np.clip(how.offset * both, -(1 - both).clip(0), (1 - both).clip(0))
        result[:, left] = np.clip(expression[:, left] + ahead, 0, 1)
        result[:, right] = np.clip(expression[:, right] - ahead, 0, 1)
    return result


def lean_of(expression: np.ndarray) -> np.ndarray:
    """[T] share by which the left side of a face [T, 52] moves more than the right, all units together, as `offset`."""
    left, right = (
        low_passed(expression[:, list(columns)].sum(axis=1), _LEAN_HERTZ)
        for columns in zip(*pairs().values(), strict=True)
    )
    share = (left - right) / np.maximum(left + right, _LEAN_LEAST)
    return np.asarray(np.clip(share, -OFFSET_RANGE[1], OFFSET_RANGE[1]))


def with_single_brows(
    expression: np.ndarray, how: Lopsidedness, rng: np.random.Generator, share: float = SINGLE_SHARE
) -> np.ndarray:
    """`expression` [T, 52] in which a `share` of the brow raises, each from foot to foot, is one brow's alone."""
    left, right = (ARKIT_INDEX[f"browOuterUp{side}"] for side in ("Left", "Right"))
    result = expression.copy()
    both = 0.5 * (expression[:, left] + expression[:, right])
    padded = np.concatenate(([0.0], both, [0.0]))
    peaks, found = find_peaks(padded, prominence=_RAISE)
    if len(peaks) == 0:
        return result
    prominences = (found["prominences"], found["left_bases"], found["right_bases"])
    _, _, starts, ends = peak_widths(padded, peaks, rel_height=0.9, prominence_data=prominences)
    for peak, start, end, chance, favoured in zip(
        peaks, starts, ends, rng.random(len(peaks)), rng.random(len(peaks)), strict=True
    ):
        if chance >= share:
            continue
        part = slice(max(int(start) - 1, 0), min(int(end) + 1, len(both)))
        at = np.arange(part.start, part.stop) + 1
        rises = smooth_step((at - start) / max(peak - start, 1))
        falls = smooth_step((end - at) / max(end - peak, 1))
        share_of = np.where(at < peak, rises, falls)  # [n] 1 at the peak, 0 at its feet
        other = right if (favoured < _FAVOURED) == (how.favourite > 0) else left
        result[part, other] *= 1 - (1 - _OTHER_BROW) * share_of
        result[part, ARKIT_INDEX["browInnerUp"]] *= 1 - (1 - _MIDDLE) * share_of
    return result


def jaw_with_swing(opening: np.ndarray, how: Lopsidedness, rng: np.random.Generator) -> np.ndarray:
    """Jaw rotation [T, 3] axis-angle radians from its `opening` [T] radians about X: it opens a little aside.

    Left is positive about Y. A jaw at rest wanders by a fraction of a millimetre.
    """
    jaw = np.zeros((len(opening), 3), np.float32)
    jaw[:, 0] = opening
    share = how.swing * smooth_step(opening / (0.5 * JAW_OPEN_RADIANS))
    rest = _REST_ASIDE * slow_noise(rng, len(opening), 2.0)
    jaw[:, 1] = JAW_SIDE_RADIANS * (share + rest)
    return jaw


def draw_lid_delays(rng: np.random.Generator, onsets: np.ndarray) -> np.ndarray:
    """Seconds by which the left and the right lid begin later than a blink, [T, 2], one of them 0; of `onsets` [T]."""
    delays = np.zeros((len(onsets), 2))
    for frame in np.flatnonzero(onsets > 0):
        apart = float(np.clip(rng.normal(0, _LIDS_APART), -_LIDS_APART_MOST, _LIDS_APART_MOST))
        delays[frame] = (max(apart, 0.0), max(-apart, 0.0))
    return delays


def draw_blink_depths(rng: np.random.Generator, onsets: np.ndarray, share: float = PARTIAL_SHARE) -> np.ndarray:
    """`onsets` [T] with how far the lids come in each blink: 1, and less in a `share` of them."""
    depths = np.array(onsets, np.float32)
    for frame in np.flatnonzero(onsets > 0):
        if rng.random() < share:
            depths[frame] = rng.uniform(*PARTIAL_DEPTHS)
    return depths
