"""Mouth curves from phones: overlapping dominance of neighbouring phones, then closures that nothing overrules.

The blend is Cohen and Massaro's: every phone pulls each articulator towards its own target with a dominance that
decays away from the phone, and the curve is the average weighted by dominance. Blending alone leaves bilabials open
when they are short, so closures are laid over it.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Final

import numpy as np

from .phones import BILABIALS, LABIODENTALS, REST, Mouth, mouths_of
from .voices import Phone

GRID_RATE: Final = 200
"""Points a second of the curves before they are sampled at the frame rate."""

CLOSURE_SECONDS: Final = 0.08
"""Shortest bilabial closure: two key times at 25 frames a second always lie within it."""

ARTICULATORS: Final = tuple(field.name for field in fields(Mouth) if field.name != "hold")

_REACH: Final[dict[str, float]] = {
    "jaw": 0.065,
    "gap": 0.045,
    "spread": 0.07,
    "pucker": 0.085,
    "funnel": 0.085,
    "tuck": 0.04,
    "teeth": 0.05,
    "tongue": 0.045,
}
"""Seconds over which a phone's dominance falls to 1/e: lips are quick, rounding starts well before its vowel."""

_APPROACH: Final = 0.055
_RELEASE: Final = 0.045


@dataclass(frozen=True)
class MouthCurves:
    """`curves` articulator → [G] on a grid of GRID_RATE points a second; `closure` [G] 1 where the lips must be shut;
    `touch` [G] 1 where the lower lip must touch the upper teeth.
    """

    curves: dict[str, np.ndarray]
    closure: np.ndarray
    touch: np.ndarray


def mouth_curves(phones: tuple[Phone, ...], start: float, points: int, articulation: float) -> MouthCurves:
    """Curves for one utterance, from `start` seconds over `points` grid points.

    `articulation` scales how far vowels open and lips round: 1 is ordinary, 0.7 mumbled, 1.3 over-clear.
    """
    times = start + np.arange(points) / GRID_RATE  # [G]
    targets = _targets(phones)
    begins, ends, holds = (np.array([one[k] for one in targets]) for k in (0, 1, 2))  # [P] each
    middle, half = (begins + ends) / 2, (ends - begins) / 2
    distance = np.maximum(np.abs(times[:, None] - middle) - 0.5 * half, 0.0)  # [G, P] seconds
    curves = {}
    for name in ARTICULATORS:
        weight = holds * np.exp(-((distance / _REACH[name]) ** 1.5))  # [G, P]
        aims = np.array([getattr(one[3], name) for one in targets]) * articulation
        curves[name] = (weight @ aims) / np.maximum(weight.sum(axis=1), 1e-9)
    closure = _held(phones, BILABIALS, times)
    touch = _held(phones, LABIODENTALS, times)
    curves["gap"] = curves["gap"] * (1 - closure)
    curves["tuck"] = np.maximum(curves["tuck"], 0.9 * touch) * (1 - closure)
    return MouthCurves(curves, closure, touch)


def _targets(phones: tuple[Phone, ...]) -> list[tuple[float, float, float, Mouth]]:
    """(start, end, hold, mouth) of every target, with rest before and after; diphthongs become two targets."""
    first, last = phones[0][0], phones[-1][1]
    # The lips part a moment before the voice and come to rest after it.
    targets = [(first - 0.6, first - 0.16, REST.hold, REST)]
    for start, end, name in phones:
        mouths = mouths_of(name)
        middle = start + (end - start) * 0.62
        spans = ((start, end),) if len(mouths) == 1 else ((start, middle), (middle, end))
        targets += [(begin, stop, mouth.hold, mouth) for (begin, stop), mouth in zip(spans, mouths, strict=True)]
    return [*targets, (last + 0.12, last + 0.7, REST.hold, REST)]


def _held(phones: tuple[Phone, ...], names: frozenset[str], times: np.ndarray) -> np.ndarray:
    """[G] 1 while one of `names` is held, with smooth ramps before and after."""
    held = np.zeros(len(times))
    for start, end, name in phones:
        if name not in names:
            continue
        middle, half = (start + end) / 2, max(end - start, CLOSURE_SECONDS) / 2
        before = 1 - _ease((middle - half - times) / _APPROACH)
        after = 1 - _ease((times - middle - half) / _RELEASE)
        held = np.maximum(held, np.minimum(before, after))
    return held


def _ease(x: np.ndarray) -> np.ndarray:
    """Smooth step from 0 at 0 to 1 at 1."""
    clipped = np.clip(x, 0, 1)
    return np.asarray(clipped * clipped * (3 - 2 * clipped))
