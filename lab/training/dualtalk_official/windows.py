"""Windows of clips: which, in which order, and what is in them.

Every clip is cut anew in each epoch, from a random first frame on, for each of its two speakers; each window is its own
piece of the clip. All windows of an epoch are shuffled. An order depends on seed and epoch alone, so a training that
was stopped finds it again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from torch import Tensor

from .cache import CachedClips
from .dataset import Clip

_PEOPLE: Final = 2


@dataclass(frozen=True)
class Window:
    """`frames` frames of a clip from `start`; `target` 0 or 1 is the speaker whose motion is to be made."""

    clip: Clip
    target: int
    start: int
    frames: int


@dataclass(frozen=True)
class Batch:
    """B windows of T frames. `heard`, `partner_heard` [B, 640 T] sound or [B, T, F] features; motions [B, T, 56]."""

    heard: Tensor
    partner_heard: Tensor
    motion: Tensor
    partner_motion: Tensor

    @property
    def frames(self) -> int:
        """T."""
        return int(self.motion.shape[1])

    def to(self, device: torch.device | str) -> Batch:
        """The same on `device`."""
        return Batch(
            self.heard.to(device),
            self.partner_heard.to(device),
            self.motion.to(device),
            self.partner_motion.to(device),
        )


def epoch_batches(clips: Sequence[Clip], window: int, batch: int, seed: int, epoch: int) -> list[list[Window]]:
    """The windows of an epoch in batches of `batch`, of one length each; clips below `window` frames are one window."""
    chance = np.random.default_rng((seed, epoch))
    windows = [
        one for clip in clips for target in range(_PEOPLE) for one in _cut(clip, target, window, chance.random())
    ]
    shuffled = [windows[index] for index in chance.permutation(len(windows))]
    batches = in_batches(shuffled, batch)
    return [batches[index] for index in chance.permutation(len(batches))]


def fixed_windows(clips: Sequence[Clip], window: int) -> list[Window]:
    """Each clip from its first frame on, for both speakers: what is validated on."""
    return [one for clip in clips for target in range(_PEOPLE) for one in _cut(clip, target, window, 0.0)]


def in_batches(windows: Sequence[Window], batch: int) -> list[list[Window]]:
    """Up to `batch` windows of one length together, otherwise in the order they come."""
    by_length: dict[int, list[Window]] = {}
    for one in windows:
        by_length.setdefault(one.frames, []).append(one)
    return [group[first : first + batch] for group in by_length.values() for first in range(0, len(group), batch)]


def load_batch(windows: Sequence[Window], cached: CachedClips) -> Batch:
    """Read `windows`, all of one length."""
    motions = [_motion(one, cached.motion(one.clip)) for one in windows]  # [2, T, 56] each, the target first
    heard = [cached.heard(one.clip, one.target, one.start, one.frames) for one in windows]
    partner = [cached.heard(one.clip, 1 - one.target, one.start, one.frames) for one in windows]
    both = torch.from_numpy(np.stack(motions))  # [B, 2, T, 56]
    return Batch(torch.from_numpy(np.stack(heard)), torch.from_numpy(np.stack(partner)), both[:, 0], both[:, 1])


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
