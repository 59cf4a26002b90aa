"""Paper lamps along the room's wall, hung where no camera cuts them and no head covers half of one."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Final

import bpy
from mathutils import Matrix, Vector

from .framing import Person, Pose
from .scenery import ROOM_RADIUS, lamp_mesh, object_of_role
from .spots import Spot, globe_spot, head_spots

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


def hang_lamps(
    collection: bpy.types.Collection,
    centre: Vector,
    front: Vector,
    people: Sequence[Person],
    poses: Sequence[Pose],
    aspect: float,
    things: Sequence[Sequence[Spot]] = (),
) -> Iterator[float]:
    """Every lamp is wholly in or wholly out of each camera's picture; one that finds no such place is not rendered.

    `things` are, for each of `poses`, what no lamp is to hang before. Tells after each lamp the share that hangs.
    """
    before = things or [()] * len(poses)
    taken = [[*head_spots(people, pose, aspect), *more] for pose, more in zip(poses, before, strict=True)]
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
            spots = [globe_spot(place, size * _RADIUS, pose, aspect) for pose in poses]
            if all(spot is None or _fits(spot, others) for spot, others in zip(spots, taken, strict=True)):
                lamp.location = place
                lamp.hide_render = lamp.hide_viewport = False
                for spot, others in zip(spots, taken, strict=True):
                    if spot is not None:
                        others.append(spot)
                break
        yield (index + 1) / len(_LAMPS)


def _fits(spot: Spot, others: Sequence[Spot]) -> bool:
    return spot.outside() or (spot.inside() and not any(spot.touches(other) for other in others))


def _place(centre: Vector, front: Vector, around: float, height: float) -> Vector:
    way = Matrix.Rotation(math.radians(around), 3, "Z") @ -front
    return centre + way * (ROOM_RADIUS - _FROM_WALL) + Vector((0, 0, height))
