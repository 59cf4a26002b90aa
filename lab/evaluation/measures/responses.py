"""How a listener answers the ends of the other's phrases, and how people breathe in before their own."""

from __future__ import annotations

from typing import Final

import numpy as np

from backend.contract.constants import FRAME_RATE

from .behaviour import nod_times

_WORTH_AN_ANSWER: Final = 0.7
_ANSWERS: Final = (-0.1, 1.2)
"""Seconds of a phrase below which nothing is answered; seconds from its end in which an answer begins."""

_SMILE_WIDTH: Final = 3.0
"""Millimetres by which a silent mouth widens in a smile: mouthSmile 0.2."""

_LONGER, _LEAST_PAUSE = 1.2, 0.45
"""Seconds from which a phrase is worth a breath, and of the silence before it."""

_BEFORE: Final = (0.5, 0.06)
"""Seconds before a phrase between which the lips part for its breath."""

_PARTED: Final = 1.5


def at_frame_rate(flags: np.ndarray, fps: float) -> np.ndarray:
    """`flags` [T] at `fps` → the same at the product's FRAME_RATE."""
    frames = np.arange(round(len(flags) * FRAME_RATE / fps))
    return np.asarray(flags[np.minimum((frames * fps / FRAME_RATE).astype(int), max(len(flags) - 1, 0))])


def response_numbers(
    width: np.ndarray, pitch: np.ndarray, speech: np.ndarray, heard: list[tuple[float, float]], fps: float
) -> dict[str, float]:
    """Share of the other's phrases that are answered by a smile or a nod, and seconds until a smile is half there.

    `width` [T] millimetres of the mouth beyond rest, `pitch` [T] radians of the head, positive down, `speech` [T] bool
    of this person; `heard` phrases of the other in seconds. Phrases that this person speaks after do not count.
    """
    nods = nod_times(pitch, fps)
    answered, latencies = [], []
    for start, end in heard:
        first, stop = (round((end + seconds) * fps) for seconds in _ANSWERS)
        if end - start < _WORTH_AN_ANSWER or stop > len(width) or speech[max(first, 0) : stop].any():
            continue
        half = _smile_half(width[max(first, 0) : stop])
        nodded = bool(((nods > end + _ANSWERS[0]) & (nods < end + _ANSWERS[1])).any())
        answered.append(nodded or half is not None)
        if half is not None:
            latencies.append((max(first, 0) + half) / fps - end)
    return {
        "phrases_answered": float(np.mean(answered)) if answered else float("nan"),
        "smile_after_phrase": float(np.median(latencies)) if latencies else float("nan"),
    }


def breath_numbers(
    gap: np.ndarray, height: np.ndarray, said: list[tuple[float, float]], fps: float
) -> dict[str, float]:
    """Share of the longer phrases `said` that lips part before, and how far these and the shoulders move, median.

    `gap` [T] millimetres between the lips beyond rest, `height` [T] metres of the base of the neck.
    """
    parted, risen, last = [], [], 0.0
    for start, end in said:
        pause, last = start - last, end
        first, stop = (round((start - seconds) * fps) for seconds in _BEFORE)
        if end - start < _LONGER or pause < max(_LEAST_PAUSE, _BEFORE[0]) or first < 0:
            continue
        parted.append(float(gap[first : stop + 1].max()))
        risen.append(1000.0 * float(height[first : stop + 2].max() - height[first]))
    if not parted:
        return dict.fromkeys(("breaths_before_phrases", "breath_parts_lips", "breath_rise"), float("nan"))
    return {
        "breaths_before_phrases": float(np.mean(np.array(parted) > _PARTED)),
        "breath_parts_lips": float(np.median(parted)),
        "breath_rise": float(np.median(risen)),
    }


def _smile_half(width: np.ndarray) -> int | None:
    """The frame of `width` [n] millimetres on which a mouth that begins to smile is half there; None without one."""
    grown = width - width[0]
    if grown.max() < _SMILE_WIDTH:
        return None
    return int(np.flatnonzero(grown >= grown.max() / 2)[0])
