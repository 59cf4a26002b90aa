"""What of a take will not be seen on the people who get it, asked of the scene itself; nothing is left changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import bpy

from ..heads.control_board import KEY_PREFIX
from ..heads.rig import head_mesh
from ..retargeting.character_axes import character_axes
from ..retargeting.own_heads import BONE_NAMES
from ..retargeting.retarget import head_bone, usable_parts
from ..retargeting.rig_mapping import RigMapping
from ..retargeting.rig_survey import KeyedMesh, RigSurvey, meshes_of, survey
from ..steps import Steps, at_once, each_part, part_of
from .hindrances import guesses, hindrances
from .probing import Channels
from .targets import Target, mapped


def warnings_of(scene: bpy.types.Scene, targets: Sequence[Target]) -> Steps[list[str]]:
    """Sentences on what of `targets` cannot act in `scene` as it is, and on what was taken for theirs."""
    found: list[str] = []
    for target, (begin, end) in zip(targets, each_part(len(targets)), strict=True):
        if target.survey is None or target.mapping is None:
            told = hindrances(scene, _layer(scene), target.head.name, _of_own_head(target.head))
        else:
            told = _of_character(scene, target.head, target.survey, target.mapping)
        found += yield from part_of(told, begin, end)
    return list(dict.fromkeys(found))


def warnings_on(scene: bpy.types.Scene, head: bpy.types.Object) -> list[str]:
    """The same of one character that others built. Raises DuologueError (RIG_UNSUITABLE) where none is on it."""
    return at_once(warnings_on_in_steps(scene, head))


def warnings_on_in_steps(
    scene: bpy.types.Scene, head: bpy.types.Object, chosen: RigMapping | None = None
) -> Steps[list[str]]:
    """The same, in steps, by the mapping `chosen` or by the one that is kept on `head`."""
    rig = survey(head)
    return (yield from _of_character(scene, head, rig, mapped(head, rig, chosen)[0], chosen))


def _of_character(
    scene: bpy.types.Scene,
    head: bpy.types.Object,
    rig: RigSurvey,
    mapping: RigMapping,
    chosen: RigMapping | None = None,
) -> Steps[list[str]]:
    channels = _channels(rig, mapping)
    refused = {name for mesh in rig.meshes for name in mesh.refused}
    if refused:
        # Which of them would have been mapped, had they been free.
        free = [replace(mesh, key_names=(*mesh.key_names, *mesh.refused), refused={}) for mesh in rig.meshes]
        wanted, _ = mapped(head, replace(rig, meshes=tuple(free)), chosen)
        more = (name for name in wanted.key_names if name in refused and name not in channels.keys)
        channels = replace(channels, keys=(*channels.keys, *more))
    told = yield from hindrances(scene, _layer(scene), rig.name, channels)
    return [*guesses(rig), *told]


def _layer(scene: bpy.types.Scene) -> bpy.types.ViewLayer:
    """The view layer that is shown, if it is of `scene`: it has most evaluated already."""
    shown = bpy.context.view_layer
    return shown if shown is not None and shown.id_data == scene else scene.view_layers[0]


def _of_own_head(head: bpy.types.Object) -> Channels:
    mesh = head_mesh(head)
    names = tuple(key.name for key in mesh.data.shape_keys.key_blocks[1:] if not key.name.startswith(KEY_PREFIX))
    root, neck, *_ = BONE_NAMES
    return Channels(
        armature=head,
        meshes=(KeyedMesh(mesh, names),),
        whole=tuple(meshes_of(head)),
        keys=names,
        turned=BONE_NAMES,
        moved=(root,),
        head=(neck,),
        up=(0.0, 1.0, 0.0),
    )


def _channels(rig: RigSurvey, mapping: RigMapping) -> Channels:
    """What a take keys on a character by `mapping`."""
    parts = {name: tuple(one.bone for one in named) for name, named in usable_parts(mapping, rig.bones).items()}
    return Channels(
        armature=rig.armature,
        meshes=rig.meshes,
        whole=rig.whole,
        keys=tuple(name for name in mapping.key_names if any(_row(mapping, name).values())),
        turned=tuple(dict.fromkeys(bone for named in parts.values() for bone in named)),
        moved=tuple(name for name in mapping.moves if name in rig.bones and not rig.bones[name].placed),
        head=parts.get("head", ()),
        eyes=(*parts.get("eye_left", ()), *parts.get("eye_right", ())),
        jaw=parts.get("jaw", ()),
        up=tuple(character_axes(rig.bones, head_bone(mapping, rig.bones), rig.world_up)[:, 1]),
    )


def _row(mapping: RigMapping, key: str) -> Mapping[str, float]:
    """What a key shows; a viseme of silence shows nothing, and is not missed."""
    return mapping.shapes.get(key) or mapping.recipes.get(key, {})
