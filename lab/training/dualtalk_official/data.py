"""A data set in DualTalk's layout: found, checked as a whole, and divided honestly.

`train/`, `test/` and `ood/` hold for every clip `<clip>_speaker1.wav`, `.npz`, `<clip>_speaker2.wav`, `.npz`. Nothing
is written here, and either the whole set can be trained on or every fault is reported.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

from backend.contract.constants import FRAME_RATE
from backend.contract.errors import DuologueError, ExitCode

from .tracks import Sound, TrackFaultError, measure_sound, read_motion

_Read = TypeVar("_Read")

TRAIN: Final = "train"
SPLITS: Final = (TRAIN, "test", "ood")
_TRACK: Final = re.compile(r"(?P<clip>.+)_speaker(?P<person>[12])\.(?P<kind>wav|npz)")
_KINDS: Final = ("wav", "npz")
_TOLERATED_FRAMES: Final = 5
"""Lengths that differ less are cut to the shortest: a video's last frames and its sound seldom end together."""
_FEWEST_FRAMES: Final = FRAME_RATE
_FIX: Final = "Repair or remove what is named; docs/developers/training-dualtalk.md says what is wanted."
_LISTED_FAULTS: Final = 8
"""So many faults are listed in a message; of the others the number."""


@dataclass(frozen=True)
class Clip:
    """Two people for `frames` frames; `stamps` are size and time of change of the four files, wavs first."""

    split: str
    name: str
    frames: int
    sounds: tuple[Sound, Sound]
    stamps: tuple[tuple[int, int], ...]

    @property
    def key(self) -> str:
        """`train/<clip>`."""
        return f"{self.split}/{self.name}"


@dataclass(frozen=True)
class Dataset:
    """The clips of every split, in the order of their names; `faults` are sentences about clips that were left out."""

    folder: Path
    clips: tuple[Clip, ...]
    faults: tuple[str, ...] = ()

    def of(self, split: str) -> tuple[Clip, ...]:
        """The clips of `split`."""
        return tuple(clip for clip in self.clips if clip.split == split)

    def fingerprint(self) -> str:
        """Another one where a clip is another; the same wherever the folder lies."""
        identity = [(clip.key, clip.frames, *(sound.sha256 for sound in clip.sounds)) for clip in self.clips]
        return hashlib.sha256(repr(identity).encode("utf-8")).hexdigest()


def track_path(folder: Path, split: str, clip: str, person: int, kind: str) -> Path:
    """`kind` is wav or npz, `person` 0 or 1."""
    return folder / split / f"{clip}_speaker{person + 1}.{kind}"


def survey(
    folder: Path,
    known: Mapping[str, Clip] | None = None,
    *,
    leave_out_bad: bool = False,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> Dataset:
    """Read every file of the data set in `folder`.

    `known` are clips that an earlier survey found, by key; those whose files are as they were are not read again.
    `leave_out_bad` leaves faulty clips out instead of refusing all. Raises DuologueError (DATASET_INVALID) that names
    the faults.
    """
    if not folder.is_dir():
        raise invalid(f"There is no folder {folder}")
    names = [(split, name) for split in SPLITS for name in _clip_names(folder, split)]
    if not any(split == TRAIN for split, _ in names):
        raise invalid(f"{folder / TRAIN} holds no clip named <clip>_speaker1.wav")
    clips, faults = [], []
    for index, (split, name) in enumerate(names):
        try:
            clips.append(_clip(folder, split, name, known or {}))
        except TrackFaultError as error:
            faults.append(f"{split}/{error}")
        progress(index + 1, len(names))
    if faults and not leave_out_bad:
        raise invalid(f"{len(faults)} of {len(names)} clips in {folder} cannot be used: {_listed(faults)}")
    dataset = Dataset(folder, tuple(clips), tuple(faults))
    if not dataset.of(TRAIN):
        raise invalid(f"None of the clips in {folder / TRAIN} can be used: {_listed(faults)}")
    _check_apart(dataset)
    return dataset


def divided(clips: Sequence[Clip], share: float, group: str | None = None) -> tuple[list[Clip], list[Clip]]:
    """(to learn from, to validate on): whole clips, a `share` of them, chosen by their names alone.

    So a clip stays on its side when others come. What the pattern `group` finds in clips' names keeps them together,
    such as `^[^_]+` where names begin with the recording. Raises DuologueError (BAD_REQUEST, DATASET_INVALID).
    """
    if share <= 0.0:
        return list(clips), []
    groups: dict[str, list[Clip]] = {}
    for clip in clips:
        groups.setdefault(_group_of(clip.name, group), []).append(clip)
    if len(groups) < 2:  # noqa: PLR2004  (one for each side)
        raise invalid(
            f"The training clips are {len(groups)} group; to validate on some of them needs two",
            "Add clips, or say --validation 0 to train without.",
        )
    ordered = sorted(groups, key=lambda name: hashlib.sha256(name.encode("utf-8")).digest())
    held = min(max(round(share * len(ordered)), 1), len(ordered) - 1)
    kept = set(ordered[held:])
    return (
        [clip for clip in clips if _group_of(clip.name, group) in kept],
        [clip for clip in clips if _group_of(clip.name, group) not in kept],
    )


def invalid(problem: str, fix: str = _FIX) -> DuologueError:
    """A data set that cannot be trained on."""
    return DuologueError(ExitCode.DATASET_INVALID, f"{problem}.", fix)


def _clip_names(folder: Path, split: str) -> list[str]:
    """List every clip of which there is at least one file."""
    if not (folder / split).is_dir():
        return []
    found = (_TRACK.fullmatch(path.name) for path in (folder / split).iterdir() if not path.name.startswith("."))
    return sorted({match["clip"] for match in found if match})


def _clip(folder: Path, split: str, name: str, known: Mapping[str, Clip]) -> Clip:
    """Raises TrackFaultError, its message beginning with the file's name."""
    paths = [track_path(folder, split, name, person, kind) for kind in _KINDS for person in range(2)]
    missing = [path.name for path in paths if not path.is_file()]
    if missing:
        raise TrackFaultError(f"{name} lacks {' and '.join(missing)}")
    stamps = tuple((status.st_size, status.st_mtime_ns) for status in (path.stat() for path in paths))
    before = known.get(f"{split}/{name}")
    if before is not None and before.stamps == stamps:
        return before
    first, second = (_named(path, measure_sound) for path in paths[:2])
    motions = [len(_named(path, read_motion)) for path in paths[2:]]
    return Clip(split, name, _shared_length(name, first, second, motions), (first, second), stamps)


def _shared_length(name: str, first: Sound, second: Sound, motions: Sequence[int]) -> int:
    """The frames that all four files have. Raises TrackFaultError."""
    lengths = (first.frames, second.frames, *motions)
    if max(lengths) - min(lengths) > _TOLERATED_FRAMES:
        lengths_listed = ", ".join(
            f"{frames / FRAME_RATE:.2f} s of speaker{index % 2 + 1}.{_KINDS[index // 2]}"
            for index, frames in enumerate(lengths)
        )
        raise TrackFaultError(f"{name} has files of different lengths ({lengths_listed})")
    if min(lengths) < _FEWEST_FRAMES:
        raise TrackFaultError(f"{name} lasts {min(lengths) / FRAME_RATE:.2f} s; one second is the least")
    return min(lengths)


def _named(path: Path, read: Callable[[Path], _Read]) -> _Read:
    try:
        return read(path)
    except TrackFaultError as error:
        raise TrackFaultError(f"{path.name} {error}") from error


def _check_apart(dataset: Dataset) -> None:
    """Raises DuologueError (DATASET_INVALID) where a recording to train on is also one to test on."""
    trained = {sound.sha256: clip.key for clip in dataset.of(TRAIN) for sound in clip.sounds if not sound.silent}
    shared = [
        f"{clip.key} and {trained[sound.sha256]}"
        for clip in dataset.clips
        for sound in clip.sounds
        if clip.split != TRAIN and sound.sha256 in trained
    ]
    if shared:
        raise invalid(
            f"{len(shared)} recordings are both trained and tested on: {_listed(shared)}",
            "Remove them from one of the two; a test on what was learned says nothing.",
        )


def _group_of(name: str, pattern: str | None) -> str:
    """Raises DuologueError (BAD_REQUEST) for a pattern that is none."""
    if pattern is None:
        return name
    try:
        found = re.search(pattern, name)
    except re.error as error:
        raise DuologueError(
            ExitCode.BAD_REQUEST, f"“{pattern}” is no regular expression ({error}).", "Correct --group."
        ) from error
    return found.group(0) if found else name


def _listed(faults: Sequence[str]) -> str:
    more = len(faults) - _LISTED_FAULTS
    return "; ".join(faults[:_LISTED_FAULTS]) + (f"; and {more} more" if more > 0 else "")
