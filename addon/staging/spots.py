"""Where something is in a camera's picture, as a rectangle: whether it is cut, and what it covers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from mathutils import Vector

from .framing import Person, Pose, half_picture

_MARGIN: Final = 0.05
"""Halves of the picture between two things, or one and the picture's edge."""


@dataclass(frozen=True)
class Spot:
    """A rectangle in a picture, in halves of its width and height from the middle."""

    left: float
    right: float
    low: float
    high: float

    def touches(self, other: Spot) -> bool:
        """Whether the two meet, or nearly."""
        return (
            self.left < other.right + _MARGIN
            and other.left < self.right + _MARGIN
            and self.low < other.high + _MARGIN
            and other.low < self.high + _MARGIN
        )

    def outside(self) -> bool:
        """Whether nothing of it is in the picture."""
        edge = 1.0 + _MARGIN
        return self.left > edge or self.right < -edge or self.low > edge or self.high < -edge

    def within(self, edge: float) -> bool:
        """Whether all of it is in the middle of the picture, up to `edge` halves of it."""
        return max(abs(self.left), abs(self.right), abs(self.low), abs(self.high)) < edge

    def inside_across(self) -> bool:
        """Whether it is cut neither on the left nor on the right."""
        return max(abs(self.left), abs(self.right)) < 1.0 - _MARGIN

    def inside(self) -> bool:
        """Whether all of it is in the picture."""
        return self.inside_across() and max(abs(self.low), abs(self.high)) < 1.0 - _MARGIN


def globe_spot(place: Vector, radius: float, pose: Pose, aspect: float) -> Spot | None:
    """Where a globe is in the picture; None behind the camera."""
    seen = pose.seen(place, aspect)
    if seen.z <= radius:
        return None
    across, above = (radius / (seen.z * half) for half in half_picture(pose.lens, aspect))
    return Spot(seen.x - across, seen.x + across, seen.y - above, seen.y + above)


def spot_around(points: Sequence[Vector], pose: Pose, aspect: float) -> Spot | None:
    """What holds all `points` in the picture; None where one of them is behind the camera."""
    seen = [pose.seen(point, aspect) for point in points]
    if min(one.z for one in seen) <= 0.0:
        return None
    across, above = [one.x for one in seen], [one.y for one in seen]
    return Spot(min(across), max(across), min(above), max(above))


def head_spots(people: Sequence[Person], pose: Pose, aspect: float) -> list[Spot]:
    """Where heads are in the picture, but for those behind the camera."""
    spots = (spot_around(person.corners(), pose, aspect) for person in people)
    return [spot for spot in spots if spot is not None]
