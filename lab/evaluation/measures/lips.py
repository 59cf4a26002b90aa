"""Whether lips do what phones ask for, and how much of that would happen by chance.

Curves are [T] millimetres beyond rest, as `landmarks.mouth_curves` gives them. A hit is a P B M or F V with some
frame within 40 ms of it that is shut or low enough, and a vowel with some frame in it that is open enough. Chance is
the hit rate of the same curve shifted in a circle within the speech: a mouth that is always shut hits every P, and its
lift is 0. The limits depend on how far this mouth opens; `lip_score` has limits in millimetres.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.ndimage import median_filter
from scipy.stats import binom, rankdata

from .phones import (
    BILABIALS,
    LABIODENTALS,
    OPEN_VOWELS,
    ROUNDED,
    SPREAD,
    Phone,
    frames_of,
    of_kind,
    spoken,
    within,
)

TOLERANCE: Final = 0.04
"""Seconds by which lips may miss a phone: a frame at 25 a second."""

SHUT_MILLIMETRES: Final = 1.0
SHUT_SHARE: Final = 0.12
"""Lips are shut up to the larger of a millimetre over rest and this share of how far they open in speech."""

LOW_SHARE: Final = 0.35
"""Lips are low, as on F and V, up to this share of how far they open in speech: as far as they are not open."""

OPEN_SHARE: Final = 0.35
"""Lips are open from this share of how far they open in speech."""

AWAY_FROM_SPEECH: Final = 0.3
"""Seconds from the nearest phone at which silence begins: lips part before a voice and come to rest after it."""

_SLOW: Final = 1.0
"""Seconds: what a mouth's width keeps over these is a smile and no phone."""

_WIDEST: Final = 95.0
_SHIFTS: Final = 64
_LEAST_SHIFT: Final = 0.25
"""Seconds: a smaller shift is not yet another place in the speech."""


@dataclass(frozen=True)
class HitRate:
    """`hits` of `count` phones and how many `by_chance`; those of several people add up."""

    hits: float
    count: int
    by_chance: float

    def __add__(self, other: HitRate) -> HitRate:
        return HitRate(self.hits + other.hits, self.count + other.count, self.by_chance + other.by_chance)

    @property
    def rate(self) -> float:
        """0 to 1, nan without phones."""
        return self.hits / self.count if self.count else float("nan")

    @property
    def chance(self) -> float:
        """0 to 1, nan without phones."""
        return self.by_chance / self.count if self.count else float("nan")

    @property
    def lift(self) -> float:
        """(rate − chance) / (1 − chance): 1 is perfect, 0 is luck, below 0 is worse than luck; nan without phones."""
        return lift(self.rate, self.chance)

    @property
    def luck(self) -> float:
        """How likely luck alone hits as many, 0 to 1 (binomial); nan without phones.

        Where chance hits nearly everything, a lift of 1 may rest on one phone: then this is large.
        """
        return float(binom.sf(self.hits - 1, self.count, self.chance)) if self.count else float("nan")


@dataclass(frozen=True)
class LipMeasures:
    """What one person's lips owe to phones. Counts, so that people and recordings can be taken together.

    `spread` and `rounded` are millimetres of mouth width in the middle of such phones, `quick_spread` and
    `quick_rounded` the same against the median of the second around; `open_in_silence` of `silent` frames.
    """

    closed: HitRate
    low: HitRate
    opened: HitRate
    spread: tuple[float, ...]
    rounded: tuple[float, ...]
    quick_spread: tuple[float, ...]
    quick_rounded: tuple[float, ...]
    open_in_silence: int
    silent: int

    def __add__(self, other: LipMeasures) -> LipMeasures:
        mine, theirs = vars(self), vars(other)
        return LipMeasures(**{name: mine[name] + theirs[name] for name in mine})

    def numbers(self) -> dict[str, float]:
        """Name → value as the report has them; nan where there was nothing to measure."""
        return {
            "bilabials_closed": self.closed.rate,
            "bilabials_closed_lift": self.closed.lift,
            "bilabials_closed_luck": self.closed.luck,
            "labiodentals_low": self.low.rate,
            "labiodentals_low_lift": self.low.lift,
            "labiodentals_low_luck": self.low.luck,
            "open_vowels_open": self.opened.rate,
            "open_vowels_open_lift": self.opened.lift,
            "open_vowels_open_luck": self.opened.luck,
            "spread_against_rounded": area_under_curve(np.array(self.spread), np.array(self.rounded)),
            "spread_against_rounded_quick": area_under_curve(np.array(self.quick_spread), np.array(self.quick_rounded)),
            "open_in_silence": self.open_in_silence / self.silent if self.silent else float("nan"),
            "bilabials_counted": float(self.closed.count),
        }


def measure_lips(gap: np.ndarray, width: np.ndarray, phones: Sequence[Phone], fps: float) -> LipMeasures:
    """`gap` and `width` [T] millimetres of one person at `fps` against what this person says."""
    frames = len(gap)
    speech = within(spoken(phones), fps, frames, TOLERANCE)
    silent = ~within(spoken(phones), fps, frames, AWAY_FROM_SPEECH)
    shut, widest = shut_up_to(gap, speech), opening_in_speech(gap, speech)
    quick = width - median_filter(width, max(3, round(_SLOW * fps)), mode="nearest")
    opens = max(OPEN_SHARE * widest, SHUT_MILLIMETRES)

    def hits(enough: np.ndarray, names: frozenset[str], margin: float) -> HitRate:
        return hit_rate(enough, frames_of(of_kind(phones, names), fps, frames, margin), speech, fps)

    return LipMeasures(
        closed=hits(gap <= shut, BILABIALS, TOLERANCE),
        low=hits(gap <= max(LOW_SHARE * widest, SHUT_MILLIMETRES), LABIODENTALS, TOLERANCE),
        opened=hits(gap >= opens, OPEN_VOWELS, 0.0),
        spread=_in_the_middle(width, phones, SPREAD, fps),
        rounded=_in_the_middle(width, phones, ROUNDED, fps),
        quick_spread=_in_the_middle(quick, phones, SPREAD, fps),
        quick_rounded=_in_the_middle(quick, phones, ROUNDED, fps),
        open_in_silence=int((gap[silent] > shut).sum()),
        silent=int(silent.sum()),
    )


def opening_in_speech(gap: np.ndarray, speech: np.ndarray) -> float:
    """Millimetres: 95th percentile of `gap` [T] in the frames that are `speech` [T]; 0 without any."""
    return float(np.percentile(gap[speech], _WIDEST)) if speech.any() else 0.0


def shut_up_to(gap: np.ndarray, speech: np.ndarray) -> float:
    """Millimetres beyond rest up to which lips count as shut."""
    return max(SHUT_MILLIMETRES, SHUT_SHARE * opening_in_speech(gap, speech))


def hit_rate(enough: np.ndarray, windows: np.ndarray, speech: np.ndarray, fps: float) -> HitRate:
    """How many of `windows` [P, 2] (first and last frame) hold a frame that is `enough` [T] bool.

    By chance: the same with `enough` shifted in a circle within the frames of `speech` [T] bool, over as many as 64
    even shifts of at least a quarter of a second.
    """
    if not len(windows):
        return HitRate(0.0, 0, 0.0)
    spoken_frames = np.flatnonzero(speech)
    least = min(max(1, round(_LEAST_SHIFT * fps)), max(1, len(spoken_frames) // 3))
    most = max(len(spoken_frames) - least, least)
    shifts = np.unique(np.linspace(least, most, _SHIFTS).astype(int))
    by_chance = 0
    for shift in shifts:
        shifted = enough.copy()
        shifted[spoken_frames] = np.roll(enough[spoken_frames], shift)
        by_chance += _hits(shifted, windows)
    return HitRate(float(_hits(enough, windows)), len(windows), by_chance / len(shifts))


def lift(rate: float, chance: float) -> float:
    """(rate − chance) / (1 − chance), 0 where chance alone hits everything."""
    return 0.0 if chance >= 1.0 else (rate - chance) / (1.0 - chance)


def area_under_curve(higher: np.ndarray, lower: np.ndarray) -> float:
    """How often a value of `higher` [N] exceeds one of `lower` [M]; ties count half (Mann and Whitney 1947).

    1 always, 0.5 by chance, 0 never, nan where one of them is empty.
    """
    if not len(higher) or not len(lower):
        return float("nan")
    ranks = rankdata(np.concatenate((higher, lower)))[: len(higher)]
    return float((ranks.sum() - len(higher) * (len(higher) + 1) / 2) / (len(higher) * len(lower)))


def _hits(enough: np.ndarray, windows: np.ndarray) -> int:
    total = np.concatenate(([0], np.cumsum(enough)))
    return int((total[windows[:, 1] + 1] > total[windows[:, 0]]).sum())


def _in_the_middle(width: np.ndarray, phones: Sequence[Phone], names: frozenset[str], fps: float) -> tuple[float, ...]:
    """Millimetres in the middle of each phone among `names`, between frames as it falls."""
    middles = of_kind(phones, names).mean(axis=1) * fps if len(phones) else np.zeros(0)
    return tuple(float(value) for value in np.interp(middles, np.arange(len(width)), width))
