"""A data-block gets an action of Duologue's, beside, over or as a copy of what it had; and gives it back."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final

import bpy

from ...backend.contract.errors import DuologueError, ExitCode
from .actions import OWN_PROPERTY, one_for_all

BEFORE: Final = " (before Duologue)"
"""Ends the name of the track on which an artist's action goes on playing below a take."""
IN_PART: Final = "in part"
"""On an action, in place of True: an artist's, copied, that Duologue wrote a range of."""
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

    @property
    def continues(self) -> bool:
        """Whether it has the keys of the same take as what it replaced, in the same person's action."""
        return self.replaced is not None and (
            self.replaced.name == self.name or self.replaced.name.startswith(f"{self.name}.")
        )


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
    owner: bpy.types.ID,
    name: str,
    frames: tuple[int, int],
    shared: bpy.types.Action | None = None,
    *,
    over_own: bool = False,
) -> Assigned:
    """Give `owner` a fresh action over one of the artist's, which goes on playing from an NLA track below it.

    The track is called “<action> (before Duologue)” and reaches over `frames`, first and last. An action of Duologue's
    own is replaced as in `assign_new_action`, but for `over_own`; tracks that are there stay as they are. Raises as
    that.
    """
    data = owner.animation_data or owner.animation_data_create()
    previous = data.action
    if previous is None or (is_whole(previous) and not over_own):
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
    track.name = f"{previous.name}{BEFORE}"
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
    reset_blending(data)
    return replace(assigned, track=track, blending=blending, silenced=silenced, nla=nla)


def assign_copy(
    owner: bpy.types.ID,
    name: str,
    copies: dict[bpy.types.Action, bpy.types.Action] | None = None,
    *,
    of_any: bool = False,
) -> Assigned | None:
    """Give `owner` a copy of its action, which stays in the file as in `assign_new_action`.

    None, and nothing is changed, where the action is not Duologue's own or there is none; `of_any`: an artist's is
    copied as well. `copies`, by what they are copied from, are used again where several data-blocks share an action.
    Raises as that.
    """
    data = owner.animation_data
    if data is None or data.action is None or not (of_any or OWN_PROPERTY in data.action):
        return None
    _check_free(owner, data)
    previous = data.action
    slot = data.action_slot if one_for_all() else None
    blending = _blending(data)
    copies = {} if copies is None else copies
    if previous not in copies:
        copies[previous] = previous.copy()
        copies[previous].name, copies[previous].use_fake_user = name, False
        if OWN_PROPERTY not in previous:
            copies[previous][OWN_PROPERTY] = IN_PART
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


def is_whole(action: bpy.types.Action) -> bool:
    """Whether Duologue wrote all of `action`, but for what an artist added since."""
    return OWN_PROPERTY in action and action[OWN_PROPERTY] != IN_PART


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


def reset_blending(data: bpy.types.AnimData) -> None:
    """Let the next action count as Blender has it at first."""
    data.action_blend_type, data.action_influence, data.action_extrapolation = _PLAIN


def _blending(data: bpy.types.AnimData) -> tuple[str, float, str]:
    return data.action_blend_type, data.action_influence, data.action_extrapolation


def _check_free(owner: bpy.types.ID, data: bpy.types.AnimData) -> None:
    if data.use_tweak_mode:
        raise DuologueError(
            ExitCode.SCENE_UNSUITABLE,
            f"A strip of {owner.name} is being edited in the NLA editor.",
            "Leave tweak mode there (Tab), then write the keys again.",
        )
