"""What Blender opens with when nobody gave it a file: a cube, a lamp and a camera, as long as nobody touched them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import bpy
import numpy as np
from mathutils import Matrix

from ...backend.contract.constants import FRAME_RATE
from ..settings.properties import conversations_of, has_heads

_CUBE: Final = Matrix()
_CAMERA: Final = (
    (0.685921, -0.324014, 0.651558, 7.358891),
    (0.727676, 0.305421, -0.614170, -6.925791),
    (0.0, 0.895396, 0.445271, 4.958309),
    (0.0, 0.0, 0.0, 1.0),
)
_LAMP: Final = (
    (-0.290865, -0.771101, 0.566393, 4.076245),
    (0.955171, -0.199883, 0.218391, 1.005454),
    (-0.055189, 0.604525, 0.794672, 5.903862),
    (0.0, 0.0, 0.0, 1.0),
)
_LENS: Final = 50.0
_GREY: Final = (0.050876, 0.050876, 0.050876, 1.0)
_NEAR: Final = 1e-4
_CORNERS: Final = 8


def scene_to_fill(context: bpy.types.Context) -> bool:
    """Whether the context's scene is empty, to be filled from nothing; it has the models' own frame rate then.

    Without a file Blender opens its start-up scene: cube, lamp and camera are cleared. A start-up scene that the artist
    has made stays as it is, and the context gets a scene of its own. A file that was opened is never touched.
    """
    scene = context.scene
    if not bpy.data.filepath and scene.objects and not any(map(has_heads, conversations_of(scene))):
        if is_startup_scene(scene):
            clear_startup_scene(scene, tuple(scene.objects))
        elif context.window is not None:
            scene = context.window.scene = bpy.data.scenes.new("Duologue")
    if scene.objects:
        return False
    scene.render.fps, scene.render.fps_base = FRAME_RATE, 1.0
    return True


def is_startup_scene(scene: bpy.types.Scene) -> bool:
    """Whether `scene` holds Blender's own cube, lamp and camera where they were, and nothing else."""
    found = {one.type: one for one in scene.objects}
    return (
        len(scene.objects) == len(found) == 3  # noqa: PLR2004
        and set(found) == {"MESH", "LIGHT", "CAMERA"}
        and is_startup_camera(found["CAMERA"])
        and _untouched(found["LIGHT"], _LAMP)
        and _untouched(found["MESH"], _CUBE)
        and len(found["MESH"].data.vertices) == _CORNERS
        and all(abs(abs(value) - 1.0) < _NEAR for one in found["MESH"].data.vertices for value in one.co)
    )


def is_startup_camera(one: bpy.types.Object) -> bool:
    """Whether `one` is the camera of Blender's own start-up scene, where it was."""
    return one.type == "CAMERA" and _untouched(one, _CAMERA) and one.data.lens == _LENS


def clear_startup_scene(scene: bpy.types.Scene, objects: Sequence[bpy.types.Object]) -> None:
    """Take away the `objects` that `is_startup_scene` saw, and the grey world that comes with them."""
    data = [one.data for one in objects]
    bpy.data.batch_remove(objects)
    bpy.data.batch_remove([one for one in data if one.users == 0])
    if scene.world is not None and _is_plain(scene.world):
        scene.world = None


def _untouched(one: bpy.types.Object, place: object) -> bool:
    still = one.animation_data is None and one.data.animation_data is None and one.parent is None
    plain = not one.constraints and not one.modifiers and not one.children
    return still and plain and bool(np.allclose(one.matrix_basis, np.array(place), atol=_NEAR))


def _is_plain(world: bpy.types.World) -> bool:
    nodes = world.node_tree.nodes if world.node_tree is not None else ()
    background = next((one for one in nodes if one.type == "BACKGROUND"), None)
    grey = background is None or np.allclose(background.inputs["Color"].default_value, _GREY, atol=_NEAR)
    return len(nodes) <= 2 and bool(grey)  # noqa: PLR2004  (background and output)
