"""A window in the room's wall, where it stands behind nobody's head."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import product
from typing import Final

import bpy
from mathutils import Matrix, Vector

from .framing import Person, Pose
from .scenery import ROOM_RADIUS, object_of_role
from .set_meshes import boxes, shining, surface
from .spots import Spot, head_spots, spot_around

_HALF_WIDTH, _SILL, _LINTEL = 0.42, -0.10, 0.95
"""Metres; heights from the people's eyes."""
_FRAME: Final = 0.03
"""Metres of half a frame's width, and of its depth."""
_FROM_WALL: Final = 0.12
_TURNS: Final = tuple(range(-75, 76, 3))
"""Degrees around the room from straight behind the people at which the window may be."""
_WIDTHS: Final = (1.0, 0.7, 0.5)
"""How wide it may be, in its full widths."""
_SEEN_OF_WINDOW: Final = 0.4
"""Share of the window's width and height; a camera shows as much or nothing, if it can be so."""


def place_window(
    collection: bpy.types.Collection,
    centre: Vector,
    front: Vector,
    people: Sequence[Person],
    two_shot: Pose,
    singles: Sequence[Pose],
    aspect: float,
) -> list[list[Spot]]:
    """Put the window where the two-shot shows it and as few heads as possible are before it.

    Returns where it is in the two-shot's picture and in those of `singles`: one rectangle each, or none.
    """
    poses = (two_shot, *singles)
    heads = [head_spots(people, pose, aspect) for pose in poses]

    def cost(choice: tuple[int, float]) -> tuple[int, bool, int, float, int]:
        spots = _spots(centre, front, *choice, poses, aspect)
        behind = sum(
            spot is not None and not spot.outside() and any(spot.touches(head) for head in others)
            for spot, others in zip(spots, heads, strict=True)
        )
        unseen = spots[0] is None or not spots[0].inside_across()
        slivers = sum(spot is not None and _is_sliver(spot) for spot in spots[1:])
        return behind, unseen, slivers, -choice[1], abs(choice[0])

    turn, width = min(product(_TURNS, _WIDTHS), key=cost)
    window = object_of_role(collection, "Window", _window_mesh)
    window.location, window.scale.x = _place(centre, front, turn), width
    way = centre - window.location
    window.rotation_euler = (0.0, 0.0, math.atan2(-way.x, way.y))
    return [[] if spot is None else [spot] for spot in _spots(centre, front, turn, width, poses, aspect)]


def _is_sliver(spot: Spot) -> bool:
    """Whether so little of it is in the picture, across or upwards, that nobody knows a window by it."""
    across = (min(spot.right, 1.0) - max(spot.left, -1.0)) / (spot.right - spot.left)
    above = (min(spot.high, 1.0) - max(spot.low, -1.0)) / (spot.high - spot.low)
    return not spot.outside() and min(across, above) < _SEEN_OF_WINDOW


def _place(centre: Vector, front: Vector, turn: float) -> Vector:
    return centre + Matrix.Rotation(math.radians(turn), 3, "Z") @ -front * (ROOM_RADIUS - _FROM_WALL)


def _spots(
    centre: Vector, front: Vector, turn: float, width: float, poses: Sequence[Pose], aspect: float
) -> list[Spot | None]:
    place = _place(centre, front, turn)
    aside = (Matrix.Rotation(math.radians(turn), 3, "Z") @ front).cross(Vector((0.0, 0.0, 1.0)))
    corners = [
        place + aside * way * width * _HALF_WIDTH + Vector((0.0, 0.0, height))
        for way, height in product((-1.0, 1.0), (_SILL, _LINTEL))
    ]
    return [spot_around(corners, pose, aspect) for pose in poses]


def _window_mesh() -> bpy.types.Mesh:
    """Four panes of evening light in a frame; it looks along Y, and its origin is at the height of eyes."""
    middle = 0.5 * (_SILL + _LINTEL)
    upright = [
        ((x - _FRAME, 0.0, _SILL - _FRAME), (x + _FRAME, _FRAME, _LINTEL + _FRAME))
        for x in (-_HALF_WIDTH, 0.0, _HALF_WIDTH)
    ]
    across = [
        ((-_HALF_WIDTH, 0.0, z - _FRAME), (_HALF_WIDTH, 0.9 * _FRAME, z + _FRAME)) for z in (_SILL, middle, _LINTEL)
    ]
    sill = ((-_HALF_WIDTH - 0.06, 0.0, _SILL - 0.06), (_HALF_WIDTH + 0.06, 0.10, _SILL - _FRAME))
    panes = ((-_HALF_WIDTH, -0.01, _SILL), (_HALF_WIDTH, 0.0, _LINTEL))
    mesh = boxes("Window", [*upright, *across, sill, panes], surface("Window frame", (0.05, 0.03, 0.02), 0.6))
    mesh.materials.append(shining("Evening", (0.10, 0.16, 0.30), 0.55))
    for face in mesh.polygons[-6:]:
        face.material_index = 1
    return mesh
