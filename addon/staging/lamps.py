"""Paper lamps along the room's wall, hung where no camera cuts them and no head covers half of one."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
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
_PICTURE: Final = Spot(-1.0, 1.0, -1.0, 1.0)
_TURNS: Final = tuple(range(-24, 25, 3))
_RISES: Final = (0.0, 0.15, -0.15, 0.3, -0.3, 0.45, 0.6, 0.9)
"""Degrees and metres that a lamp may be moved from its place."""
_RISE_COSTS: Final = 40.0
"""Degrees that a metre up or down is worth."""
_BARE_COSTS: Final = 30.0
"""Degrees that a lamp goes out of its way for each picture that has neither a lamp nor the window behind the face."""


@dataclass(frozen=True)
class _Hung:
    """Where a lamp may hang, and where it then is in each picture: `seen` in it wholly, or not at all."""

    place: Vector
    spots: tuple[Spot | None, ...]
    seen: tuple[bool, ...]
    moved: float


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

    Each lamp stays near its place, but goes out of its way for a picture that shows nothing but the wall. `things` are,
    for each of `poses`, what no lamp is to hang before. Tells after each lamp the share that hangs.
    """
    before = things or [()] * len(poses)
    taken = [[*head_spots(people, pose, aspect), *more] for pose, more in zip(poses, before, strict=True)]
    bare = [not any(spot.touches(_PICTURE) for spot in more) for more in before]
    for index, (around, height, size) in enumerate(_LAMPS):
        lamp = object_of_role(collection, f"Lamp {index + 1}", lamp_mesh)
        lamp.scale = (size, size, size)
        lamp.location = _place(centre, front, around, height)
        found = []
        for turn, rise in product(_TURNS, _RISES):
            place = _place(centre, front, around + turn, height + rise)
            spots = tuple(globe_spot(place, size * _RADIUS, pose, aspect) for pose in poses)
            if all(spot is None or _fits(spot, others) for spot, others in zip(spots, taken, strict=True)):
                seen = tuple(spot is not None and spot.inside() for spot in spots)
                found.append(_Hung(place, spots, seen, abs(turn) + _RISE_COSTS * abs(rise)))
        lamp.hide_render = lamp.hide_viewport = not found
        if found:
            best = min(found, key=lambda one: one.moved - _BARE_COSTS * _count_both(one.seen, bare))
            lamp.location = best.place
            bare = [before and not now for before, now in zip(bare, best.seen, strict=True)]
            for spot, others in zip(best.spots, taken, strict=True):
                if spot is not None:
                    others.append(spot)
        yield (index + 1) / len(_LAMPS)


def _count_both(first: Sequence[bool], second: Sequence[bool]) -> int:
    return sum(one and other for one, other in zip(first, second, strict=True))


def _fits(spot: Spot, others: Sequence[Spot]) -> bool:
    return spot.outside() or (spot.inside() and not any(spot.touches(other) for other in others))


def _place(centre: Vector, front: Vector, around: float, height: float) -> Vector:
    way = Matrix.Rotation(math.radians(around), 3, "Z") @ -front
    return centre + way * (ROOM_RADIUS - _FROM_WALL) + Vector((0, 0, height))
