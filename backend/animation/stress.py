"""Stress in the mouth: emphasised vowels open wide and stay open for a moment, the others give way.

A lip reader predicts means, so its jaw touches each vowel for one frame and opens about as far on all of them. Speech
has contrast: what is stressed is longer, louder and wider, what is not is reduced. Nothing here opens the mouth more on
the whole; closures stay closures.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.ndimage import maximum_filter1d
from scipy.signal import find_peaks

from ..contract.constants import FRAME_RATE
from ..prosody.phrases import phrase_frames, strongest
from .coarticulation import STRESSED, UNSTRESSED
from .curves import held_peaks, smooth_step
from .lip_closure import lip_gap, with_gap
from .lips import OPEN_HEAD_LIPS, LipMeasures

EMPHASISED_DEGREES: Final = (8.0, 10.0)
"""The jaw on the one or two words of a phrase that carry it, where their vowel is an open one. Speaking people reach
5.6 to 16° in a twentieth of the time (two clips, docs/developers/rehearsals.md)."""

_EMPHASISED_FROM: Final = (5.0, 9.0)
"""Degrees of a read vowel that become the least and the most of these: a mean is about two thirds of what it means."""

_MOST: Final = 1.6
"""Factor beyond which no vowel is opened: an emphasised EE is wider than others and still an EE."""

HOLD_FRAMES: Final = 3
"""Frames for which the jaw stays at a stressed peak: 80–120 ms, at 25 frames a second."""

PHRASE_PAUSE: Final = 0.3
"""Seconds of silence that part two phrases."""
_SAME: Final = 0.16
"""Seconds between the middle of a vowel that the voice stresses and its peak of the jaw, at most."""
_LONG_PHRASE: Final = 2.5
"""Seconds from which a phrase has two emphasised words."""

_SYLLABLE: Final = np.radians(0.35)
"""Radians by which the jaw opens and closes again in a syllable, at least."""
_SPREAD_DEGREES, _SPREAD_DECIBELS = 2.0, 6.0
"""How far above its phrase's median a peak of jaw or sound is fully stressed."""


@dataclass(frozen=True)
class Stress:
    """`frames` [N] of the syllables' peaks, ascending; `strength` [N] from 0 unstressed to 1; `emphasised` [N] bool."""

    frames: np.ndarray
    strength: np.ndarray
    emphasised: np.ndarray


def stress_of(
    jaw: np.ndarray,
    speaking: np.ndarray,
    decibels: np.ndarray | None = None,
    accents: Sequence[float] = (),
) -> Stress:
    """Find the syllables of `jaw` [T] radians and how stressed each is within its phrase.

    `speaking` [T] from 0 to 1; `decibels` [T] of the voice, None where it is not known by itself. Where the voice has
    `accents` (seconds, `prosody.phrases`) their syllables are the emphasised ones, otherwise the widest of the phrase.
    """
    peaks, _ = find_peaks(np.concatenate(([0.0], jaw, [0.0])), prominence=_SYLLABLE)
    peaks = peaks - 1
    strength, emphasised = np.zeros(len(peaks)), np.zeros(len(peaks), bool)
    for first, stop in phrase_frames(speaking, PHRASE_PAUSE):
        own = np.flatnonzero((peaks >= first - 1) & (peaks <= stop))
        if len(own) == 0:
            continue
        height = np.degrees(jaw[peaks[own]])
        score = (height - np.median(height)) / _SPREAD_DEGREES
        if decibels is not None:
            loud = decibels[peaks[own]]
            score = 0.5 * score + 0.5 * np.clip((loud - np.median(loud)) / _SPREAD_DECIBELS, -1, 1)
        strength[own] = smooth_step(score, -0.2, 0.8)
        heard = [second * FRAME_RATE for second in accents if first <= second * FRAME_RATE <= stop]
        chosen = _nearest(peaks, own, heard) if heard else _widest(peaks, own, score, stop - first)
        emphasised[chosen] = True
        strength[chosen] = 1.0
    return Stress(peaks, strength, emphasised)


def _nearest(peaks: np.ndarray, own: np.ndarray, heard: Sequence[float]) -> list[int]:
    """Which of the syllables `own` are on the frames that the voice stresses."""
    nearest = {int(own[np.abs(peaks[own] - frame).argmin()]): frame for frame in heard}
    return sorted(index for index, frame in nearest.items() if abs(peaks[index] - frame) <= _SAME * FRAME_RATE)


def _widest(peaks: np.ndarray, own: np.ndarray, score: np.ndarray, frames: int) -> list[int]:
    """The one or two syllables of a phrase of so many `frames` with the highest `score`."""
    most = 1 + int(frames / FRAME_RATE > _LONG_PHRASE)
    return [int(own[index]) for index in strongest(peaks[own] / FRAME_RATE, score, most)]


def with_stress(
    lips: np.ndarray,
    jaw: np.ndarray,
    closure: np.ndarray,
    stress: Stress,
    measures: LipMeasures = OPEN_HEAD_LIPS,
) -> tuple[np.ndarray, np.ndarray]:
    """`lips` [T, 52] and `jaw` [T] radians with the contrast of `stress`; `closure` [T] probability of shut lips.

    The gap between the lips is scaled and held with the jaw, by `mouthClose`; where the lips touch they go on touching.
    """
    if len(stress.frames) == 0:
        return lips, jaw
    at = np.arange(len(jaw))
    factor = np.interp(at, stress.frames, _factors(np.degrees(jaw[stress.frames]), stress))  # [T]
    weight = np.zeros(len(jaw))
    weight[stress.frames] = np.minimum(2 * stress.strength, 1)
    weight = maximum_filter1d(weight, 2 * (HOLD_FRAMES // 2 + 1) + 1)  # [T]
    weight = weight * (1 - maximum_filter1d(smooth_step(closure, 0.2, 0.5), 3, mode="nearest"))
    gap = lip_gap(lips, jaw, measures)
    opened = held_peaks(jaw, weight, HOLD_FRAMES) * factor
    wanted = np.where(gap > 0, held_peaks(gap, weight, HOLD_FRAMES) * factor, gap)
    return with_gap(lips, opened, wanted, measures), opened.astype(np.float32)


def _factors(degrees: np.ndarray, stress: Stress) -> np.ndarray:
    """Factor of each peak [N], from its `degrees` [N]."""
    usual = UNSTRESSED + (STRESSED - UNSTRESSED) * stress.strength
    least, most = EMPHASISED_DEGREES
    aim = np.interp(degrees, _EMPHASISED_FROM, (least, most)) / np.maximum(degrees, 0.1)
    factor = np.where(stress.emphasised, np.clip(aim, STRESSED, _MOST), usual)
    return np.where(degrees * factor > most, np.maximum(most / np.maximum(degrees, 0.1), np.minimum(usual, 1)), factor)
