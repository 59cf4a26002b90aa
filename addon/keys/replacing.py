"""What becomes of the actions that new keys replace: what nobody touched goes, what an artist made stays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import bpy

from .actions import OWN_PROPERTY, Assigned, fingerprint

_WRITTEN: Final = "duologue_written"
"""On an action: its fingerprint as Duologue left it."""


def is_untouched(action: bpy.types.Action) -> bool:
    """Whether `action` is as Duologue wrote it, and nobody has asked to keep it.

    Actions of earlier versions carry no fingerprint, so nobody knows, and they count as touched.
    """
    kept = action.use_fake_user or action.asset_data is not None or action.library is not None
    return not kept and OWN_PROPERTY in action and action.get(_WRITTEN) == fingerprint(action)


def settle(assigned: Sequence[Assigned]) -> list[str]:
    """Remove or keep what the new actions in `assigned` replaced, and sign them; the names of what was put aside.

    An action that nobody touched and nothing else uses is removed, since its take can write it again. Any other gets a
    fake user, and steps back where it has the name that the new one is to have. A copy of what an artist edited holds
    those edits, so it stays unsigned, and counts as edited.
    """
    replaced = dict.fromkeys(one.replaced for one in assigned if one.replaced is not None)
    touched = [action for action in replaced if not is_untouched(action)]
    aside = dict.fromkeys(one.replaced for one in assigned if one.replaced in touched and one.track is None)
    edited = {one.action for one in assigned if one.copied and one.replaced in touched}
    names = {one.action: one.name for one in assigned}
    for action in replaced:
        if action not in touched and action.users == 0:
            bpy.data.actions.remove(action)
    for action in touched:
        if action.library is None:
            action.use_fake_user = True
            if OWN_PROPERTY in action and action.name in names.values():
                action.name = f"{action.name} (edited)"
    for action, name in names.items():
        action.name = name
        if action in edited:
            action.pop(_WRITTEN, None)
        else:
            action[_WRITTEN] = fingerprint(action)
    return [action.name for action in aside]
