"""Real seconds and scene frames: the one door between them."""

from __future__ import annotations

import math
from typing import Protocol

import numpy as np


class FrameRate(Protocol):
    """What of `scene.render` matters here."""

    fps: int
    fps_base: float


def frames_a_second(render: FrameRate) -> float:
    """The scene's real frame rate; 30 and 1.001 make 29.97."""
    return render.fps / render.fps_base


def key_frames(seconds: float, rate: float, render: FrameRate, start_frame: int) -> np.ndarray:
    """[K] whole scene frames to key for a take of `seconds` made at `rate` frames a second.

    Each of the take's moments goes to its nearest scene frame, so there are never more keys than moments and never
    two on one frame; whole frames are what an artist edits.
    """
    moments = np.arange(max(1, round(seconds * rate))) / rate  # [T] seconds
    return start_frame + np.unique(np.rint(moments * frames_a_second(render)).astype(np.int64))


def seconds_of(frames: np.ndarray, render: FrameRate, start_frame: int) -> np.ndarray:
    """[K] real seconds after `start_frame`."""
    return (np.asarray(frames, dtype=np.float64) - start_frame) / frames_a_second(render)


def frame_of(seconds: float, render: FrameRate, start_frame: int) -> int:
    """The whole scene frame nearest to `seconds` after `start_frame`."""
    return start_frame + round(seconds * frames_a_second(render))


def last_frame(seconds: float, render: FrameRate, start_frame: int) -> int:
    """The last whole frame that still shows something of a take of `seconds`."""
    # A frame that begins within a millionth of a frame before the end is rounding, not picture.
    return start_frame + max(1, math.ceil(seconds * frames_a_second(render) - 1e-6)) - 1
