"""Somebody else's rig, and operators that cannot be pressed."""

import bpy
import pytest


def rig(name, keys, bones=("Neck", "Head"), meshes=1):
    """A character: an armature and meshes (children) that carry `keys` by turns."""
    armature = bpy.data.objects.new(name, bpy.data.armatures.new(name))
    bpy.context.collection.objects.link(armature)
    bpy.context.view_layer.objects.active = armature
    bpy.ops.object.mode_set(mode="EDIT")
    for index, bone in enumerate(bones):
        made = armature.data.edit_bones.new(bone)
        made.head, made.tail = (0, 0, index), (0, 0, index + 1)
    bpy.ops.object.mode_set(mode="OBJECT")
    for number in range(meshes):
        mesh = bpy.data.meshes.new(f"{name} {number}")
        mesh.from_pydata([(0, 0, 0), (1, 0, 0), (0, 1, 0)], [], [(0, 1, 2)])
        part = bpy.data.objects.new(mesh.name, mesh)
        bpy.context.collection.objects.link(part)
        part.parent = armature
        part.shape_key_add(name="Basis")
        for key in keys[number::meshes]:
            part.shape_key_add(name=key)
    return armature


def refused(because, operator, **properties):
    """The operator cannot be pressed now, and says why."""
    with pytest.raises(RuntimeError, match=rf"poll\(\) .*{because}"):
        operator(**properties)
    return True
