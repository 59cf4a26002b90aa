"""Whether two heads are the same head: shapes, vertices and joints."""

import numpy as np
from duologue.addon.heads.rig import BONE_NAMES, head_mesh

ROUNDING = 3e-7
"""Metres: single precision at the size of a head."""


def coordinates(points):
    found = np.empty(3 * len(points), np.float32)
    points.foreach_get("co", found)
    return found


def shapes_of(armature):
    return {key.name: coordinates(key.data) for key in head_mesh(armature).data.shape_keys.key_blocks}


def joints_of(armature):
    return np.array(
        [(*armature.data.bones[name].head_local, *armature.data.bones[name].tail_local) for name in BONE_NAMES]
    )


def assert_same_head(one, other):
    shapes, expected = shapes_of(one), shapes_of(other)
    assert shapes.keys() == expected.keys()
    for name, found in shapes.items():
        np.testing.assert_allclose(found, expected[name], atol=ROUNDING, err_msg=name)
    np.testing.assert_allclose(
        coordinates(head_mesh(one).data.vertices), coordinates(head_mesh(other).data.vertices), atol=ROUNDING
    )
    np.testing.assert_allclose(joints_of(one), joints_of(other), atol=ROUNDING)
