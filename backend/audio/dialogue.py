"""Both people's audio: two files, one file with a person a channel, or one mixed recording."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from ..contract.constants import SAMPLE_RATE, SAMPLES_PER_FRAME
from ..contract.errors import DuologueError, ExitCode
from ..contract.job import AudioInput
from .recording import SILENT_PEAK, AudioFile, Recording, read_recording

_CANCELLED_POWER: Final = 0.01
"""Where the average of two channels keeps less of their power than this, they are each other's negative."""
_SAME_DIFFERENCE: Final = 1e-3
"""Two signals whose difference stays below this share of their peak are one recording."""
_SHORTEST_SHARE: Final = 0.5
_TOLERATED_SECONDS: Final = 5.0
_UNHEARD_SECONDS: Final = 0.1


@dataclass(frozen=True)
class Dialogue:
    """The decoded audio of two people, from `files`.

    `tracks` [2, N] float32 at `SAMPLE_RATE`, N a whole number of frames; `separate` False: both rows hold the mix.
    """

    tracks: np.ndarray
    separate: bool
    files: tuple[AudioFile, ...]
    warnings: tuple[str, ...]

    @property
    def seconds(self) -> float:
        """Length in seconds."""
        return float(self.tracks.shape[1] / SAMPLE_RATE)


def _ignore_progress(_done: int, _total: int) -> None:
    """What a caller without a progress bar uses."""


def read_dialogue(
    audio: AudioInput,
    progress: Callable[[int, int], None] = _ignore_progress,
    check_cancel: Callable[[], None] = lambda: None,
) -> Dialogue:
    """Decode the files of `audio`; `progress(done, total)` counts files.

    Raises DuologueError as `read_recording` does, and AUDIO_MISMATCH where the files do not belong together.
    """
    recordings = []
    for index, path in enumerate(audio.paths):
        progress(index, len(audio.paths))
        recordings.append(read_recording(Path(path), check_cancel))
    progress(len(audio.paths), len(audio.paths))
    separate, warnings = True, [warning for recording in recordings for warning in recording.warnings]
    if audio.kind == "tracks":
        first, second = (mono(recording.samples) for recording in recordings)
        warnings += _check_pair(recordings[0].file, recordings[1].file, first, second)
    elif audio.kind == "stereo":
        first, second = _channels(recordings[0])
        separate = not _same(first, second)
        if not separate:
            name = recordings[0].file.path.name
            warnings.append(f"Both channels of {name} hold the same sound; it is taken as a mixed recording.")
    else:
        first = second = mono(recordings[0].samples)
        separate = False
    files = tuple(recording.file for recording in recordings)
    return Dialogue(_stacked(first, second), separate, files, tuple(warnings))


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


def _channels(recording: Recording) -> tuple[np.ndarray, np.ndarray]:
    file = recording.file
    if file.channels != 2:  # noqa: PLR2004
        raise DuologueError(
            ExitCode.AUDIO_MISMATCH,
            f"{file.path} has {file.channels} channel(s), not one for each of two people.",
            "Choose a stereo file, or animate this one as a mixed recording.",
        )
    for side, channel in zip(("left", "right"), recording.samples, strict=True):
        if float(np.abs(channel).max()) < SILENT_PEAK:
            raise DuologueError(
                ExitCode.AUDIO_SILENT,
                f"The {side} channel of {file.path} is silent from beginning to end.",
                "Choose a file with a person a channel, or animate this one as a mixed recording.",
            )
    return recording.samples[0], recording.samples[1]


def _check_pair(one: AudioFile, other: AudioFile, first: np.ndarray, second: np.ndarray) -> list[str]:
    """Warnings about two files that belong together. Raises DuologueError (AUDIO_MISMATCH) where they do not."""
    if _same(first, second):
        raise DuologueError(
            ExitCode.AUDIO_MISMATCH,
            f"{one.path} and {other.path} hold the same sound.",
            "Choose each person's own recording, or animate this one as a mixed recording.",
        )
    shorter, longer = sorted((one, other), key=lambda file: file.seconds)
    missing = longer.seconds - shorter.seconds
    if shorter.seconds < _SHORTEST_SHARE * longer.seconds and missing > _TOLERATED_SECONDS:
        raise DuologueError(
            ExitCode.AUDIO_MISMATCH,
            f"{shorter.path} lasts {shorter.seconds:.1f} s and {longer.path} {longer.seconds:.1f} s; "
            "they are not the two sides of one dialogue.",
            "Choose two tracks of the same take; lengthen the shorter one with silence if it is right.",
        )
    if missing < _UNHEARD_SECONDS:
        return []
    return [f"{shorter.path.name} is {missing:.1f} s shorter than {longer.path.name}; silence was added at its end."]


def _same(first: np.ndarray, second: np.ndarray) -> bool:
    if len(first) != len(second):
        return False
    peak = max(float(np.abs(first).max()), float(np.abs(second).max()))
    return float(np.abs(first - second).max()) < _SAME_DIFFERENCE * peak


def _stacked(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """[2, N], both padded with silence to the same whole number of frames."""
    frames = -(-max(len(first), len(second)) // SAMPLES_PER_FRAME)
    tracks = np.zeros((2, frames * SAMPLES_PER_FRAME), np.float32)  # [2, N]
    tracks[0, : len(first)] = first
    tracks[1, : len(second)] = second
    return tracks
