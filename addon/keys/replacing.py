"""What becomes of the actions that new keys replace: what nobody touched goes, what an artist made stays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import bpy

from ..steps import Steps, at_once, each_part, part_of
from .actions import OWN_PROPERTY, fingerprint, fingerprint_in_steps, has_modified_polish, has_polish
from .assigning import Assigned

_WRITTEN: Final = "duologue_written"
"""On an action: its fingerprint as Duologue left it."""
_REWRITTEN: Final = "duologue_rewritten"
"""On an action: its keys are being written again, so that its fingerprint is out of date."""


@dataclass(frozen=True)
class Judged:
    """Of new actions: which of those that they replaced an artist `touched`, and what to sign the new ones with."""

    touched: tuple[bpy.types.Action, ...]
    signatures: Mapping[bpy.types.Action, str]


def is_untouched(action: bpy.types.Action) -> bool:
    """Whether `action` is as Duologue wrote it, and nobody has asked to keep it.

    Actions of earlier versions carry no fingerprint, so nobody knows, and they count as touched.
    """
    return at_once(is_untouched_in_steps(action))


def is_untouched_in_steps(action: bpy.types.Action) -> Steps[bool]:
    """The same, curve by curve."""
    return (yield from _is_as_written(action)) and not has_polish(action)


def is_as_written(action: bpy.types.Action) -> bool:
    """The same, but that a head's board may have keys in it beside Duologue's."""
    return at_once(_is_as_written(action))


def begin_rewriting(action: bpy.types.Action) -> None:
    """Keys of `action`, which nobody has edited, are written again and again until `sign` tells that they are done."""
    if _REWRITTEN not in action:
        action[_REWRITTEN] = True


def is_being_rewritten(action: bpy.types.Action) -> bool:
    """Whether `sign` is still to come."""
    return _REWRITTEN in action


def sign(action: bpy.types.Action, told: str = "") -> None:
    """Whatever is changed in `action` from now on, or since its fingerprint was `told`, is an artist's change."""
    action[_WRITTEN] = told or fingerprint(action)
    action.pop(_REWRITTEN, None)


def leave_unsigned(action: bpy.types.Action) -> None:
    """The keys of `action` are no longer being written, and it counts as edited where it is not as it was signed."""
    action.pop(_REWRITTEN, None)


def judged(assigned: Sequence[Assigned]) -> Steps[Judged]:
    """What `settle` needs to know of the new actions in `assigned`, with all their keys; nothing is changed.

    Keys of a head's board count as an artist's, unless all of what they do came along.
    """
    replaced = dict.fromkeys(one.replaced for one in assigned if one.replaced is not None)
    new = {one.action: one.name for one in assigned}
    parts = iter(each_part(len(replaced) + len(new)))
    untouched, signatures = {}, {}
    along = {
        one.replaced for one in assigned if one.copied or (one.continues and not has_modified_polish(one.replaced))
    }
    for action in replaced:
        same = yield from part_of(_is_as_written(action), *next(parts))
        untouched[action] = same and (action in along or not has_polish(action))
    for action, name in new.items():
        signatures[action] = yield from part_of(fingerprint_in_steps(action, name), *next(parts))
    return Judged(tuple(action for action, same in untouched.items() if not same), signatures)


def settle(assigned: Sequence[Assigned], known: Judged | None = None) -> list[str]:
    """Remove or keep what the new actions in `assigned` replaced, and sign them; the names of what was put aside.

    An action that nobody touched and nothing else uses is removed, since its take can write it again. Any other gets a
    fake user, and steps back where it has the name that the new one is to have. A copy of what an artist edited holds
    those edits, so it stays unsigned, and counts as edited. `known` is what was judged of them, if it was.
    """
    known = known or at_once(judged(assigned))
    replaced = dict.fromkeys(one.replaced for one in assigned if one.replaced is not None)
    aside = dict.fromkeys(one.replaced for one in assigned if one.replaced in known.touched and one.track is None)
    touched = {one for one in known.touched if OWN_PROPERTY in one}
    edited = {one.action for one in assigned if one.copied and one.replaced in touched}
    names = {one.action: one.name for one in assigned}
    for action in replaced:
        if action not in known.touched and action.users == 0:
            bpy.data.actions.remove(action)
    for action in known.touched:
        if action.library is None:
            action.use_fake_user = True
            if OWN_PROPERTY in action and action.name in names.values():
                action.name = f"{action.name} (edited)"
    for action, name in names.items():
        action.name = name
        if action in edited:
            action.pop(_WRITTEN, None)
        else:
            # The name may be taken by an action of the artist's.
            action[_WRITTEN] = known.signatures[action] if action.name == name else fingerprint(action)
    return [action.name for action in aside]


def _is_as_written(action: bpy.types.Action) -> Steps[bool]:
    kept = action.use_fake_user or action.asset_data is not None or action.library is not None
    if kept or OWN_PROPERTY not in action:
        return False
    if _REWRITTEN in action:
        return True
    return action.get(_WRITTEN) == (yield from fingerprint_in_steps(action, action.name))
