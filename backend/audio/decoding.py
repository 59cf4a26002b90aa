"""The sound in any file that has some, a video too, decoded by FFmpeg's libraries block by block.

Blender plays files by the same libraries: the first audio stream, its packets one after another, whatever their time
stamps and the container's start time say. So it is done here, so that lips and sound agree.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import InputContainer

from ..contract.errors import DuologueError, ExitCode
from ..contract.reading import explained_read_errors
from .time_reference import ixml_text, recorded_at

BLOCK_FRAMES: Final = 1 << 18

_MEDIA_FORMATS: Final = (
    "aac aax ac3 aiff amr amrnb amrwb ape asf au avi caf dsf dts dv eac3 flac flv gxf latm loas m4v matroska mov mp3 "
    "mpc mpc8 mpeg mpegts mxf nist nut ogg rm sox tak truehd tta voc w64 wav webm wsd wtv wv ircam"
)
"""FFmpeg's names of containers that hold their sound themselves. Play lists and descriptions of streams are none: they
would open other files, or the network."""

_MEASURED_LENGTH: Final = {"wav", "w64", "flac", "aiff", "caf", "au", "mov", "matroska", "tta", "wv"}
"""Containers whose header holds the length; of others FFmpeg guesses it from the bit rate."""

_SCALES: Final = {"u8": 1 << 7, "s16": 1 << 15, "s32": 1 << 31, "s64": 1 << 63, "flt": 1, "dbl": 1}
_LOWEST_RATE: Final = 4_000
_HIGHEST_RATE: Final = 768_000
_MOST_CHANNELS: Final = 64
_READ_BYTES: Final = 1 << 16

_DAMAGE: Final = (av.FFmpegError, ValueError, NotImplementedError, LookupError, OverflowError)
"""What PyAV raises on content that is none. The file's own errors, which are OSErrors, are reported before."""


class SoundFile:
    """One opened file: its `rate` in samples a second, its `channels`, and its sound, to be read once.

    `announced` seconds are the length in the header, None where it is not sure. `recorded_at` is when the recording
    began, in seconds since midnight, None where the file does not say. `damaged` counts places that could not be
    decoded and are left out, once all is read.
    """

    def __init__(self, path: Path, container: InputContainer, stream: AudioStream, ixml: str = "") -> None:
        self._path = path
        self._container = container
        self._frames = self._decoded(stream)
        self.damaged = 0
        self._packets = 0
        first = next(self._frames, None)
        if first is None:
            raise self._without_sound()
        self.rate, self.channels = first.sample_rate, len(first.layout.channels)
        if not _LOWEST_RATE <= self.rate <= _HIGHEST_RATE or not 1 <= self.channels <= _MOST_CHANNELS:
            what = f"has {self.rate} samples a second in {self.channels} channel(s)"
            raise unusable(ExitCode.AUDIO_UNREADABLE, path, what, "Export it at 16 kHz or more")
        self._first = first
        self.announced = _announced_seconds(container, stream)
        self.recorded_at = recorded_at(container, self.rate, ixml)

    def blocks(self, check_cancel: Callable[[], None]) -> Iterator[np.ndarray]:
        """[n, channels] float32, full scale 1. `check_cancel` is called once a block and may raise to stop."""
        pending, length = [_samples(self._first)], self._first.samples  # [n, channels] each
        for frame in self._frames:
            if (frame.sample_rate, len(frame.layout.channels)) != (self.rate, self.channels):
                self.damaged += 1
                continue
            pending.append(_samples(frame))
            length += frame.samples
            if length >= BLOCK_FRAMES:
                check_cancel()
                yield np.concatenate(pending)
                pending, length = [], 0
        if pending:
            check_cancel()
            yield np.concatenate(pending)

    def _decoded(self, stream: AudioStream) -> Iterator[AudioFrame]:
        """Frames as they come; packets that cannot be decoded are counted and passed over, as Blender does."""
        packets = self._container.demux(stream)
        while True:
            try:
                packet = next(packets)
            except StopIteration:
                return
            except _DAMAGE:  # the container itself is damaged from here on
                self.damaged += 1
                return
            self._packets += 1
            try:
                yield from (frame for frame in packet.decode() if frame.samples)
            except _DAMAGE:
                self.damaged += 1

    def _without_sound(self) -> DuologueError:
        if self.damaged == 0:
            return unusable(ExitCode.AUDIO_EMPTY, self._path, "holds no sound", "Record or export it again")
        return _unreadable(self._path)


@contextlib.contextmanager
def opened_sound(path: Path) -> Iterator[SoundFile]:
    """The file at `path`, open. Raises DuologueError (AUDIO_UNREADABLE, AUDIO_EMPTY)."""
    with explained_read_errors(lambda reason: not_opened(path, reason)):
        source = path.open("rb")
        ixml = ixml_text(source)
    with source, _container(path, source) as container:
        stream = next(iter(container.streams.audio), None)
        if stream is None:
            raise unusable(ExitCode.AUDIO_EMPTY, path, "has no sound track", "Choose the recording with the sound")
        if stream.codec_context is None:
            what = "holds sound of a kind that nobody here can decode, or that is protected"
            raise unusable(ExitCode.AUDIO_UNREADABLE, path, what, "Export it as wav or flac")
        yield SoundFile(path, container, stream, ixml)


def not_opened(path: Path, reason: str) -> DuologueError:
    """The failure of a file that the computer does not give."""
    fix = "Check the file's permissions or copy it elsewhere"
    return unusable(ExitCode.AUDIO_UNREADABLE, path, f"cannot be opened ({reason})", fix)


def unusable(code: ExitCode, path: Path, what: str, fix: str) -> DuologueError:
    """The failure of one file: `what` goes on with the sentence that begins with its name."""
    return DuologueError(code, f"The audio file {path} {what}.", f"{fix}.")


def _container(path: Path, source: Any) -> InputContainer:
    try:
        container: InputContainer = av.open(
            source,
            options={"format_whitelist": ",".join(_MEDIA_FORMATS.split())},
            metadata_errors="replace",
            buffer_size=_READ_BYTES,
        )
    except (*_DAMAGE, OSError) as error:
        raise _unreadable(path) from error
    return container


def _unreadable(path: Path) -> DuologueError:
    what = "is no recording this version reads"
    return unusable(ExitCode.AUDIO_UNREADABLE, path, what, "Convert it to wav, flac, m4a or mp3 and choose that")


def _samples(frame: AudioFrame) -> np.ndarray:
    """[n, channels] float32, full scale 1."""
    values = frame.to_ndarray()  # [channels, n], or [1, n · channels] where the channels of a sample lie together
    values = values.T if frame.format.is_planar else values.reshape(-1, len(frame.layout.channels))
    kind = frame.format.name.removesuffix("p")
    if kind == "u8":
        values = values.astype(np.float32) - np.float32(_SCALES["u8"])
    with np.errstate(over="ignore", invalid="ignore"):  # what is no number, or none after this, is reported as such
        samples: np.ndarray = values.astype(np.float32) / np.float32(_SCALES[kind])
    return samples


def _announced_seconds(container: InputContainer, stream: AudioStream) -> float | None:
    name = container.format.name.partition(",")[0]
    # FFmpeg reads a start time from the same header of an mp3 that holds its length.
    if name not in _MEASURED_LENGTH and not (name == "mp3" and stream.start_time):
        return None
    if stream.duration is not None and stream.time_base is not None:
        return float(stream.duration * stream.time_base)
    alone = len(container.streams) == 1 and container.duration is not None
    return container.duration / av.time_base if alone and container.duration is not None else None
