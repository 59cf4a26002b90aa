"""Real seconds and scene frames: the one door between them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np


class FrameRate(Protocol):
    """What of `scene.render` matters here."""

    fps: int
    fps_base: float


def frames_a_second(render: FrameRate) -> float:
    """The scene's real frame rate; 30 and 1.001 make 29.97."""
    return render.fps / render.fps_base


def frame_at(seconds: float, render: FrameRate, start_frame: float) -> float:
    """The scene frame, with its fraction, at `seconds` after `start_frame`."""
    return start_frame + seconds * frames_a_second(render)


def frames_at(seconds: Sequence[float] | np.ndarray, render: FrameRate, start_frame: float) -> np.ndarray:
    """[T] scene frames at [T] seconds."""
    return start_frame + np.asarray(seconds, dtype=np.float64) * frames_a_second(render)


def seconds_at(frame: float, render: FrameRate, start_frame: float) -> float:
    """Seconds after `start_frame`."""
    return (frame - start_frame) / frames_a_second(render)


def last_frame(seconds: float, render: FrameRate, start_frame: int) -> int:
    """The last whole frame that still shows something of a take of `seconds`."""
    return start_frame + max(0, round(seconds * frames_a_second(render)) - 1)
