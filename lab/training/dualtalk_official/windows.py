"""Clips as batches: motion and features cached in the training's folder, and the windows that are cut out of them.

Motion is a file of [2, T, 56] float32 for each clip, features one of [2, T, F] float16 where the model takes those;
both are opened as memory maps. Sound is read from the data set's own files.

Every clip is cut anew in each epoch, from a random first frame on, for each of its two speakers; each window is its own
piece of the clip. All windows of an epoch are shuffled. An order depends on seed and epoch alone, so a training that
was stopped finds it again.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, Literal

import numpy as np
import torch
from torch import Tensor

from backend.contract.errors import DuologueError, ExitCode
from backend.contract.files import write_text_whole, write_whole
from backend.contract.reading import explained_read_errors, read_json, read_or_none
from backend.engines.dualtalk_official.speech_encoders import FeatureEncoder

from .data import Clip, Dataset, track_path
from .tracks import Sound, read_motion, read_sound

_INDEX: Final = "clips.json"
_VERSION: Final = 1
_INDEXED_EVERY: Final = 200
"""A kill loses no more clips than this."""
_PEOPLE: Final = 2


@dataclass(frozen=True)
class CachedClips:
    """The clips of the data set in `data` that `write_cache` put into `folder`; on features or on sound."""

    data: Path
    folder: Path
    on_features: bool

    def motion(self, clip: Clip) -> np.ndarray:
        """[2, T, 56] float32, both speakers."""
        return _opened(_path(self.folder, "motion", clip), clip)

    def audio(self, clip: Clip, person: int, start: int, frames: int) -> np.ndarray:
        """What the model is called with for `frames` frames: sound [640 n] float32, or features [n, F] float32.

        Raises DuologueError (DATASET_INVALID) where a file is no longer what it was.
        """
        if self.on_features:
            features = _opened(_path(self.folder, "features", clip), clip)  # [2, T, F]
            return np.asarray(features[person, start : start + frames], np.float32)
        path = track_path(self.data, clip.split, clip.name, person, "wav")
        with _unchanged(path):
            return read_sound(path, clip.sounds[person], start, frames)


def write_cache(
    dataset: Dataset,
    folder: Path,
    features_of: FeatureEncoder | None,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> CachedClips:
    """Make what is not in `folder` yet; `features_of` makes the features, None where the model takes sound.

    Raises DuologueError (DATASET_INVALID, DISK_FULL, OUTPUT_NOT_WRITABLE).
    """
    before = read_index(folder)
    for index, clip in enumerate(dataset.clips):
        if index and index % _INDEXED_EVERY == 0:
            later = [kept for kept in dataset.clips[index:] if before.get(kept.key) == kept]
            _write_index(folder, [*dataset.clips[:index], *later])
        fresh = before.get(clip.key) == clip
        if not fresh or not _path(folder, "motion", clip).is_file():
            _save(_path(folder, "motion", clip), _both_motions(dataset.folder, clip))
        if features_of is not None and not (fresh and _path(folder, "features", clip).is_file()):
            _save(_path(folder, "features", clip), _both_features(dataset.folder, clip, features_of))
        progress(index + 1, len(dataset.clips))
    _write_index(folder, dataset.clips)
    return CachedClips(dataset.folder, folder, features_of is not None)


def read_index(folder: Path) -> dict[str, Clip]:
    """The clips that an earlier `write_cache` finished, by key; none where it did not, or cannot be read."""
    return read_or_none(lambda: _read_index(folder / _INDEX)) or {}


def _read_index(path: Path) -> dict[str, Clip]:
    content: dict[str, Any] = read_json(path)
    clips = [_clip_from(entry) for entry in content["clips"]] if content["version"] == _VERSION else []
    return {clip.key: clip for clip in clips}


def _write_index(folder: Path, clips: Sequence[Clip]) -> None:
    content = {"version": _VERSION, "clips": [asdict(clip) for clip in clips]}
    write_text_whole(folder / _INDEX, json.dumps(content))


def _clip_from(entry: dict[str, Any]) -> Clip:
    first, second = (Sound(**sound) for sound in entry["sounds"])
    stamps = tuple((int(size), int(time)) for size, time in entry["stamps"])
    return Clip(entry["split"], entry["name"], int(entry["frames"]), (first, second), stamps)


def _both_motions(data: Path, clip: Clip) -> np.ndarray:
    paths = [track_path(data, clip.split, clip.name, person, "npz") for person in range(2)]
    motions = []
    for path in paths:
        with _unchanged(path):
            motions.append(read_motion(path)[: clip.frames])
    return np.stack(motions)  # [2, T, 56]


def _both_features(data: Path, clip: Clip, features_of: FeatureEncoder) -> np.ndarray:
    unscaled = Sound(0, 0.0, 1.0, "")
    features = []
    for person in range(2):
        path = track_path(data, clip.split, clip.name, person, "wav")
        with _unchanged(path):
            sound = read_sound(path, unscaled, 0, clip.frames)
        features.append(features_of(sound))
    return np.stack(features).astype(np.float16)  # [2, T, F]


def _opened(path: Path, clip: Clip) -> np.ndarray:
    """Raises DuologueError (DATASET_INVALID) for a cached file that is not what was written."""
    with _unchanged(path):
        array: np.ndarray = np.load(path, mmap_mode="r", allow_pickle=False)
    if array.shape[:2] != (2, clip.frames):
        raise _changed(path)
    return array


def _save(path: Path, array: np.ndarray) -> None:
    write_whole(path, lambda file: np.save(file, array))


def _path(folder: Path, kind: Literal["motion", "features"], clip: Clip) -> Path:
    return folder / kind / clip.split / f"{clip.name}.npy"


def _unchanged(path: Path) -> AbstractContextManager[None]:
    """Whatever is raised while `path` is read means that it is not what it was."""
    return explained_read_errors(lambda _reason: _changed(path))


def _changed(path: Path) -> DuologueError:
    return DuologueError(
        ExitCode.DATASET_INVALID,
        f"{path} cannot be read, or is no longer what it was when the training began.",
        "Leave the data as it is while it is trained on, or begin with another --run folder.",
    )


@dataclass(frozen=True)
class Window:
    """`frames` frames of a clip from `start`; `target` 0 or 1 is the speaker whose motion is to be made."""

    clip: Clip
    target: int
    start: int
    frames: int


@dataclass(frozen=True)
class Batch:
    """B windows of T frames. `audio`, `partner_audio` [B, 640 T] sound or [B, T, F] features; motions [B, T, 56]."""

    audio: Tensor
    partner_audio: Tensor
    motion: Tensor
    partner_motion: Tensor

    @property
    def frames(self) -> int:
        """T."""
        return int(self.motion.shape[1])

    def to(self, device: torch.device | str) -> Batch:
        """Copy to `device`."""
        return Batch(
            self.audio.to(device),
            self.partner_audio.to(device),
            self.motion.to(device),
            self.partner_motion.to(device),
        )


def epoch_batches(clips: Sequence[Clip], window: int, batch: int, seed: int, epoch: int) -> list[list[Window]]:
    """The windows of an epoch in batches of `batch`, of one length each; clips below `window` frames are one window."""
    chance = np.random.default_rng((seed, epoch))
    windows = [
        cut for clip in clips for target in range(_PEOPLE) for cut in _cut(clip, target, window, chance.random())
    ]
    shuffled = [windows[index] for index in chance.permutation(len(windows))]
    batches = in_batches(shuffled, batch)
    return [batches[index] for index in chance.permutation(len(batches))]


def fixed_windows(clips: Sequence[Clip], window: int) -> list[Window]:
    """Each clip from its first frame on, for both speakers: what is validated on."""
    return [cut for clip in clips for target in range(_PEOPLE) for cut in _cut(clip, target, window, 0.0)]


def in_batches(windows: Sequence[Window], batch: int) -> list[list[Window]]:
    """Up to `batch` windows of one length together, otherwise in the order they come."""
    by_length: dict[int, list[Window]] = {}
    for window in windows:
        by_length.setdefault(window.frames, []).append(window)
    return [group[first : first + batch] for group in by_length.values() for first in range(0, len(group), batch)]


def load_batch(windows: Sequence[Window], cached: CachedClips) -> Batch:
    """Read `windows`, all of one length."""
    motions = [_motion(window, cached.motion(window.clip)) for window in windows]  # [2, T, 56] each, the target first
    audio = [cached.audio(window.clip, window.target, window.start, window.frames) for window in windows]
    partner = [cached.audio(window.clip, 1 - window.target, window.start, window.frames) for window in windows]
    both = torch.from_numpy(np.stack(motions))  # [B, 2, T, 56]
    return Batch(torch.from_numpy(np.stack(audio)), torch.from_numpy(np.stack(partner)), both[:, 0], both[:, 1])


def _cut(clip: Clip, target: int, window: int, phase: float) -> list[Window]:
    """Windows one behind the other; `phase` 0 to 1 says where in the frames that are left over the first begins."""
    length = min(window, clip.frames)
    count = clip.frames // length
    first = int(phase * (clip.frames - count * length + 1))
    return [Window(clip, target, first + index * length, length) for index in range(count)]


def _motion(window: Window, motion: np.ndarray) -> np.ndarray:
    """The target's and the partner's motion [2, T, 56]."""
    piece = motion[:, window.start : window.start + window.frames]
    return np.ascontiguousarray(piece if window.target == 0 else piece[::-1], np.float32)
