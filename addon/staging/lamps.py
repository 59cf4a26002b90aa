"""Paper lamps along the room's wall, hung where no camera cuts them and no head covers half of one."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import bpy
from mathutils import Matrix, Vector

from .framing import Person, Pose, half_picture
from .scenery import ROOM_RADIUS, lamp_mesh, object_of_role

_LAMPS: Final = (
    (-38.0, 0.42, 1.0),
    (4.0, 0.62, 0.8),
    (33.0, 0.30, 1.15),
    (74.0, 0.62, 0.9),
    (-72.0, 0.60, 1.1),
    (118.0, 0.58, 1.0),
    (-121.0, 0.60, 0.85),
)
"""Degrees around the room from straight behind the people, metres above their eyes, size."""
_RADIUS: Final = 0.085
_FROM_WALL: Final = 0.7
_TURNS: Final = tuple(range(-24, 25, 3))
_RISES: Final = (0.0, 0.15, -0.15, 0.3, -0.3, 0.45, 0.6, 0.9)
"""Degrees and metres that a lamp may be moved from its place."""
_RISE_COSTS: Final = 40.0
"""Degrees that a metre up or down is worth."""
_MARGIN: Final = 0.05
"""Halves of the picture between a lamp and its edge, a head or another lamp."""


@dataclass(frozen=True)
class _Spot:
    """A rectangle in a picture, in halves of its width and height from the middle."""

    left: float
    right: float
    low: float
    high: float

    def touches(self, other: _Spot) -> bool:
        return (
            self.left < other.right + _MARGIN
            and other.left < self.right + _MARGIN
            and self.low < other.high + _MARGIN
            and other.low < self.high + _MARGIN
        )

    def outside(self) -> bool:
        edge = 1.0 + _MARGIN
        return self.left > edge or self.right < -edge or self.low > edge or self.high < -edge

    def inside(self) -> bool:
        return max(abs(self.left), abs(self.right), abs(self.low), abs(self.high)) < 1.0 - _MARGIN


def hang_lamps(
    collection: bpy.types.Collection,
    centre: Vector,
    front: Vector,
    people: Sequence[Person],
    poses: Sequence[Pose],
    aspect: float,
) -> Iterator[float]:
    """Every lamp is wholly in or wholly out of each camera's picture; one that finds no such place is not rendered.

    Tells after each lamp the share that hangs.
    """
    taken = [[_outline(person, pose, aspect) for person in people] for pose in poses]
    for index, (around, height, size) in enumerate(_LAMPS):
        lamp = object_of_role(collection, f"Lamp {index + 1}", lamp_mesh)
        lamp.scale = (size, size, size)
        places = [
            (turn, rise, _place(centre, front, around + turn, height + rise)) for turn in _TURNS for rise in _RISES
        ]
        places.sort(key=lambda one: abs(one[0]) + _RISE_COSTS * abs(one[1]))
        lamp.location = places[0][2]
        lamp.hide_render = lamp.hide_viewport = True
        for _, _, place in places:
            spots = [_spot(place, size * _RADIUS, pose, aspect) for pose in poses]
            if all(spot is None or _fits(spot, others) for spot, others in zip(spots, taken, strict=True)):
                lamp.location = place
                lamp.hide_render = lamp.hide_viewport = False
                for spot, others in zip(spots, taken, strict=True):
                    if spot is not None:
                        others.append(spot)
                break
        yield (index + 1) / len(_LAMPS)


def _fits(spot: _Spot, others: Sequence[_Spot]) -> bool:
    return spot.outside() or (spot.inside() and not any(spot.touches(other) for other in others))


def _place(centre: Vector, front: Vector, around: float, height: float) -> Vector:
    way = Matrix.Rotation(math.radians(around), 3, "Z") @ -front
    return centre + way * (ROOM_RADIUS - _FROM_WALL) + Vector((0, 0, height))


def _spot(place: Vector, radius: float, pose: Pose, aspect: float) -> _Spot | None:
    """Where a globe is in the picture; None behind the camera."""
    seen = pose.seen(place, aspect)
    if seen.z <= radius:
        return None
    across, above = (radius / (seen.z * half) for half in half_picture(pose.lens, aspect))
    return _Spot(seen.x - across, seen.x + across, seen.y - above, seen.y + above)


def _outline(person: Person, pose: Pose, aspect: float) -> _Spot:
    seen = [pose.seen(corner, aspect) for corner in person.corners()]
    return _Spot(
        min(one.x for one in seen), max(one.x for one in seen), min(one.y for one in seen), max(one.y for one in seen)
    )
