"""What a character consists of: its armature, every mesh that belongs to it, shape keys and bones."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import bpy
import numpy as np

from .character_axes import RestBone

_DRIVEN_BONE: Final = re.compile(r'^pose\.bones\["((?:[^"\\]|\\.)*)"\]\.rotation')
_DRIVEN_KEY: Final = re.compile(r'^key_blocks\["((?:[^"\\]|\\.)*)"\]\.value$')

_MOSTLY: Final = 0.5


@dataclass(frozen=True)
class KeyedMesh:
    """A mesh object with shape keys that can be animated: those that no driver moves and that are not the basis."""

    object: bpy.types.Object
    key_names: tuple[str, ...]

    @property
    def shape_keys(self) -> bpy.types.Key:
        """The data-block that the keys are animated on."""
        return self.object.data.shape_keys


@dataclass(frozen=True)
class RigSurvey:
    """A character: `armature` or None, `meshes` with shape keys, and bones as they rest, by name."""

    name: str
    armature: bpy.types.Object | None
    meshes: tuple[KeyedMesh, ...]
    bones: Mapping[str, RestBone]

    @property
    def key_names(self) -> tuple[str, ...]:
        """Every shape key's name, each once, in the meshes' order."""
        return tuple(dict.fromkeys(name for mesh in self.meshes for name in mesh.key_names))

    @property
    def bone_names(self) -> tuple[str, ...]:
        """Every bone's name."""
        return tuple(self.bones)

    @property
    def world_up(self) -> np.ndarray:
        """[3] the scene's up, in the armature's space."""
        if self.armature is None:
            return np.array([0.0, 0.0, 1.0])
        return np.array(self.armature.matrix_world.to_3x3().normalized())[2]


def survey(chosen: bpy.types.Object) -> RigSurvey:
    """The character that `chosen` stands for: an armature, or a mesh with or without one.

    A mesh that hangs on an armature stands for the whole character, so that teeth and brows move with the face.
    """
    armature = armature_of(chosen)
    meshes = meshes_of(armature) if armature is not None else [chosen]
    return RigSurvey(chosen.name, armature, tuple(_keyed(meshes)), _bones_of(armature) if armature is not None else {})


def armature_of(chosen: bpy.types.Object) -> bpy.types.Object | None:
    """`chosen` itself, or the armature that deforms or carries it."""
    if chosen.type == "ARMATURE":
        return chosen
    for modifier in chosen.modifiers:
        if modifier.type == "ARMATURE" and modifier.object is not None:
            return modifier.object
    above = chosen.parent
    while above is not None and above.type != "ARMATURE":
        above = above.parent
    return above


def meshes_of(armature: bpy.types.Object) -> list[bpy.types.Object]:
    """Every mesh that hangs on `armature` or is deformed by it, with shape keys or without, by name."""
    found = {one for one in armature.children_recursive if one.type == "MESH"}
    for one in bpy.data.objects:
        if one.type == "MESH" and any(m.type == "ARMATURE" and m.object == armature for m in one.modifiers):
            found.add(one)
    return sorted(found, key=lambda one: one.name)


def _keyed(meshes: list[bpy.types.Object]) -> Iterator[KeyedMesh]:
    """Each shape-key block once; keys that are absolute in time have no values to animate."""
    seen: set[Any] = set()
    for mesh in meshes:
        keys = mesh.data.shape_keys if mesh.type == "MESH" else None
        if keys is None or keys in seen or not keys.use_relative:
            continue
        seen.add(keys)
        driven = _driven(keys, _DRIVEN_KEY)
        names = tuple(key.name for key in keys.key_blocks if key != keys.reference_key and key.name not in driven)
        if names:
            yield KeyedMesh(mesh, names)


def _bones_of(armature: bpy.types.Object) -> dict[str, RestBone]:
    if armature.pose is None:  # just made and never shown
        return {}
    driven = _driven(armature, _DRIVEN_BONE)
    return {
        bone.name: RestBone(
            name=bone.name,
            parent=bone.parent.name if bone.parent else None,
            rotation=np.array(bone.bone.matrix_local.to_3x3().normalized()),
            head=np.array(bone.bone.head_local),
            mode=bone.rotation_mode,
            driven=bone.name in driven,
            free=_is_free(bone),
        )
        for bone in armature.pose.bones
    }


def _is_free(bone: bpy.types.PoseBone) -> bool:
    """Whether the bone keeps its direction when its parent turns, by its setting or by a constraint like Rigify's."""
    copied = (one for one in bone.constraints if one.type == "COPY_ROTATION" and one.enabled)
    return not bone.bone.use_inherit_rotation or any(one.influence > _MOSTLY for one in copied)


def _driven(owner: bpy.types.ID, path: re.Pattern[str]) -> set[str]:
    """Names in the data paths of `owner`'s drivers."""
    if owner.animation_data is None:
        return set()
    found = (path.match(curve.data_path) for curve in owner.animation_data.drivers)
    return {bpy.utils.unescape_identifier(one.group(1)) for one in found if one}
