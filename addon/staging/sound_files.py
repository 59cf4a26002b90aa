"""What a sound file is: its length, rate and channels, and how loud it is when; as Blender's audio library reads it."""

from __future__ import annotations

import wave
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

import numpy as np

try:
    import aud
except ImportError:  # a build without audio
    aud = None

_LONGEST_LISTENED: Final = 1.0
"""Seconds of a column that are listened to, so that two hours are looked at as quickly as two minutes."""
_LONGEST_STEP: Final = 5.0
"""Seconds that are decoded at once."""
_QUIETEST: Final = -50.0
"""Decibels below the loudest column that are drawn as silence."""


@dataclass(frozen=True)
class SoundFacts:
    """`seconds` long, `rate` samples a second, `channels`."""

    seconds: float
    rate: int
    channels: int

    def sentence(self) -> str:
        """“1:04, 48 kHz, stereo”."""
        minutes, seconds = divmod(round(self.seconds), 60)
        hours, minutes = divmod(minutes, 60)
        clock = f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"
        channels = {1: "mono", 2: "stereo"}.get(self.channels, f"{self.channels} channels")
        return f"{clock}, {self.rate / 1000:g} kHz, {channels}"


def facts_of(path: Path) -> SoundFacts | None:
    """What `path` is; None for a file that is not there or has no sound. A file is opened again only after a change."""
    try:
        state = path.stat()
    except (OSError, ValueError):
        return None
    return _facts(path, state.st_mtime_ns, state.st_size)


@lru_cache(maxsize=64)
def _facts(path: Path, _changed: int, _size: int) -> SoundFacts | None:
    if aud is None:
        return _wave_facts(path)
    try:
        sound = aud.Sound(str(path))
        (rate, channels), samples = sound.specs, sound.length
    except (aud.error, RuntimeError):
        return None
    return SoundFacts(samples / rate, round(rate), channels) if rate > 0 and samples > 0 else None


def _wave_facts(path: Path) -> SoundFacts | None:
    try:
        with wave.open(str(path), "rb") as file:
            return SoundFacts(file.getnframes() / file.getframerate(), file.getframerate(), file.getnchannels())
    except (OSError, EOFError, wave.Error, ZeroDivisionError):
        return None


def loudness_in_steps(path: Path, columns: int) -> Iterator[np.ndarray]:
    """[columns, channels] how loud each stretch of the file is, 0 silent to 1 the loudest, as far as it is known.

    Short stretches are listened to several at once, of long ones the beginning. Nothing where Blender cannot play it.
    """
    facts = facts_of(path)
    if facts is None or aud is None:
        return
    power = np.zeros((columns, facts.channels))
    wide = facts.seconds / columns
    together = max(1, int(_LONGEST_STEP / wide))
    for first in range(0, columns, together if wide <= _LONGEST_LISTENED else 1):
        several = min(together, columns - first) if wide <= _LONGEST_LISTENED else 1
        samples = samples_of(path, first * wide, min(wide, _LONGEST_LISTENED) * several)
        if samples is None:
            return
        for column, part in enumerate(np.array_split(np.square(samples, dtype=np.float64), several), start=first):
            power[column] = part.mean(axis=0) if len(part) else 0.0
        yield _drawn(power)


def samples_of(path: Path, start: float, seconds: float) -> np.ndarray | None:
    """[N, channels] what is heard in `seconds` of the file from `start` on; None where Blender cannot play it."""
    if aud is None:
        return None
    try:
        found = np.asarray(aud.Sound(str(path)).limit(start, start + seconds).data())
    except (aud.error, RuntimeError):
        return None
    return found if found.ndim > 1 else found[:, None]


def _drawn(power: np.ndarray) -> np.ndarray:
    """Powers [columns, channels] as heights from 0 to 1, by decibels."""
    loudest = power.max()
    if loudest <= 0.0:
        return np.zeros_like(power)
    decibels = 10.0 * np.log10(np.maximum(power / loudest, 1e-12))
    return np.clip(1.0 - decibels / _QUIETEST, 0.0, 1.0)
