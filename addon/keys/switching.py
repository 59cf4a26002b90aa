"""Another take onto the heads: at once where its keys are still there, else written from its performance."""

from __future__ import annotations

from pathlib import Path

import bpy

from ...backend.contract.errors import DuologueError, ExitCode
from ...backend.contract.performance import load_performance
from ..heads.rig import FACE_PROPERTY
from ..settings.properties import has_heads, heads_of, settings_of
from ..steps import Steps
from .kept_actions import is_ready, play_ready
from .key_writing import arrange, write_take_in_steps
from .retaking import people_with_keys
from .start import start_of
from .timing import key_frames


def switched_in_steps(context: bpy.types.Context, take: Path) -> Steps[str]:
    """Put the performance `take` onto the heads of the conversation that the panel shows; what to tell.

    Locked people keep what they do. Raises DuologueError; then nothing has changed.
    """
    settings = settings_of(context.scene)
    people = people_with_keys(settings)
    if not people:
        raise DuologueError(ExitCode.SCENE_UNSUITABLE, "Both people are locked.", "Unlock who is to play the take.")
    if not is_ready(settings, take):
        written = yield from write_take_in_steps(context, take)
        return written.sentence()
    yield "Reading the take", 0.0
    performance = load_performance(take)
    start = start_of(settings)
    heads = heads_of(settings)
    film = tuple(head for head in heads if head is not None and FACE_PROPERTY in head) if has_heads(settings) else ()
    yield "Arranging the scene", 1.0
    edited = play_ready(settings, take)
    frames = key_frames(performance.seconds, performance.fps, context.scene.render, start)
    whole = len(people) == len(film) == len(heads)
    notes = arrange(settings, take, performance, start, frames, film if whole else (), whole=True)
    if edited:
        notes.append(f"Edited keys are as you left them: {', '.join(edited)}. Write keys makes them anew.")
    return " ".join((f"{take.parent.name} is on the heads.", *notes))
