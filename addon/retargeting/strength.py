"""The artist's sliders, applied to a take when its keys are written; the take on disk stays as the model gave it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ...backend.contract.constants import JOINT_NAMES
from ...backend.contract.performance import Performance


@dataclass(frozen=True)
class Strength:
    """1 = as the model gave it, 0 = none, 2 = twice."""

    expression: float = 1.0
    jaw: float = 1.0
    head: float = 1.0


def with_strength(performance: Performance, strength: Strength) -> Performance:
    """The same take, stronger or weaker. Scaling an axis-angle scales the turn about the same axis."""
    scale = np.ones(len(JOINT_NAMES))  # [5]
    scale[JOINT_NAMES.index("jaw")] = strength.jaw
    scale[JOINT_NAMES.index("neck")] = strength.head
    return replace(
        performance,
        expression=performance.expression * strength.expression,
        pose=performance.pose * scale[None, None, :, None],
    )
