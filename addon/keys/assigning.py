"""An action of Duologue's for a data-block, beside, over or as a copy of what it has: made, assigned, given back.

Making one changes nothing that Blender evaluates: it can be filled step by step before it is assigned.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final

import bpy

from ...backend.contract.errors import DuologueError, ExitCode
from .actions import OWN_PROPERTY, ActionSlot, one_for_all

BEFORE: Final = " (before Duologue)"
"""Ends the name of the track on which an artist's action goes on playing below a take."""
IN_PART: Final = "in part"
"""On an action, in place of True: an artist's, copied, that Duologue wrote a range of."""
_PLAIN: Final = ("REPLACE", 1.0, "HOLD")
"""Blend type, influence and extrapolation of an action as Blender has them at first."""


@dataclass(frozen=True)
class Assigned:
    """The action that animates a data-block once it is assigned, by `slot`; what it replaces; how to take it back.

    `name` is what the action is to be called. Over the frames `below`, first and last, what it replaces is to go on
    playing; without any it is not. `track` is the NLA track in which what it replaced goes on playing, if it
    does; `silenced` are tracks that were muted for that and `nla` whether the NLA was on. `copied`: the action is a
    copy of what it replaced.
    """

    action: bpy.types.Action
    name: str
    replaced: bpy.types.Action | None
    replaced_slot: Any
    slot: Any = None
    below: tuple[int, int] | None = None
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

    @property
    def takes_polish_over(self) -> bool:
        """Whether keys of a head's board come along from what it replaces and what does not go on playing.

        Those of another take do not: they were made for that one. Those in an action of the artist's do.
        """
        if self.replaced is None or self.copied or self.below is not None:
            return False
        return self.continues or OWN_PROPERTY not in self.replaced

    @property
    def to_fill(self) -> ActionSlot:
        """Where its keys go before it is assigned."""
        return ActionSlot(self.action, self.slot)


def new_action(owner: bpy.types.ID, name: str, shared: bpy.types.Action | None = None) -> Assigned:
    """A fresh action for `owner`, or a fresh slot in `shared` where actions have slots; what it has stays in the file.

    Raises DuologueError (SCENE_UNSUITABLE) while the artist edits a strip of `owner`'s in the NLA editor.
    """
    previous, slot, blending = _playing(owner)
    if shared is None or not one_for_all():
        action = bpy.data.actions.new(name)
        action[OWN_PROPERTY] = True
    else:
        action = shared
    own = _new_slot(action, owner) if one_for_all() else None
    return Assigned(action, name, previous, slot, own, blending=blending)


def action_on_top(
    owner: bpy.types.ID,
    name: str,
    frames: tuple[int, int],
    shared: bpy.types.Action | None = None,
    *,
    over_own: bool = False,
) -> Assigned:
    """A fresh action for `owner` over one of the artist's, which goes on playing from an NLA track below it.

    The track reaches over `frames`, first and last. An action of Duologue's own is replaced as by `new_action`, but for
    `over_own`. Raises as that.
    """
    made = new_action(owner, name, shared)
    if made.replaced is None or (is_whole(made.replaced) and not over_own):
        return made
    return replace(made, below=frames)


def copied_action(
    owner: bpy.types.ID,
    name: str,
    copies: dict[bpy.types.Action, bpy.types.Action] | None = None,
    *,
    of_any: bool = False,
) -> Assigned | None:
    """A copy of the action of `owner` for it; the action stays in the file as with `new_action`.

    None where the action is not Duologue's own or there is none; `of_any`: an artist's is copied as well. `copies`, by
    what they are copied from, are used again where several data-blocks share an action. Raises as that.
    """
    previous, slot, blending = _playing(owner)
    if previous is None or not (of_any or OWN_PROPERTY in previous):
        return None
    copies = {} if copies is None else copies
    if previous not in copies:
        copies[previous] = previous.copy()
        copies[previous].name, copies[previous].use_fake_user = name, False
        if OWN_PROPERTY not in previous:
            copies[previous][OWN_PROPERTY] = IN_PART
    action = copies[previous]
    own = None
    if one_for_all():
        # An action without a slot animates nothing: what is written needs one of its own.
        own = _new_slot(action, owner) if slot is None else action.slots[slot.identifier]
    return Assigned(action, name, previous, slot, own, blending=blending, copied=True)


def assign(owner: bpy.types.ID, made: Assigned) -> Assigned:
    """Let the action that was `made` for `owner` animate it.

    Where the one that it replaces is to go on playing, it does so from a track “<action> (before Duologue)” below;
    tracks that are there stay as they are.
    """
    data = owner.animation_data or owner.animation_data_create()
    data.action = made.action
    if made.slot is not None:
        data.action_slot = made.slot
    return made if made.below is None else _over(data, made, made.below)


def _over(data: bpy.types.AnimData, made: Assigned, frames: tuple[int, int]) -> Assigned:
    previous = made.replaced
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
        strip.action_slot = made.replaced_slot
    # As an active action it went on beyond its last key, and a walk cycle went on walking: the strip reaches as far.
    strip.use_sync_length = False
    strip.action_frame_start, strip.action_frame_end = min(first, frames[0]), max(last, frames[1])
    strip.frame_start, strip.frame_end = strip.action_frame_start, strip.action_frame_end
    strip.blend_type, strip.influence, strip.extrapolation = made.blending
    if strip.influence < 1.0:
        strip.use_animated_influence = True  # which keys the value; without it Blender takes 1
    reset_blending(data)
    return replace(made, track=track, silenced=silenced, nla=nla)


def assign_new_action(owner: bpy.types.ID, name: str, shared: bpy.types.Action | None = None) -> Assigned:
    """Give `owner` a `new_action` at once. Raises as that."""
    return assign(owner, new_action(owner, name, shared))


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
    check_free(owner)
    data = owner.animation_data or owner.animation_data_create()
    data.action = action
    if slot and slot in action.slots:
        data.action_slot = action.slots[slot]


def is_whole(action: bpy.types.Action) -> bool:
    """Whether Duologue wrote all of `action`, but for what an artist added since."""
    return OWN_PROPERTY in action and action[OWN_PROPERTY] != IN_PART


def unassign(owner: bpy.types.ID, assigned: Assigned) -> None:
    """Undo `assign`: the former action animates again, and the new one nothing."""
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


def reset_blending(data: bpy.types.AnimData) -> None:
    """Let the next action count as Blender has it at first."""
    data.action_blend_type, data.action_influence, data.action_extrapolation = _PLAIN


def _new_slot(action: bpy.types.Action, owner: bpy.types.ID) -> Any:
    return action.slots.new(id_type=owner.id_type, name=owner.name)


def _playing(owner: bpy.types.ID) -> tuple[bpy.types.Action | None, Any, tuple[str, float, str]]:
    """The action of `owner`, its slot and how it is blended. Raises as `new_action`."""
    data = owner.animation_data
    if data is None:
        return None, None, _PLAIN
    check_free(owner)
    slot = data.action_slot if data.action is not None and one_for_all() else None
    return data.action, slot, (data.action_blend_type, data.action_influence, data.action_extrapolation)


def check_free(owner: bpy.types.ID) -> None:
    """Whether another action may animate `owner`. Raises as `new_action`."""
    data = owner.animation_data
    if data is not None and data.use_tweak_mode:
        raise DuologueError(
            ExitCode.SCENE_UNSUITABLE,
            f"A strip of {owner.name} is being edited in the NLA editor.",
            "Leave tweak mode there (Tab), then write the keys again.",
        )
