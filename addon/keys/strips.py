"""Takes as strips in the NLA editor: on a track of their own, over what is there or added to it."""

from __future__ import annotations

from collections.abc import Iterator

import bpy

from .actions import one_for_all
from .assigning import Assigned, is_whole, reset_blending
from .replacing import is_untouched

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
