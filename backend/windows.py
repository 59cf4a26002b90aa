"""Windows over the T frames or samples of a recording, and how what a network makes of them becomes one whole again.

    InnerWindows    ┄┄┄[   ███████   ]              every frame from the one window that has it in its inner part;
                              [   ███████   ]┄┄┄    the outer windows reach beyond the whole
    FadedWindows    [██████████▓▓▒▒]                made one after the other, each fades into the next;
                              [▒▒▓▓██████████]      the last one is moved back to end with the whole
    BlendedWindows  [▒▒▓▓██████▓▓▒▒]                made together, the weighted mean where two overlap;
                              [▒▒▓▓██████▓▓▒▒]┄┄┄   the last one may end after the whole

`pieces_with_context` cuts like InnerWindows and shortens the context at both ends, for networks that take any length.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class InnerWindows:
    """Windows of `length` frames every `step` frames, of which the inner `step` frames are kept."""

    length: int
    step: int

    @property
    def margin(self) -> int:
        """Frames on each side that give context and are not kept."""
        return (self.length - self.step) // 2

    def starts(self, frames: int) -> list[int]:
        """First frame of every window; the first one is below 0."""
        return [start - self.margin for start in _covering(frames, self.step, self.step)]

    def seams(self, frames: int) -> list[int]:
        """Frames from which on another window is kept."""
        return _covering(frames, self.step, self.step)[1:]

    def write_inner(self, whole: np.ndarray, first: int, windows: np.ndarray) -> None:
        """Write the inner part of `windows` [K, P, length, …], number `first` and following, into `whole` [P, T, …]."""
        for index, window in enumerate(windows, first):
            kept = whole[:, index * self.step : (index + 1) * self.step]
            kept[:] = window[:, self.margin : self.margin + kept.shape[1]]


@dataclass(frozen=True)
class FadedWindows:
    """Windows of `length` frames, or of all frames if there are fewer; neighbours share `overlap` or more.

    `fade` is how many frames in the middle of the overlap pass from one window to the next. The frames near a
    window's ends have no context on one side.
    """

    length: int
    overlap: int
    fade: int = 26

    def spans(self, frames: int) -> list[tuple[int, int]]:
        """First and one past the last frame of every window, all of the same length."""
        last = max(frames - self.length, 0)
        starts = (min(start, last) for start in _covering(frames, self.length, self.length - self.overlap))
        return [(start, min(start + self.length, frames)) for start in starts]

    def join(self, pieces: Iterable[tuple[int, np.ndarray]], people: int, frames: int, width: int) -> np.ndarray:
        """Join `pieces` (first frame, [P, t, D]) in order to [P, T, D] float32; P `people`, T `frames`, D `width`."""
        whole = np.zeros((people, frames, width), np.float32)
        end = 0
        for start, piece in pieces:
            stop, shared = start + piece.shape[1], end - start
            weight = self.fade_weights(shared)[:, None]
            whole[:, start:end] += weight * (piece[:, :shared] - whole[:, start:end])
            whole[:, end:stop] = piece[:, shared:]
            end = stop
        return whole

    def fade_weights(self, shared: int) -> np.ndarray:
        """Weight of the later window over the `shared` frames, from 0 to 1 by a raised cosine. [shared] float32."""
        length = min(self.fade, shared)
        first = (shared - length) // 2
        weights = np.zeros(shared, np.float32)
        weights[first : first + length] = 0.5 - 0.5 * np.cos(np.pi * (np.arange(length) + 0.5) / max(length, 1))
        weights[first + length :] = 1.0
        return weights


@dataclass(frozen=True)
class BlendedWindows:
    """Windows of `length` frames every `step` frames; no frame is in more than two if 2 · `step` ≥ `length`."""

    length: int
    step: int

    def starts(self, frames: int) -> list[int]:
        """First frame of every window."""
        return _covering(frames, self.length, self.step)

    def seams(self, frames: int) -> list[int]:
        """Frames at which one more or one less window counts."""
        starts = self.starts(frames)
        edges = {*starts[1:], *(start + self.length for start in starts[:-1])}
        return sorted(edge for edge in edges if edge < frames)

    def weights(self) -> np.ndarray:
        """Weight of a window's frames: 1 in the middle, falling linearly over the overlaps, never 0. [length] float32.

        Two windows' weights add to 1 where they overlap; the dialogue's ends lie in one window and have less.
        """
        frame = np.arange(self.length)
        to_edge = np.minimum(frame + 1, self.length - frame).astype(np.float32)  # [length] frames
        overlap = self.length - self.step
        return np.asarray(np.minimum(to_edge / np.float32(overlap + 1), 1.0), np.float32)


def cut_window(array: np.ndarray, start: int, length: int) -> np.ndarray:
    """Cut [P, `length`, …] out of `array` [P, T, …] from `start`, maybe below 0; zeros outside the array."""
    piece = array[:, max(start, 0) : max(start + length, 0)]
    before = min(max(-start, 0), length)
    padding = [(0, 0), (before, length - before - piece.shape[1])] + [(0, 0)] * (array.ndim - 2)
    return np.pad(piece, padding)


def pieces_with_context(frames: int, length: int, context: int) -> Iterator[tuple[slice, slice]]:
    """Cut `frames` into pieces of up to `length`, each with up to `context` frames on both sides.

    Yield the frames of piece and context, and, counted from the first of these, those of the piece alone.
    """
    for start in range(0, frames, length):
        stop = min(start + length, frames)
        begin = max(start - context, 0)
        yield slice(begin, min(stop + context, frames)), slice(start - begin, stop - begin)


def _covering(frames: int, length: int, step: int) -> list[int]:
    """First frames of the fewest parts of `length`, one every `step`, that hold all `frames`; at least one."""
    return [step * index for index in range(1 + max(0, -(-(frames - length) // step)))]
