"""One person's face from what was read from the voice and what the dialogue adds: the last steps of both engines.

    lips, jaw ─▶ steady_lips ─▶ with_stress ─┐                  ┌▶ sides tied, single brows, one
    life ─▶ within its bands ────────────────┴▶ settle_mouth ─┤   side ahead ─▶ expression
    blinks ─▶ lids, a little apart ─▶ expression                └▶ jaw_with_swing ─▶ jaw

T frames at 25 Hz.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..contract.arkit import ARKIT_INDEX
from .asymmetry import (
    draw_blink_depths,
    draw_lid_delays,
    draw_lopsidedness,
    jaw_with_swing,
    lopsided,
    with_single_brows,
)
from .events import draw_blink_lengths, render_blinks
from .face_bands import SIDES, tied_sides, within_bands
from .lip_closure import settle_mouth
from .lips import steady_lips
from .stress import stress_of, with_stress


@dataclass(frozen=True)
class ReadMouth:
    """What the lip reader says of one person, and how loud the voice is."""

    expression: np.ndarray  # [T, 52]
    jaw: np.ndarray  # [T] radians about X
    closure: np.ndarray  # [T] 0 to 1, probability of shut lips
    touch: np.ndarray  # [T] 0 to 1, probability of the lower lip at the teeth
    decibels: np.ndarray | None = None  # [T] of the voice, None where it is not known


def assembled_face(
    mouth: ReadMouth,
    life: np.ndarray,
    blinks: np.ndarray,
    speaking: np.ndarray,
    rng: np.random.Generator,
    accents: Sequence[float] = (),
) -> tuple[np.ndarray, np.ndarray]:
    """Expression [T, 52] from 0 to 1 and jaw [T, 3] axis-angle radians.

    `life` [T, 52] what is added to speech: brows, smiles and so on; `blinks` [T] 1 where one begins; `speaking` [T]
    from 0 to 1; `accents` seconds of the vowels that the voice stresses, where that is known. `rng` draws what nobody
    predicts: lengths and depths of blinks, and what is lopsided.
    """
    lopsided_rng, brow_rng, lid_rng, jaw_rng = rng.spawn(4)
    how = draw_lopsidedness(lopsided_rng, len(speaking))
    lips, opening = steady_lips(mouth.expression, mouth.jaw, speaking)  # [T, 52] and [T] radians
    lips, opening = with_stress(lips, opening, mouth.closure, stress_of(opening, speaking, mouth.decibels, accents))
    expression, opening = settle_mouth(lips, opening, mouth.closure, mouth.touch, within_bands(life))
    # speech and life each have a lean of their own; what is seen has one
    expression = lopsided(with_single_brows(tied_sides(expression), how, brow_rng), how)
    lids = _lids(blinks, lid_rng)  # [T, 2] 0 to 1
    for side, shut in zip(SIDES, lids.T, strict=True):
        expression[:, ARKIT_INDEX[f"eyeBlink{side}"]] = shut
        expression[:, ARKIT_INDEX[f"eyeWide{side}"]] *= 1 - shut
    return expression.astype(np.float32), jaw_with_swing(opening, how, jaw_rng)


def _lids(blinks: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Closure of the left and the right lid, [T, 2], of `blinks` [T]."""
    lengths = draw_blink_lengths(rng, blinks, tempo=1.0)
    depths, delays = draw_blink_depths(rng, blinks), draw_lid_delays(rng, blinks)
    return np.stack([render_blinks(depths, lengths, delays[:, side]) for side in range(len(SIDES))], axis=1)
