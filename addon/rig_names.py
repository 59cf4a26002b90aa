"""What a character's shape keys and bones are called, over all its meshes (face, teeth, tongue, lashes)."""

from __future__ import annotations

from dataclasses import dataclass

import bpy


@dataclass(frozen=True)
class RigNames:
    """Names of shape keys (without the meshes' basis) and of bones, in the character's own order, each once."""

    keys: tuple[str, ...]
    bones: tuple[str, ...]


def rig_names(head: bpy.types.Object) -> RigNames:
    """The names on `head`: an armature with the meshes it deforms or carries, or one mesh with its armature."""
    armature = armature_of(head)
    keys: dict[str, None] = {}
    for mesh in _meshes(head, armature):
        blocks = mesh.data.shape_keys
        if blocks is not None:
            keys |= {block.name: None for block in blocks.key_blocks if block != blocks.reference_key}
    bones = tuple(bone.name for bone in armature.pose.bones) if armature is not None and armature.pose else ()
    return RigNames(tuple(keys), bones)


def armature_of(head: bpy.types.Object) -> bpy.types.Object | None:
    """`head` itself, or the armature that deforms or carries it."""
    if head.type == "ARMATURE":
        return head
    found = head.find_armature()
    if found is None and head.parent is not None and head.parent.type == "ARMATURE":
        found = head.parent
    return found


def _meshes(head: bpy.types.Object, armature: bpy.types.Object | None) -> list[bpy.types.Object]:
    if head.type == "MESH":
        return [head]
    return [
        one
        for one in bpy.data.objects
        if one.type == "MESH" and armature is not None and (armature_of(one) == armature or _under(one, armature))
    ]


def _under(one: bpy.types.Object, parent: bpy.types.Object) -> bool:
    while one.parent is not None:
        one = one.parent
        if one == parent:
            return True
    return False
