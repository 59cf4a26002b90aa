"""Where hair grows: the scalp of a built head, and what hair must not enter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import bpy
import numpy as np

from .head_parts import PARTS
from .rig import MASK_PREFIX

_SPAN: Final = 0.08
"""Metres across the hairline over which the scalp mask goes from 0 to 1 (backend/open_head/masks.py)."""
_EAR: Final = 0.3
_COLLAR: Final = -0.16
"""Metres; skin below is under the garment, and the garment is what hair meets there."""
_LOWEST_OBSTACLE: Final = -0.32


@dataclass(frozen=True)
class Scalp:
    """`vertices` [V, 3] metres in FLAME axes and `normals` [V, 3] of the whole head; `inside` [V] metres from the
    hairline, negative outside; `triangles` [F, 3] of the skin; `obstacles` vertices that hair must not enter;
    `ears` [V] whether a vertex belongs to an ear. `origin` [3] is where the mesh has the zero of `vertices`.
    """

    vertices: np.ndarray
    normals: np.ndarray
    inside: np.ndarray
    triangles: np.ndarray
    obstacles: np.ndarray
    ears: np.ndarray
    origin: np.ndarray


def read_scalp(mesh: bpy.types.Mesh, origin: np.ndarray) -> Scalp | None:
    """The scalp of a head's mesh, its places counted from `origin` [3]; None where its face has no scalp mask."""
    if f"{MASK_PREFIX}scalp" not in mesh.attributes:
        return None
    vertices = _read(mesh.vertices, "co", 3) - origin
    normals = _read(mesh.vertices, "normal", 3)
    mesh.calc_loop_triangles()
    triangles = np.empty(3 * len(mesh.loop_triangles), np.int32)
    mesh.loop_triangles.foreach_get("vertices", triangles)
    slots = np.empty(len(mesh.loop_triangles), np.int32)
    mesh.loop_triangles.foreach_get("material_index", slots)
    triangles = triangles.reshape(-1, 3)
    skin = triangles[slots == PARTS.index("skin")]
    cloth = triangles[slots == PARTS.index("garment")]
    height = vertices[:, 1]
    obstacles = np.r_[np.unique(skin[(height[skin] > _COLLAR).all(axis=1)]), np.unique(cloth)]
    ears = mesh.attributes.get(f"{MASK_PREFIX}ears")
    return Scalp(
        vertices=vertices,
        normals=normals,
        inside=(_read(mesh.attributes[f"{MASK_PREFIX}scalp"].data, "value", 1) - 0.5) * _SPAN,
        triangles=skin,
        obstacles=obstacles[height[obstacles] > _LOWEST_OBSTACLE],
        ears=_read(ears.data, "value", 1) > _EAR if ears is not None else np.zeros(len(vertices), bool),
        origin=origin,
    )


def _read(collection: bpy.types.bpy_prop_collection, name: str, size: int) -> np.ndarray:
    values = np.empty(len(collection) * size, np.float32)
    collection.foreach_get(name, values)
    return values.reshape(-1, size).astype(float) if size > 1 else values.astype(float)
