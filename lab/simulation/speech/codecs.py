"""What a call or a small file leaves of a voice: lossy codecs at low rates, written and read back in memory."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Final

import numpy as np
import soundfile
from scipy.signal import resample_poly

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
