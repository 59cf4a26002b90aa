"""What a character consists of: its armature, every mesh that belongs to it, shape keys and bones."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import bpy
import numpy as np

from .belonging import belonging, carried_by
from .character_axes import RestBone
from .drivers import Followed, NotFollowedError, drivers_of, followed

_DRIVEN_BONE: Final = re.compile(r'^pose\.bones\["((?:[^"\\]|\\.)*)"\]\.(rotation|location)')
_DRIVEN_KEY: Final = re.compile(r'^key_blocks\["((?:[^"\\]|\\.)*)"\]\.value$')

_MOSTLY: Final = 0.5


@dataclass(frozen=True)
class KeyedMesh:
    """A mesh object with shape keys: `key_names` are those that can be animated, without the basis.

    `controls` tells of those among them that a control moves: it gets the keys in their place. `refused` tells of each
    key that drivers move in a way that cannot be followed, what moves it.
    """

    object: bpy.types.Object
    key_names: tuple[str, ...]
    controls: Mapping[str, Followed] = field(default_factory=dict)
    refused: Mapping[str, str] = field(default_factory=dict)

    @property
    def shape_keys(self) -> bpy.types.Key:
        """The data-block that the keys are animated on."""
        return self.object.data.shape_keys


@dataclass(frozen=True)
class RigSurvey:
    """A character: `armature` or None, `meshes` with shape keys, and bones as they rest, by name.

    `whole` are all its meshes, with keys or without; `guessed` says of those that nothing holds to it why they were
    taken for its own ("name" or "collection").
    """

    name: str
    armature: bpy.types.Object | None
    meshes: tuple[KeyedMesh, ...]
    bones: Mapping[str, RestBone]
    whole: tuple[bpy.types.Object, ...] = ()
    guessed: Mapping[str, str] = field(default_factory=dict)

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
    found = belonging(chosen if armature is None else armature)
    bones = {} if armature is None else _bones_of(armature)
    return RigSurvey(chosen.name, armature, tuple(_keyed(found.meshes)), bones, found.meshes, found.guessed)


def armature_of(chosen: bpy.types.Object) -> bpy.types.Object | None:
    """`chosen` itself, or the armature that deforms or carries it, at however many removes."""
    waiting, seen = [chosen], set()
    while waiting:
        one = waiting.pop(0)
        if one.type == "ARMATURE":
            return one
        if one not in seen:
            seen.add(one)
            waiting += carried_by(one)
    return None


def meshes_of(armature: bpy.types.Object) -> list[bpy.types.Object]:
    """Every mesh that belongs to `armature`, with shape keys or without, by name."""
    return list(belonging(armature).meshes)


def _keyed(meshes: Sequence[bpy.types.Object]) -> Iterator[KeyedMesh]:
    """Each shape-key block once; keys that are absolute in time have no values to animate."""
    seen: set[Any] = set()
    for mesh in meshes:
        keys = mesh.data.shape_keys if mesh.type == "MESH" else None
        if keys is None or keys in seen or not keys.use_relative:
            continue
        seen.add(keys)
        controls, refused = _driven_keys(keys)
        names = tuple(key.name for key in keys.key_blocks if key != keys.reference_key and key.name not in refused)
        if names or refused:
            yield KeyedMesh(mesh, names, controls, refused)


def _driven_keys(keys: bpy.types.Key) -> tuple[dict[str, Followed], dict[str, str]]:
    """Of the keys that drivers move: the control of each, or what moves it where that cannot be followed."""
    controls: dict[str, Followed] = {}
    refused: dict[str, str] = {}
    for curve in drivers_of(keys):
        found = _DRIVEN_KEY.match(curve.data_path)
        if found:
            name = bpy.utils.unescape_identifier(found.group(1))
            try:
                controls[name] = followed(curve)
            except NotFollowedError as error:
                refused[name] = str(error)
    return controls, refused


def _bones_of(armature: bpy.types.Object) -> dict[str, RestBone]:
    if armature.pose is None:  # just made and never shown
        return {}
    turned, placed = _driven_bones(armature, "rotation"), _driven_bones(armature, "location")
    return {
        bone.name: RestBone(
            name=bone.name,
            parent=bone.parent.name if bone.parent else None,
            rotation=np.array(bone.bone.matrix_local.to_3x3().normalized()),
            head=np.array(bone.bone.head_local),
            mode=bone.rotation_mode,
            driven=bone.name in turned,
            placed=bone.name in placed,
            free=_is_free(bone),
        )
        for bone in armature.pose.bones
    }


def _is_free(bone: bpy.types.PoseBone) -> bool:
    """Whether the bone keeps its direction when its parent turns, by its setting or by a constraint like Rigify's."""
    copied = (one for one in bone.constraints if one.type == "COPY_ROTATION" and one.enabled)
    return not bone.bone.use_inherit_rotation or any(one.influence > _MOSTLY for one in copied)


def _driven_bones(armature: bpy.types.Object, channel: str) -> set[str]:
    """Names of bones whose rotation or location drivers move."""
    found = (_DRIVEN_BONE.match(curve.data_path) for curve in drivers_of(armature))
    return {bpy.utils.unescape_identifier(one.group(1)) for one in found if one and one.group(2) == channel}
