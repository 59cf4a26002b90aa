"""Whether two people can look at each other at all: how far round the partner is, against what turns."""

from __future__ import annotations

from math import degrees, radians
from typing import Final

import numpy as np

from .rotation import wrapped, yaw_and_pitch
from .stage import Place, Staging
from .turning import EYE_LIMIT, NECK_LIMIT, TRUNK_LIMIT

REACH: Final = TRUNK_LIMIT + NECK_LIMIT + EYE_LIMIT.side
"""Radians from the way chair and feet face, at one height: no trunk, neck and eye can turn further together."""

ALWAYS_MET: Final = radians(135.0)
"""Radians up to which both eyes of every person meet every partner's, however tall, close, leaning and lively. Between
this and REACH it depends on how much of the neck's and the eyes' turn is spent on looking up or down."""


def out_of_reach(staging: Staging) -> tuple[float, float]:
    """Radians by which the partner lies further round than each person can look; 0 where eyes can meet."""
    first, second = staging.places
    return _missing(first, second), _missing(second, first)


def reach_warnings(staging: Staging, names: tuple[str, str]) -> tuple[str, ...]:
    """A sentence for each person who cannot turn far enough to look at the other."""
    return tuple(
        f"{name} faces too far away to look at {other}: eyes stop {degrees(missing):.0f}° short. Turn {name} round."
        for name, other, missing in zip(names, reversed(names), out_of_reach(staging), strict=True)
        if missing > 0
    )


def _missing(place: Place, partner: Place) -> float:
    yaw, _ = yaw_and_pitch(np.subtract(partner.position, place.position))
    return max(0.0, float(np.abs(wrapped(yaw - place.facing))) - REACH)
