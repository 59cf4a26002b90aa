"""How late the lips are and how well they follow, against phones or against the loudness of the voice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from backend.contract.constants import SAMPLE_RATE

TIMING_RATE: Final = 100
"""Points a second at which curves are compared."""

MOST_LAG: Final = 0.3
"""Seconds: lips that are later or earlier than this follow something else."""

_QUIETEST: Final = 40.0
"""Decibels below the loud passages at which a voice counts as silent."""

_LOUD: Final = 95.0
_LEAST_POINTS: Final = TIMING_RATE // 2


@dataclass(frozen=True)
class Timing:
    """`lag` seconds, positive where the lips are late; `correlation` at no lag, −1 to 1, and `best` at that lag.

    All nan where there is too little speech or a curve that does not move.
    """

    lag: float
    correlation: float
    best: float


def timing(curve: np.ndarray, nominal: np.ndarray, where: np.ndarray) -> Timing:
    """`curve` [N] that should follow `nominal` [N], both at TIMING_RATE, judged where `where` [N] bool.

    The lag is the peak of the correlation over shifts up to MOST_LAG, between points by a parabola.
    """
    most = round(MOST_LAG * TIMING_RATE)
    shifts = np.arange(-most, most + 1)
    found = np.array([_correlation_at(curve, nominal, where, int(shift)) for shift in shifts])
    if not np.isfinite(found).all():
        return Timing(float("nan"), float("nan"), float("nan"))
    peak = int(found.argmax())
    offset = 0.0
    if 0 < peak < len(shifts) - 1:
        before, at, after = found[peak - 1 : peak + 2]
        bend = before - 2.0 * at + after
        offset = 0.5 * (before - after) / bend if bend < 0.0 else 0.0
    return Timing(float(shifts[peak] + offset) / TIMING_RATE, float(found[most]), float(found[peak]))


def at_timing_rate(curve: np.ndarray, fps: float) -> np.ndarray:
    """[T] at `fps` → [N] at TIMING_RATE, straight lines between frames."""
    points = round(len(curve) * TIMING_RATE / fps)
    return np.asarray(np.interp(np.arange(points) / TIMING_RATE, np.arange(len(curve)) / fps, curve))


def loudness(samples: np.ndarray, points: int) -> np.ndarray:
    """[N] from 0 (40 dB below the loud passages, or less) to 1, at TIMING_RATE, of `samples` at SAMPLE_RATE."""
    step = SAMPLE_RATE // TIMING_RATE
    padded = np.zeros((points + 2) * step)
    padded[step : step + min(len(samples), points * step)] = samples[: points * step]
    power = (padded**2).reshape(-1, step).mean(axis=1)  # [N + 2]
    level = 10.0 * np.log10((power[:-2] + power[1:-1] + power[2:]) / 3.0 + 1e-12)
    return np.asarray(np.clip((level - np.percentile(level, _LOUD)) / _QUIETEST + 1.0, 0.0, 1.0))


def _correlation_at(curve: np.ndarray, nominal: np.ndarray, where: np.ndarray, shift: int) -> float:
    length = min(len(curve), len(nominal), len(where))
    points = np.flatnonzero(where[:length])
    points = points[(points + shift >= 0) & (points + shift < length)]
    if len(points) < _LEAST_POINTS:
        return float("nan")
    late, wanted = curve[points + shift], nominal[points]
    spread = late.std() * wanted.std()
    if spread < 1e-12:  # noqa: PLR2004  (a curve that does not move follows nothing)
        return float("nan")
    return float(((late - late.mean()) * (wanted - wanted.mean())).mean() / spread)
