"""How a face moves: stress in the jaw, corners of the mouth that tremble or do not, and what is not symmetric.

Curves are a performance's components, so a face without ARKit's names has none of this (nan). T frames at `fps`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from scipy.signal import find_peaks, peak_widths

from backend.animation.opposition import opposition
from backend.animation.stress import PHRASE_PAUSE
from backend.contract.arkit import ARKIT_NAMES
from backend.contract.constants import JAW_SIDE_RADIANS
from backend.contract.segments import runs_of
from backend.prosody.phrases import phrase_frames

NAN: Final = float("nan")

_CORNERS: Final = ("mouthSmile", "mouthStretch", "mouthDimple", "mouthFrown", "mouthPress")
"""Units that move the corners of a mouth."""

_TURN_SHARE, _TURN_LEAST = 0.05, 0.01
"""A change of direction counts from this share of a curve's usual range on, and from this much of a component."""

_SYLLABLE: Final = 0.35
"""Degrees by which the jaw opens and closes in a syllable, at least."""
_HOLD_HEIGHT: Final = 0.1
"""Share below its top within which a peak is held."""
_STRESSED: Final = 80.0
"""Percentile of a person's syllables from which they are stressed."""
_LEAST_SYLLABLES: Final = 5

_RAISE: Final = 0.12
_SINGLE: Final = 0.5
"""Share of the higher outer brow that the other stays below in a raise of one brow."""
_FLAT: Final = 0.02
"""Share below its top within which a brow's peak is flat."""

_BLINK: Final = 0.4
_SHUT: Final = 0.9
_OPPOSED: Final = 0.15
"""How much of two opposed units at once is a contradiction."""


def face_motion(
    expression: np.ndarray, names: Sequence[str], jaw: np.ndarray, speaking: np.ndarray, fps: float
) -> dict[str, float]:
    """Every measure here by its name in measures.toml.

    `expression` [T, E] with `names`; `jaw` [T, 3] axis-angle radians; `speaking` [T] bool.
    """
    numbers = jaw_measures(np.degrees(jaw[:, 0]), speaking, fps)
    moves = np.ptp(np.degrees(jaw[:, 0])) > _SYLLABLE
    numbers["jaw_aside"] = float(np.percentile(np.abs(jaw[:, 1]), 95) / JAW_SIDE_RADIANS) if moves else NAN
    if tuple(names) != ARKIT_NAMES:
        return numbers
    curves = dict(zip(names, expression.T, strict=True))
    numbers |= corner_measures(curves, speaking, fps)
    numbers |= brow_measures(curves)
    numbers |= blink_measures(curves["eyeBlinkLeft"], curves["eyeBlinkRight"], fps)
    numbers["opposed"] = float((opposition(expression) > _OPPOSED).mean())
    return numbers


def jaw_measures(degrees: np.ndarray, speaking: np.ndarray, fps: float) -> dict[str, float]:
    """Contrast and holds of the syllables in `degrees` [T] of the jaw's opening, where `speaking` [T] bool."""
    peaks, found = find_peaks(degrees, prominence=_SYLLABLE)
    inside = speaking[peaks] if len(peaks) else np.zeros(0, bool)
    if inside.sum() < _LEAST_SYLLABLES:
        return dict.fromkeys(("jaw_median", "jaw_stressed", "jaw_contrast", "jaw_hold", "jaw_emphasis"), NAN)
    data = (found["prominences"][inside], found["left_bases"][inside], found["right_bases"][inside])
    peaks = peaks[inside]
    height = degrees[peaks]
    stressed = height >= np.percentile(height, _STRESSED)
    others = ~stressed if not stressed.all() else stressed
    # from the top down to the same share of every peak's own height, not of how far it stands out
    relative = np.clip(_HOLD_HEIGHT * height / data[0], 0, 0.99)
    widths = [
        float(peak_widths(degrees, [peak], rel_height=share, prominence_data=tuple(part[[one]] for part in data))[0][0])
        for one, (peak, share) in enumerate(zip(peaks, relative, strict=True))
    ]
    phrases = phrase_frames(speaking, PHRASE_PAUSE, fps)
    highest = [height[(peaks >= first) & (peaks < stop)] for first, stop in phrases]
    return {
        "jaw_median": float(np.median(degrees[speaking])),
        "jaw_stressed": float(np.median(height[stressed])),
        "jaw_contrast": float(np.median(height[stressed]) / np.median(height[others])),
        "jaw_hold": float(np.median(np.array(widths)[stressed]) / fps),
        "jaw_emphasis": float(np.median([each.max() for each in highest if len(each)])),
    }


def direction_changes(curve: np.ndarray, fps: float, where: np.ndarray) -> float:
    """Changes of direction a second of `curve` [T] where `where` [T] bool; what is smaller than a twentieth of the
    curve's range there, or than .01, is none. nan where it is empty, 0 where it does not move.
    """
    if where.sum() < fps:
        return NAN
    usual = float(np.subtract(*np.percentile(curve[where], (95, 5))))
    least = max(_TURN_SHARE * usual, _TURN_LEAST)
    changes = 0
    for first, stop in runs_of(where):
        changes += len(_turns(curve[first:stop], least))
    return float(changes * fps / where.sum())


def corner_measures(curves: dict[str, np.ndarray], speaking: np.ndarray, fps: float) -> dict[str, float]:
    """Tremor of the corners of the mouth in speech, and how well left and right go together."""
    changes, tied, apart = [], [], []
    for unit in _CORNERS:
        left, right = curves[f"{unit}Left"], curves[f"{unit}Right"]
        changes += [direction_changes(left, fps, speaking), direction_changes(right, fps, speaking)]
        if speaking.sum() >= fps and min(left[speaking].std(), right[speaking].std()) > _TURN_LEAST:
            tied.append(float(np.corrcoef(left[speaking], right[speaking])[0, 1]))
        both = left.mean() + right.mean()
        if both > _TURN_LEAST:
            apart.append(abs(left.mean() - right.mean()) / both)
    return {
        "corner_changes": float(np.nanmax(changes)) if np.isfinite(changes).any() else NAN,
        "corners_tied": min(tied, default=NAN),
        "corners_apart": float(np.median(apart)) if apart else NAN,
    }


def brow_measures(curves: dict[str, np.ndarray]) -> dict[str, float]:
    """Raises of one brow alone, and how flat the tops of raises are."""
    left, right = curves["browOuterUpLeft"], curves["browOuterUpRight"]
    higher = np.maximum(left, right)
    padded = np.concatenate(([0.0], higher, [0.0]))
    peaks, _ = find_peaks(padded, prominence=_RAISE)
    if len(peaks) == 0:
        return {"single_brows": NAN, "brow_flatness": NAN}
    at = np.clip(peaks - 1, 0, len(left) - 1)
    single = np.minimum(left[at], right[at]) < _SINGLE * higher[at]
    flat, half = (peak_widths(padded, peaks, rel_height=share)[0] for share in (_FLAT, 0.5))
    return {"single_brows": float(single.mean()), "brow_flatness": float(np.median(flat / np.maximum(half, 1e-6)))}


def blink_measures(left: np.ndarray, right: np.ndarray, fps: float) -> dict[str, float]:
    """Time between both lids, and blinks that do not shut them; `left`, `right` [T] from 0 to 1."""
    spans = [(first, stop) for first, stop in runs_of(np.maximum(left, right) > _BLINK) if stop - first < fps]
    if not spans:
        return {"lids_apart": NAN, "partial_blinks": NAN}
    apart, deepest = [], []
    for first, stop in spans:
        at = np.arange(max(first - 3, 0), min(stop + 6, len(left)))
        centres = [(at * lid[at]).sum() / max(lid[at].sum(), 1e-6) for lid in (left, right)]
        apart.append(abs(centres[0] - centres[1]) / fps)
        deepest.append(max(left[at].max(), right[at].max()))
    return {"lids_apart": float(np.mean(apart)), "partial_blinks": float((np.array(deepest) < _SHUT).mean())}


def _turns(curve: np.ndarray, least: float) -> list[int]:
    """Frames at which `curve` [T] turns round by at least `least`."""
    turns: list[int] = []
    high = low = 0
    rising: bool | None = None
    for frame, value in enumerate(curve):
        high = frame if value > curve[high] else high
        low = frame if value < curve[low] else low
        if rising is not False and curve[high] - value > least:
            if rising:
                turns.append(high)
            rising, low = False, frame
        elif rising is not True and value - curve[low] > least:
            if rising is False:
                turns.append(low)
            rising, high = True, frame
    return turns
