"""Where a mesh has its mouth, and how far a turn of the jaw's bone moves it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

import bpy
import numpy as np

from ..heads.rig import MASK_PREFIX
from ..retargeting.channel_groups import FACE, JAW, LIPS
from ..retargeting.character_axes import RestBone

_LIPS_MASK: Final = MASK_PREFIX + "lips"
_LARGELY: Final = 0.5
"""Where a mouth key moves more than this of the most it moves anything is the mouth."""
_MOST_POINTS: Final = 200
_SOME: Final = 1e-6


def mouth(mesh: bpy.types.Object, offsets: Mapping[int, np.ndarray], groups: Mapping[int, str]) -> np.ndarray:
    """[M] vertices of the lips: as a head of Duologue's says, else where mouth keys move most.

    `offsets` [V, 3] and `groups` are those of the shape keys' curves, by row.
    """
    mask = mesh.data.attributes.get(_LIPS_MASK)
    if mask is not None and mask.domain == "POINT":
        weights = np.empty(len(mask.data), dtype=np.float32)
        mask.data.foreach_get("value", weights)
        found = np.flatnonzero(weights > _LARGELY)
    else:
        strong = np.zeros(len(mesh.data.vertices), dtype=bool)
        shapes = [row for row, group in groups.items() if group == LIPS] or [
            row for row, group in groups.items() if group in (FACE, JAW)
        ]
        for row in shapes:
            far = np.sqrt((offsets[row] ** 2).sum(axis=1))
            if far.max() > _SOME:
                strong |= far > _LARGELY * far.max()
        found = np.flatnonzero(strong)
    return found[np.linspace(0, len(found) - 1, min(len(found), _MOST_POINTS)).round().astype(int)]


def jaw_at(
    mesh: bpy.types.Object,
    armature: bpy.types.Object,
    bones: Mapping[str, RestBone],
    name: str,
    channel: str,
    values: np.ndarray,
    points: np.ndarray,
) -> np.ndarray:
    """[n, M, 3] in the armature's units: how far a unit in each curve of the bone `name`'s rotation moves `points`."""
    bone = bones[name]
    arms = places_at_rest(mesh, armature)[points] - bone.head  # [M, 3]
    held = _held(mesh, {name, *_below(bones, name)}, points)[:, None]  # [M, 1]
    axes = bone.rotation.T  # rows: the bone's own axes in the armature's space
    turned = np.stack([held * np.cross(axis, arms) for axis in axes])  # [3, M, 3] for a radian
    if channel == "rotation_quaternion":
        # An error in the first number turns about the axis by as much as the jaw is turned.
        axis, sine = values[1:].mean(axis=1), float(np.sqrt((values[1:] ** 2).sum(axis=0)).max())
        axis = axis / max(float(np.linalg.norm(axis)), _SOME)
        return 2.0 * np.concatenate([sine * np.einsum("a,amd->md", axis, turned)[None], turned])
    if channel == "rotation_euler":
        return turned
    axis, angle = values[1:].mean(axis=1), float(np.abs(values[0]).max())
    return np.concatenate([np.einsum("a,amd->md", axis, turned)[None], angle * turned])


def _below(bones: Mapping[str, RestBone], name: str) -> Iterator[str]:
    for bone in bones.values():
        above = bone.parent
        while above in bones and above != name:
            above = bones[above].parent
        if above == name:
            yield bone.name


def _held(mesh: bpy.types.Object, names: set[str], points: np.ndarray) -> np.ndarray:
    """[M] how much of `points` hangs on the bones `names`."""
    if mesh.parent_type == "BONE" and mesh.parent_bone:
        return np.full(len(points), float(mesh.parent_bone in names))
    wanted = {group.index for group in mesh.vertex_groups if group.name in names}
    vertices = mesh.data.vertices
    weights = [
        (sum(one.weight for one in groups if one.group in wanted), sum(one.weight for one in groups))
        for groups in (vertices[int(point)].groups for point in points)
    ]
    return np.array([ours / every if every else 0.0 for ours, every in weights])


def places_at_rest(mesh: bpy.types.Object, armature: bpy.types.Object | None) -> np.ndarray:
    """[V, 3] vertices at rest, in the armature's space, or the mesh's own without one."""
    keys = mesh.data.shape_keys
    basis = mesh.data.vertices if keys is None else keys.reference_key.data
    places = np.empty(3 * len(basis), np.float32)
    basis.foreach_get("co", places)
    found = places.reshape(-1, 3).astype(np.float64)
    if armature is None:
        return found * float(mesh.matrix_world.median_scale)
    into = np.array(armature.matrix_world.inverted_safe() @ mesh.matrix_world)
    return found @ into[:3, :3].T + into[:3, 3]
