"""Takes as strips in the NLA editor: on a track of their own, over what is there or added to it."""

from __future__ import annotations

from collections.abc import Iterator

import bpy

from .actions import ActionSlot, one_for_all
from .assigning import Assigned, is_whole, reset_blending
from .replacing import is_untouched

_SAME = 1e-3
_OVER = "REPLACE"
_TURNS_MULTIPLIED, _SUMMED = "COMBINE", "ADD"
_ADDED = (_TURNS_MULTIPLIED, _SUMMED)


def push_down(owner: bpy.types.ID, assigned: Assigned, track_name: str, *, added: bool) -> None:
    """Make the new action of `owner` a strip on a track of its own on top, called `track_name`; no action is active.

    `added`: what it does comes on top of what is below, quaternions multiplied. Before and after it there is only that.
    """
    data = owner.animation_data
    slot = data.action_slot if one_for_all() else None
    track = data.nla_tracks.new(prev=data.nla_tracks[-1] if data.nla_tracks else None)
    track.name = track_name
    first, last = assigned.action.frame_range
    last = max(last, first + 1.0)
    data.action = None
    reset_blending(data)
    strip = track.strips.new(assigned.name, round(first), assigned.action)
    if slot is not None:
        strip.action_slot = slot
    strip.use_sync_length = False
    strip.action_frame_start, strip.action_frame_end = first, last
    strip.frame_start, strip.frame_end = first, last
    strip.blend_type, strip.extrapolation = _adding(owner) if added else _OVER, "NOTHING"
    data.use_nla = True


def _adding(owner: bpy.types.ID) -> str:
    """How a strip of `owner`'s adds. *Combine* subtracts a property's default: Blender 5.0 says 1 for shape keys."""
    return _SUMMED if isinstance(owner, bpy.types.Key) else _TURNS_MULTIPLIED


def playing(owner: bpy.types.ID) -> ActionSlot | None:
    """The action of which Duologue wrote all that plays a take on `owner`: the active one, else a strip's."""
    data = owner.animation_data
    if is_active(owner):
        return ActionSlot(data.action, data.action_slot if one_for_all() else None)
    strip = strip_playing(owner)
    return None if strip is None else ActionSlot(strip.action, strip.action_slot if one_for_all() else None)


def is_active(owner: bpy.types.ID) -> bool:
    """Whether the active action of `owner` is one of which Duologue wrote all."""
    data = owner.animation_data
    return data is not None and data.action is not None and is_whole(data.action)


def strip_playing(owner: bpy.types.ID) -> bpy.types.NlaStrip | None:
    """The topmost strip of Duologue's that can be seen on `owner`."""
    found = [strip for track, strip in own_strips(owner) if not (strip.mute or track.mute)]
    return found[-1] if found else None


def is_added(owner: bpy.types.ID) -> bool:
    """Whether the take on `owner` is added to what is below it."""
    strip = None if is_active(owner) else strip_playing(owner)
    return strip is not None and strip.blend_type in _ADDED


def shift_of(strip: bpy.types.NlaStrip) -> float:
    """How many frames later than it was written what `strip` plays begins; cutting its ends moves nothing."""
    return float(strip.frame_start - strip.action_frame_start)


def is_in_own_time(strip: bpy.types.NlaStrip) -> bool:
    """Whether `strip` plays its action once, forwards, a frame a frame."""
    plain = not (strip.use_reverse or strip.use_animated_time)
    return plain and abs(strip.scale - 1.0) < _SAME and abs(strip.repeat - 1.0) < _SAME


def put_in_time(strip: bpy.types.NlaStrip, shift: float) -> bool:
    """Have `strip` play its action a frame a frame, `shift` frames later than written; whether there was room."""
    strip.use_reverse = strip.use_animated_time = False
    strip.repeat = strip.scale = 1.0
    first, last = strip.action_frame_start + shift, strip.action_frame_end + shift
    ends = ("frame_start", first), ("frame_end", last)
    for name, frame in reversed(ends) if first > strip.frame_start else ends:
        setattr(strip, name, frame)
    strip.scale = 1.0
    return is_in_own_time(strip) and abs(shift_of(strip) - shift) < _SAME


def own_strips(owner: bpy.types.ID) -> Iterator[tuple[bpy.types.NlaTrack, bpy.types.NlaStrip]]:
    """The strips of `owner`'s that play an action of which Duologue wrote all, with their tracks."""
    data = owner.animation_data
    for track in data.nla_tracks if data is not None else ():
        for strip in track.strips:
            if strip.action is not None and is_whole(strip.action):
                yield track, strip


def actions_below(owner: bpy.types.ID) -> Iterator[bpy.types.Action]:
    """The actions that a take would be added to: the active one and those of strips, but for takes that are added."""
    data = owner.animation_data
    if data is None:
        return
    if data.action is not None:
        yield data.action
    for track in data.nla_tracks:
        for strip in track.strips:
            added = strip.action is not None and is_whole(strip.action) and strip.blend_type in _ADDED
            if strip.action is not None and not (added or strip.mute or track.mute):
                yield strip.action


def retire_strips(owner: bpy.types.ID, keep: bpy.types.Action, *, added: bool) -> list[str]:
    """Remove earlier takes' strips of `owner`'s, but for the action `keep`; names of those that an artist edited.

    Those are muted. `added`: only strips that are added to what is below.
    """
    muted = []
    for track, strip in list(own_strips(owner)):
        action = strip.action
        if action == keep or (added and strip.blend_type not in _ADDED):
            continue
        if is_untouched(action):
            remove_strip(owner, track, strip)
            if not action.users:
                bpy.data.actions.remove(action)
        elif not strip.mute:
            strip.mute = True
            muted.append(action.name)
    return muted


def remove_strip(owner: bpy.types.ID, track: bpy.types.NlaTrack, strip: bpy.types.NlaStrip) -> None:
    """Take `strip` away, and its track with the last one."""
    track.strips.remove(strip)
    if not track.strips:
        owner.animation_data.nla_tracks.remove(track)
