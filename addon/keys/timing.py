"""Real seconds and scene frames: the one door between them."""

from __future__ import annotations

from typing import Protocol

import numpy as np


class FrameRate(Protocol):
    """What of `scene.render` matters here."""

    fps: int
    fps_base: float


def frames_a_second(render: FrameRate) -> float:
    """The scene's real frame rate; 30 and 1.001 make 29.97."""
    return render.fps / render.fps_base


def key_frames(seconds: float, rate: float, render: FrameRate, start: float) -> np.ndarray:
    """[K] whole scene frames to key for a take of `seconds` made at `rate` frames a second that begins at `start`.

    `start` may be a fraction of a frame, as sound may begin at one. Each of the take's moments goes to its nearest
    scene frame, so there are never more keys than moments and never two on one frame; whole frames are what an artist
    edits. The last one is the take's last frame.
    """
    moments = np.arange(max(1, round(seconds * rate))) / rate  # [T] seconds
    return np.unique(np.rint(start + moments * frames_a_second(render)).astype(np.int64))


def seconds_of(frames: np.ndarray, render: FrameRate, start: float) -> np.ndarray:
    """[K] real seconds after the frame `start`, a whole one or not."""
    return (np.asarray(frames, dtype=np.float64) - start) / frames_a_second(render)


def frame_of(seconds: float, render: FrameRate, start: float) -> int:
    """The whole scene frame nearest to `seconds` after the frame `start`."""
    return round(start + seconds * frames_a_second(render))
