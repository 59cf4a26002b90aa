"""How loud a sound is in a band, in small steps."""

from __future__ import annotations

import numpy as np
from scipy.signal import butter, sosfiltfilt

from .voice import Sound


def band_level(sound: Sound, band: tuple[float, float], order: int, window: float, step: float) -> np.ndarray:
    """Decibels within `band` hertz (Butterworth of `order`, both ways) of `window` seconds, every `step` seconds. [n].

    A band that reaches beyond what the sound's rate can hold is cut there.
    """
    held = (band[0], min(band[1], 0.45 * sound.rate_hz))
    heard = sosfiltfilt(butter(order, held, "bandpass", fs=sound.rate_hz, output="sos"), sound.samples)
    power = np.concatenate([[0.0], np.cumsum(np.square(heard))])  # [N + 1]
    middles = np.arange(0, len(heard) / sound.rate_hz, step)
    first = np.clip(np.round((middles - window / 2) * sound.rate_hz).astype(int), 0, len(heard))
    last = np.clip(np.round((middles + window / 2) * sound.rate_hz).astype(int), 0, len(heard))
    mean = (power[last] - power[first]) / np.maximum(last - first, 1)
    return np.asarray(10 * np.log10(mean + 1e-10))
