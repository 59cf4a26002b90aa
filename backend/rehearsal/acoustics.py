"""What microphones make of voices: level, room, tone, telephone, noise and leakage between the tracks."""

# ruff: noqa: PLR2004 - chances and sizes of a distribution are read best where they are drawn

from __future__ import annotations

from typing import Final

import numpy as np
from scipy.signal import butter, fftconvolve, lfilter, sosfilt

from ..contract.constants import SAMPLE_RATE

_CLEAN_SHARE: Final = 0.25
"""Share of rehearsals recorded as in a studio: no room, no telephone, hardly any noise."""


def record(rng: np.random.Generator, voices: np.ndarray) -> np.ndarray:
    """The tracks of a dialogue as recorded. `voices` [2, N] dry → [2, N] float32 within ±1, same length and timing."""
    clean = rng.random() < _CLEAN_SHARE
    tracks = np.stack([_levelled(rng, voice) for voice in voices])  # [2, N]
    if clean:
        return _with_noise(rng, tracks, float(rng.uniform(50, 70)))
    shared_room = rng.random() < 0.5
    room = _draw_room(rng)
    tracks = np.stack([_through(track, room if shared_room else _draw_room(rng)) for track in tracks])
    tracks = np.stack([_toned(rng, track) for track in tracks])
    leak = 10 ** (-rng.uniform(22, 60, size=2) / 20)
    tracks = tracks + leak[:, None] * tracks[::-1]
    tracks = _with_noise(rng, tracks, float(rng.uniform(12, 45)))
    if rng.random() < 0.25:
        tracks = np.stack([_telephoned(track) for track in tracks])
    return np.asarray(np.clip(tracks, -1, 1).astype(np.float32))


def _levelled(rng: np.random.Generator, voice: np.ndarray) -> np.ndarray:
    """Scaled to a speech level between −34 and −14 dB of full scale, the loud parts kept below clipping."""
    sounding = np.abs(voice) > 1e-4
    loudness = float(np.sqrt(np.mean(np.square(voice[sounding])))) if sounding.any() else 1.0
    gain = 10 ** (rng.uniform(-34, -14) / 20) / loudness
    peak = float(np.abs(voice).max(initial=0.0))
    return np.asarray(voice * min(gain, 0.98 / max(peak, 1e-6)))


def _draw_room(rng: np.random.Generator) -> np.ndarray:
    """A room's response: the direct sound, then noise that decays by 60 dB within 0.1–0.7 s."""
    decay = rng.uniform(0.1, 0.7)
    length = round(decay * SAMPLE_RATE)
    time = np.arange(length) / SAMPLE_RATE
    tail = rng.standard_normal(length) * 10 ** (-3 * time / decay)
    tail[: round(0.003 * SAMPLE_RATE)] = 0
    tail *= 10 ** (-rng.uniform(6, 24) / 20) / np.linalg.norm(tail)
    tail[0] = 1.0
    return np.asarray(tail)


def _through(track: np.ndarray, room: np.ndarray) -> np.ndarray:
    return np.asarray(fftconvolve(track, room)[: len(track)])


def _toned(rng: np.random.Generator, track: np.ndarray) -> np.ndarray:
    """Brighter or darker: one pole of pre- or de-emphasis, level kept."""
    tilt = rng.uniform(-0.5, 0.5)
    toned = lfilter([1.0, -tilt], [1.0], track) if tilt > 0 else lfilter([1.0], [1.0, tilt], track)
    before, after = float(np.std(track)), float(np.std(toned))
    return np.asarray(toned) * (before / max(after, 1e-9))


def _with_noise(rng: np.random.Generator, tracks: np.ndarray, ratio: float) -> np.ndarray:
    """Steady pink-to-white noise `ratio` dB below the louder track."""
    noise = rng.standard_normal(tracks.shape)
    noise = lfilter([1.0], [1.0, -rng.uniform(0.0, 0.97)], noise, axis=1)
    level = np.sqrt(np.mean(np.square(tracks), axis=1)).max() * 10 ** (-ratio / 20)
    scaled = noise * (level / np.maximum(noise.std(axis=1, keepdims=True), 1e-9))
    return np.asarray(np.clip(tracks + scaled, -1, 1).astype(np.float32))


def _telephoned(track: np.ndarray) -> np.ndarray:
    """300–3400 Hz and 8-bit µ-law, as on a telephone line."""
    band = sosfilt(butter(4, (300, 3400), "bandpass", fs=SAMPLE_RATE, output="sos"), track)
    companded = np.sign(band) * np.log1p(255 * np.minimum(np.abs(band), 1)) / np.log(256)
    quantised = np.round(companded * 127) / 127
    return np.asarray(np.sign(quantised) * np.expm1(np.abs(quantised) * np.log(256)) / 255)
