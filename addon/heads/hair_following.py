"""Hair that goes along when a head changes shape: each strand moves as the skin under its root does."""

from __future__ import annotations

import bpy
import numpy as np
from mathutils.kdtree import KDTree

from .hair import hair_of


def move_hair(armature: bpy.types.Object, skin: np.ndarray, shift: np.ndarray) -> None:
    """Move the hair of a head whose vertices were at `skin` [V, 3] by what moved its roots: `shift` [V, 3] metres.

    Near enough while a slider moves; `dress_head` grows hair that fits the new shape exactly.
    """
    hair = hair_of(armature)
    if not hair:
        return
    tree = KDTree(len(skin))
    for index, vertex in enumerate(skin):
        tree.insert(vertex, index)
    tree.balance()
    for grown in hair:
        if grown.type == "MESH":
            _move_mesh(grown.data, tree, shift)
        else:
            _move_strands(grown.data, tree, shift)


def _move_mesh(mesh: bpy.types.Mesh, tree: KDTree, shift: np.ndarray) -> None:
    points = np.empty(3 * len(mesh.vertices), np.float32)
    mesh.vertices.foreach_get("co", points)
    points = points.reshape(-1, 3)
    mesh.vertices.foreach_set("co", (points + shift[_nearest(tree, points)]).astype(np.float32).ravel())
    mesh.update()


def _move_strands(curves: bpy.types.HairCurves, tree: KDTree, shift: np.ndarray) -> None:
    points = np.empty(3 * len(curves.points), np.float32)
    curves.position_data.foreach_get("vector", points)
    points = points.reshape(-1, 3)
    starts = np.empty(len(curves.curves) + 1, np.int32)
    curves.curve_offset_data.foreach_get("value", starts)
    moved = np.repeat(shift[_nearest(tree, points[starts[:-1]])], np.diff(starts), axis=0)
    curves.position_data.foreach_set("vector", (points + moved).astype(np.float32).ravel())
    curves.update_tag()


def _nearest(tree: KDTree, points: np.ndarray) -> list[int]:
    return [tree.find(point)[1] for point in points.tolist()]
