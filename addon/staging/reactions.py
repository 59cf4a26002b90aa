"""What a listener does that is worth seeing: smiles, nods, raised brows, blinks, short answers. No bpy here.

They are read from a take's arrays, so that cameras can show them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import degrees
from typing import Final, Literal

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from ...backend.contract.arkit import ARKIT_INDEX
from ...backend.contract.performance import Performance
from ..adjusting.adjusted import names_its_parts
from ..adjusting.blinks import found_blinks
from ..adjusting.eye_contact import GLOBAL, NECK
from ..retargeting.rotation import matrices, product, quaternions
from .turns import is_voiced, short_answers

Kind = Literal["smile", "nod", "brows", "blink", "voice"]

_LISTENS_ON: Final = 1.2
"""Seconds after the other one's last sound in which somebody still listens."""
_SMILES: Final = tuple(ARKIT_INDEX[name] for name in ("mouthSmileLeft", "mouthSmileRight"))
_BROWS: Final = tuple(ARKIT_INDEX[name] for name in ("browInnerUp", "browOuterUpLeft", "browOuterUpRight"))
_LIDS: Final = tuple(ARKIT_INDEX[name] for name in ("eyeBlinkLeft", "eyeBlinkRight"))
_SMILE, _SMILE_RISE, _SMILE_FALL = 0.14, 1.0, 2.0
_BROW, _BROW_RISE, _BROW_FALL = 0.18, 0.5, 1.2
"""By how much a component rises, at least; within how many seconds; for how long it is followed afterwards."""
_NOD, _NOD_DOWN, _NOD_UP = 2.5, 0.5, 0.7
"""Degrees that a head goes down and comes back, at least; seconds for each."""
_PEAK: Final = 0.16
"""Seconds on both sides of which a peak is the highest."""
_CYCLES: Final = 0.8
"""Seconds within which one nod follows the last of the same reaction."""
_FULL: Final[dict[Kind, float]] = {"smile": 0.45, "nod": 7.0, "brows": 0.5}
"""The size of a reaction that could not be clearer."""
_BLINK_COUNTS, _VOICE_COUNTS = 0.15, 0.6


@dataclass(frozen=True)
class Reaction:
    """Of `person`, seconds from `start` to `end`; `strength` from 0 to 1, how clearly it is seen."""

    person: int
    kind: Kind
    start: float
    end: float
    strength: float


@dataclass(frozen=True)
class _Rise:
    """Frames at which a curve begins to rise, is highest, and is down again; and by how much it rose."""

    start: int
    peak: int
    end: int
    height: float


def reactions(performance: Performance) -> list[Reaction]:
    """What both people do while they listen, in the order of time.

    A take in FLAME's numbers has nods and short answers alone: nobody knows which number is a smile.
    """
    fps, listens = performance.fps, _listening(performance.speaking, performance.fps)
    found = [
        Reaction(person, "voice", start, end, _VOICE_COUNTS)
        for person, start, end in short_answers(performance.speaking, fps)
    ]
    for person in (0, 1):
        for kind, rise in _of_person(performance, person):
            if listens[person, rise.start : rise.peak + 1].all():
                strength = _BLINK_COUNTS if kind == "blink" else min(1.0, rise.height / _FULL[kind])
                found.append(Reaction(person, kind, rise.start / fps, rise.end / fps, strength))
    return sorted(found, key=lambda one: (one.start, one.person))


def _of_person(performance: Performance, person: int) -> Iterator[tuple[Kind, _Rise]]:
    fps = performance.fps
    for nod in _joined(_rises(-_pitch(performance.pose[person]), fps, _NOD, _NOD_DOWN, _NOD_UP, falls=True), fps):
        yield "nod", nod
    if not names_its_parts(performance):
        return
    expression = performance.expression[person]
    for rise in _rises(expression[:, _SMILES].mean(axis=1), fps, _SMILE, _SMILE_RISE, _SMILE_FALL):
        yield "smile", rise
    for rise in _rises(expression[:, _BROWS].mean(axis=1), fps, _BROW, _BROW_RISE, _BROW_FALL):
        yield "brows", rise
    for blink in found_blinks(expression[:, _LIDS], fps)[1]:
        yield "blink", _Rise(blink.first, blink.middle, blink.end, float(blink.shape.max()))


def _listening(speaking: np.ndarray, fps: float) -> np.ndarray:
    """[2, T] where a person is silent and the other one speaks, or has just spoken."""
    voiced = is_voiced(speaking)
    frames = round(_LISTENS_ON * fps)
    padded = np.pad(voiced, ((0, 0), (frames, 0)))
    lately = sliding_window_view(padded, frames + 1, axis=1).any(axis=-1)  # [2, T]
    return np.asarray(~voiced & lately[::-1])


def _pitch(pose: np.ndarray) -> np.ndarray:
    """[T] degrees that the head looks up, of a `pose` [T, 5, 3]."""
    turned = pose.astype(np.float64)
    ahead = matrices(product(quaternions(turned[:, GLOBAL]), quaternions(turned[:, NECK])))[..., 2]  # [T, 3]
    return np.asarray(np.arcsin(np.clip(ahead[:, 1], -1.0, 1.0)) * degrees(1.0))


def _rises(
    curve: np.ndarray, fps: float, least: float, rise: float, fall: float, *, falls: bool = False
) -> list[_Rise]:
    """Peaks of `curve` [T] that are `least` above the lowest of the `rise` seconds before, and half of it apart.

    A rise ends where half of its height is lost, or with the `fall` seconds after its peak; with `falls` it must come
    down by `least` within them.
    """
    curve = np.asarray(curve, dtype=np.float64)
    before, after, beside = (max(1, round(seconds * fps)) for seconds in (rise, fall, _PEAK))
    lowest = sliding_window_view(np.pad(curve, (before, 0), mode="edge"), before + 1).min(axis=-1)  # [T]
    highest = sliding_window_view(np.pad(curve, beside, mode="edge"), 2 * beside + 1).max(axis=-1)  # [T]
    found: list[_Rise] = []
    for peak in np.flatnonzero((curve >= highest) & (curve - lowest >= least)).tolist():
        later = curve[peak : peak + after + 1]
        if falls and curve[peak] - later.min() < least:
            continue
        if found and curve[found[-1].peak] - curve[found[-1].peak : peak + 1].min() < 0.5 * least:
            if curve[peak] <= curve[found[-1].peak]:
                continue
            found.pop()  # it was on the way up
        height = float(curve[peak] - lowest[peak])
        start = peak - int(np.argmin(curve[max(0, peak - before) : peak + 1][::-1]))
        lost = np.flatnonzero(later <= curve[peak] - 0.5 * height)
        found.append(_Rise(start, peak, peak + (int(lost[0]) if lost.size else len(later) - 1), height))
    return found


def _joined(rises: list[_Rise], fps: float) -> list[_Rise]:
    """Cycles of one nod as one."""
    result: list[_Rise] = []
    for one in rises:
        if result and one.start - result[-1].end <= _CYCLES * fps:
            last = result.pop()
            result.append(_Rise(last.start, last.peak, one.end, max(last.height, one.height)))
        else:
            result.append(one)
    return result
