"""What turns a character's eyes and opens its mouth, where keys and bones could: read off the meshes.

Keys of eyeLook… mean lids to some and eyes to others, and a key called jawOpen may only correct what a bone does.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from typing import Final

import bpy
import numpy as np

from .character_axes import RestBone, eye_distance
from .retarget import eye_unit
from .rig_mapping import RigMapping
from .rig_survey import RigSurvey, meshes_of

_EYES: Final = ("eye_left", "eye_right")
_LOOK: Final = "eyeLook"
_NEAREST: Final = 400
"""Vertices around an eye's bone that are looked at; an eyeball is nearer to its bone than anything else."""
_HELD: Final = 0.5
_TURNS: Final = 0.02
"""Of the distance between the eyes: a key that moves the eyeball further turns it. Turned by 30 degrees it is 0.1."""
_OPEN: Final = "jawOpen"
_MOSTLY_OPEN: Final = 0.5
_OPENS: Final = 0.2
"""Of the distance between the eyes: an open mouth is 0.6, what a key adds to a turned jaw stays below."""


def with_carriers_of(mapping: RigMapping, rig: RigSurvey) -> RigMapping:
    """`mapping`, in the rig's own names, with each "either" settled as the meshes show; another choice stays."""
    return _with_jaw_of(_with_eyes_of(mapping, rig), rig)


def _with_eyes_of(mapping: RigMapping, rig: RigSurvey) -> RigMapping:
    """What turns the eyes.

    Apple's eyeLook… are what the lids do while the eyes turn; many rigs have the eyes turn by them. Where a bone holds
    eyeballs that no such key moves, bones turn the eyes and the keys are the lids'; where keys move them, the keys do.
    Keys that turn eyes only up and down, or only aside, leave it to the bones and are not driven. Bones that hold
    nothing turn nothing: then it is the keys, if there are any.
    """
    pairs = [mapping.bones.get(eye, ()) for eye in _EYES]
    if mapping.eyes != "either" or rig.armature is None or not all(pairs):
        return mapping
    names = [parts[0].bone for parts in pairs]
    keys = {key for key, row in _rows(mapping) if any(name.startswith(_LOOK) for name in row)}
    moved = [
        _furthest(mesh, held, keys) * mesh.matrix_world.median_scale
        for mesh in meshes_of(rig.armature)
        for name in names
        if len(held := _held_by(mesh, rig.armature, rig.bones[name]))
    ]
    far = _TURNS * (eye_distance(rig.bones, *names) or 0.0) * rig.armature.matrix_world.median_scale
    by_keys = max(moved) > far if moved else bool(keys)
    if by_keys and moved and not _look_every_way(mapping):
        return replace(
            mapping,
            eyes="bones",
            shapes={key: row for key, row in mapping.shapes.items() if key not in keys},
            recipes={key: row for key, row in mapping.recipes.items() if key not in keys},
        )
    return replace(mapping, eyes="shapes" if by_keys else "bones")


def _with_jaw_of(mapping: RigMapping, rig: RigSurvey) -> RigMapping:
    """What opens the mouth: a key that moves the chin as far as a jaw does, else a bone that holds something."""
    parts = mapping.bones.get("jaw", ())
    if mapping.jaw != "either" or rig.armature is None or not parts:
        return mapping
    keys = {key for key, row in _rows(mapping) if row.get(_OPEN, 0.0) >= _MOSTLY_OPEN}
    meshes = [one for one in meshes_of(rig.armature) if one.data.shape_keys is not None]
    scale = rig.armature.matrix_world.median_scale
    far = _OPENS * eye_unit(mapping, rig.bones) * scale
    opened = max((_furthest(one, None, keys) * one.matrix_world.median_scale for one in meshes), default=0.0)
    held = any(one.vertex_groups.get(part.bone) is not None for one in meshes_of(rig.armature) for part in parts)
    by_keys = opened > far or (bool(keys) and not held)
    return replace(mapping, jaw="shapes" if by_keys else "bones")


def _rows(mapping: RigMapping) -> Iterator[tuple[str, Mapping[str, float]]]:
    yield from mapping.shapes.items()
    yield from mapping.recipes.items()


def _look_every_way(mapping: RigMapping) -> bool:
    shown = {component for _, row in _rows(mapping) for component in row}
    return {f"{_LOOK}{way}{side}" for way in ("Out", "In", "Up", "Down") for side in ("Left", "Right")} <= shown


def _held_by(mesh: bpy.types.Object, armature: bpy.types.Object, bone: RestBone) -> np.ndarray:
    """Indices of vertices near `bone` that hang on it."""
    if mesh.parent == armature and mesh.parent_type == "BONE" and mesh.parent_bone == bone.name:
        return np.arange(len(mesh.data.vertices))
    group = mesh.vertex_groups.get(bone.name)
    if group is None:
        return np.zeros(0, np.int64)
    near = np.argsort(np.linalg.norm(_places(mesh, armature) - bone.head, axis=1))[:_NEAREST]
    held = [index for index in near if _weight(mesh.data.vertices[int(index)], group.index) > _HELD]
    return np.array(held, np.int64)


def _places(mesh: bpy.types.Object, armature: bpy.types.Object) -> np.ndarray:
    """[V, 3] vertices at rest in the armature's space."""
    places = np.empty(3 * len(mesh.data.vertices), np.float32)
    mesh.data.vertices.foreach_get("co", places)
    into = np.array(armature.matrix_world.inverted_safe() @ mesh.matrix_world)
    return places.reshape(-1, 3) @ into[:3, :3].T + into[:3, 3]


def _weight(vertex: bpy.types.MeshVertex, group: int) -> float:
    return next((one.weight for one in vertex.groups if one.group == group), 0.0)


def _furthest(mesh: bpy.types.Object, vertices: np.ndarray | None, keys: set[str]) -> float:
    """How far any of `keys` moves any of `vertices` (None: any at all), in the mesh's units."""
    chosen = slice(None) if vertices is None else vertices
    return max(
        (float(np.abs(offsets[chosen]).max(initial=0.0)) for _, offsets in offsets_of_keys(mesh, keys)), default=0.0
    )


def offsets_of_keys(mesh: bpy.types.Object, keys: Collection[str]) -> Iterator[tuple[str, np.ndarray]]:
    """Each of the shape keys called `keys`, and [V, 3] what it adds to the one it is relative to."""
    blocks = mesh.data.shape_keys.key_blocks if mesh.data.shape_keys is not None else ()
    rests: dict[str, np.ndarray] = {}
    for block in blocks:
        if block.name in keys:
            relative = block.relative_key
            if relative.name not in rests:
                rests[relative.name] = _key_places(relative)
            yield block.name, (_key_places(block) - rests[relative.name]).reshape(-1, 3)


def _key_places(block: bpy.types.ShapeKey) -> np.ndarray:
    """[3 V] numbers; `points` are the quicker way to them."""
    points = block.points
    places = np.empty(3 * len(points), np.float32)
    points.foreach_get("co", places)
    return places
