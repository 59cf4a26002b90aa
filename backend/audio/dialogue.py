"""Both people's audio: a file each, one file with a person a channel, or one mixed recording; who is silent listens."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Final

import numpy as np

from ..contract.constants import MAXIMUM_SECONDS, SAMPLE_RATE, SAMPLES_PER_FRAME
from ..contract.errors import DuologueError, ExitCode
from ..contract.job import AudioInput
from .recording import AudioFile, Recording, is_silent, read_recording

_CANCELLED_POWER: Final = 0.01
"""Where the average of two channels keeps less of their power than this, they are each other's negative."""
_SAME_DIFFERENCE: Final = 1e-3
"""Two signals whose difference stays below this share of their peak are one recording."""
_UNHEARD_SECONDS: Final = 0.1
_SIDES: Final = ("left", "right")
_STEPS: Final = 100
"""Steps of progress a file."""


@dataclass(frozen=True)
class Dialogue:
    """The decoded audio of two people, from `files`, each of which begins `offset` seconds into it.

    `tracks` [2, N] float32 at `SAMPLE_RATE`, N a whole number of frames, zero for who has no recording; `separate`
    False: both rows hold the mix.
    """

    tracks: np.ndarray
    separate: bool
    files: tuple[AudioFile, ...]
    warnings: tuple[str, ...]

    @property
    def seconds(self) -> float:
        """Length in seconds."""
        return float(self.tracks.shape[1] / SAMPLE_RATE)


def read_dialogue(
    audio: AudioInput,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
    check_cancel: Callable[[], None] = lambda: None,
    names: tuple[str, str] = ("the first person", "the second person"),
) -> Dialogue:
    """Decode the files of `audio`, whose tracks or channels are those of `names`; `progress(done, total)`.

    Silence is no fault: who says nothing listens, and a warning says so. Raises DuologueError as `read_recording`
    does, and AUDIO_MISMATCH where the files do not belong together.
    """
    recordings = _read(audio, progress, check_cancel)
    present = [recording for recording in recordings if recording is not None]
    warnings = [warning for recording in present for warning in recording.warnings]
    if audio.kind == "tracks":
        recordings, laid = _laid_by_clock(recordings, audio.by_timecode)
        tracks = [np.zeros(0, np.float32) if recording is None else mono(recording.samples) for recording in recordings]
        separate = True
        warnings += laid + _listeners(recordings, tracks, names)
    elif audio.kind == "stereo":
        tracks = list(_channels(present[0]))
        separate = not _same(*tracks)
        warnings += _of_channels(present[0].file, tracks, names)
    else:
        tracks = [mono(present[0].samples)] * 2
        separate = False
        if is_silent(tracks[0]):
            warnings.append(_nobody(present))
    files = tuple(recording.file for recording in recordings if recording is not None)
    offsets = (
        [0.0 if recording is None else recording.file.offset for recording in recordings]
        if audio.kind == "tracks"
        else [0.0, 0.0]
    )
    return Dialogue(_stacked(tracks, offsets), separate, files, tuple(warnings))


def _read(
    audio: AudioInput, progress: Callable[[int, int], None], check_cancel: Callable[[], None]
) -> list[Recording | None]:
    """A recording for each path, None where there is none; progress in hundredths of each file."""
    wanted = [path for path in audio.paths if path is not None]
    total, reported = _STEPS * len(wanted), -1

    def report(done: int) -> None:
        nonlocal reported
        if done > reported:
            reported = done
            progress(done, total)

    found: list[Recording | None] = []
    report(0)
    for path in audio.paths:
        before = _STEPS * sum(recording is not None for recording in found)
        share = partial(_report_share, report, before)
        found.append(None if path is None else read_recording(Path(path), check_cancel, share))
        report(before + (_STEPS if path is not None else 0))
    return found


def _report_share(report: Callable[[int], None], before: int, share: float) -> None:
    """The last step is kept for what comes after decoding."""
    report(before + int(share * (_STEPS - 1)))


def mono(samples: np.ndarray) -> np.ndarray:
    """[C, N] to [N]: the channels' average, or the louder channel where they cancel each other."""
    first: np.ndarray = samples[0]
    if len(samples) == 1:
        return first
    average: np.ndarray = samples.mean(axis=0)
    power = np.square(samples, dtype=np.float32).mean(axis=1)  # [C]
    if np.square(average).mean() < _CANCELLED_POWER * power.max():
        louder: np.ndarray = samples[int(power.argmax())]
        return louder
    return average


def _laid_by_clock(recordings: Sequence[Recording | None], wanted: bool) -> tuple[list[Recording | None], list[str]]:
    """The recordings with their files' offsets, where both have the clock time of their beginning; and warnings."""
    first, second = recordings
    if not wanted or first is None or second is None:
        return list(recordings), []
    begun = (first.file.recorded_at, second.file.recorded_at)
    if begun[0] is None or begun[1] is None or abs(begun[0] - begun[1]) * SAMPLE_RATE < 1:
        return list(recordings), []
    offsets = [time - min(begun[0], begun[1]) for time in (begun[0], begun[1])]
    apart = max(offsets)
    earlier, later = (first, second) if offsets[1] > 0 else (second, first)
    if apart >= earlier.file.seconds or apart + later.file.seconds > MAXIMUM_SECONDS:
        both = f"{first.file.path.name} and {second.file.path.name}"
        return list(recordings), [
            f"By their time codes {both} were not recorded together ({apart:.0f} s apart); both begin at the beginning."
        ]
    laid = [
        replace(recording, file=replace(recording.file, offset=offset))
        for recording, offset in zip((first, second), offsets, strict=True)
    ]
    late, early = later.file.path.name, earlier.file.path.name
    return list(laid), [f"By its time code {late} begins {apart:.3f} s after {early}, and so it is laid."]


def _listeners(
    recordings: Sequence[Recording | None], tracks: Sequence[np.ndarray], names: tuple[str, str]
) -> list[str]:
    """What is assumed of tracks that are not there, silent or short. Raises DuologueError (AUDIO_MISMATCH)."""
    present = [recording for recording in recordings if recording is not None]
    if all(is_silent(track) for track in tracks):
        return [_nobody(present)]
    warnings = []
    for recording, track, name in zip(recordings, tracks, names, strict=True):
        if recording is None:
            warnings.append(f"There is no recording of {name}, who listens all the time.")
        elif is_silent(track):
            warnings.append(f"{recording.file.path.name} is silent from beginning to end; {name} listens all the time.")
    first, second = recordings
    if not warnings and first is not None and second is not None:
        warnings += _check_pair(first.file, second.file, tracks, names)
    return warnings


def _of_channels(file: AudioFile, channels: Sequence[np.ndarray], names: tuple[str, str]) -> list[str]:
    silent = [is_silent(channel) for channel in channels]
    if all(silent):
        return [f"Nobody is heard in {file.path.name}; both are taken to be silent together."]
    if any(silent):
        person = silent.index(True)
        warning = (
            f"The {_SIDES[person]} channel of {file.path.name} is silent; {names[person]} listens all the time. Where "
            f"the {_SIDES[1 - person]} one holds both voices, animate the file as a mixed recording."
        )
        return [warning]
    if _same(*channels):
        return [f"Both channels of {file.path.name} hold the same sound; it is taken as a mixed recording."]
    return []


def _nobody(present: Sequence[Recording]) -> str:
    listed = " and ".join(recording.file.path.name for recording in present)
    return f"Nobody is heard in {listed}; both are taken to be silent together."


def _channels(recording: Recording) -> tuple[np.ndarray, np.ndarray]:
    file = recording.file
    if file.channels != 2:  # noqa: PLR2004
        raise DuologueError(
            ExitCode.AUDIO_MISMATCH,
            f"{file.path} has {file.channels} channel(s), not one for each of two people.",
            "Choose a stereo file, or animate this one as a mixed recording.",
        )
    return recording.samples[0], recording.samples[1]


def _check_pair(file: AudioFile, other: AudioFile, tracks: Sequence[np.ndarray], names: tuple[str, str]) -> list[str]:
    """Warnings about two files that belong together. Raises DuologueError (AUDIO_MISMATCH) where they do not."""
    if _same(*tracks):
        raise DuologueError(
            ExitCode.AUDIO_MISMATCH,
            f"{file.path} and {other.path} hold the same sound.",
            "Choose each person's own recording, or animate this one as a mixed recording.",
        )
    ends = (file.offset + file.seconds, other.offset + other.seconds)
    missing = abs(ends[0] - ends[1])
    if missing < _UNHEARD_SECONDS:
        return []
    shorter, longer = (file, other) if ends[0] < ends[1] else (other, file)
    name = names[0] if shorter is file else names[1]
    return [f"{shorter.path.name} ends {missing:.1f} s before {longer.path.name}; from then on {name} listens."]


def _same(first: np.ndarray, second: np.ndarray) -> bool:
    if len(first) != len(second):
        return False
    peak = max(float(np.abs(first).max()), float(np.abs(second).max()))
    return float(np.abs(first - second).max()) < _SAME_DIFFERENCE * peak


def _stacked(tracks: Sequence[np.ndarray], offsets: Sequence[float]) -> np.ndarray:
    """[2, N], both padded with silence to the same whole number of frames; each begins `offsets` seconds in."""
    begins = [round(offset * SAMPLE_RATE) for offset in offsets]
    length = max(begin + len(track) for begin, track in zip(begins, tracks, strict=True))
    stacked = np.zeros((2, -(-length // SAMPLES_PER_FRAME) * SAMPLES_PER_FRAME), np.float32)  # [2, N]
    for row, begin, track in zip(stacked, begins, tracks, strict=True):
        row[begin : begin + len(track)] = track
    return stacked
