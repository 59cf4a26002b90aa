"""Actions in every Blender from 4.2 to 5.2: the one module that reaches F-curves.

Up to 4.3 an action has F-curves; 4.4 put layers, strips and a channelbag per slot between; 5.0 took the old door away.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import bpy
import numpy as np

from ..heads.control_board import BONE_PREFIX
from ..retargeting.channel_groups import COLOURS, GROUPS
from ..retargeting.curves import Curve
from ..steps import Steps, at_once
from .bezier_keys import Keys
from .key_tables import ALIGNED, COLUMNS, ENUM, FREE, NUMBERED, Table, key_a_frame, near_spans, table_of, with_keys_in

_SLOTTED: Final = (4, 4)
OWN_PROPERTY: Final = "duologue"
"""On an action: Duologue wrote it."""


@dataclass(frozen=True)
class ActionSlot:
    """An action, and the slot in it where actions have slots: of a strip, or of what animates nothing yet."""

    action: bpy.types.Action
    slot: Any


Owner = bpy.types.ID | ActionSlot
"""Whose F-curves: a data-block's, in its active action, or those of an action that animates one in another way."""


def one_for_all() -> bool:
    """Whether one action animates all of a character, with a slot for each data-block, as from 4.4 on."""
    return bpy.app.version >= _SLOTTED


def fingerprint(action: bpy.types.Action) -> str:
    """A number that an artist's change to `action` changes: of keys, curves, markers, range or name.

    Handles that Blender sets by itself are told by their kind: one that is moved becomes free or aligned. What a
    control board adds does not count: no take writes it.
    """
    return at_once(fingerprint_in_steps(action, action.name))


def fingerprint_in_steps(action: bpy.types.Action, name: str) -> Steps[str]:
    """What `fingerprint` says, or will say once `action` is called `name`; curve by curve."""
    told = hashlib.blake2b(digest_size=16)
    ends = (action.frame_start, action.frame_end) if action.use_frame_range else ()
    markers = [(one.name, one.frame) for one in action.pose_markers]
    told.update(repr((name, ends, action.use_cyclic, markers)).encode())
    curves = [one for one in _fcurves(action) if not _is_of_board(one[1])]
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
            kinds = np.empty(len(keys), dtype=ENUM)
            keys.foreach_get(kind, kinds)
            told.update(kinds.astype(np.int32))
            side = kind.removesuffix("_type")
            by_hand = (kinds == FREE) | (kinds == ALIGNED)
            if side != kind and by_hand.any():
                keys.foreach_get(side, places)
                told.update(places.reshape(-1, 2)[by_hand].copy())
    return told.hexdigest()


def has_polish(action: bpy.types.Action) -> bool:
    """Whether an artist has keyed controls of a head's board in `action`."""
    return any(_is_of_board(fcurve) for _, fcurve in _fcurves(action))


def first_frame_of(action: bpy.types.Action) -> float | None:
    """The first frame on which `action` has a key, those of a head's board aside; None without any."""
    curves = (one for _, one in _fcurves(action) if len(one.keyframe_points) and not _is_of_board(one))
    return min((float(one.range()[0]) for one in curves), default=None)


def has_modified_polish(action: bpy.types.Action) -> bool:
    """Whether a curve of a head's board in `action` has modifiers, which `copy_polish` leaves behind."""
    return any(_is_of_board(fcurve) and len(fcurve.modifiers) for _, fcurve in _fcurves(action))


def copy_polish(source: bpy.types.Action, slot: Any, owner: Owner) -> None:
    """Bring the keys of a head's board, without modifiers, from the action `source` and its `slot` into `owner`'s."""
    for fcurve in [one for bag in _bags(source, slot) for one in bag.fcurves if _is_of_board(one)]:
        channels = channels_of(owner)
        copied = channels.fcurves.new(fcurve.data_path, index=fcurve.array_index)
        if fcurve.group is not None:
            copied.group = channels.groups.get(fcurve.group.name) or channels.groups.new(fcurve.group.name)
        copied.extrapolation, copied.mute = fcurve.extrapolation, fcurve.mute
        _fill(copied, _table_in(fcurve))


def _is_of_board(fcurve: bpy.types.FCurve) -> bool:
    return bool(fcurve.data_path.startswith(f'pose.bones["{BONE_PREFIX}'))


def _bags(action: bpy.types.Action, slot: Any) -> list[Any]:
    """What holds the F-curves of `action` for `slot`."""
    if not one_for_all():
        return [action]
    bags = [bag for layer in action.layers for strip in layer.strips for bag in strip.channelbags]
    return [bag for bag in bags if bag.slot == slot]


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


def channels_of(owner: Owner) -> Any:
    """What holds `owner`'s F-curves and groups, through its slot where there are slots: an action or a channelbag."""
    data = None if isinstance(owner, ActionSlot) else owner.animation_data
    action = owner.action if data is None else data.action
    if not one_for_all():
        return action
    slot = _slot_of(owner)
    if bpy.app.version >= (5, 0):
        from bpy_extras.anim_utils import action_ensure_channelbag_for_slot

        return action_ensure_channelbag_for_slot(action, slot)
    layers = action.layers
    layer = layers[0] if layers else layers.new("Layer")
    strip = layer.strips[0] if layer.strips else layer.strips.new(type="KEYFRAME")
    return strip.channelbag(slot, ensure=True)


def add_curves(owner: Owner, curves: Sequence[Curve]) -> None:
    """Let `owner`'s action have an F-curve, without keys yet, for each of `curves`.

    Each new F-curve has Blender build its dependency graphs again; keys do not, as long as nothing uses the action. So
    all F-curves are made first, in one step.
    """
    channels = channels_of(owner)
    there = {(one.data_path, one.array_index) for one in channels.fcurves}
    for curve in curves:
        if (curve.data_path, curve.index) not in there:
            _new_fcurve(channels, curve)


def write_curves(owner: Owner, curves: Sequence[Curve], frames: np.ndarray) -> int:
    """Write `curves` at `frames` [K] (scene frames) into `owner`'s action, in bulk; returns the number of keys.

    Keys are linear, so that a closed mouth stays closed between two of them; their handles are ready for an artist
    who turns them into Béziers.
    """
    channels = channels_of(owner)
    for curve in curves:
        _fill(_fcurve_for(channels, curve), key_a_frame(frames, curve.values))
    return len(frames) * len(curves)


def write_keys(owner: Owner, curves: Sequence[Curve], keys: Sequence[Keys]) -> int:
    """Write `keys`, one for each of `curves`, into `owner`'s action; returns the number of keys."""
    channels = channels_of(owner)
    for curve, own in zip(curves, keys, strict=True):
        _fill(_fcurve_for(channels, curve), table_of(own))
    return sum(map(len, keys))


def replace_keys(
    owner: Owner,
    curves: Sequence[Curve],
    frames: np.ndarray,
    spans: Sequence[tuple[int, int]],
    keys: Sequence[Keys] | None = None,
) -> int:
    """In `owner`'s action replace the keys from the first to the last frame of each span by those of `curves` there.

    `frames` [K] are those of `curves`; where `keys` are given, one for each of these, they are written in place of a
    key a frame. Outside of the spans the curves stay as they are, and so do keys and handles: only where none is beside
    a span it gets one on its way. A curve that has no keys in the action yet is written as a whole, or as far as there
    are `keys`. Returns the number of keys written.
    """
    inside = near_spans(frames, spans)  # [K]
    channels = channels_of(owner)
    written = 0
    for index, curve in enumerate(curves):
        fcurve = _fcurve_for(channels, curve)
        if not len(fcurve.keyframe_points):
            new = key_a_frame(frames, curve.values) if keys is None else table_of(keys[index])
            _fill(fcurve, new)
        else:
            values = np.asarray(curve.values)[inside]
            new = key_a_frame(frames[inside], values) if keys is None else table_of(keys[index])
            _fill(fcurve, with_keys_in(_table_in(fcurve), spans, new))
        written += len(new["co"])
    return written


def rewrite_curves(owner: Owner, curves: Sequence[Curve], frames: np.ndarray) -> None:
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
            _fill(fcurve, key_a_frame(frames, curve.values))
        else:
            places[:, 1] = curve.values
            fcurve.keyframe_points.foreach_set("co", places.ravel())
            fcurve.update()


def rewrite_keys(owner: Owner, curves: Sequence[Curve], keys: Sequence[Keys]) -> None:
    """Give those F-curves of `owner`'s action that are of `curves` the `keys`, one for each, in place of theirs."""
    there = {(one.data_path, one.array_index): one for one in channels_of(owner).fcurves}
    for curve, own in zip(curves, keys, strict=True):
        fcurve = there.get((curve.data_path, curve.index))
        if fcurve is not None:
            _fill(fcurve, table_of(own))


def values_there(owner: bpy.types.ID, curve: Curve, frames: np.ndarray) -> np.ndarray | None:
    """[K] what `owner`'s action makes of the property of `curve` at `frames` [K]; None where it does not animate it."""
    data = owner.animation_data
    if data is None or data.action is None or not _has_slot(owner):
        return None
    fcurve = channels_of(owner).fcurves.find(curve.data_path, index=curve.index)
    if fcurve is None or not len(fcurve.keyframe_points):
        return None
    return np.array([fcurve.evaluate(frame) for frame in frames.tolist()])


Places = dict[tuple[str, int], np.ndarray]
"""Data path and index of an F-curve → [K, 2] float32 frames and values of its keys."""


def slot_name(owner: Owner) -> str:
    """What `owner`'s slot in its action is called; empty where actions have none, or where it has none in it."""
    return str(_slot_of(owner).identifier) if one_for_all() and _has_slot(owner) else ""


def _slot_of(owner: Owner) -> Any:
    return owner.slot if isinstance(owner, ActionSlot) else owner.animation_data.action_slot


def _has_slot(owner: Owner) -> bool:
    """Whether the action of `owner` animates it: one without a slot, where there are slots, does not."""
    return not one_for_all() or _slot_of(owner) is not None


def places_of(owner: Owner) -> Places:
    """The keys of all F-curves of `owner`'s."""
    if not _has_slot(owner):
        return {}
    return {
        (fcurve.data_path, fcurve.array_index): _table_in(fcurve, ("co",))["co"]
        for fcurve in channels_of(owner).fcurves
    }


def paths_of(owner: Owner) -> set[tuple[str, int]]:
    """Data path and index of all F-curves of `owner`'s."""
    return {(one.data_path, one.array_index) for one in channels_of(owner).fcurves} if _has_slot(owner) else set()


def within(places: np.ndarray, spans: Sequence[tuple[int, int]]) -> np.ndarray:
    """[K] bool: which of the keys at `places` [K, 2] are in one of `spans`; all of them without any."""
    return near_spans(places[:, 0], spans) if spans else np.ones(len(places), dtype=bool)


def remove_keys(owner: bpy.types.ID, written: Places) -> tuple[int, list[str]]:
    """Remove from `owner`'s action the keys that are as `written`; how many went, and groups that still have keys.

    A curve goes with its last key, and a group of Duologue's with its last curve.
    """
    if not _has_slot(owner):
        return 0, []
    channels = channels_of(owner)
    removed, left = 0, []
    for fcurve in list(channels.fcurves):
        places = written.get((fcurve.data_path, fcurve.array_index))
        table = _table_in(fcurve)
        if places is not None:
            same = np.isin(_as_one(table["co"]), _as_one(places))  # [K]
            removed += int(same.sum())
            if same.all():
                channels.fcurves.remove(fcurve)
                continue
            if same.any():
                _fill(fcurve, {name: values[~same] for name, values in table.items()})
        left.append(fcurve.group.name if fcurve.group is not None else fcurve.data_path)
    for group in list(channels.groups):
        if group.name in GROUPS and not any(one.group == group for one in channels.fcurves):
            channels.groups.remove(group)
    return removed, list(dict.fromkeys(left))


def put_back(owner: bpy.types.ID, original: bpy.types.Action, slot: str, spans: Sequence[tuple[int, int]]) -> None:
    """In `spans` give `owner`'s action the keys back that `original` has there in its slot called `slot`."""
    if not _has_slot(owner):
        return
    channels = channels_of(owner)
    for fcurve in _fcurves_of(original, slot):
        table = _table_in(fcurve)
        inside = near_spans(table["co"][:, 0], spans)
        if not inside.any():
            continue
        there = channels.fcurves.find(fcurve.data_path, index=fcurve.array_index)
        if there is None:
            there = channels.fcurves.new(fcurve.data_path, index=fcurve.array_index)
        now = _table_in(there)
        inside &= ~np.isin(table["co"][:, 0], now["co"][:, 0])
        merged = {name: np.concatenate([now[name], values[inside]]) for name, values in table.items()}
        order = np.argsort(merged["co"][:, 0], kind="stable")
        _fill(there, {name: values[order] for name, values in merged.items()})


def animates(action: bpy.types.Action, data_path: str) -> bool:
    """Whether `action` has an F-curve for the property at `data_path`."""
    return any(fcurve.data_path == data_path for _, fcurve in _fcurves(action))


def _fcurves_of(action: bpy.types.Action, slot: str) -> Iterator[bpy.types.FCurve]:
    """The F-curves in the slot called `slot`."""
    if not one_for_all():
        yield from action.fcurves
        return
    for layer in action.layers:
        for strip in layer.strips:
            for bag in strip.channelbags:
                if bag.slot is not None and bag.slot.identifier == slot:
                    yield from bag.fcurves


def _as_one(places: np.ndarray) -> np.ndarray:
    """[K] one number for each frame and value of `places` [K, 2]."""
    return np.ascontiguousarray(places, dtype=np.float32).view(np.int64).ravel()


def _fcurve_for(channels: Any, curve: Curve) -> bpy.types.FCurve:
    found = channels.fcurves.find(curve.data_path, index=curve.index)
    return _new_fcurve(channels, curve) if found is None else found


def _new_fcurve(channels: Any, curve: Curve) -> bpy.types.FCurve:
    fcurve = channels.fcurves.new(curve.data_path, index=curve.index)
    group = channels.groups.get(curve.group)
    if group is None:
        group = channels.groups.new(curve.group)
        if curve.group in COLOURS:
            group.color_set = COLOURS[curve.group]
    fcurve.group = group
    return fcurve


def _table_in(fcurve: bpy.types.FCurve, names: Sequence[str] = ()) -> Table:
    keys = fcurve.keyframe_points
    found = {}
    for name in names or COLUMNS:
        columns = COLUMNS[name]
        values = np.empty(len(keys) * columns, dtype=ENUM if name in NUMBERED else np.float32)
        keys.foreach_get(name, values)
        found[name] = values.reshape(len(keys), columns) if columns > 1 else values
    return found


def _fill(fcurve: bpy.types.FCurve, table: Table) -> None:
    """Have `fcurve` hold the keys of `table` alone."""
    keys = fcurve.keyframe_points
    count = len(table["co"])
    if len(keys) != count:
        keys.clear()
        keys.add(count)
    for name, values in table.items():
        keys.foreach_set(name, np.ravel(values).astype(ENUM if name in NUMBERED else np.float32))
    fcurve.update()
