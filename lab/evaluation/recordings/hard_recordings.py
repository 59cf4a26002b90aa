"""What makes clean recordings hard: a telephone, a room, a second voice underneath.

Every function takes and gives tracks [2, N] at SAMPLE_RATE.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
from scipy.signal import butter, fftconvolve, sosfilt

from backend.contract.constants import SAMPLE_RATE

_BAND: Final = (300.0, 3400.0)
_DECAY: Final = 0.4
_REVERBERANT: Final = -6.0
_BELOW: Final = -15.0
_SPEECH_FROM: Final = 0.1
"""Share of a track's loud passages above which it counts as speech when the second voice is cut from it."""


def through_telephone(tracks: np.ndarray) -> np.ndarray:
    """300 to 3400 Hz, 8 bits of µ-law (ITU-T G.711, without its 8 kHz)."""
    band = sosfilt(butter(4, _BAND, "bandpass", fs=SAMPLE_RATE, output="sos"), tracks, axis=1)
    pressed = np.sign(band) * np.log1p(255.0 * np.minimum(np.abs(band), 1.0)) / np.log(256.0)
    steps = np.round(pressed * 127.0) / 127.0
    return np.asarray(np.sign(steps) * np.expm1(np.abs(steps) * np.log(256.0)) / 255.0, np.float32)


def in_a_room(tracks: np.ndarray) -> np.ndarray:
    """A room that decays by 60 dB in 0.4 s, its echo 6 dB below the direct sound; the same room for both."""
    time = np.arange(round(_DECAY * SAMPLE_RATE)) / SAMPLE_RATE
    response = np.random.default_rng(0).standard_normal(len(time)) * 10.0 ** (-3.0 * time / _DECAY)
    response[: round(0.003 * SAMPLE_RATE)] = 0.0
    response *= 10.0 ** (_REVERBERANT / 20.0) / np.linalg.norm(response)
    response[0] = 1.0
    return np.asarray(fftconvolve(tracks, response[None], axes=1)[:, : tracks.shape[1]], np.float32)


def with_second_voice(tracks: np.ndarray) -> np.ndarray:
    """Under each track the other person's speech without its pauses, over and over, 15 dB lower."""
    voices = [_without_pauses(track) for track in tracks]
    under = np.stack([np.resize(voice, tracks.shape[1]) for voice in reversed(voices)])  # [2, N]
    levels = [_level(_without_pauses(track)) / max(_level(one), 1e-9) for track, one in zip(tracks, under, strict=True)]
    mixed = tracks + under * (np.array(levels)[:, None] * 10.0 ** (_BELOW / 20.0))
    return np.asarray(np.clip(mixed, -1.0, 1.0), np.float32)


HARD_RECORDINGS: Final[dict[str, Callable[[np.ndarray], np.ndarray]]] = {
    "telephone": through_telephone,
    "room": in_a_room,
    "second voice 15 dB lower": with_second_voice,
}


def _without_pauses(track: np.ndarray) -> np.ndarray:
    block = SAMPLE_RATE // 20
    blocks = track[: len(track) // block * block].reshape(-1, block)
    levels = np.sqrt((blocks**2).mean(axis=1))
    kept = blocks[levels > _SPEECH_FROM * np.percentile(levels, 95.0)]
    return kept.ravel() if len(kept) else track


def _level(samples: np.ndarray) -> float:
    return float(np.sqrt((samples**2).mean()))
