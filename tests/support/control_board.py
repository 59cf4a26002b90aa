"""A bundled head with its board of controls."""

import bpy
from duologue.addon.heads.control_board import TRAVEL
from duologue.addon.heads.controls import (
    add_controls,
)
from duologue.addon.heads.rig import build_head, head_mesh
from duologue.backend.contract.face import load_face
from mathutils import Quaternion

from tests.support.head_comparison import coordinates
from tests.support.open_head import FACE_FILE

HUNDREDTH_OF_A_MILLIMETRE = 1e-5
X = (1.0, 0.0, 0.0)


def with_controls(name, face=None, **identity):
    head = build_head(bpy.context, face or load_face(FACE_FILE), {"identity": identity}, name)
    add_controls(head, head_mesh(head))
    return head


def surface(armature):
    """[V, 3] metres as the head is shown."""
    bpy.context.view_layer.update()
    evaluated = head_mesh(armature).evaluated_get(bpy.context.evaluated_depsgraph_get())
    return coordinates(evaluated.data.vertices).reshape(-1, 3)


def keys_of(armature):
    return head_mesh(armature).data.shape_keys.key_blocks


def move(armature, name, across=0.0, up=0.0):
    """Move a control by shares of its way."""
    armature.pose.bones[name].location = (across * TRAVEL, up * TRAVEL, 0.0)


def posed(armature):
    """What a take may do: a smile, an open jaw, eyes aside, a nod."""
    keys_of(armature)["mouthSmileLeft"].value = 0.3
    for name, axis, angle in (("jaw", X, 0.1), ("eye_left", X, 0.2), ("neck", (0, 1, 0), 0.3)):
        armature.pose.bones[name].rotation_quaternion = Quaternion(axis, angle)
