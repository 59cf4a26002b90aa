"""What a training of the lip reader is set to."""

from __future__ import annotations

from dataclasses import dataclass

from ..stages import FitConfig

LIP_FIT = FitConfig(steps=1500, batch=16, frames=100, rate=1e-3, weight_decay=0.01)


@dataclass(frozen=True)
class LipLossConfig:
    """Weights of the terms.

    Frames with shut lips count `closure_weight` times, those with the lip at the teeth, with an
    open vowel and with a rounded mouth as many times as theirs say: rare, and what a viewer reads lips by.
    """

    closure_weight: float = 7.0
    touch_weight: float = 4.0
    open_weight: float = 2.0
    rounded_weight: float = 3.0
    expression: float = 10.0
    jaw: float = 50.0
    gap: float = 0.1
    gap_change: float = 0.1
    width: float = 0.015
    closure: float = 0.3
    touch: float = 0.2
    viseme: float = 0.2
