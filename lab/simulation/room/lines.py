"""Microphone electronics and lines: automatic gain, overdrive, band limits, telephone and lossy codecs."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Final

import numpy as np
import soundfile
from scipy.ndimage import maximum_filter1d, uniform_filter1d
from scipy.signal import butter, resample_poly, sosfilt

from backend.contract.constants import SAMPLE_RATE


@dataclass(frozen=True)
class Codec:
    """`container` and `encoding` by libsndfile's names; `levels` of compression, 0 to 1; `rate_hz` it runs at."""

    container: str
    encoding: str
    levels: tuple[float, float] | None
    rate_hz: int


# Measured by cross-correlation (libsndfile 1.2.2), all of them give back every sample where it was, at 7 to 30 kbit/s.
# MP3 at a constant rate does not: it comes 1105 samples late.
CODECS: Final = (
    Codec("OGG", "OPUS", (0.90, 1.00), SAMPLE_RATE),
    Codec("OGG", "VORBIS", (0.80, 1.00), SAMPLE_RATE),
    Codec("OGG", "VORBIS", (0.80, 1.00), SAMPLE_RATE // 2),
    Codec("MP3", "MPEG_LAYER_III", (0.80, 0.99), SAMPLE_RATE),
    Codec("WAV", "GSM610", None, SAMPLE_RATE // 2),
)


def control_gain(track: np.ndarray) -> np.ndarray:
    """Automatic gain: quiet stretches are raised by up to 15 dB, within a second."""
    window = SAMPLE_RATE // 50
    level = np.sqrt(uniform_filter1d(np.square(track), window))
    held = uniform_filter1d(maximum_filter1d(level[::window], 25), 25)  # a value every 20 ms
    target = max(float(held.max(initial=0.0)), 1e-5)
    gain = np.minimum((target / np.maximum(held, 1e-6)) ** 0.6, 10 ** (15 / 20))
    return np.asarray(track * np.interp(np.arange(len(track)), np.arange(len(gain)) * window, gain))


def overdrive(track: np.ndarray, drive: float) -> np.ndarray:
    """Overdriven: peaks cut `drive` decibels below the loudest, its level raised to what it was."""
    limit = float(np.abs(track).max(initial=0.0)) * 10 ** (-drive / 20)
    return np.asarray(np.clip(track, -limit, limit) * min(10 ** (drive / 40), 0.98 / max(limit, 1e-6)))


def band_pass(track: np.ndarray, low: float, high: float) -> np.ndarray:
    """Only what lies between `low` and `high` hertz."""
    return np.asarray(sosfilt(butter(3, (low, high), "bandpass", fs=SAMPLE_RATE, output="sos"), track))


def through_telephone(track: np.ndarray) -> np.ndarray:
    """300–3400 Hz and 8-bit µ-law, as on a telephone line."""
    band = sosfilt(butter(4, (300, 3400), "bandpass", fs=SAMPLE_RATE, output="sos"), track)
    companded = np.sign(band) * np.log1p(255 * np.minimum(np.abs(band), 1)) / np.log(256)
    quantised = np.round(companded * 127) / 127
    return np.asarray(np.sign(quantised) * np.expm1(np.abs(quantised) * np.log(256)) / 255)


def through_codec(rng: np.random.Generator, track: np.ndarray, codec: Codec) -> np.ndarray:
    """`track` [N] within ±1, coded and decoded. [N] float32, the same timing."""
    ratio = SAMPLE_RATE // codec.rate_hz
    given = resample_poly(track, 1, ratio) if ratio > 1 else track
    settings = {}
    if codec.levels is not None:
        settings["compression_level"] = float(rng.uniform(*codec.levels))
    if codec.container == "MP3":
        settings["bitrate_mode"] = "VARIABLE"  # type: ignore[assignment]
    file = io.BytesIO()
    soundfile.write(
        file,
        np.clip(given, -1, 1).astype(np.float32),
        codec.rate_hz,
        format=codec.container,
        subtype=codec.encoding,
        **settings,
    )
    file.seek(0)
    decoded, _ = soundfile.read(file, dtype="float32")
    back = resample_poly(decoded, ratio, 1) if ratio > 1 else decoded
    out = np.zeros(len(track), np.float32)
    out[: len(back)] = back[: len(track)]
    return out
