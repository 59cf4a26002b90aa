"""The set: cameras, light and scenery, arranged around where the two people are."""

from __future__ import annotations

from typing import Final

import bpy
from mathutils import Vector

from .cutting import View
from .scenery import fill_world, furnish, light, object_of_role, place_counter
from .sightline import Sightline

_CAMERA_NAMES: Final[dict[tuple[View, int | None], str]] = {
    ("two", None): "Two-shot",
    ("over", 0): "Over the shoulder, first",
    ("over", 1): "Over the shoulder, second",
    ("close", 0): "Close-up first",
    ("close", 1): "Close-up second",
}
_HEAD_HALF_WIDTH: Final = 0.30
_SENSOR_WIDTH: Final = 36.0
_ROUND_THE_TABLE: Final = 0.85
"""How far the two-shot's camera goes sideways for each metre to the front, when people sit across a table."""
_CLOSE: Final = 0.7
_ACROSS: Final = 1.1
"""Metres between two people who sit close, and across a table."""
_BEHIND, _BESIDE, _ABOVE = 0.55, 0.36, 0.06
"""Metres from the listener's eyes to the camera that looks over their shoulder."""


def arrange_set(scene: bpy.types.Scene, collection: bpy.types.Collection, sightline: Sightline, front: Vector) -> None:
    """Build what is missing of the set and move all of it to suit `sightline`.

    `front` is the level unit vector from the people towards the audience. Objects that the artist renamed or
    removed from the collection are not touched again.
    """
    cameras = {view: camera_of(collection, view) for view in _CAMERA_NAMES}
    _aim_cameras(cameras, sightline, front)
    singles = [camera.location for view, camera in cameras.items() if view != ("two", None)]
    place_counter(collection, sightline, cameras["two", None].location, singles)
    light(collection, sightline, front)
    furnish(collection, sightline, front)
    fill_world(scene)


def _aim_cameras(cameras: dict[tuple[View, int | None], bpy.types.Object], sightline: Sightline, front: Vector) -> None:
    # A little round the table, so that one face is seen more than the other's and both come closer together.
    # People who sit close are seen from the front: there is no distance to hide, and both faces show.
    apart = (sightline.second - sightline.first).length
    round_the_table = _ROUND_THE_TABLE * min(1.0, max(0.0, (apart - _CLOSE) / (_ACROSS - _CLOSE)))
    direction = (front + sightline.along * round_the_table).normalized()
    # The nearer one looks larger and needs more of the frame.
    middle = sightline.centre + sightline.along * 0.09 + Vector((0, 0, 0.015))
    span = (sightline.second - sightline.first).cross(direction).length
    _aim(cameras["two", None], middle, direction, span + 2.0 * _HEAD_HALF_WIDTH, 60.0)
    people = ((0, sightline.first, sightline.second), (1, sightline.second, sightline.first))
    for person, face, other in people:
        towards = other - face
        towards.z = 0.0
        towards.normalize()
        _aim_over_shoulder(cameras["over", person], face, other, towards, front)
        target = face + towards * 0.05 + Vector((0, 0, -0.035))
        _aim(cameras["close", person], target, (front + towards * 0.7).normalized(), 0.66, 85.0)


def _aim_over_shoulder(camera: bpy.types.Object, face: Vector, other: Vector, towards: Vector, front: Vector) -> None:
    """Behind `other`, beside their head, so that its outline leads the eye to `face`."""
    place = other + towards * _BEHIND + front * _BESIDE + Vector((0, 0, _ABOVE))
    # A little towards the listener: the face stands at a third of the frame, the listener's head at its edge.
    target = face - front * 0.10 + Vector((0, 0, -0.045))
    _point(camera, place, target, 62.0)


def _aim(camera: bpy.types.Object, target: Vector, direction: Vector, width: float, lens: float) -> None:
    """Stand back along `direction` until `width` metres fill the frame, looking at `target`."""
    distance = width * lens / _SENSOR_WIDTH
    _point(camera, target + direction * distance + Vector((0, 0, 0.02 * distance)), target, lens)


def _point(camera: bpy.types.Object, place: Vector, target: Vector, lens: float) -> None:
    camera.location = place
    camera.rotation_euler = (target - place).to_track_quat("-Z", "Y").to_euler()
    camera.data.lens = lens
    camera.data.sensor_width = _SENSOR_WIDTH
    # Depth of field is left to the artist: at a film's few samples it turns lamps into grain.
    camera.data.dof.focus_distance = (target - place).length
    camera.data.dof.aperture_fstop = 4.0


def camera_of(collection: bpy.types.Collection, view: tuple[View, int | None]) -> bpy.types.Object:
    """The camera in `collection` for this view, made where there is none."""
    name = camera_name(view)
    return object_of_role(collection, name, lambda: bpy.data.cameras.new(name))


def camera_name(view: tuple[View, int | None]) -> str:
    """What the camera for this view is called."""
    return _CAMERA_NAMES[view]
