"""How a head stresses speech and holds still between: how far it moves, its accents, and its rests.

People, eight in broadcasts and calls (shared recordings' tracks, 3D landmarks at 25 Hz, smoothed over 30 ms, 79 s in
all): moves of pitch, yaw and roll about their drift of 2.6, 2.5 and 1.3° (1.2–4.1, 1.1–3.3 and 0.7–1.9), speed of 10,
19 and 50°/s at the quarter, the half and nine tenths of the time. Their trackers tremble, so rests are not known.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.ndimage import gaussian_filter1d

DRIFT_SECONDS: Final = 0.6
"""Standard deviation of the smoothing that is the drift; what differs from it is movement."""

_REACH: Final = (0.32, 0.2)
"""Seconds before and after a stressed vowel in which the head's accent on it lies."""

_LEAST_ACCENT: Final = np.radians(2.5)
"""Radians of pitch that the head goes and comes back by for it to be an accent."""

_SETTLED: Final = 0.36
"""Seconds after an accent from which the head may hold still."""

_HOLD_SPEED: Final = np.radians(3.0)
"""Radians a second below which a head holds its pose."""


@dataclass(frozen=True)
class Stress:
    """What one head does on stressed vowels: `sizes` [n] radians of pitch, `speeds` [n] radians a second at the
    fastest, `leads` [n] seconds from the furthest point to the vowel; `vowels` how many there were.
    """

    sizes: np.ndarray
    speeds: np.ndarray
    leads: np.ndarray
    vowels: int


def moves(angles: np.ndarray, where: np.ndarray, fps: float) -> np.ndarray:
    """[3] radians: how far pitch, yaw and roll of `angles` [T, 3] are from their drift, root mean square in `where`."""
    about = angles - gaussian_filter1d(angles, DRIFT_SECONDS * fps, axis=0, mode="nearest")
    return np.sqrt(np.square(about[where]).mean(axis=0)) if where.any() else np.full(3, np.nan)


def stress_of(pitch: np.ndarray, vowels: Sequence[float], fps: float) -> Stress:
    """Accents of `pitch` [T] radians, positive down, on stressed `vowels`, seconds of their middles."""
    before, after = (round(seconds * fps) for seconds in _REACH)
    found = []
    for vowel in vowels:
        first = max(0, round(vowel * fps) - before)
        part = pitch[first : round(vowel * fps) + after + 1]
        if len(part) < before:
            continue
        line = np.linspace(part[0], part[-1], len(part))
        furthest = int(np.abs(part - line).argmax())
        # From where the head last was the other way: a rise before the stroke belongs to it.
        way = np.sign(part[furthest] - line[furthest])
        stroke = part[: furthest + 1]
        size = float((way * (stroke[-1] - stroke)).max())
        if size < _LEAST_ACCENT or furthest == 0:
            continue
        found.append((size, np.abs(np.diff(stroke)).max() * fps, vowel - (first + furthest) / fps))
    table = np.array(found).reshape(-1, 3)
    return Stress(table[:, 0], table[:, 1], table[:, 2], len(vowels))


def holds(angles: np.ndarray, speech: np.ndarray, vowels: Sequence[float], fps: float) -> tuple[float, float]:
    """Share of the frames of speech away from accents in which the head turns by less than 3°/s, and the median speed
    of these frames in radians a second; nan without any.

    `angles` [T, 3] radians, `speech` [T] bool, stressed `vowels` in seconds.
    """
    speed = np.linalg.norm(np.diff(angles, axis=0), axis=1) * fps  # [T - 1]
    rest = speech[1:].copy()
    for vowel in vowels:
        rest[max(0, round((vowel - _REACH[0]) * fps)) : round((vowel + _SETTLED) * fps)] = False
    still = rest & (speed < _HOLD_SPEED)
    if not still.any():
        return (0.0, float("nan")) if rest.any() else (float("nan"), float("nan"))
    return float(still.sum() / rest.sum()), float(np.median(speed[still]))


def head_numbers(angles: np.ndarray, speech: np.ndarray, vowels: Sequence[float], fps: float) -> dict[str, float]:
    """All of it in degrees and seconds, by its names in measures.toml.

    `head_coupled_*`: moves of yaw and roll over those of pitch. `angles` [T, 3] pitch, yaw and roll in radians.
    """
    pitch, yaw, roll = np.degrees(moves(angles, speech, fps)).tolist()
    stress = stress_of(angles[:, 0], vowels, fps)
    held, slow = holds(angles, speech, vowels, fps)
    return {
        "head_moves_pitch": pitch,
        "head_moves_yaw": yaw,
        "head_moves_roll": roll,
        "head_coupled_yaw": yaw / max(pitch, 1e-6),
        "head_coupled_roll": roll / max(pitch, 1e-6),
        "accents_stressed": len(stress.sizes) / stress.vowels if stress.vowels else float("nan"),
        "accent_degrees": float(np.degrees(_median(stress.sizes))),
        "accent_speed": float(np.degrees(_median(stress.speeds))),
        "accent_lead": _median(stress.leads),
        "held_between": held,
        "hold_speed": float(np.degrees(slow)),
    }


def _median(values: np.ndarray) -> float:
    return float(np.median(values)) if len(values) else float("nan")
