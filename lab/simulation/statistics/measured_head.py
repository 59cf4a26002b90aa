"""How heads of rehearsals move: spread, speed, spectrum, nods, beats, and whether they ever stand still."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from scipy.signal import welch

from backend.contract.constants import FRAME_RATE
from backend.contract.runs import runs_of

from .observed import Observed, Pair, average, middle, ratio

BANDS: Final = ((0.0, 0.5), (0.5, 1.5), (1.5, 4.0), (4.0, 8.0))
"""Hertz, as docs/rehearsals.md has them."""

_WINDOW: Final = 8.0
_ENOUGH: Final = 200
"""Frames of speaking and of listening without which a person's spread says nothing."""

_STILL: Final = 0.02
"""Degrees a frame below which a head does not move."""
_FROZEN: Final = 0.5
"""Seconds of standstill that count as frozen."""

_AROUND_BEAT: Final = 5
_RAISE_AROUND: Final = (-0.35, 0.2)
"""Seconds from a stressed vowel's middle within which a brow raise that begins belongs to it."""


def measure_head(pairs: Sequence[Pair]) -> dict[str, float]:
    """Pooled over people, except where a person's own spread is meant."""
    people = [one for pair in pairs for one in pair]
    speed = np.concatenate([_speed(one) for one in people])
    spread = np.median([one.neck.std(axis=0) for one in people], axis=0)
    bands = np.mean([band_shares(one.neck[:, axis]) for one in people for axis in range(2)], axis=0)
    return {
        "head pitch spread, deg": float(spread[0]),
        "head yaw spread, deg": float(spread[1]),
        "head roll spread, deg": float(spread[2]),
        "head spread listening / speaking": _quieter(people),
        "head speed median, deg/s": float(np.median(speed)),
        "head speed p90, deg/s": float(np.percentile(speed, 90)),
        "head speed p99, deg/s": float(np.percentile(speed, 99)),
        "head power under 0.5 Hz": float(bands[0]),
        "head power 0.5-1.5 Hz": float(bands[1]),
        "head power 1.5-4 Hz": float(bands[2]),
        "head power 4-8 Hz": float(bands[3]),
        "frozen share": float(np.mean(np.concatenate([_frozen(one) for one in people]))),
    } | _measure_gestures(people)


def band_shares(angle: np.ndarray) -> np.ndarray:
    """[4] shares of the power of `angle` [T] up to 8 Hz in BANDS, windows of 8 s."""
    hertz, power = welch(angle - angle.mean(), FRAME_RATE, nperseg=min(len(angle), round(_WINDOW * FRAME_RATE)))
    sums = np.array([power[(hertz >= low) & (hertz < high)].sum() for low, high in BANDS])
    return np.asarray(sums / sums.sum())


def nod_sizes(people: Sequence[Observed]) -> np.ndarray:
    """Degrees of the first swing of every nod."""
    return np.asarray(np.degrees(np.concatenate([one.events["nod_size"][one.events["nod"] > 0] for one in people])))


def _measure_gestures(people: Sequence[Observed]) -> dict[str, float]:
    nods = {
        name: np.concatenate([one.events[name][one.events["nod"] > 0] for one in people])
        for name in ("nod_rate", "nod_count")
    }
    listening = sum(float(one.events["nod"][one.listens].sum()) for one in people)
    listened = sum(float(one.listens.sum()) for one in people) / FRAME_RATE / 60
    accents = sum(int((one.events["accent"] > 0).sum()) for one in people)
    minutes = sum(one.frames for one in people) / FRAME_RATE / 60
    return {
        "nods per minute of listening": ratio(listening, listened),
        "nod size median, deg": middle(nod_sizes(people)),
        "nod swings mean": average(nods["nod_count"]),
        "nod rate median, Hz": middle(nods["nod_rate"]),
        "accents with a head beat": ratio(sum(float(one.events["beat"].sum()) for one in people), accents),
        "head beat from its vowel, ms": middle(np.abs(np.concatenate([_beat_delays(one) for one in people]))),
        "accents with a brow raise": ratio(sum(_raised(one) for one in people), accents),
        "brow raises per minute": sum(float(one.events["brow_raise"].sum()) for one in people) / minutes,
    }


def _quieter(people: Sequence[Observed]) -> float:
    """A person's spread while listening, of that while speaking; the median person's."""
    ratios = [
        one.neck[one.listens].std(axis=0).mean() / one.neck[one.speaks].std(axis=0).mean()
        for one in people
        if one.listens.sum() > _ENOUGH and one.speaks.sum() > _ENOUGH
    ]
    return middle(np.array(ratios))


def _speed(one: Observed) -> np.ndarray:
    """[T - 1] degrees a second."""
    return np.asarray(np.linalg.norm(np.diff(one.neck, axis=0), axis=1) * FRAME_RATE)


def _frozen(one: Observed) -> np.ndarray:
    """[T - 1] bool: within half a second or more in which neither head nor trunk nor lids move."""
    still = (_speed(one) < _STILL * FRAME_RATE) & (np.abs(np.diff(one.lids)) < 0.01)  # noqa: PLR2004
    frozen = np.zeros(len(still), bool)
    for first, last in runs_of(still):
        frozen[first:last] = (last - first) / FRAME_RATE >= _FROZEN
    return frozen


def _beat_delays(one: Observed) -> np.ndarray:
    """Milliseconds from a vowel that the head beats on to the lowest point of the head near it."""
    pitch, delays = one.events["neck_beats"][:, 0], []
    for frame in np.flatnonzero(one.events["beat"] > 0).tolist():
        if _AROUND_BEAT <= frame < len(pitch) - _AROUND_BEAT:
            part = pitch[frame - _AROUND_BEAT : frame + _AROUND_BEAT + 1]
            delays.append((int(part.argmax()) - _AROUND_BEAT) * 1000 / FRAME_RATE)
    return np.array(delays)


def _raised(one: Observed) -> int:
    """Stressed vowels near which a brow raise begins."""
    raises = np.flatnonzero(one.events["brow_raise"] > 0) / FRAME_RATE
    accents = np.flatnonzero(one.events["accent"] > 0) / FRAME_RATE
    since = raises[None, :] - accents[:, None]
    near = (since > _RAISE_AROUND[0]) & (since < _RAISE_AROUND[1])
    # One raise goes with one vowel, the nearest.
    return len({int(np.abs(since[:, column]).argmin()) for column in np.flatnonzero(near.any(axis=0))})
