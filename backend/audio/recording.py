"""One audio file, decoded to the worker's sample rate, or the sentence that says why not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import soundfile

from ..contract.constants import MAXIMUM_SECONDS, MINIMUM_SECONDS, SAMPLE_RATE
from ..contract.errors import DuologueError, ExitCode
from ..contract.files import sha256_of
from .resampling import resampled

_BLOCK_FRAMES: Final = 1 << 18
SILENT_PEAK: Final = 1e-4
"""−80 dB of full scale: below it there is dither and nothing else."""
_INTEGER_PEAK: Final = 8.0
"""A float file that goes further above full scale holds integers that nobody scaled."""
_UNUSABLE_LEVEL: Final = 1e30
"""Filtering louder samples overflows float32."""
_LOWEST_RATE: Final = 4_000
_ENDS_EARLY: Final = 0.98
"""Share of the length named in the header below which a file is told to be cut off."""
_LENGTH_UNKNOWN: Final = 1 << 62


@dataclass(frozen=True)
class AudioFile:
    """What a file is without its sound: how many `seconds` could be read, and its own `rate` and `channels`."""

    path: Path
    seconds: float
    rate: int
    channels: int
    sha256: str


@dataclass(frozen=True)
class Recording:
    """A decoded file: `samples` [C, N] float32 at `SAMPLE_RATE`, C 1 or 2; `warnings` are sentences."""

    file: AudioFile
    samples: np.ndarray
    warnings: tuple[str, ...] = ()


def read_recording(path: Path, check_cancel: Callable[[], None] = lambda: None) -> Recording:
    """Decode wav, flac, ogg or mp3 of any rate and channel count.

    More than two channels are averaged into one. `check_cancel` is called once a block.
    Raises DuologueError (AUDIO_NOT_FOUND, _UNREADABLE, _EMPTY, _TOO_SHORT, _TOO_LONG, _NOT_FINITE, _SILENT).
    """
    _check_file(path)
    try:
        with path.open("rb") as stream, soundfile.SoundFile(stream) as file:
            _check_header(path, file)
            blocks = resampled(_blocks(path, file, check_cancel), file.samplerate, SAMPLE_RATE)
            parts = [block.T for block in blocks]  # [C, n] float32
            rate, channels, announced = file.samplerate, file.channels, file.frames
    except (
        OSError,
        RuntimeError,
        TypeError,
    ) as error:  # libsndfile's errors are RuntimeErrors; a .raw name a TypeError
        raise _unreadable(path, error) from error
    if not parts:
        raise _error(ExitCode.AUDIO_EMPTY, path, "holds no sound", "Record or export it again")
    samples = np.concatenate(parts, axis=1)
    samples, warnings = _at_full_scale(path, samples)
    _check_samples(path, samples)
    seconds = samples.shape[1] / SAMPLE_RATE
    if announced < _LENGTH_UNKNOWN and seconds < _ENDS_EARLY * announced / rate:
        warnings.append(f"{path.name} is cut off: {seconds:.1f} s of {announced / rate:.1f} s could be read.")
    return Recording(AudioFile(path, seconds, rate, channels, sha256_of(path)), samples, tuple(warnings))


def _check_file(path: Path) -> None:
    if not path.exists():
        raise _error(ExitCode.AUDIO_NOT_FOUND, path, "is not there", "Choose the recording again")
    if not path.is_file():
        raise _error(ExitCode.AUDIO_UNREADABLE, path, "is a folder, not a recording", "Choose a file in it")
    if path.stat().st_size == 0:
        raise _error(ExitCode.AUDIO_EMPTY, path, "is an empty file", "Record or export it again")


def _check_header(path: Path, file: soundfile.SoundFile) -> None:
    if file.samplerate < _LOWEST_RATE:
        what = f"has {file.samplerate} samples a second, too few for speech"
        raise _error(ExitCode.AUDIO_UNREADABLE, path, what, "Export it at 16 kHz or more")
    if file.frames == 0:
        raise _error(ExitCode.AUDIO_EMPTY, path, "holds no sound", "Record or export it again")
    if file.frames < _LENGTH_UNKNOWN:
        _check_length(path, file.frames / file.samplerate)


def _check_length(path: Path, seconds: float) -> None:
    if seconds > MAXIMUM_SECONDS:
        what = f"lasts {seconds / 3600:.1f} hours; {MAXIMUM_SECONDS / 3600:.0f} hours is the most"
        raise _error(ExitCode.AUDIO_TOO_LONG, path, what, "Cut it into scenes")


def _blocks(path: Path, file: soundfile.SoundFile, check_cancel: Callable[[], None]) -> Iterator[np.ndarray]:
    """[n, C] float32 blocks, C 1 or 2, every sample finite."""
    done = 0
    while len(block := _next_block(path, file, done)):
        check_cancel()
        usable = (np.abs(block) < _UNUSABLE_LEVEL).all(axis=1)  # [n], False for NaN too
        if not usable.all():
            second = (done + int(np.argmin(usable))) / file.samplerate
            what = f"holds samples that are not numbers, the first at {second:.2f} s"
            raise _error(ExitCode.AUDIO_NOT_FINITE, path, what, "Export it again as 16-bit wav or flac")
        done += len(block)
        _check_length(path, done / file.samplerate)
        yield block if block.shape[1] <= 2 else block.mean(axis=1, keepdims=True, dtype=np.float64).astype(np.float32)  # noqa: PLR2004


def _next_block(path: Path, file: soundfile.SoundFile, done: int) -> np.ndarray:
    """[n, channels] float32, n 0 at the end. `SoundFile.blocks` would make up the end of a file that is cut off."""
    try:
        block: np.ndarray = file.read(_BLOCK_FRAMES, dtype="float32", always_2d=True)
    except soundfile.LibsndfileError as error:
        what = f"is damaged after {done / file.samplerate:.1f} s"
        fix = "Export or copy it again"
        raise _error(ExitCode.AUDIO_UNREADABLE, path, what, fix) from error
    return block


def _at_full_scale(path: Path, samples: np.ndarray) -> tuple[np.ndarray, list[str]]:
    """`samples` within about full scale, and a warning where they were far outside."""
    peak = float(np.abs(samples).max())
    if peak <= _INTEGER_PEAK:
        return samples, []
    return samples / np.float32(peak), [f"{path.name} is {peak:.0f} times louder than full scale; it was scaled down."]


def _check_samples(path: Path, samples: np.ndarray) -> None:
    seconds = samples.shape[1] / SAMPLE_RATE
    if seconds < MINIMUM_SECONDS:
        what = f"lasts {seconds:.2f} s; {MINIMUM_SECONDS} s is the least"
        raise _error(ExitCode.AUDIO_TOO_SHORT, path, what, "Choose a longer recording")
    if float(np.abs(samples).max()) < SILENT_PEAK:
        raise _error(
            ExitCode.AUDIO_SILENT, path, "is silent from beginning to end", "Choose the recording with the voice"
        )


def _unreadable(path: Path, error: Exception) -> DuologueError:
    if isinstance(error, OSError):
        reason = f"cannot be opened ({error.strerror or error})"
        return _error(ExitCode.AUDIO_UNREADABLE, path, reason, "Check the file's permissions or copy it elsewhere")
    reason = "is no recording this version reads"
    return _error(ExitCode.AUDIO_UNREADABLE, path, reason, "Convert it to wav, flac, ogg or mp3 and choose that")


def _error(code: ExitCode, path: Path, what: str, fix: str) -> DuologueError:
    return DuologueError(code, f"The audio file {path} {what}.", f"{fix}.")
