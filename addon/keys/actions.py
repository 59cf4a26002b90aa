"""Actions in every Blender from 4.2 to 5.2: the one module that reaches F-curves.

Up to 4.3 an action has F-curves; 4.4 put layers, strips and a channelbag per slot between; 5.0 took the old door away.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import bpy
import numpy as np

from ...backend.contract.errors import DuologueError, ExitCode
from ..retargeting.curves import Curve
from ..steps import Steps, at_once

_SLOTTED: Final = (4, 4)
_LINEAR: Final = 1
_AUTO_CLAMPED: Final = 4
"""Values of the enums behind `interpolation` and `handle_left_type`; `foreach_set` takes numbers only."""

OWN_PROPERTY: Final = "duologue"
"""On an action: Duologue wrote it."""
_HALF: Final = 0.5
_PLAIN: Final = ("REPLACE", 1.0, "HOLD")
"""Blend type, influence and extrapolation of an action as Blender has them at first."""


@dataclass(frozen=True)
class Assigned:
    """The action that now animates a data-block, what it replaced, and how to take it back.

    `name` is what the action is to be called. `track` is the NLA track in which what it replaced goes on playing, if it
    does; `silenced` are tracks that were muted for that and `nla` whether the NLA was on. `copied`: the action is a
    copy of what it replaced.
    """

    action: bpy.types.Action
    name: str
    replaced: bpy.types.Action | None
    replaced_slot: Any
    track: bpy.types.NlaTrack | None = None
    blending: tuple[str, float, str] = _PLAIN
    silenced: tuple[bpy.types.NlaTrack, ...] = ()
    nla: bool = True
    copied: bool = False


def one_for_all() -> bool:
    """Whether one action animates all of a character, with a slot for each data-block, as from 4.4 on."""
    return bpy.app.version >= _SLOTTED


def assign_new_action(owner: bpy.types.ID, name: str, shared: bpy.types.Action | None = None) -> Assigned:
    """Give `owner` a fresh action, or a fresh slot in `shared` where actions have slots; one it had stays in the file.

    Raises DuologueError (SCENE_UNSUITABLE) while the artist edits a strip of `owner`'s in the NLA editor.
    """
    data = owner.animation_data or owner.animation_data_create()
    _check_free(owner, data)
    previous = data.action
    slot = data.action_slot if previous is not None and one_for_all() else None
    if shared is None or not one_for_all():
        action = bpy.data.actions.new(name)
        action[OWN_PROPERTY] = True
    else:
        action = shared
    data.action = action
    if one_for_all():
        data.action_slot = action.slots.new(id_type=owner.id_type, name=owner.name)
    return Assigned(action, name, previous, slot, None, _blending(data))


def assign_on_top(
    owner: bpy.types.ID, name: str, frames: tuple[int, int], shared: bpy.types.Action | None = None
) -> Assigned:
    """Give `owner` a fresh action over one of the artist's, which goes on playing from an NLA track below it.

    The track is called “<action> (before Duologue)” and reaches over `frames`, first and last. An action of Duologue's
    own is replaced as in `assign_new_action`; tracks that are there stay as they are. Raises as that.
    """
    data = owner.animation_data or owner.animation_data_create()
    previous = data.action
    if previous is None or OWN_PROPERTY in previous:
        return assign_new_action(owner, name, shared)
    blending = _blending(data)
    assigned = assign_new_action(owner, name, shared)
    nla, silenced = data.use_nla, ()
    if not nla:
        # The artist has switched the NLA off as a whole: what lay in it stays silent.
        silenced = tuple(one for one in data.nla_tracks if not one.mute)
        for one in silenced:
            one.mute = True
        data.use_nla = True
    track = data.nla_tracks.new()
    track.name = f"{previous.name} (before Duologue)"
    first, last = previous.frame_range
    strip = track.strips.new(previous.name, int(first), previous)
    if one_for_all():
        strip.action_slot = assigned.replaced_slot
    # As an active action it went on beyond its last key, and a walk cycle went on walking: the strip reaches as far.
    strip.use_sync_length = False
    strip.action_frame_start, strip.action_frame_end = min(first, frames[0]), max(last, frames[1])
    strip.frame_start, strip.frame_end = strip.action_frame_start, strip.action_frame_end
    strip.blend_type, strip.influence, strip.extrapolation = blending
    if strip.influence < 1.0:
        strip.use_animated_influence = True  # which keys the value; without it Blender takes 1
    data.action_blend_type, data.action_influence, data.action_extrapolation = _PLAIN
    return replace(assigned, track=track, blending=blending, silenced=silenced, nla=nla)


def assign_copy(
    owner: bpy.types.ID, name: str, copies: dict[bpy.types.Action, bpy.types.Action] | None = None
) -> Assigned | None:
    """Give `owner` a copy of its action, which stays in the file as in `assign_new_action`.

    None, and nothing is changed, where the action is not Duologue's own or there is none. `copies`, by what they are
    copied from, are used again where several data-blocks share an action. Raises as that.
    """
    data = owner.animation_data
    if data is None or data.action is None or OWN_PROPERTY not in data.action:
        return None
    _check_free(owner, data)
    previous = data.action
    slot = data.action_slot if one_for_all() else None
    blending = _blending(data)
    copies = {} if copies is None else copies
    if previous not in copies:
        copies[previous] = previous.copy()
        copies[previous].name, copies[previous].use_fake_user = name, False
    action = data.action = copies[previous]
    if slot is not None:
        data.action_slot = action.slots[slot.identifier]
    return Assigned(action, name, previous, slot, None, blending, copied=True)


def action_of(owner: bpy.types.ID) -> tuple[bpy.types.Action | None, str]:
    """The action that animates `owner`, if one does, and the identifier of its slot, empty where there are none."""
    data = owner.animation_data
    if data is None or data.action is None:
        return None, ""
    slot = data.action_slot if one_for_all() else None
    return data.action, "" if slot is None else slot.identifier


def play_action(owner: bpy.types.ID, action: bpy.types.Action, slot: str) -> None:
    """Let `action` animate `owner` by the slot of this identifier; what `action_of` has told.

    Raises DuologueError (SCENE_UNSUITABLE) as `assign_new_action`.
    """
    data = owner.animation_data or owner.animation_data_create()
    _check_free(owner, data)
    data.action = action
    if slot and slot in action.slots:
        data.action_slot = action.slots[slot]


def unassign(owner: bpy.types.ID, assigned: Assigned) -> None:
    """Undo `assign_new_action` or `assign_on_top`: the former action animates again.

    The new one is gone with the last data-block that it animated.
    """
    data = owner.animation_data
    if assigned.track is not None:
        data.nla_tracks.remove(assigned.track)
        for one in assigned.silenced:
            one.mute = False
        data.use_nla = assigned.nla
    data.action = assigned.replaced
    if assigned.replaced_slot is not None:
        data.action_slot = assigned.replaced_slot
    data.action_blend_type, data.action_influence, data.action_extrapolation = assigned.blending
    if assigned.action.users == 0:
        bpy.data.actions.remove(assigned.action)


def _blending(data: bpy.types.AnimData) -> tuple[str, float, str]:
    return data.action_blend_type, data.action_influence, data.action_extrapolation


def _check_free(owner: bpy.types.ID, data: bpy.types.AnimData) -> None:
    if data.use_tweak_mode:
        raise DuologueError(
            ExitCode.SCENE_UNSUITABLE,
            f"A strip of {owner.name} is being edited in the NLA editor.",
            "Leave tweak mode there (Tab), then write the keys again.",
        )


def fingerprint(action: bpy.types.Action) -> str:
    """A number that an artist's change to `action` changes: of keys, curves, markers, range or name.

    Handles are told by their kind: one that is moved becomes free or aligned.
    """
    return at_once(fingerprint_in_steps(action, action.name))


def fingerprint_in_steps(action: bpy.types.Action, name: str) -> Steps[str]:
    """What `fingerprint` says, or will say once `action` is called `name`; curve by curve."""
    told = hashlib.blake2b(digest_size=16)
    ends = (action.frame_start, action.frame_end) if action.use_frame_range else ()
    markers = [(one.name, one.frame) for one in action.pose_markers]
    told.update(repr((name, ends, action.use_cyclic, markers)).encode())
    curves = list(_fcurves(action))
    for index, (number, fcurve) in enumerate(curves):
        yield "Comparing keys", index / len(curves)
        modifiers = [(one.type, one.mute) for one in fcurve.modifiers]
        keys = fcurve.keyframe_points
        words = (number, fcurve.data_path, fcurve.array_index, fcurve.mute, fcurve.extrapolation, modifiers, len(keys))
        told.update(repr(words).encode())
        places = np.empty(len(keys) * 2, dtype=np.float32)
        keys.foreach_get("co", places)
        told.update(places)
        for kind in ("interpolation", "type", "handle_left_type", "handle_right_type"):
            kinds = np.empty(len(keys), dtype=np.int32)
            keys.foreach_get(kind, kinds)
            told.update(kinds)
    return told.hexdigest()


def _fcurves(action: bpy.types.Action) -> Iterator[tuple[int, bpy.types.FCurve]]:
    """All F-curves, with the number of the slot they are in."""
    if not one_for_all():
        yield from ((0, one) for one in action.fcurves)
        return
    bags = [bag for layer in action.layers for strip in layer.strips for bag in strip.channelbags]
    yield from ((number, one) for number, bag in enumerate(bags) for one in bag.fcurves)


def last_frame_of(owner: bpy.types.ID) -> float:
    """The last frame that an action or an unmuted NLA strip of `owner` has a key on; minus infinity without any."""
    data = owner.animation_data
    if data is None:
        return float("-inf")
    ends = [strip.frame_end for track in data.nla_tracks if not track.mute for strip in track.strips if not strip.mute]
    if data.action is not None:
        ends.append(data.action.frame_range[1])
    return max(ends, default=float("-inf"))


def channels_of(owner: bpy.types.ID) -> Any:
    """What holds `owner`'s F-curves and groups through its assigned slot: an action (4.2) or a channelbag."""
    data = owner.animation_data
    if not one_for_all():
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
    for curve in curves:
        fcurve = channels.fcurves.new(curve.data_path, index=curve.index)
        fcurve.group = channels.groups.get(curve.group) or channels.groups.new(curve.group)
        _add_keys(fcurve, frames, curve.values)
    return len(frames) * len(curves)


def replace_keys(
    owner: bpy.types.ID, curves: Sequence[Curve], frames: np.ndarray, spans: Sequence[tuple[int, int]]
) -> int:
    """In `owner`'s action replace the keys from the first to the last frame of each span by those of `curves` there.

    `frames` [K] are those of `curves`. Keys outside of the spans, and their handles, stay as the artist has them; a
    curve that is not in the action yet is written as a whole. Returns the number of keys written.
    """
    inside = _within(frames, spans)  # [K]
    channels = channels_of(owner)
    written = 0
    for curve in curves:
        fcurve = channels.fcurves.find(curve.data_path, index=curve.index)
        if fcurve is None:
            written += write_curves(owner, [curve], frames)
            continue
        keys = fcurve.keyframe_points
        there = np.empty(len(keys) * 2, dtype=np.float32)
        keys.foreach_get("co", there)
        for index in reversed(np.flatnonzero(_within(there[::2], spans)).tolist()):
            keys.remove(keys[index], fast=True)
        _add_keys(fcurve, frames[inside], np.asarray(curve.values)[inside])
        written += int(inside.sum())
    return written


def rewrite_curves(owner: bpy.types.ID, curves: Sequence[Curve], frames: np.ndarray) -> None:
    """Give the F-curves of `owner`'s action the values of `curves` at `frames` [K], in place.

    Curves that have another number of keys, or are not there, are written as in `write_curves`; what else is in the
    action stays.
    """
    there = {(one.data_path, one.array_index): one for one in channels_of(owner).fcurves}
    places = np.empty((len(frames), 2), dtype=np.float32)  # [K, 2] frame, value
    places[:, 0] = frames
    for curve in curves:
        fcurve = there.get((curve.data_path, curve.index))
        if fcurve is None:
            write_curves(owner, [curve], frames)
        elif len(fcurve.keyframe_points) != len(frames):
            fcurve.keyframe_points.clear()
            _add_keys(fcurve, frames, curve.values)
        else:
            places[:, 1] = curve.values
            fcurve.keyframe_points.foreach_set("co", places.ravel())
            fcurve.update()


def _within(frames: np.ndarray, spans: Sequence[tuple[int, int]]) -> np.ndarray:
    """[K] bool: which of `frames` are nearest to one in a span."""
    found = np.zeros(len(frames), dtype=bool)
    for first, last in spans:
        found |= (frames >= first - _HALF) & (frames < last + _HALF)
    return found


def _add_keys(fcurve: bpy.types.FCurve, frames: np.ndarray, values: np.ndarray) -> None:
    """Keys at `frames` [K] with `values` [K], linear, beside those that are there."""
    keys = fcurve.keyframe_points
    before, count = len(keys), len(frames)
    keys.add(count)
    new = np.stack([frames, values], axis=1)  # [K, 2] frame, value
    _fill(keys, "co", before, new, np.float32)
    _fill(keys, "interpolation", before, np.full(count, _LINEAR), np.int32)
    for side in ("left", "right"):
        _fill(keys, f"handle_{side}_type", before, np.full(count, _AUTO_CLAMPED), np.int32)
    fcurve.update()


def _fill(keys: Any, attribute: str, before: int, new: np.ndarray, kind: type) -> None:
    """Set `attribute` of all keys after the first `before`."""
    every = np.empty((before + len(new), *new.shape[1:]), dtype=kind).ravel()
    if before:
        keys.foreach_get(attribute, every)
    every[every.size - new.size :] = new.ravel()
    keys.foreach_set(attribute, every)
