"""Actions in every Blender from 4.2 to 5.2: the one module that reaches F-curves.

Up to 4.3 an action has F-curves; 4.4 put layers, strips and a channelbag per slot between; 5.0 took the old door away.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import bpy
import numpy as np

from .curves import Curve

_SLOTTED: Final = (4, 4)
_LINEAR: Final = 1
_AUTO_CLAMPED: Final = 4
"""Values of the enums behind `interpolation` and `handle_left_type`; `foreach_set` takes numbers only."""


@dataclass(frozen=True)
class Assigned:
    """The action that now animates a data-block, and what it replaced (kept in the file)."""

    action: bpy.types.Action
    replaced: bpy.types.Action | None
    replaced_slot: Any


def assign_new_action(owner: bpy.types.ID, name: str) -> Assigned:
    """Give `owner` a fresh action; one it had stays in the file under its own name with a fake user."""
    data = owner.animation_data or owner.animation_data_create()
    previous = data.action
    slot = data.action_slot if previous is not None and bpy.app.version >= _SLOTTED else None
    if previous is not None:
        previous.use_fake_user = True
    action = bpy.data.actions.new(name)
    data.action = action
    if bpy.app.version >= _SLOTTED:
        data.action_slot = action.slots.new(id_type=owner.id_type, name=owner.name)
    return Assigned(action, previous, slot)


def unassign(owner: bpy.types.ID, assigned: Assigned) -> None:
    """Undo `assign_new_action`: the former action animates again and the new one is gone."""
    data = owner.animation_data
    data.action = assigned.replaced
    if assigned.replaced_slot is not None:
        data.action_slot = assigned.replaced_slot
    bpy.data.actions.remove(assigned.action)


def channels_of(owner: bpy.types.ID) -> Any:
    """What holds `owner`'s F-curves and groups through its assigned slot: an action (4.2) or a channelbag."""
    data = owner.animation_data
    if bpy.app.version < _SLOTTED:
        return data.action
    if bpy.app.version >= (5, 0):
        from bpy_extras.anim_utils import action_ensure_channelbag_for_slot

        return action_ensure_channelbag_for_slot(data.action, data.action_slot)
    layers = data.action.layers
    layer = layers[0] if layers else layers.new("Layer")
    strip = layer.strips[0] if layer.strips else layer.strips.new(type="KEYFRAME")
    return strip.channelbag(data.action_slot, ensure=True)


def write_curves(owner: bpy.types.ID, curves: Sequence[Curve], frames: np.ndarray) -> int:
    """Write `curves` at `frames` [K] (scene frames) into `owner`'s action, in bulk; returns the number of keys.

    Keys are linear, so that a closed mouth stays closed between two of them; their handles are ready for an artist
    who turns them into Béziers.
    """
    channels = channels_of(owner)
    count = len(frames)
    points = np.empty((count, 2), dtype=np.float32)  # [K, 2] frame, value
    points[:, 0] = frames
    linear = np.full(count, _LINEAR, dtype=np.int32)
    handles = np.full(count, _AUTO_CLAMPED, dtype=np.int32)
    for curve in curves:
        points[:, 1] = curve.values
        fcurve = channels.fcurves.new(curve.data_path, index=curve.index)
        fcurve.group = channels.groups.get(curve.group) or channels.groups.new(curve.group)
        keys = fcurve.keyframe_points
        keys.add(count)
        keys.foreach_set("co", points.ravel())
        keys.foreach_set("interpolation", linear)
        keys.foreach_set("handle_left_type", handles)
        keys.foreach_set("handle_right_type", handles)
        fcurve.update()
    return count * len(curves)
