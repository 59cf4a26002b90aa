"""The set: cameras, light and scenery, arranged around where the two people are."""

from __future__ import annotations

from typing import Final

import bpy
from mathutils import Vector

from .cutting import View
from .framing import SENSOR_WIDTH, Pose, close_up, over_shoulder, two_shot
from .lamps import hang_lamps
from .scenery import ROLE_PROPERTY, fill_world, furnish, light, object_of_role, place_counter
from .sightline import Sightline

_CAMERA_NAMES: Final[dict[tuple[View, int | None], str]] = {
    ("two", None): "Two-shot",
    ("over", 0): "Over the shoulder, first",
    ("over", 1): "Over the shoulder, second",
    ("close", 0): "Close-up first",
    ("close", 1): "Close-up second",
}
_REACH: Final = 2.9
"""Metres from the people's middle that the two-shot's camera keeps within; the room is a little larger."""


def arrange_set(
    scene: bpy.types.Scene,
    collection: bpy.types.Collection,
    sightline: Sightline,
    front: Vector,
    *,
    cameras: bool = True,
) -> None:
    """Build what is missing of the set and move all of it to suit `sightline`; without `cameras`, none of those.

    `front` is the level unit vector from the people towards the audience. Objects that the artist renamed or
    removed from the collection are not touched again.
    """
    aspect = aspect_of(scene.render)
    poses = _poses(sightline, front, aspect)
    if cameras:
        place_cameras(scene, collection, sightline, front)
    singles = [pose.place for view, pose in poses.items() if view != ("two", None)]
    place_counter(collection, sightline, poses["two", None], aspect, singles)
    light(collection, sightline, front)
    furnish(collection, sightline, front)
    hang_lamps(collection, sightline.centre, front, sightline.people(), list(poses.values()), aspect)
    fill_world(scene)


def place_cameras(
    scene: bpy.types.Scene, collection: bpy.types.Collection, sightline: Sightline, front: Vector
) -> None:
    """Build the cameras that are missing and place all of them, as `arrange_set`."""
    for view, pose in _poses(sightline, front, aspect_of(scene.render)).items():
        subject = sightline.centre if view[1] is None else sightline.people()[view[1]].eyes
        _stand(camera_of(collection, view), pose, subject)


def cameras_in(collection: bpy.types.Collection) -> list[bpy.types.Object]:
    """The cameras in `collection` that Duologue made."""
    names = set(_CAMERA_NAMES.values())
    return [one for one in collection.objects if one.type == "CAMERA" and one.get(ROLE_PROPERTY) in names]


def aspect_of(render: bpy.types.RenderSettings) -> float:
    """Width of the picture over its height."""
    return render.resolution_x * render.pixel_aspect_x / (render.resolution_y * render.pixel_aspect_y)


def _poses(sightline: Sightline, front: Vector, aspect: float) -> dict[tuple[View, int | None], Pose]:
    people = sightline.people()
    poses: dict[tuple[View, int | None], Pose] = {
        ("two", None): two_shot(people, front, sightline.along, aspect, _REACH)
    }
    for person in (0, 1):
        poses["over", person] = over_shoulder(people, person, front, aspect)
        poses["close", person] = close_up(people, person, front, aspect)
    return poses


def _stand(camera: bpy.types.Object, pose: Pose, subject: Vector) -> None:
    camera.location = pose.place
    camera.rotation_euler = pose.axes.to_euler()
    camera.data.lens = pose.lens
    camera.data.sensor_fit, camera.data.sensor_width = "AUTO", SENSOR_WIDTH
    # Depth of field is left to the artist: at a film's few samples it turns lamps into grain.
    camera.data.dof.focus_distance = (subject - pose.place).length
    camera.data.dof.aperture_fstop = 4.0


def camera_of(collection: bpy.types.Collection, view: tuple[View, int | None]) -> bpy.types.Object:
    """The camera in `collection` for this view, made where there is none."""
    name = camera_name(view)
    return object_of_role(collection, name, lambda: bpy.data.cameras.new(name))


def camera_name(view: tuple[View, int | None]) -> str:
    """What the camera for this view is called."""
    return _CAMERA_NAMES[view]
