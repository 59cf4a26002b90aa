"""How large a head is beside a person's: characters may be giants, or stand in a scene whose unit is a centimetre."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import bpy
import numpy as np

from ..retargeting.character_axes import character_axes
from ..retargeting.rig_survey import RigSurvey

_EYES_APART, _EYES_FROM_JOINT, _CROWN_ABOVE_EYES, _CROWN_ABOVE_JOINT = 0.064, 0.106, 0.13, 0.20
_JOINT_ABOVE_FLOOR, _HEAD, _BODY = 1.5, 0.265, 1.75
"""Metres of a person: heights of a head, of a body."""
_LIKE_A_PERSON: Final = (0.7, 1.4)
"""Hair, hats and where a rig has its joints make measures uncertain: within this a head is a person's."""
_ROUND: Final = 0.25
"""Meshes that nowhere are thinner than this share of their height are a head alone."""
_TINY: Final = 1e-6


def as_size(measures: Sequence[float]) -> float:
    """What `measures` of one head, each 1 for a person's, agree on; 1 without any, and near a person's."""
    found = [one for one in measures if np.isfinite(one) and one > _TINY]
    size = float(np.median(found)) if found else 1.0
    low, high = _LIKE_A_PERSON
    return 1.0 if low <= size <= high else size


def scale_of(placed: bpy.types.Object) -> float:
    """How many metres of the world a metre of an object's own is."""
    return float(np.mean(placed.matrix_world.to_scale()))


def rig_measures(rig: RigSurvey, armature: bpy.types.Object, joint: str | None, eyes: Sequence[str]) -> list[float]:
    """Of a character at rest: how far apart its eyes are, how far from the joint its head turns about, its crown."""
    up = character_axes(rig.bones, joint, rig.world_up)[:, 1]
    scale, places = scale_of(armature), [rig.bones[name].head for name in eyes]
    turns = rig.bones[joint].head if joint in rig.bones else None
    measures = []
    between = sum(places) / len(places) if places else None
    if len(places) > 1:
        measures.append(float(np.linalg.norm(places[0] - places[1])) / _EYES_APART)
    if between is not None and turns is not None:
        measures.append(float(np.linalg.norm(between - turns)) / _EYES_FROM_JOINT)
    crown = _crown(rig, armature, up)
    if crown is not None and between is not None:
        measures.append((crown - float(between @ up)) / _CROWN_ABOVE_EYES)
    elif crown is not None and turns is not None:
        measures.append((crown - float(turns @ up)) / _CROWN_ABOVE_JOINT)
    if not measures and turns is not None:
        floor = min(float(bone.head @ up) for bone in rig.bones.values())
        measures.append((float(turns @ up) - floor) / _JOINT_ABOVE_FLOOR)
    return [one * scale for one in measures]


def box_measures(corners: np.ndarray, axes: np.ndarray) -> list[float]:
    """Of meshes without bones that fill the boxes with these `corners` [N, 3] metres: of a head alone, or of a body.

    `axes` [3, 3] are the boxes' own, as columns: a body is flat along one of them, wherever it is turned.
    """
    height, thin = np.ptp(corners[:, 2]), np.ptp(corners @ axes, axis=0).min()
    return [float(height) / (_HEAD if thin > _ROUND * height else _BODY)]


def _crown(rig: RigSurvey, armature: bpy.types.Object, up: np.ndarray) -> float | None:
    """How high the meshes reach at rest, in the armature's space; faces alone, which have no hair, where there are."""
    meshes = [mesh.object for mesh in rig.meshes] or [one for one in rig.whole if one.type == "MESH"]
    into = armature.matrix_world.inverted_safe()
    heights = [_height(into @ mesh.matrix_world, mesh.data, up) for mesh in meshes if len(mesh.data.vertices)]
    return max(heights, default=None)


def _height(matrix: object, mesh: bpy.types.Mesh, up: np.ndarray) -> float:
    places = np.empty(len(mesh.vertices) * 3, np.float32)
    mesh.vertices.foreach_get("co", places)
    whole = np.array(matrix)
    return float((places.reshape(-1, 3) @ (whole[:3, :3].T @ up)).max() + whole[:3, 3] @ up)
