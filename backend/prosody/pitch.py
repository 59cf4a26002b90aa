"""The voice's fundamental over time, by autocorrelation; shows where it falls and where it stands out."""

from __future__ import annotations

from typing import Final

import numpy as np
from scipy.signal import resample_poly

from ..contract.constants import SAMPLE_RATE

PITCH_RATE: Final = 100
"""Values a second."""

_RATE: Final = 4000
_WINDOW: Final = 200
"""50 ms: two periods of a low voice."""

_LOWEST, _HIGHEST = 60.0, 420.0
_VOICED: Final = 0.45
"""Autocorrelation at the best lag from which a window counts as voiced."""

_OCTAVE_COST: Final = 0.05
"""By which a voice must be likelier for each octave that it is taken to be lower (Boersma 1993)."""

_FAINT: Final = 0.02
"""Share of the loudest window's power below which a window is silent."""


def pitch_of(samples: np.ndarray) -> np.ndarray:
    """Hz of `samples` [N] at SAMPLE_RATE, nan where no voice sounds. [about N / 160]; value k is at k / PITCH_RATE s.

    Normalised autocorrelation in windows of 50 ms, parabolic between lags (Boersma 1993, without its path search).
    """
    low = resample_poly(samples, 1, SAMPLE_RATE // _RATE)
    hop = _RATE // PITCH_RATE
    padded = np.pad(low, (_WINDOW // 2, _WINDOW))
    windows = np.lib.stride_tricks.sliding_window_view(padded, _WINDOW)[::hop][: len(low) // hop + 1]
    shaped = (windows - windows.mean(axis=1, keepdims=True)) * np.hanning(_WINDOW)  # [n, 200]
    length = 2 * _WINDOW
    # Twice as many lags as samples: a high voice's period would fall between two.
    own = np.fft.irfft(np.abs(np.fft.rfft(shaped, length)) ** 2, 2 * length)  # [n, 800]
    window = np.hanning(_WINDOW)
    first, last = int(2 * _RATE / _HIGHEST), int(2 * _RATE / _LOWEST) + 1
    lags = np.arange(first - 1, last + 2)
    taper = np.interp(lags / 2, np.arange(_WINDOW), np.correlate(window, window, "full")[_WINDOW - 1 :])
    power = own[:, 0]
    likeness = own[:, lags] / np.maximum(power[:, None], 1e-12) * (window @ window / taper)
    octaves = np.log2(lags[1:-1] / first)  # longer lags repeat what shorter ones have
    best = (likeness[:, 1:-1] - _OCTAVE_COST * octaves).argmax(axis=1) + 1
    rows = np.arange(len(best))
    before, here, after = (likeness[rows, best + step] for step in (-1, 0, 1))
    bend = before - 2 * here + after
    shift = np.where(np.abs(bend) > 1e-9, 0.5 * (before - after) / np.where(bend == 0, 1, bend), 0)  # noqa: PLR2004
    hertz = 2 * _RATE / (first - 1 + best + np.clip(shift, -0.5, 0.5))
    voiced = (here > _VOICED) & (power > _FAINT * power.max(initial=0.0))
    return np.asarray(np.where(voiced, hertz, np.nan))


def semitones(hertz: np.ndarray) -> np.ndarray:
    """`hertz` relative to its own median, nan where it is."""
    known = hertz[np.isfinite(hertz)]
    return np.asarray(12 * np.log2(hertz / np.median(known))) if len(known) else np.full(len(hertz), np.nan)
