"""The set: cameras, light and scenery, arranged around where the two people are."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Final

import bpy
from mathutils import Vector

from ..steps import Steps
from .cutting import View
from .figures import has_figure
from .framing import SENSOR_WIDTH, Pose, smallest_face
from .furnishing import Furnishing, seen_with, with_figures
from .furniture import furnish
from .lamps import hang_lamps
from .scenery import ROLE_PROPERTY, enlarge, fill_world, light, object_of_role, place_counter, place_room
from .sightline import Sightline
from .views import pair, views_of
from .window import place_window

_View = tuple[View, int | None]
_CAMERA_NAMES: Final[dict[_View, str]] = {
    ("two", None): "Two-shot",
    ("over", 0): "Over the shoulder, first",
    ("over", 1): "Over the shoulder, second",
    ("close", 0): "Close-up first",
    ("close", 1): "Close-up second",
}
_DOING: Final = "Arranging the set"
_CLIPPED: Final = (0.1, 1000.0)
"""Metres from a camera between which it sees something."""
_REACH: Final = 2.9
"""Metres from the people's middle that the two-shot's camera keeps within; the room is a little larger."""
_FACES_ARE_SEEN: Final = 0.35
"""Share of the picture's shorter side from which on a head in the two-shot tells what it feels."""


def arrange_set(
    scene: bpy.types.Scene,
    collection: bpy.types.Collection,
    sightline: Sightline,
    front: Vector,
    *,
    cameras: bool = True,
    furnishing: Furnishing | None = None,
    armatures: Sequence[bpy.types.Object | None] = (None, None),
) -> Steps[None]:
    """Build what is missing of the set and move all of it to suit `sightline`; without `cameras`, none of those.

    Without `furnishing` the two sit at a table; `armatures` are the heads that Duologue built. `front` is the level
    unit vector from the people towards the audience. Objects that the artist renamed or removed from the collection are
    not touched again.
    """
    aspect, unit = aspect_of(scene.render), sightline.unit
    sightline = sightline.in_metres()
    furnishing = with_figures(furnishing or Furnishing(), sightline, front, can=all(map(has_figure, armatures)))
    sightline = seen_with(sightline, furnishing)
    poses = views_of(sightline, front, aspect, _REACH)
    if cameras:
        _stand_all(collection, sightline, poses, unit)
    yield _DOING, 0.2
    singles = [pose.place for view, pose in poses.items() if view != ("two", None)]
    place_counter(collection, sightline, poses["two", None], aspect, singles, wanted=not furnishing.figures)
    light(collection, sightline, front)
    furnish(collection, sightline, front, furnishing, armatures)
    place_room(collection, sightline, on_floor=furnishing.figures)
    people, centre = sightline.people(), sightline.centre
    two, *others = poses.values()
    window = place_window(collection, centre, front, people, two, others, aspect)
    yield _DOING, 0.4
    lamps = hang_lamps(collection, centre, front, people, [two, *others], aspect, window)
    for share in lamps:
        yield _DOING, 0.4 + 0.6 * share
    enlarge(collection, unit)
    fill_world(scene)


def place_cameras(
    scene: bpy.types.Scene, collection: bpy.types.Collection, sightline: Sightline, front: Vector
) -> None:
    """Build the cameras that are missing and place all of them, as `arrange_set`.

    Without a set, which ends at a wall, they stand as far off as they need.
    """
    near = sightline.in_metres()
    _stand_all(collection, near, views_of(near, front, aspect_of(scene.render), _reach(collection)), sightline.unit)


def two_shot_is_close(
    scene: bpy.types.Scene,
    collection: bpy.types.Collection,
    sightline: Sightline,
    front: Vector,
    furnishing: Furnishing | None = None,
) -> bool:
    """Whether the two-shot, placed as by `arrange_set` or `place_cameras`, shows faces large enough to act on."""
    near = seen_with(sightline.in_metres(), furnishing or Furnishing())
    aspect, reach = aspect_of(scene.render), _reach(collection)
    return smallest_face(near.people(), pair(near, front, aspect, reach), aspect) >= _FACES_ARE_SEEN


def has_set(collection: bpy.types.Collection) -> bool:
    """Whether anything of the set is in `collection`: light or furniture."""
    return any(ROLE_PROPERTY in one and one.type in ("LIGHT", "MESH") for one in collection.objects)


def _reach(collection: bpy.types.Collection) -> float:
    return _REACH if has_set(collection) else math.inf


def _stand_all(
    collection: bpy.types.Collection, sightline: Sightline, poses: Mapping[_View, Pose], unit: float
) -> None:
    """The cameras at `poses`, for the people of `sightline`; both in metres of which each is `unit` in the scene."""
    for view, pose in poses.items():
        subject = sightline.centre if view[1] is None else sightline.people()[view[1]].eyes
        _stand(camera_of(collection, view), pose, subject, unit)


def cameras_in(collection: bpy.types.Collection) -> list[bpy.types.Object]:
    """The cameras in `collection` that Duologue made."""
    names = set(_CAMERA_NAMES.values())
    return [one for one in collection.objects if one.type == "CAMERA" and one.get(ROLE_PROPERTY) in names]


def aspect_of(render: bpy.types.RenderSettings) -> float:
    """Width of the picture over its height."""
    return render.resolution_x * render.pixel_aspect_x / (render.resolution_y * render.pixel_aspect_y)


def _stand(camera: bpy.types.Object, pose: Pose, subject: Vector, unit: float) -> None:
    camera.location = pose.place * unit
    if unit != 1.0:  # else what the artist has set holds
        camera.data.clip_start, camera.data.clip_end = _CLIPPED[0] * unit, _CLIPPED[1] * unit
    camera.rotation_euler = pose.axes.to_euler()
    camera.data.lens = pose.lens
    camera.data.sensor_fit, camera.data.sensor_width = "AUTO", SENSOR_WIDTH
    # Depth of field is left to the artist: at a film's few samples it turns lamps into grain.
    camera.data.dof.focus_distance = (subject - pose.place).length * unit
    camera.data.dof.aperture_fstop = 4.0


def camera_of(collection: bpy.types.Collection, view: tuple[View, int | None]) -> bpy.types.Object:
    """The camera in `collection` for this view, made where there is none."""
    name = camera_name(view)
    return object_of_role(collection, name, lambda: bpy.data.cameras.new(name))


def camera_name(view: tuple[View, int | None]) -> str:
    """What the camera for this view is called."""
    return _CAMERA_NAMES[view]
