"""When which camera is the scene's: cuts as timeline markers, the artist's own cameras and markers beside them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import bpy

from ..settings.output_properties import output_of
from .cutting import Shot
from .scenery import ROLE_PROPERTY
from .stage import camera_name, camera_of, cameras_in
from .startup_scene import is_startup_camera

_MARKER_PREFIX: Final = "Duologue "


def set_markers(
    scene: bpy.types.Scene, collection: bpy.types.Collection, cuts: Sequence[Shot], frames: Sequence[int]
) -> None:
    """Bind cameras in `collection` to timeline markers at `frames`, one a shot, in place of those that were there.

    Markers of the artist's own and of other conversations stay.
    """
    remove_markers(scene, collection)
    if scene.camera is not None and not is_own(scene.camera) and not is_startup_camera(scene.camera):
        output_of(scene).camera_before = scene.camera
    for cut, frame in zip(cuts, frames, strict=True):
        view = (cut.view, cut.person)
        marker = scene.timeline_markers.new(_MARKER_PREFIX + camera_name(view), frame=frame)
        marker.camera = camera_of(collection, view)


def remove_markers(scene: bpy.types.Scene, collection: bpy.types.Collection) -> None:
    """Take away the cuts between the cameras in `collection`."""
    for marker in _markers_of(scene, collection):
        scene.timeline_markers.remove(marker)


def remove_cameras(scene: bpy.types.Scene, collection: bpy.types.Collection) -> None:
    """Take away Duologue's cameras in `collection`; the scene's camera is again what it was before cuts were set.

    Where nobody knows that, it is another one that is left in the scene, if there is any.
    """
    going = cameras_in(collection)
    former = output_of(scene).camera_before
    data = [one.data for one in going]
    bpy.data.batch_remove(going)
    bpy.data.batch_remove([one for one in data if one.users == 0])
    if scene.camera is None:
        left = [one for one in scene.objects if one.type == "CAMERA"]
        scene.camera = former if former in left else next(iter(left), None)


def has_markers(scene: bpy.types.Scene, collection: bpy.types.Collection) -> bool:
    """Whether there are cuts between the cameras in `collection`."""
    return any(True for _ in _markers_of(scene, collection))


def _markers_of(scene: bpy.types.Scene, collection: bpy.types.Collection) -> Iterator[bpy.types.TimelineMarker]:
    for marker in list(scene.timeline_markers):
        own = marker.name.startswith(_MARKER_PREFIX) and is_own(marker.camera)
        if own and marker.camera.name in collection.all_objects:
            yield marker


def is_own(camera: bpy.types.Object | None) -> bool:
    """Whether Duologue made this camera."""
    return camera is not None and ROLE_PROPERTY in camera


def has_artists_camera(scene: bpy.types.Scene) -> bool:
    """Whether the film is seen by a camera of the artist's own: the scene's, or one that a marker is bound to."""
    cameras = [scene.camera, *(marker.camera for marker in scene.timeline_markers)]
    return any(one is not None and not is_own(one) and not is_startup_camera(one) for one in cameras)


def use_ruling_camera(scene: bpy.types.Scene, collection: bpy.types.Collection | None) -> None:
    """Let the scene's camera be what the markers say at its current frame, as Blender will on the next frame change.

    Without markers the scene's camera stays, unless there is none or an untouched one of Blender's start-up scene: then
    it becomes the two-shot in `collection`.
    """
    bound = [marker for marker in scene.timeline_markers if marker.camera is not None]
    if bound:
        before = [marker for marker in bound if marker.frame <= scene.frame_current]
        ruling = max(before, key=lambda one: one.frame) if before else min(bound, key=lambda one: one.frame)
        scene.camera = ruling.camera
    elif (
        collection is not None and cameras_in(collection) and (scene.camera is None or is_startup_camera(scene.camera))
    ):
        scene.camera = camera_of(collection, ("two", None))
