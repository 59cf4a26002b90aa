"""Whether one curve follows another in time: cross-correlation against a control of circular shifts.

Two curves of one conversation share its rhythm, so that a correlation by itself shows little. The control keeps each
curve as it is and breaks only what they have in common in time: one of them is turned round by a chance number of
seconds, in every dialogue another one (circular-shift test, as for recordings of neurons and of eyes). The highest
correlation over all lags is held against the highest over all lags of every turn, so that the search for the lag is
paid for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from backend.contract.constants import FRAME_RATE

LARGEST_LAG: Final = 2.0
"""Seconds between the partner and the answer that are searched, to both sides."""

LEAST_SHIFT: Final = 5.0
"""Seconds by which the control is turned at least, from both ends: further than any answer."""

SHUFFLES: Final = 2000

LEAST_SECONDS: Final = 14.0
"""A dialogue shorter than this has too few places to be turned to."""

_FLAT: Final = 1e-9


@dataclass(frozen=True)
class Following:
    """How well curves follow signals.

    `peak` the highest pooled correlation and `lag` the seconds by which the curve comes after the signal there;
    `z` the peak in standard deviations above the mean peak of the control, `p` the share of the control's peaks that
    are as high (one more in numerator and denominator, so never 0); `chance` the control's 95th percentile; `curve`
    the pooled correlation at every lag of `lags`; `dialogues` how many pairs had something to follow.
    """

    peak: float
    lag: float
    z: float
    p: float
    chance: float
    curve: tuple[float, ...]
    dialogues: int


def lags() -> np.ndarray:
    """[L] seconds, one a frame, from −LARGEST_LAG to LARGEST_LAG; positive: the curve comes after the signal."""
    most = round(LARGEST_LAG * FRAME_RATE)
    return np.arange(-most, most + 1) / FRAME_RATE


def cross_correlation(signal: np.ndarray, curve: np.ndarray) -> np.ndarray | None:
    """[T] Pearson correlation of `signal` [T] with `curve` [T] turned back by 0 … T − 1 frames; None for a flat one."""
    spreads = float(signal.std()), float(curve.std())
    if min(spreads) < _FLAT:
        return None
    first, second = ((values - values.mean()) / spread for values, spread in zip((signal, curve), spreads, strict=True))
    joined = np.conj(np.fft.rfft(first)) * np.fft.rfft(second)
    return np.asarray(np.fft.irfft(joined, len(signal)) / len(signal))


def following(pairs: Sequence[tuple[np.ndarray, np.ndarray]], seed: int = 0, shuffles: int = SHUFFLES) -> Following:
    """How the second curve of each of `pairs` ([T], [T]) follows the first one, pooled over dialogues by their length.

    Pairs in which either is flat are left out; with none left nothing follows: p = 1. Raises ValueError for a
    dialogue that is shorter than LEAST_SECONDS.
    """
    steps = np.round(lags() * FRAME_RATE).astype(int)  # [L]
    rng = np.random.default_rng(seed)
    pooled, control = np.zeros(len(steps)), np.zeros((shuffles, len(steps)))
    frames = used = 0
    for signal, curve in pairs:
        length = len(signal)
        if length < LEAST_SECONDS * FRAME_RATE:
            raise ValueError(f"{length} frames are too short to be turned round")
        correlation = cross_correlation(np.asarray(signal, np.float64), np.asarray(curve, np.float64))
        if correlation is None:
            continue
        least = round(LEAST_SHIFT * FRAME_RATE)
        turns = rng.integers(least, length - least, size=shuffles)  # [N] frames
        pooled += length * correlation[steps % length]
        control += length * correlation[(turns[:, None] + steps) % length]
        frames, used = frames + length, used + 1
    if not used:
        return Following(0.0, 0.0, 0.0, 1.0, 0.0, (0.0,) * len(steps), 0)
    pooled, highest = pooled / frames, (control / frames).max(axis=1)
    best = int(pooled.argmax())
    peak = float(pooled[best])
    return Following(
        peak=peak,
        lag=float(steps[best] / FRAME_RATE),
        z=float((peak - highest.mean()) / max(float(highest.std()), _FLAT)),
        p=float((1 + (highest >= peak).sum()) / (1 + shuffles)),
        chance=float(np.quantile(highest, 0.95)),
        curve=tuple(float(value) for value in pooled),
        dialogues=used,
    )


def agreement(pairs: Sequence[tuple[np.ndarray, np.ndarray]]) -> float:
    """Mean correlation at the same moment of two curves [T] of every dialogue; nan where all are flat.

    Of a listener before two partners it says how little the exchange matters: 1 is no difference at all.
    """
    found = [cross_correlation(first.astype(np.float64), second.astype(np.float64)) for first, second in pairs]
    same = [float(correlation[0]) for correlation in found if correlation is not None]
    return float(np.mean(same)) if same else float("nan")
