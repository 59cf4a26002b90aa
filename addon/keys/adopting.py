"""Keys whose take nobody in this file knows: they came with characters from another .blend, or it was deleted."""

from __future__ import annotations

import bpy

from ..adjusting.adjustment import NAMES
from ..settings.adjust_properties import people_adjusted
from ..settings.blend_paths import file_of
from ..settings.conversations import conversations_of
from ..settings.properties import DuologueSettings, heads_of
from .laying_out import adjustment_on, own_actions
from .removing import first_written_frame
from .take_identity import content_of


def unknown_keys(settings: DuologueSettings) -> tuple[str, ...]:
    """Names of Duologue's actions on the heads where the conversation has no take; a panel asks with every redraw.

    Keys on a head that another conversation of the file has too are of that one's take.
    """
    if settings.take:
        return ()
    others = (one for scene in bpy.data.scenes for one in conversations_of(scene) if one != settings)
    known = {head for one in others if one.take for head in heads_of(one)}
    heads = [head for head in heads_of(settings) if head is not None and head not in known]
    return tuple(dict.fromkeys(action.name for head in heads for action in own_actions(head)))


def adopt_keys(settings: DuologueSettings) -> None:
    """The keys on the heads are of the conversation's take from now on: its start and sliders are what they say."""
    heads = heads_of(settings)
    own = {action for head in heads if head is not None for action in own_actions(head)}
    starts = [start for action in own if (start := first_written_frame(action)) is not None]
    if starts:
        settings.take_start = min(starts)
    settings.takes.content = content_of(file_of(settings, settings.take))
    for head, sliders in zip(heads, people_adjusted(settings), strict=True):
        there = None if head is None else adjustment_on(head)
        if there is None:
            continue
        for name in NAMES:
            if getattr(sliders, name) != getattr(there, name):
                setattr(sliders, name, getattr(there, name))
