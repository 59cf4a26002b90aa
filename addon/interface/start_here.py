"""The box *Start here*: what is to be done before the first take, ticked off as it is done."""

from __future__ import annotations

from typing import Final

import bpy

from ..conversation import audio_paths
from ..settings.conversations import conversations_of
from ..settings.people import heads_of
from ..settings.properties import DuologueSettings
from .backend_panel import backend_is_needed, draw_backend

_WORDS: Final = 0.65
"""The share of a row that its words have; its button has the rest."""


def draw_start_here(layout: bpy.types.UILayout, context: bpy.types.Context, settings: DuologueSettings) -> None:
    """Three numbered steps, until all are done or there is a take; then only a backend that is needed again.

    Who begins another conversation knows them by then.
    """
    done = not backend_is_needed(context), all(heads_of(settings)), any(audio_paths(settings))
    others = (one for one in conversations_of(context.scene) if one != settings)
    if all(done) or settings.take or any(one.take or all(heads_of(one)) for one in others):
        draw_backend(layout, context)
        return
    box = layout.box()
    box.label(text="Start here", icon="PINNED")
    _step(box, 1, "Install the backend", done=done[0])
    draw_backend(box, context)
    row = _step(box, 2, f"Add {_missing(settings)}", done=done[1])
    if not done[1]:
        row.operator("duologue.add_conversation", text="Add", icon="COMMUNITY")
    row = _step(box, 3, "Choose the sound", done=done[2])
    if not done[2]:
        row.operator("duologue.choose_sound", text="Choose", icon="FILE_FOLDER")
    box.operator("duologue.load_example", icon="PLAY_SOUND")


def _missing(settings: DuologueSettings) -> str:
    places = [place for place, head in zip(("first", "second"), heads_of(settings), strict=True) if head is None]
    return f"the {places[0]} head" if len(places) == 1 else "two heads"


def _step(box: bpy.types.UILayout, number: int, what: str, *, done: bool) -> bpy.types.UILayout:
    """A row with a tick, or with the step's number and room for its button."""
    row = box.split(factor=_WORDS)
    label = row.row()
    label.active = not done
    label.label(text=f"{number}  {what}", icon="CHECKBOX_HLT" if done else "CHECKBOX_DEHLT")
    return row
