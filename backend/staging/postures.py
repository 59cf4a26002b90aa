"""What each posture means for a body: how its trunk is held, and what stature does to its eyes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from .stage import Posture

AVERAGE_STATURE: Final = 1.70
"""Metres; the habit `stature` of a character is measured against it."""


@dataclass(frozen=True)
class Bearing:
    """`stature_share` of a difference in stature shows at the eyes: what a chair or a bed carries does not count.

    `trunk_degrees` the trunk tips forward (negative: back) where the person is at ease, with a level head; `reclined`
    degrees the whole body is tipped back, head and all. `otherwise` is what “not” makes of it.
    """

    stature_share: float
    trunk_degrees: float
    otherwise: Posture
    reclined: float = 0.0


BEARINGS: Final[dict[Posture, Bearing]] = {
    "seated": Bearing(0.455, 0.0, "standing"),
    "standing": Bearing(0.94, 0.0, "seated"),
    "kneeling": Bearing(0.67, 2.0, "standing"),
    "crouching": Bearing(0.45, 16.0, "standing"),
    "lying": Bearing(0.0, 0.0, "seated", reclined=72.0),
    "perching": Bearing(0.455, 3.0, "standing"),
    "leaning_on": Bearing(0.90, -5.0, "standing"),
}
"""This project's targets. `contract.postures` has the heights of their eyes."""
