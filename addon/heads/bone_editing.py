"""Edit bones of an armature, borrowed from a scene of their own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import bpy

_NAME: Final = "Duologue rest pose"


@contextmanager
def edited_bones(armature: bpy.types.Armature) -> Iterator[bpy.types.ArmatureEditBones]:
    """The edit bones of `armature`.

    Bones move in edit mode only. A scene of its own lends its edit mode, so that the artist's selection, active object
    and mode stay as they are.
    """
    scene = bpy.data.scenes.new(_NAME)
    stand_in = bpy.data.objects.new(_NAME, armature)
    try:
        scene.collection.objects.link(stand_in)
        layer = scene.view_layers[0]
        layer.objects.active = stand_in
        with bpy.context.temp_override(scene=scene, view_layer=layer, active_object=stand_in, object=stand_in):
            bpy.ops.object.mode_set(mode="EDIT")
            try:
                yield armature.edit_bones
            finally:
                bpy.ops.object.mode_set(mode="OBJECT")
    finally:
        bpy.data.objects.remove(stand_in)
        bpy.data.scenes.remove(scene)
