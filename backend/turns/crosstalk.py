"""Crosstalk cancellation: what each microphone picks up of the other person is subtracted.

While one person speaks alone, what arrives in the other's track is a filtered copy of their own. The filter, one
complex factor a frequency, follows by least squares from those moments and is taken out everywhere:

    y₁ = x₁ − h₂₁ x₂,  y₂ = x₂ − h₁₂ x₁

(Widrow et al., “Adaptive noise cancelling: principles and applications”, Proc. IEEE 1975.) What is left of one's own
voice is 1 − h₁₂ h₂₁ of it, nearly all. Tracks without crosstalk stay as they are, and so do those whose
clocks run apart, where nothing is a filtered copy of anything.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from ..contract.constants import SAMPLES_PER_FRAME
from .levels import frame_levels, otsu_split

_WINDOW: Final = 4096
"""A quarter of a second: the other's voice comes with the echoes of the room."""
_HOP: Final = _WINDOW // 4
_BLOCK: Final = 128
"""Windows at a time, eight seconds: an hour's spectra at once would take gigabytes."""

_ACTIVE_DECIBELS: Final = 30.0
"""Somebody speaks where a track is at most this far below its own loudest twentieth."""

_SEPARATION: Final = 6.0
"""Decibels between “the first is louder” and “the second is louder” below which there are not two such states."""
_ASSUMED_SEPARATION: Final = 24.0
_ASIDE: Final = 0.35
"""One speaks alone where the difference of levels is this share of the separation away from the middle."""

_FEWEST_FRAMES: Final = 12
_LARGEST_PRODUCT: Final = 0.3
"""A voice that goes to the other microphone and back is weaker than this; filters that say otherwise are wrong."""

_OWN_SHARE: Final = (0.2, 0.5)
"""Below the first share of a frequency's power from one's own speech there is no filter, from the second on all."""


@dataclass(frozen=True)
class Separated:
    """`tracks` [2, N] float32 with each person's own voice; `alone` [2, T] where by level each surely speaks alone."""

    tracks: np.ndarray
    alone: np.ndarray


@dataclass(frozen=True)
class _Leak:
    """`factors` [F] complex from one track into the other, and their mean `gain`, weighted by the voice's power."""

    factors: np.ndarray
    gain: float


def without_crosstalk(tracks: np.ndarray) -> Separated:
    """`tracks` [2, N] at 16 kHz without the crosstalk of the other. Microphones may differ in gain."""
    levels = np.stack([frame_levels(track) for track in tracks])
    for middle, separation in (_two_states(levels), (0.0, _ASSUMED_SEPARATION)):
        if separation < _SEPARATION:
            continue
        difference = levels[0] - levels[1] - middle
        aside = _ASIDE * separation
        alone = _active(levels) & np.stack([difference > aside, difference < -aside])  # [2, T] for sure
        into_second, into_first = (_leak(tracks, alone[source], source) for source in (0, 1))
        if into_second.gain == into_first.gain == 0.0:
            return Separated(tracks, alone)
        if into_second.gain * into_first.gain < _LARGEST_PRODUCT:
            return Separated(_taken_out(tracks, into_first.factors, into_second.factors), alone)
    return Separated(tracks, np.zeros(levels.shape, bool))


def _active(levels: np.ndarray) -> np.ndarray:
    loud = np.percentile(levels, 95.0, axis=1, keepdims=True)
    active: np.ndarray = (levels > loud - _ACTIVE_DECIBELS).any(axis=0)
    return active


def _two_states(levels: np.ndarray) -> tuple[float, float]:
    """Differences of levels split in two: the middle between their means, and how far apart these are."""
    split = otsu_split((levels[0] - levels[1])[_active(levels)])
    return (split.low + split.high) / 2.0, split.separation


def _leak(tracks: np.ndarray, alone: np.ndarray, source: int) -> _Leak:
    """What comes from `source` into the other track, from the frames [T] in which `source` speaks alone."""
    frequencies = _WINDOW // 2 + 1
    cross, power, everything = np.zeros(frequencies, complex), *np.full((2, frequencies), 1e-12)
    if alone.sum() < _FEWEST_FRAMES:
        return _Leak(cross, 0.0)
    for first, spectra in _spectra(tracks):
        middles = np.arange(first, first + spectra.shape[1]) * _HOP + _HOP - _WINDOW // 2  # samples
        chosen = spectra[:, alone[np.clip(middles // SAMPLES_PER_FRAME, 0, len(alone) - 1)]]  # [2, K, F]
        cross += (chosen[1 - source] * chosen[source].conj()).sum(axis=0)
        power += (np.abs(chosen[source]) ** 2).sum(axis=0)
        everything += (np.abs(spectra[source]) ** 2).sum(axis=0)
    # Where a voice has no energy, above the band of its telephone say, what its track holds came from the other one.
    own = np.interp(power / everything, _OWN_SHARE, (0.0, 1.0))
    factors = own * cross / power
    return _Leak(factors, float(np.sqrt((np.abs(factors) ** 2 * power).sum() / power.sum())))


def _taken_out(tracks: np.ndarray, into_first: np.ndarray, into_second: np.ndarray) -> np.ndarray:
    window = _window()
    cleaned = np.zeros((2, tracks.shape[1] + 2 * _WINDOW), np.float32)  # [2, N], and the windows over both ends
    for first, spectra in _spectra(tracks):
        own = np.stack([spectra[0] - into_first * spectra[1], spectra[1] - into_second * spectra[0]])
        pieces = np.fft.irfft(own, _WINDOW).astype(np.float32) * window  # [2, M, window]
        for index in range(pieces.shape[1]):
            at = (first + index) * _HOP
            cleaned[:, at : at + _WINDOW] += pieces[:, index]
    begin = _WINDOW - _HOP
    cleaned /= np.float32((window**2).sum() / _HOP)
    return cleaned[:, begin : begin + tracks.shape[1]]


def _spectra(tracks: np.ndarray) -> Iterator[tuple[int, np.ndarray]]:
    """(number of the first window, [2, M, F]) block by block; window k begins at sample (k + 1) · hop − window."""
    window = _window()
    length = tracks.shape[1]
    count = -(-(length + _WINDOW - _HOP) // _HOP)
    for first in range(0, count, _BLOCK):
        number = min(_BLOCK, count - first)
        begin = (first + 1) * _HOP - _WINDOW
        end = begin + (number - 1) * _HOP + _WINDOW
        before, after = max(-begin, 0), max(end - length, 0)
        part = np.pad(tracks[:, begin + before : end - after], ((0, 0), (before, after)))
        pieces = np.lib.stride_tricks.sliding_window_view(part, _WINDOW, axis=1)[:, ::_HOP]
        yield first, np.fft.rfft(pieces * window, axis=2)


def _window() -> np.ndarray:
    """[window] the square root of Hann, which is applied twice."""
    return np.sqrt(np.hanning(_WINDOW + 1)[:-1]).astype(np.float32)
