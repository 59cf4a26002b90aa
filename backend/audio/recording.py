"""One audio file, decoded to the worker's sample rate, or the sentence that says why not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from ..contract.constants import MAXIMUM_SECONDS, MINIMUM_SECONDS, SAMPLE_RATE
from ..contract.errors import ExitCode
from ..contract.files import sha256_of
from ..contract.reading import explained_read_errors
from .decoding import SoundFile, not_opened, opened_sound, unusable
from .filters import remove_low_frequencies, resampled

_SILENT_PEAK: Final = 1e-4
"""−80 dB of full scale: below it there is dither and nothing else."""
_INTEGER_PEAK: Final = 8.0
"""A float file that goes further above full scale holds integers that nobody scaled."""
_UNUSABLE_LEVEL: Final = 1e30
"""Filtering louder samples overflows float32."""
_ENDS_EARLY: Final = 0.98
"""Share of the length named in the header below which a file is reported as cut off."""


@dataclass(frozen=True)
class AudioFile:
    """What a file is without its sound: how many `seconds` could be read, and its own `rate` and `channels`.

    `recorded_at`: when it began, in seconds since midnight, where the recorder wrote that down. `offset`: seconds from
    the beginning of the dialogue to the beginning of the file.
    """

    path: Path
    seconds: float
    rate: int
    channels: int
    sha256: str
    recorded_at: float | None = None
    offset: float = 0.0


@dataclass(frozen=True)
class Recording:
    """A decoded file: `samples` [C, N] float32 at `SAMPLE_RATE`, C 1 or 2; `warnings` are sentences."""

    file: AudioFile
    samples: np.ndarray
    warnings: tuple[str, ...] = ()


def read_recording(
    path: Path,
    check_cancel: Callable[[], None] = lambda: None,
    progress: Callable[[float], None] = lambda _share: None,
) -> Recording:
    """Decode the sound of any audio or video file, of any rate and channel count; it may be silent.

    More than two channels are averaged into one. A constant offset and what is too low to be heard are taken out.
    `check_cancel` is called once a block, and `progress` with the share that is done, where the length is known.
    Raises DuologueError (AUDIO_NOT_FOUND, _UNREADABLE, _EMPTY, _TOO_SHORT, _TOO_LONG, _NOT_FINITE).
    """
    _check_file(path)
    with opened_sound(path) as sound:
        if sound.announced is not None:
            _check_length(path, sound.announced)
        blocks = resampled(_blocks(path, sound, check_cancel, progress), sound.rate, SAMPLE_RATE)
        parts = [block.T for block in blocks]  # [C, n] float32
    samples = np.concatenate(parts, axis=1)
    samples, warnings = _at_full_scale(path, samples)
    seconds = samples.shape[1] / SAMPLE_RATE
    if seconds < MINIMUM_SECONDS:
        what = f"lasts {seconds:.2f} s; {MINIMUM_SECONDS} s is the least"
        raise unusable(ExitCode.AUDIO_TOO_SHORT, path, what, "Choose a longer recording")
    samples, removed = (samples, False) if is_silent(samples) else remove_low_frequencies(samples)
    if removed:
        warnings.append(f"{path.name} does not swing around zero; the offset or rumble was taken out.")
    if sound.announced is not None and seconds < _ENDS_EARLY * sound.announced:
        warnings.append(f"{path.name} is cut off: {seconds:.1f} s of {sound.announced:.1f} s could be read.")
    elif sound.damaged:
        warnings.append(f"{path.name} is damaged in {sound.damaged} place(s), which are left out.")
    file = AudioFile(path, seconds, sound.rate, sound.channels, sha256_of(path), sound.recorded_at)
    return Recording(file, samples, tuple(warnings))


def is_silent(samples: np.ndarray) -> bool:
    """Whether `samples` of any shape hold dither at most, from beginning to end."""
    return max(float(samples.max(initial=0.0)), -float(samples.min(initial=0.0))) < _SILENT_PEAK


def _check_file(path: Path) -> None:
    with explained_read_errors(lambda reason: not_opened(path, reason)):
        if not path.exists():
            raise unusable(ExitCode.AUDIO_NOT_FOUND, path, "is not there", "Choose the recording again")
        if not path.is_file():
            raise unusable(ExitCode.AUDIO_UNREADABLE, path, "is a folder, not a recording", "Choose a file in it")
        if path.stat().st_size == 0:
            raise unusable(ExitCode.AUDIO_EMPTY, path, "is an empty file", "Record or export it again")


def _check_length(path: Path, seconds: float) -> None:
    if seconds > MAXIMUM_SECONDS:
        what = f"lasts {seconds / 3600:.1f} hours; {MAXIMUM_SECONDS / 3600:.0f} hours is the most"
        raise unusable(ExitCode.AUDIO_TOO_LONG, path, what, "Cut it into scenes")


def _blocks(
    path: Path, sound: SoundFile, check_cancel: Callable[[], None], progress: Callable[[float], None]
) -> Iterator[np.ndarray]:
    """[n, C] float32 blocks, C 1 or 2, every sample finite."""
    done = 0
    for block in sound.blocks(check_cancel):
        usable = (np.abs(block) < _UNUSABLE_LEVEL).all(axis=1)  # [n], False for NaN too
        if not usable.all():
            second = (done + int(np.argmin(usable))) / sound.rate
            what = f"holds samples that are not numbers, the first at {second:.2f} s"
            raise unusable(ExitCode.AUDIO_NOT_FINITE, path, what, "Export it again as 16-bit wav or flac")
        done += len(block)
        _check_length(path, done / sound.rate)
        if sound.announced:
            progress(min(done / sound.rate / sound.announced, 1.0))
        yield block if block.shape[1] <= 2 else block.mean(axis=1, keepdims=True, dtype=np.float64).astype(np.float32)  # noqa: PLR2004


def _at_full_scale(path: Path, samples: np.ndarray) -> tuple[np.ndarray, list[str]]:
    """`samples` within about full scale, and a warning where they were far outside."""
    peak = float(np.abs(samples).max())
    if peak <= _INTEGER_PEAK:
        return samples, []
    return samples / np.float32(peak), [f"{path.name} is {peak:.0f} times louder than full scale; it was scaled down."]
