"""The keying set *Duologue head*: what an animator keys when a head was polished by hand."""

from __future__ import annotations

import bpy

from ..heads.controls import controls_of, has_controls
from ..heads.rig import FACE_PROPERTY
from ..retargeting.curves import bone_path
from ..retargeting.own_heads import BONE_NAMES

_TURNED = "rotation_quaternion"


class DUOLOGUE_KSI_head(bpy.types.KeyingSetInfo):  # noqa: N801 — Blender's naming
    """Every control on the boards of the heads that are posed, and those of their bones that are selected."""

    bl_idname = "DUOLOGUE_KSI_head"
    bl_label = "Duologue head"
    bl_description = "Key every control on the board of this head, and those of its own bones that are selected"

    def poll(self, context: bpy.types.Context) -> bool:
        """Only with a head that has controls."""
        return bool(_heads(context))

    def iterator(self, context: bpy.types.Context, keying_set: bpy.types.KeyingSet) -> None:
        """Add the paths of each head."""
        for head in _heads(context):
            self.generate(context, keying_set, head)

    def generate(self, _context: bpy.types.Context, keying_set: bpy.types.KeyingSet, head: bpy.types.Object) -> None:
        """Add what of `head` is to be keyed."""
        for bone in controls_of(head):
            for axis, locked in enumerate(bone.lock_location):
                if not locked:
                    _add(keying_set, head, bone.name, "location", axis)
            for axis, locked in enumerate(bone.lock_rotation):
                if not locked:
                    _add(keying_set, head, bone.name, "rotation_euler", axis)
        for name in BONE_NAMES:
            if _is_selected(head, name):
                _add(keying_set, head, name, _TURNED)
                if name == BONE_NAMES[0]:
                    _add(keying_set, head, name, "location")


def _heads(context: bpy.types.Context) -> list[bpy.types.Object]:
    """Heads in pose mode, else the active one."""
    posed = [one for one in context.view_layer.objects if one.mode == "POSE"]
    return [one for one in posed or [context.active_object] if one and FACE_PROPERTY in one and has_controls(one)]


def _is_selected(head: bpy.types.Object, name: str) -> bool:
    """Blender 5.0 moved a bone's selection to its pose."""
    bone = head.pose.bones.get(name)
    return bone is not None and bool(bone.select if hasattr(bone, "select") else bone.bone.select)


def _add(keying_set: bpy.types.KeyingSet, head: bpy.types.Object, bone: str, channel: str, axis: int = -1) -> None:
    keying_set.paths.add(head, bone_path(bone, channel), index=axis, group_method="NAMED", group_name=bone)


CLASSES = (DUOLOGUE_KSI_head,)
