"""Who speaks when, as segments in seconds: what an artist corrects, and what a take writes beside its performance.

turns = read_segments(path, ("Anna", "Ben"))  # segments_file
speaking = speaking_curves(turns, frames)  # [2, T]
runs_of(speaking[0] > 0.5)  # frames
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from .constants import FRAME_RATE
from .errors import DuologueError, ExitCode


def runs_of(flags: np.ndarray) -> list[tuple[int, int]]:
    """`flags` [T] bool → (first frame, frame after the last) of every run of True, in order."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], flags.astype(np.int8), [0]))))
    return [(int(first), int(last)) for first, last in zip(edges[::2], edges[1::2], strict=True)]


SPEAKING: Final = 0.5
"""A probability above this is speech."""

TOLERATED_SECONDS: Final = 0.1
"""A segment may end this much after the audio: other programs round, and so does the audio's last frame."""


@dataclass(frozen=True)
class Segment:
    """`speaker` speaks from `start` to `end`, in seconds, 0 ≤ start < end."""

    start: float
    end: float
    speaker: str


@dataclass(frozen=True)
class SpeakerSegments:
    """What two people say when. `segments` are in the order of their starts and may overlap.

    `speakers`, the first person's name and the second's, differ; one of them may say nothing.
    """

    speakers: tuple[str, str]
    segments: tuple[Segment, ...]


def name_key(name: str) -> str:
    """By what two spellings of a name are the same: RTTM knows no spaces, and capitals are a matter of taste."""
    return "_".join(name.split()).casefold()


def distinct_names(names: tuple[str, str]) -> tuple[str, str]:
    """`names`, made different where both are the same or empty."""
    first = " ".join(names[0].split()) or "First"
    second = " ".join(names[1].split()) or "Second"
    return first, (f"{second} (2)" if name_key(second) == name_key(first) else second)


def in_order(segments: Sequence[Segment]) -> tuple[Segment, ...]:
    """Sort the segments by start, then end, then speaker."""
    return tuple(sorted(segments, key=lambda segment: (segment.start, segment.end, segment.speaker)))


def named_for(
    found: Sequence[str], segments: Sequence[Segment], people: tuple[str, str], source: str
) -> SpeakerSegments:
    """Segments whose speakers are called as `found` lists them, with the names of `people`.

    A speaker who is called like one of the people is that person; others take the free places in their order.
    Raises DuologueError (SEGMENTS_INVALID), naming `source`, unless `found` fits two people.
    """
    people = distinct_names(people)
    person_of_key = {name_key(name): name for name in people}
    known = {name: person_of_key[name_key(name)] for name in found if name_key(name) in person_of_key}
    free = [name for name in people if name not in known.values()]
    strangers = [name for name in found if name not in known]
    if len(found) == 1 and strangers:
        raise invalid(
            source,
            f"names one speaker, “{found[0]}”, who is neither {people[0]} nor {people[1]}",
            "Name both speakers, or call this one as the character is called",
        )
    if not found or len(found) > len(people) or len(strangers) > len(free):
        listed = ", ".join(f"“{name}”" for name in found)
        raise invalid(
            source,
            f"names {len(found)} speakers{f' ({listed})' if listed else ''}; a dialogue has exactly two",
            "Give every segment to one of two people",
        )
    renamed = known | dict(zip(strangers, free, strict=False))
    return SpeakerSegments(
        people, in_order([replace(segment, speaker=renamed[segment.speaker]) for segment in segments])
    )


def swapped(turns: SpeakerSegments) -> SpeakerSegments:
    """`turns` with the two speakers exchanged."""
    other = dict(zip(turns.speakers, reversed(turns.speakers), strict=True))
    return SpeakerSegments(
        turns.speakers, in_order([replace(segment, speaker=other[segment.speaker]) for segment in turns.segments])
    )


def within_audio(turns: SpeakerSegments, seconds: float, source: str) -> SpeakerSegments:
    """`turns` in audio of that length; what ends with a rounding after it ends with it.

    Raises DuologueError (SEGMENTS_INVALID), naming `source`, where a segment lies outside.
    """
    for segment in turns.segments:
        if segment.end > seconds + TOLERATED_SECONDS or segment.start >= seconds:
            raise invalid(
                source,
                f"lets {segment.speaker} speak from {segment.start:.2f} s to {segment.end:.2f} s, "
                f"but the audio lasts {seconds:.2f} s",
                "Choose the segments of this recording",
            )
    inside = [replace(segment, end=min(segment.end, seconds)) for segment in turns.segments]
    return replace(turns, segments=tuple(inside))


def speaking_curves(turns: SpeakerSegments, frames: int) -> np.ndarray:
    """[2, frames] the share of each frame, 0 to 1, in which each person speaks; frame t lasts from t / 25 s."""
    edges = np.arange(frames + 1) / FRAME_RATE
    curves = np.zeros((2, frames))  # [2, T]
    for row, speaker in enumerate(turns.speakers):
        for start, end in stretches(turns, speaker):
            curves[row] += np.diff(np.clip(edges, start, end)) * FRAME_RATE
    return np.clip(curves, 0.0, 1.0)


def stretches(turns: SpeakerSegments, speaker: str) -> list[tuple[float, float]]:
    """(start, end) of everything `speaker` says, in order; segments that touch or overlap are one."""
    merged: list[tuple[float, float]] = []
    for segment in in_order([segment for segment in turns.segments if segment.speaker == speaker]):
        if merged and segment.start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], segment.end))
        else:
            merged.append((segment.start, segment.end))
    return merged


def segments_of(speaking: np.ndarray, speakers: tuple[str, str]) -> SpeakerSegments:
    """`speaking` [2, T] at 25 fps → a segment for every run of frames above one half."""
    speakers = distinct_names(speakers)
    found: list[Segment] = []
    for speaker, row in zip(speakers, speaking > SPEAKING, strict=True):
        found += [Segment(start / FRAME_RATE, stop / FRAME_RATE, speaker) for start, stop in runs_of(row)]
    return SpeakerSegments(speakers, in_order(found))


def invalid(source: str, what: str, fix: str) -> DuologueError:
    """SEGMENTS_INVALID: `source` names the file, `what` goes on with the sentence."""
    return DuologueError(
        ExitCode.SEGMENTS_INVALID, f"The speaker segments {source} cannot be used: it {what}.", f"{fix}."
    )
