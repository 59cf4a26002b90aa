"""What each posture means for a body: how its trunk is held, and what stature does to its eyes."""

from __future__ import annotations

from dataclasses import dataclass
from math import radians
from typing import Final

import numpy as np

from .rotation import about_x, about_y
from .stage import Place, Posture

AVERAGE_STATURE: Final = 1.70
"""Metres; the habit `stature` of a character is measured against it."""


@dataclass(frozen=True)
class Bearing:
    """`stature_share` of a difference in stature shows at the eyes: what a chair or a bed carries does not count.

    `trunk_degrees` the trunk tips forward (negative: back) where the person is at ease, with a level head; `reclined`
    degrees the whole body is tipped back, head and all, and `head_degrees` up that the head rests then in the body's
    own axes; `sway` the share of an ordinary trunk's sway. `otherwise` is what “not” makes of it.
    """

    stature_share: float
    trunk_degrees: float
    otherwise: Posture
    reclined: float = 0.0
    head_degrees: float = 0.0
    sway: float = 1.0


BEARINGS: Final[dict[Posture, Bearing]] = {
    "seated": Bearing(0.455, 0.0, "standing"),
    "standing": Bearing(0.94, 0.0, "seated"),
    "kneeling": Bearing(0.67, 2.0, "standing"),
    "crouching": Bearing(0.45, 16.0, "standing"),
    "lying": Bearing(0.0, 0.0, "seated", reclined=72.0, head_degrees=-25.0, sway=0.3),
    "perching": Bearing(0.455, 3.0, "standing"),
    "leaning_on": Bearing(0.90, -5.0, "standing"),
}
"""This project's targets. `contract.postures` has the heights of their eyes."""


def body_axes(place: Place) -> tuple[np.ndarray, float]:
    """Axes [3, 3] in which the body's trunk is upright, the scene's for all but who lies, and radians about their Y to
    which chair, feet or back are turned.
    """
    reclined = BEARINGS[place.posture].reclined
    if reclined == 0.0:
        return np.eye(3), place.facing
    return about_y(np.asarray(place.facing)) @ about_x(np.asarray(-radians(reclined))), 0.0
