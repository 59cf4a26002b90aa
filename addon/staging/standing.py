"""Where anybody's eyes are and which way they face: heads that Duologue built and characters of the artist's own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import bpy
import numpy as np
from mathutils import Matrix, Vector

from ..heads.rig import FACE_PROPERTY
from ..retargeting.bone_names import bones_by_name
from ..retargeting.character_axes import character_axes
from ..retargeting.rig_mapping import RigMapping
from ..retargeting.rig_presets import mapping_of
from ..retargeting.rig_survey import RigSurvey, armature_of, survey
from ..retargeting.skeleton import bones_by_structure
from .framing import Person
from .head_size import as_size, box_measures, rig_measures, scale_of
from .sightline import built_person

_EYES: Final = ("eye_left", "eye_right")
_ABOVE_JOINT, _BEFORE_JOINT = 0.07, 0.08
"""Metres from where a head turns to between its eyes, upwards and forwards, where no bones say it."""
_BELOW_CROWN: Final = 0.12
"""Metres from the top of a head to its eyes."""
_UP: Final = Vector((0.0, 0.0, 1.0))
_LEVEL: Final = 1e-3


def built_armature(head: bpy.types.Object) -> bpy.types.Object | None:
    """The armature of a head that Duologue built, of which `head` is a part; None of anybody else's."""
    armature = armature_of(head)
    return armature if armature is not None and FACE_PROPERTY in armature else None


def person_of(head: bpy.types.Object) -> Person:
    """Where `head`, an armature or a mesh, is at the scene's current frame. An own character's body says what it faces.

    Raises DuologueError (RIG_UNSUITABLE) where the mapping that is kept on it cannot be read.
    """
    return watched(head)()


def watched(head: bpy.types.Object) -> Callable[[], Person]:
    """What tells `person_of` of `head` at whatever is the scene's frame then. Raises as that."""
    built = built_armature(head)
    if built is not None:
        return lambda: built_person(built, as_size([scale_of(built)]))
    rig = survey(head)
    armature = rig.armature
    if armature is None or not rig.bones:
        return lambda: _by_mesh(head, rig, _level(head.matrix_world.to_3x3() @ Vector((0.0, -1.0, 0.0))))
    mapping = mapping_of(head)
    chain = _bones(rig, mapping, "head")
    eyes = [name for channel in _EYES for name in _bones(rig, mapping, channel)[:1]]
    if not (chain or len(eyes) == len(_EYES)):
        return lambda: _by_mesh(head, rig, _facing(rig, armature, chain))
    size = as_size(rig_measures(rig, armature, chain[-1] if chain else None, eyes))

    def person() -> Person:
        faces = _facing(rig, armature, chain)
        if len(eyes) == len(_EYES):
            return Person(sum((_joint(armature, name) for name in eyes), Vector()) / len(eyes), faces, size)
        above = _joint(armature, chain[-1]) + (_UP * _ABOVE_JOINT + faces * _BEFORE_JOINT) * size
        return Person(above, faces, size)

    return person


def _bones(rig: RigSurvey, mapping: RigMapping | None, channel: str) -> list[str]:
    """The rig's bones for `channel`: as mapped, else as vendors call them, else as the skeleton suggests."""
    mapped = mapping.bones.get(channel, ()) if mapping is not None else ()
    found = [part.bone for part in mapped if part.bone in rig.bones]
    found = found or [name for name, _ in bones_by_name(channel, rig.bone_names)]
    return found or [name for name, _ in bones_by_structure(rig.bones, ("head", *_EYES)).get(channel, ())]


def _joint(armature: bpy.types.Object, bone: str) -> Vector:
    return armature.matrix_world @ armature.pose.bones[bone].head


def _facing(rig: RigSurvey, armature: bpy.types.Object, chain: list[str]) -> Vector:
    """Level unit vector that the body faces: what carries neck and head, as it is posed."""
    head = chain[-1] if chain else None
    forward = Vector(character_axes(rig.bones, head, rig.world_up)[:, 2])
    carrier = rig.bones[chain[0]].parent if chain else None
    if carrier in rig.bones:
        bone = armature.pose.bones[carrier]
        forward = bone.matrix.to_3x3() @ bone.bone.matrix_local.to_3x3().inverted() @ forward
    return _level(armature.matrix_world.to_3x3() @ forward)


def _level(way: Vector) -> Vector:
    level = Vector((way.x, way.y, 0.0))
    return level.normalized() if level.length > _LEVEL * way.length else Vector((0.0, -1.0, 0.0))


def _by_mesh(head: bpy.types.Object, rig: RigSurvey, faces: Vector) -> Person:
    """A head's height below the top of the meshes; of a head alone, its middle."""
    meshes = [mesh.object for mesh in rig.meshes] or list(rig.whole)
    corners = [np.array(_corners(mesh)) for mesh in meshes]
    if not corners:
        return Person(head.matrix_world.translation.copy(), faces)
    every = np.concatenate(corners)  # [8 meshes, 3] metres
    low, high = every.min(axis=0), every.max(axis=0)
    axes = np.array(meshes[0].matrix_world.to_3x3().normalized())
    middle, size = (low + high) / 2.0, as_size(box_measures(every, axes))
    return Person(Vector((middle[0], middle[1], max(middle[2], high[2] - _BELOW_CROWN * size))), faces, size)


def _corners(mesh: bpy.types.Object) -> list[tuple[float, ...]]:
    world: Matrix = mesh.matrix_world
    return [tuple(world @ Vector(corner)) for corner in mesh.bound_box]
