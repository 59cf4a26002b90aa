"""Actions in every Blender from 4.2 to 5.2: the one module that reaches F-curves.

Up to 4.3 an action has F-curves; 4.4 put layers, strips and a channelbag per slot between; 5.0 took the old door away.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import bpy
import numpy as np

from .curves import Curve

_LINEAR = 1
_SLOTS_VERSION = (4, 4)
_GROUP_NAME_VERSION = (5, 0)


@dataclass(frozen=True)
class Assigned:
    """The action that now animates a data-block, and the name of the one it replaced (kept in the file)."""

    action: bpy.types.Action
    replaced: str | None


def assign_new_action(owner: bpy.types.ID, name: str) -> Assigned:
    """Give `owner` a fresh action; one it had stays in the file under its own name with a fake user."""
    data = owner.animation_data or owner.animation_data_create()
    previous = data.action
    if previous is not None:
        previous.use_fake_user = True
    action = bpy.data.actions.new(name)
    data.action = action
    if bpy.app.version >= _SLOTS_VERSION:
        data.action_slot = action.slots.new(id_type=owner.id_type, name=owner.name)
    return Assigned(action, previous.name if previous is not None else None)


def curves_of(owner: bpy.types.ID) -> Any:
    """The collection of F-curves that animates `owner` through its assigned slot."""
    if bpy.app.version < _SLOTS_VERSION:
        return owner.animation_data.action.fcurves
    return _channelbag(owner).fcurves


def _channelbag(owner: bpy.types.ID) -> Any:
    """The channelbag of `owner`'s assigned slot, made where there is none (4.4 and later)."""
    action, slot = owner.animation_data.action, owner.animation_data.action_slot
    if bpy.app.version >= _GROUP_NAME_VERSION:
        from bpy_extras.anim_utils import action_ensure_channelbag_for_slot

        return action_ensure_channelbag_for_slot(action, slot)
    layer = action.layers[0] if action.layers else action.layers.new("Layer")
    strip = layer.strips[0] if layer.strips else layer.strips.new(type="KEYFRAME")
    return strip.channelbag(slot, ensure=True)


def write_curves(owner: bpy.types.ID, curves: Sequence[Curve], frames: np.ndarray) -> int:
    """Write `curves` at `frames` [T] (scene frames) into `owner`'s action, in bulk; returns the number of keys.

    Source of the bulk form: `foreach_set` on "co" writes 1,500 frames on 115 curves in hundredths of a second.
    """
    collection = curves_of(owner)
    keys = 0
    points = np.empty((len(frames), 2), dtype=np.float32)  # [T, 2] frame, value
    points[:, 0] = frames
    linear = np.full(len(frames), _LINEAR, dtype=np.int32)
    for curve in curves:
        points[:, 1] = curve.values
        fcurve = _new_curve(collection, curve, owner)
        fcurve.keyframe_points.add(len(frames))
        fcurve.keyframe_points.foreach_set("co", points.ravel())
        fcurve.keyframe_points.foreach_set("interpolation", linear)
        fcurve.update()
        keys += len(frames)
    return keys


def _new_curve(collection: Any, curve: Curve, owner: bpy.types.ID) -> bpy.types.FCurve:
    """A new F-curve in the group named by `curve`."""
    if bpy.app.version < _SLOTS_VERSION:
        return collection.new(curve.data_path, index=curve.index, action_group=curve.group)
    if bpy.app.version >= _GROUP_NAME_VERSION:
        return collection.new(curve.data_path, index=curve.index, group_name=curve.group)
    groups = _channelbag(owner).groups
    fcurve = collection.new(curve.data_path, index=curve.index)
    fcurve.group = groups.get(curve.group) or groups.new(curve.group)
    return fcurve


def unassign(owner: bpy.types.ID, assigned: Assigned) -> None:
    """Undo `assign_new_action`: the former action animates again and the new one is gone."""
    data = owner.animation_data
    bpy.data.actions.remove(assigned.action)
    if assigned.replaced is not None:
        data.action = bpy.data.actions[assigned.replaced]
