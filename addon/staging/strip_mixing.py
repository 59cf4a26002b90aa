"""One person's track, mixed from what strips in the sequencer play."""

from __future__ import annotations

import wave
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO, Final

import numpy as np

from ...backend.contract.errors import DuologueError, ExitCode
from ...backend.contract.files import explained_write_errors, write_whole
from ..steps import Steps
from .sequencer import StripSound
from .sound_files import facts_of, samples_of

_HIGHEST_RATE: Final = 48_000
_STEP_SECONDS: Final = 20.0
_LOUDEST: Final = 32_767


def mixed_in_steps(strips: Sequence[StripSound], begin: float, end: float, fps: float, file: Path) -> Steps[None]:
    """Write `file`, a wav of one channel, with what `strips` play between the scene's frames `begin` and `end`.

    Raises DuologueError (AUDIO_UNREADABLE, DISK_FULL, OUTPUT_NOT_WRITABLE).
    """
    rate = min(_HIGHEST_RATE, max(_rate_of(strip) for strip in strips))
    track = np.zeros(round((end - begin) / fps * rate), np.float32)
    total, done = sum(strip.seconds for strip in strips), 0.0
    for strip in strips:
        heard = 0.0
        while heard < strip.seconds:
            yield f"Mixing {strip.name}", done / total
            wide = min(_STEP_SECONDS, strip.seconds - heard)
            _add(track, _samples(strip, heard, wide, rate), round(((strip.begin - begin) / fps + heard) * rate))
            heard, done = heard + wide, done + wide
    yield "Writing the track", 1.0
    with explained_write_errors(file):
        file.parent.mkdir(parents=True, exist_ok=True)
    write_whole(file, lambda out: _write(out, track, rate))


def _add(track: np.ndarray, samples: np.ndarray, at: int) -> None:
    """Add `samples` to `track` from its sample `at` on, as far as they lie in it."""
    first, last = max(0, at), min(len(track), at + len(samples))
    if first < last:
        track[first:last] += samples[first - at : last - at]


def _samples(strip: StripSound, start: float, seconds: float, rate: int) -> np.ndarray:
    """[N] mono at `rate`, as loud as the strip plays it."""
    found = samples_of(strip.path, strip.inside + start, seconds)
    if found is None:
        raise _unplayable(strip)
    mono = found.mean(axis=1, dtype=np.float64) * strip.gain
    own = _rate_of(strip)
    if own != rate and len(mono):
        wanted = np.arange(round(len(mono) / own * rate)) / rate
        mono = np.interp(wanted, np.arange(len(mono)) / own, mono)
    return mono.astype(np.float32)  # type: ignore[no-any-return]


def _rate_of(strip: StripSound) -> int:
    facts = facts_of(strip.path)
    if facts is None:
        raise _unplayable(strip)
    return facts.rate


def _write(out: BinaryIO, track: np.ndarray, rate: int) -> None:
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes((np.clip(track, -1.0, 1.0) * _LOUDEST).astype("<i2").tobytes())


def _unplayable(strip: StripSound) -> DuologueError:
    return DuologueError(
        ExitCode.AUDIO_UNREADABLE,
        f"Blender cannot play what the strip {strip.name} plays, {strip.path}.",
        "Choose another channel, or the file itself.",
    )
