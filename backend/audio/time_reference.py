"""When a recording began, as field recorders and cameras write it into their files."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from fractions import Fraction
from typing import BinaryIO, Final

from av.container import InputContainer

_SECONDS_A_DAY: Final = 86_400
_TIMECODE: Final = re.compile(r"(\d{1,2}):(\d{2}):(\d{2})([:;.,])(\d{2})")
_RIFFS: Final = (b"RIFF", b"RF64", b"BW64")
_IXML_NUMBER: Final = re.compile(r"<TIMESTAMP_(SAMPLES_SINCE_MIDNIGHT_(?:HI|LO)|SAMPLE_RATE)>\s*(\d{1,10})\s*<")
_MOST_DIGITS: Final = 20
_MOST_CHUNKS: Final = 1000
_LARGEST_IXML: Final = 1 << 20
_DROPPED: Final = 2
"""Frame numbers left out at the beginning of each minute, except every tenth, per 30 frames a second (SMPTE 12M)."""


def recorded_at(container: InputContainer, rate: int, ixml: str = "") -> float | None:
    """Seconds since midnight: a Broadcast Wave's time reference, what iXML says in a wav, or the time code of a film.

    None without any. `rate` is the sound's, in whose samples Broadcast Wave counts (EBU Tech 3285); `ixml` is
    what `ixml_text` found in the file.
    """
    reference = container.metadata.get("time_reference", "")
    if reference.isascii() and reference.isdigit() and len(reference) <= _MOST_DIGITS:
        return _within_a_day(int(reference) / rate)
    counted = ixml_seconds(ixml, rate)
    if counted is not None:
        return _within_a_day(counted)
    found = (timecode_seconds(text, fps) for text, fps in _timecodes(container))
    return next((seconds for seconds in found if seconds is not None), None)


def ixml_seconds(text: str, rate: int) -> float | None:
    """Seconds since midnight by the samples that iXML counts, at its own rate where it names one; None without."""
    found = {name: int(number) for name, number in _IXML_NUMBER.findall(text)}
    if "SAMPLES_SINCE_MIDNIGHT_LO" not in found:
        return None
    counted = found.get("SAMPLES_SINCE_MIDNIGHT_HI", 0) * (1 << 32) + found["SAMPLES_SINCE_MIDNIGHT_LO"]
    return counted / (found.get("SAMPLE_RATE") or rate)


def timecode_seconds(text: str, fps: Fraction) -> float | None:
    """“10:02:03:12” at `fps` → seconds of real time since 00:00:00:00; None for what is no time code.

    A semicolon before the frames means that frame numbers are dropped.
    """
    found = _TIMECODE.fullmatch(text.strip())
    if found is None or fps <= 0:
        return None
    hours, minutes, seconds, frames = (int(found[group]) for group in (1, 2, 3, 5))
    nominal = round(fps)
    number = ((hours * 60 + minutes) * 60 + seconds) * nominal + frames
    if found[4] in ";,":
        passed = hours * 60 + minutes
        number -= _DROPPED * (nominal // 30) * (passed - passed // 10)
    return float(number / fps)


def _within_a_day(seconds: float) -> float | None:
    return seconds if seconds < _SECONDS_A_DAY else None


def ixml_text(source: BinaryIO) -> str:
    """The text of a wav's iXML chunk; nothing in any other file. `source` stands at its beginning afterwards."""
    text = _ixml(source)
    source.seek(0)
    return text


def _ixml(source: BinaryIO) -> str:
    source.seek(0)
    head = source.read(12)
    if head[:4] not in _RIFFS or head[8:] != b"WAVE":
        return ""
    for _ in range(_MOST_CHUNKS):
        name = source.read(4)
        size = int.from_bytes(source.read(4), "little")
        if name == b"iXML":
            return source.read(min(size, _LARGEST_IXML)).decode("utf-8", errors="replace")
        if len(name) < len(b"iXML"):
            break
        # Of a sound beyond 4 GB the chunk's size is elsewhere; recorders write iXML before or after it.
        source.seek(size + size % 2, os.SEEK_CUR)
    return ""


def _timecodes(container: InputContainer) -> Iterator[tuple[str, Fraction]]:
    """Time codes and the frames a second that they count, the likeliest first."""
    rates = [Fraction(rate) for stream in container.streams.video if (rate := stream.average_rate)]
    sources = [(stream.metadata, getattr(stream, "average_rate", None)) for stream in container.streams]
    for metadata, own in (*sources, (container.metadata, None)):
        rate = Fraction(own) if own else next(iter(rates), None)
        if "timecode" in metadata and rate is not None:
            yield metadata["timecode"], rate
