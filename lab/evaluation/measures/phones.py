"""Phones with their times, the opening that they ask of lips, and how late and how well a curve follows it.

A phone is (start, end, name): seconds, and a CMU name in lower case without stress (aa, p, …); silence is `pau`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from backend.contract.constants import SAMPLE_RATE

Phone = tuple[float, float, str]

SILENCE: Final = "pau"
_SILENCES: Final = frozenset(("", "pau", "sil", "sp", "spn", "nsn", "<eps>", "#", "h#", "<p:>", "<usb>"))

BILABIALS: Final = frozenset(("p", "b", "m"))
LABIODENTALS: Final = frozenset(("f", "v"))
OPEN_VOWELS: Final = frozenset(("aa", "ae", "ao", "ah", "aw", "ay"))
SPREAD: Final = frozenset(("iy", "ih", "ey", "eh", "ae"))
ROUNDED: Final = frozenset(("uw", "uh", "ow", "oy", "ao", "w"))

NOMINAL_OPENING: Final = {
    **dict.fromkeys(("pau", "p", "b", "m"), 0.0),
    **dict.fromkeys(("f", "v"), 0.1),
    **dict.fromkeys(("s", "z", "w"), 0.2),
    **dict.fromkeys(("uw", "uh", "y", "r", "sh", "zh", "ch", "jh", "t", "d", "n", "dh", "th"), 0.35),
    **dict.fromkeys(("iy", "k", "g", "ng", "l", "hh"), 0.4),
    **dict.fromkeys(("ih", "er", "ow", "ax"), 0.5),
    **dict.fromkeys(("ey", "eh", "ah", "oy"), 0.7),
    **dict.fromkeys(("ao", "aw", "ay", "ae"), 0.9),
    "aa": 1.0,
}
"""How far the lips part in the middle of each phone, 0 shut to 1 as far as in speech they do. Values of this project,
in the order of the usual viseme classes; made for measuring alone, no engine is trained on them."""

_SMOOTHING: Final = 0.03
_FRAME_EDGE: Final = 1e-6


def plain_name(name: str) -> str:
    """`AA1` → `aa`, every word for silence → `pau`; what is no CMU phone stays as it is."""
    plain = name.strip().lower().rstrip("012")
    return SILENCE if plain in _SILENCES else plain


def unknown_names(phones: Iterable[Phone]) -> tuple[str, ...]:
    """Names that no measure knows, in order, each once."""
    return tuple(dict.fromkeys(name for _, _, name in phones if name not in NOMINAL_OPENING))


def of_kind(phones: Sequence[Phone], names: frozenset[str]) -> np.ndarray:
    """[P, 2] seconds: start and end of every phone that is among `names`."""
    return np.array([(start, end) for start, end, name in phones if name in names]).reshape(-1, 2)


def frames_of(spans: np.ndarray, fps: float, frames: int, margin: float = 0.0) -> np.ndarray:
    """[P, 2] first and last frame within each of `spans` [P, 2] seconds, widened by `margin` on both sides.

    A span that falls between two frames gets the nearer one; frames beyond the ends are cut off.
    """
    first = np.ceil((spans[:, 0] - margin) * fps - _FRAME_EDGE)
    last = np.floor((spans[:, 1] + margin) * fps + _FRAME_EDGE)
    between = first > last
    nearest = np.round(spans.mean(axis=1) * fps)
    first, last = np.where(between, nearest, first), np.where(between, nearest, last)
    return np.asarray(np.clip(np.stack((first, last), axis=1).astype(int), 0, frames - 1))


def within(spans: np.ndarray, fps: float, frames: int, margin: float = 0.0) -> np.ndarray:
    """[T] bool: the frames of all `spans` [P, 2] seconds together, widened by `margin`."""
    inside = np.zeros(frames, bool)
    for first, last in frames_of(spans, fps, frames, margin):
        inside[first : last + 1] = True
    return inside


def spoken(phones: Sequence[Phone]) -> np.ndarray:
    """[P, 2] seconds of every phone that is not silence."""
    return np.array([(start, end) for start, end, name in phones if name != SILENCE]).reshape(-1, 2)


def nominal_opening(phones: Sequence[Phone], rate: float, points: int) -> np.ndarray:
    """[N] from 0 to 1 at `rate` points a second: each phone's opening, run together over about 70 ms as lips do."""
    curve = np.zeros(points)
    for start, end, name in phones:
        curve[max(0, round(start * rate)) : max(0, round(end * rate))] = NOMINAL_OPENING[name]
    reach = np.arange(-round(3 * _SMOOTHING * rate), round(3 * _SMOOTHING * rate) + 1) / rate
    kernel = np.exp(-0.5 * (reach / _SMOOTHING) ** 2)
    padded = np.pad(curve, len(reach) // 2)
    return np.asarray(np.convolve(padded, kernel / kernel.sum(), mode="valid"))


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
