"""Table, cups and chairs: what an arrangement has of them, and where they stand."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import bpy
from mathutils import Vector

from .scenery import EYES_ABOVE_FLOOR, object_of_role, show
from .set_meshes import Band, bands, surface, turned
from .sightline import Sightline

_NO_TABLE: Final = (
    *("across_a_room", "side_by_side", "intimate", "arguing", "standing", "face_to_face", "back_to_back", "one_behind"),
    *("right_angle", "walking"),
)
"""Arrangements of `presets/staging` without a table; others have one where somebody sits."""
_TABLE_AHEAD, _TABLE_BELOW = 0.12, 0.34
"""Metres from the middle between the people towards the audience, and below the lower one's eyes."""
_CUP_ASIDE, _CUP_AHEAD = 0.17, 0.07
"""Metres from the table's middle towards who drinks, and towards the audience."""
_CHAIR_AHEAD: Final = -0.10
"""Metres from the eyes to above a chair's middle: people sit upright behind their eyes."""
_NAMES: Final = ("first", "second")


@dataclass(frozen=True)
class Furnishing:
    """What stands there: a `table` with two cups, and for each person a chair or none."""

    table: bool = True
    chairs: tuple[bool, bool] = (True, True)


def furnishing_of(staging: object, built: Sequence[bool]) -> Furnishing:
    """What the arrangement of a take's `staging`, as in its `meta`, has; chairs for heads that are `built` alone.

    Characters of the artist's own have bodies and chairs of their own. Without a staging the two sit at a table.
    """
    places = staging.get("places") if isinstance(staging, Mapping) else None
    if not isinstance(staging, Mapping) or not isinstance(places, list) or len(places) != len(_NAMES):
        return Furnishing(chairs=(built[0], built[1]))
    sits = [isinstance(place, Mapping) and place.get("posture") != "standing" for place in places]
    table = staging.get("arrangement") not in _NO_TABLE and any(sits)
    return Furnishing(table, (built[0] and sits[0], built[1] and sits[1]))


def furnish(collection: bpy.types.Collection, sightline: Sightline, front: Vector, furnishing: Furnishing) -> None:
    """Place table, cups and chairs where the people are; what the arrangement has not is hidden."""
    table = object_of_role(collection, "Table", _table_mesh)
    table.location = sightline.centre + front * _TABLE_AHEAD
    table.location.z = min(sightline.first.z, sightline.second.z) - _TABLE_BELOW
    show(table, wanted=furnishing.table)
    for person, name, sits, way in zip(sightline.people(), _NAMES, furnishing.chairs, (-1.0, 1.0), strict=True):
        cup = object_of_role(collection, f"Cup {name}", _cup_mesh)
        cup.location = table.location + sightline.along * way * _CUP_ASIDE + front * _CUP_AHEAD
        show(cup, wanted=furnishing.table)
        chair = object_of_role(collection, f"Chair {name}", _chair_mesh)
        chair.location = person.eyes + person.faces * _CHAIR_AHEAD * person.size
        chair.rotation_euler = (0.0, 0.0, math.atan2(person.faces.y, person.faces.x))
        chair.scale = (person.size,) * 3
        show(chair, wanted=sits)


def _table_mesh() -> bpy.types.Mesh:
    """A round café table, 0.9 m across, with a bevelled edge."""
    profile = [(0.0, 0.0), (0.43, 0.0), (0.445, -0.004), (0.45, -0.014), (0.445, -0.026), (0.40, -0.034), (0.0, -0.034)]
    return turned("Table", profile, 64, surface("Table", (0.16, 0.075, 0.035), 0.32))


def _cup_mesh() -> bpy.types.Mesh:
    """A cup without a handle on its saucer, 9 cm high."""
    saucer = [(0.0, 0.002), (0.045, 0.002), (0.072, 0.012), (0.074, 0.015), (0.045, 0.007), (0.026, 0.006)]
    outside = [(0.024, 0.010), (0.034, 0.030), (0.040, 0.060), (0.042, 0.090)]
    inside = [(0.039, 0.090), (0.037, 0.062), (0.031, 0.034), (0.0, 0.030)]
    return turned("Cup", [*saucer, *outside, *inside], 32, surface("Cup", (0.62, 0.58, 0.52), 0.25))


def _chair_mesh() -> bpy.types.Mesh:
    """A chair with a round back, ahead along X; heights from the eyes of who sits in it."""
    seat, floor = -0.75, -EYES_ABOVE_FLOOR
    posts = [Band(0.27, 0.025, floor, -0.22, angle - 3.0, angle + 3.0) for angle in (118.0, 242.0)]
    legs = [Band(0.20, 0.025, floor, seat, angle - 4.0, angle + 4.0) for angle in (-45.0, 45.0)]
    rails = [Band(0.275, 0.022, -0.29, -0.21, 112.0, 248.0), Band(0.270, 0.016, -0.46, -0.41, 118.0, 242.0)]
    pieces = [*rails, *posts, *legs, Band(0.22, 0.22, seat - 0.02, seat)]
    return bands("Chair", pieces, surface("Chair", (0.085, 0.042, 0.022), 0.85))
