"""Mouth curves from phones: overlapping dominance of neighbouring phones, then closures that nothing overrules.

The blend is Cohen and Massaro's: every phone pulls each articulator towards its own target with a dominance that
decays away from the phone, and the curve is the average weighted by dominance (Modeling coarticulation in synthetic
visual speech, 1993). Blending alone leaves bilabials open when they are short, so what viseme artists insist on is
laid over it: lips shut on P, B, M, lower lip at the teeth on F and V, teeth together on sibilants (JALI, Edwards et al.
2016, section 4).
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Final

import numpy as np

from ..contract.constants import SAMPLE_RATE
from .curves import held_peaks, smooth_step
from .phones import BILABIALS, LABIODENTALS, REST, SIBILANTS, VOWELS, Mouth, Phone, SpokenRun, mouths_of

GRID_RATE: Final = 200
"""Points a second of the curves before they are sampled at the frame rate."""

CLOSURE_SECONDS: Final = 0.06
"""Shortest bilabial closure: a key time at 25 frames a second always lies within it, with room to either side."""

ARTICULATORS: Final = tuple(field.name for field in fields(Mouth) if field.name != "hold")

TOUCH_SECONDS: Final = 0.045
"""Shortest touch of lower lip and teeth."""

_REACH: Final[dict[str, tuple[float, float]]] = {
    "jaw": (0.045, 0.045),
    "gap": (0.027, 0.027),
    "spread": (0.06, 0.05),
    "pucker": (0.1, 0.05),
    "funnel": (0.1, 0.05),
    "tuck": (0.04, 0.035),
    "teeth": (0.045, 0.045),
    "tongue": (0.04, 0.04),
}
"""Seconds over which a phone's dominance falls to 1/e before and after it: lips are quick, and rounding starts well
before its vowel but does not outlive it."""

_GLIDE_FROM: Final = 0.66
"""Share of a diphthong after which its second vowel is aimed at."""

_PARTING: Final = 0.1
_CLOSING: Final = 0.1
"""Seconds by which lips part before the voice and come to rest after it."""

_APPROACH: Final = 0.04
_RELEASE: Final = 0.035
_SHORTEST_RAMP: Final = 0.015
_NARROW_JAW: Final = 0.045
_TOUCHING_GAP: Final = 0.6
"""Millimetres between the lips while the lower one is at the teeth."""


UNSTRESSED, STRESSED = 0.8, 1.3
"""Factors on how far vowels open: those without stress, and the most stressed of an utterance, whose jaw is 8–10° open
on AA AE AY. That louder speech amplifies the movements of lips and jaw is in the abstracts of Schulman 1989 and, at
10 dB, Huber & Chandrasekaran 2006; by how much is this project's target."""

_WEAK, _STRONG = -4.0, 6.0
"""Decibels from the utterance's median vowel, with what its length is worth, from which a vowel is one or the other."""
_PER_DOUBLING: Final = 4.0
"""Decibels that a vowel of twice the usual length is worth."""

_HOLD_SECONDS: Final = 0.1
"""A stressed vowel stays open for 2–3 frames of 40 ms."""
_HOLD_POINTS: Final = 2 * round(_HOLD_SECONDS * GRID_RATE / 2) + 1
_HOLD_FADE: Final = 0.05


@dataclass(frozen=True)
class MouthCurves:
    """`curves` articulator → [G] on a grid of GRID_RATE points a second; `closure` [G] 1 where the lips must be shut;
    `touch` [G] 1 where the lower lip must touch the upper teeth.
    """

    curves: dict[str, np.ndarray]
    closure: np.ndarray
    touch: np.ndarray


def mouth_curves(
    phones: tuple[Phone, ...], start: float, points: int, articulation: float, emphasis: tuple[float, ...] = ()
) -> MouthCurves:
    """Curves for one utterance, from `start` seconds over `points` grid points.

    `articulation` scales how far vowels open and lips round: 1 is ordinary, 0.6 mumbled, 1.4 over-articulated; the jaw
    gives in first, as in JALI's field of jaw and lips. `emphasis`, a factor for each phone, scales how far vowels open;
    those above 1 stay open for a moment.
    """
    times = start + np.arange(points) / GRID_RATE  # [G]
    targets = _targets(phones, emphasis or (1.0,) * len(phones))
    begins, ends, holds = (
        np.array([getattr(target, name) for target in targets]) for name in ("start", "end", "hold")
    )  # [P]
    middle, half = (begins + ends) / 2, (ends - begins) / 2
    after = times[:, None] - middle  # [G, P] seconds since the middle of each target
    distance = np.maximum(np.abs(after) - 0.5 * half, 0.0)
    curves = {}
    for name in ARTICULATORS:
        before_it, after_it = _REACH[name]
        weight = holds * np.exp(-((distance / np.where(after < 0, before_it, after_it)) ** 1.5))  # [G, P]
        aims = np.array([getattr(target.mouth, name) for target in targets]) * _styled(name, articulation)
        curves[name] = (weight @ aims) / np.maximum(weight.sum(axis=1), 1e-9)
    stressed = _stressed(phones, emphasis, times)
    for name in ("jaw", "gap"):
        curves[name] = held_peaks(curves[name], stressed, _HOLD_POINTS)
    closure = _held(phones, BILABIALS, times, CLOSURE_SECONDS)
    touch = _held(phones, LABIODENTALS, times, TOUCH_SECONDS) * (1 - closure)
    narrow = _held(phones, SIBILANTS, times, 0.0)
    curves["jaw"] = np.minimum(curves["jaw"], _eased(curves["jaw"], _NARROW_JAW, narrow))
    curves["gap"] = _eased(curves["gap"], _TOUCHING_GAP, touch) * (1 - closure)
    curves["tuck"] = np.maximum(curves["tuck"], 0.9 * touch) * (1 - closure)
    return MouthCurves(curves, closure, touch)


def _stressed(phones: tuple[Phone, ...], emphasis: tuple[float, ...], times: np.ndarray) -> np.ndarray:
    """[G] 0 to 1 around vowels of more than usual `emphasis`."""
    weight = np.zeros(len(times))
    for (start, end, name), factor in zip(phones, emphasis, strict=False):
        if name in VOWELS and factor > 1:
            share = min((factor - 1) / (0.5 * (STRESSED - 1)), 1.0)
            outside = np.maximum(np.maximum(start - times, times - end), 0)
            weight = np.maximum(weight, share * (1 - smooth_step(outside / _HOLD_FADE)))
    return weight


def _styled(articulator: str, articulation: float) -> float:
    """Factor that a style of speech gives an articulator: most for the jaw, least for the shape of the lips."""
    return float({"jaw": articulation**1.5, "gap": articulation}.get(articulator, articulation**0.5))


def _eased(curve: np.ndarray, towards: float, share: np.ndarray) -> np.ndarray:
    """`curve` [G] with `share` [G] of it replaced by `towards`."""
    return np.asarray(curve + (towards - curve) * share)


@dataclass(frozen=True)
class _Target:
    """From `start` to `end` seconds the `mouth` is aimed at, insisting by `hold`."""

    start: float
    end: float
    hold: float
    mouth: Mouth


def _targets(phones: tuple[Phone, ...], emphasis: tuple[float, ...]) -> list[_Target]:
    """Every phone's target, with rest before and after; diphthongs become two targets."""
    first, last = phones[0][0], phones[-1][1]
    targets = [_Target(first - 0.6, first - _PARTING, REST.hold, REST)]
    for (start, end, name), factor in zip(phones, emphasis, strict=True):
        mouths = mouths_of(name)
        if name in VOWELS:
            mouths = tuple(replace(mouth, jaw=mouth.jaw * factor, gap=mouth.gap * factor) for mouth in mouths)
        middle = start + (end - start) * _GLIDE_FROM
        spans = ((start, end),) if len(mouths) == 1 else ((start, middle), (middle, end))
        targets += [_Target(*span, mouth.hold, mouth) for span, mouth in zip(spans, mouths, strict=True)]
    return [*targets, _Target(last + _CLOSING, last + 0.7, REST.hold, REST)]


def _held(phones: tuple[Phone, ...], names: frozenset[str], times: np.ndarray, least: float) -> np.ndarray:
    """[G] 1 while one of `names` is held, `least` seconds or more, with smooth ramps before and after."""
    held = np.zeros(len(times))
    for index, (start, end, name) in enumerate(phones):
        if name not in names:
            continue
        middle, half = (start + end) / 2, max(end - start, least) / 2
        approach = _ramp(_APPROACH, phones[index - 1] if index else None)
        release = _ramp(_RELEASE, phones[index + 1] if index + 1 < len(phones) else None)
        before = 1 - smooth_step((middle - half - times) / approach)
        after = 1 - smooth_step((times - middle - half) / release)
        held = np.maximum(held, np.minimum(before, after))
    return held


def _ramp(usual: float, neighbour: Phone | None) -> float:
    """Seconds from open to held: at most half of a vowel beside it, so that the shortest vowel is seen to open."""
    if neighbour is None or neighbour[2] not in VOWELS:
        return usual
    return float(np.clip((neighbour[1] - neighbour[0]) / 2, _SHORTEST_RAMP, usual))


_SILENT: Final = 1e-5


def emphasis_of(utterance: SpokenRun) -> tuple[float, ...]:
    """A factor for each phone of `utterance`, 1 for consonants and where there is no sound."""
    scores = np.array(
        [
            _level(utterance, start, end) + _PER_DOUBLING * np.log2(max(end - start, 0.01))
            if name in VOWELS
            else float("nan")
            for start, end, name in utterance.phones
        ]
    )
    known = np.isfinite(scores)
    if not known.any():
        return (1.0,) * len(scores)
    above = np.where(known, scores - np.median(scores[known]), 0.0)
    factors = 1 + (STRESSED - 1) * smooth_step(above / _STRONG) - (1 - UNSTRESSED) * smooth_step(above / _WEAK)
    return tuple(float(factor) for factor in factors)


def _level(utterance: SpokenRun, start: float, end: float) -> float:
    """Decibels of a phone, nan where it is silent."""
    first, last = (round((time - utterance.start) * SAMPLE_RATE) for time in (start, end))
    samples = utterance.samples[max(first, 0) : max(last, 0)].astype(np.float64)
    power = float(np.sqrt(np.mean(samples**2))) if len(samples) else 0.0
    return 20 * float(np.log10(power)) if power > _SILENT else float("nan")
