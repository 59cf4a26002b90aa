"""When a recording began, as field recorders and cameras write it into their files."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from typing import Final

from av.container import InputContainer

_SECONDS_A_DAY: Final = 86_400
_TIMECODE: Final = re.compile(r"(\d{1,2}):(\d{2}):(\d{2})([:;.,])(\d{2})")
_DROPPED: Final = 2
"""Frame numbers left out at the beginning of each minute, except every tenth, per 30 frames a second (SMPTE 12M)."""


def recorded_at(container: InputContainer, rate: int) -> float | None:
    """Seconds since midnight: a Broadcast Wave's time reference, or the time code of a film; None without either.

    `rate` is the sound's, in whose samples Broadcast Wave counts (EBU Tech 3285).
    """
    reference = container.metadata.get("time_reference", "")
    if reference.isascii() and reference.isdigit():
        began = int(reference) / rate
        return began if began < _SECONDS_A_DAY else None
    told = (timecode_seconds(text, fps) for text, fps in _timecodes(container))
    return next((seconds for seconds in told if seconds is not None), None)


def timecode_seconds(text: str, fps: Fraction) -> float | None:
    """“10:02:03:12” at `fps` → seconds of real time since 00:00:00:00; None for what is no time code.

    A semicolon before the frames tells that frame numbers are dropped.
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


def _timecodes(container: InputContainer) -> Iterator[tuple[str, Fraction]]:
    """Time codes and the frames a second that they count, the likeliest first."""
    rates = [Fraction(rate) for stream in container.streams.video if (rate := stream.average_rate)]
    sources = [(stream.metadata, getattr(stream, "average_rate", None)) for stream in container.streams]
    for metadata, own in (*sources, (container.metadata, None)):
        rate = Fraction(own) if own else next(iter(rates), None)
        if "timecode" in metadata and rate is not None:
            yield metadata["timecode"], rate
