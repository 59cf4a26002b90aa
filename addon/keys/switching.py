"""Another take onto the heads: at once where its keys are still there, else written from its performance."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

import bpy
import numpy as np

from ...backend.contract.errors import DuologueError, ExitCode
from ...backend.contract.performance import Performance, load_performance
from ...backend.contract.reading import read_arrays, read_or_none, text_of
from ..settings.blend_paths import file_of
from ..settings.properties import DuologueSettings, has_heads, heads_of, settings_of
from ..steps import Steps, part_of
from .kept_actions import is_ready, keys_in_use, play_ready, untouched_actions
from .key_writing import arrange, write_take_in_steps
from .retaking import people_with_keys
from .start import start_of, written_start
from .timing import key_frames

_LARGEST: Final = 64 << 20
"""Bytes of what is read: 2 h of who speaks are 2 MB."""


def switched_in_steps(context: bpy.types.Context, take: Path) -> Steps[str]:
    """Put the performance `take` onto the heads of the conversation that the panel shows; what to tell.

    Locked people keep what they do. Raises DuologueError; then nothing has changed.
    """
    settings = settings_of(context.scene)
    people = people_with_keys(settings)
    if not people:
        raise DuologueError(ExitCode.SCENE_UNSUITABLE, "Both people are locked.", "Unlock who is to play the take.")
    yield "Reading the take", 0.0
    performance = load_performance(take)
    filmed = _is_filmed(settings, take, performance)
    playing = keys_in_use(settings)
    known = yield from part_of(untouched_actions(settings, playing), 0.0, 0.2)
    if not is_ready(settings, take, known):
        writing = write_take_in_steps(context, take, performance=performance, filmed=filmed)
        written = yield from part_of(writing, 0.2, 1.0)
        return written.sentence()
    start = start_of(settings)
    heads = heads_of(settings)
    film = tuple(head for head in heads if head is not None) if has_heads(settings) else ()
    yield "Arranging the scene", 1.0
    edited = play_ready(settings, take, playing, known)
    frames = key_frames(performance.seconds, performance.fps, context.scene.render, start)
    whole = len(people) == len(film) == len(heads) and not filmed
    notes = arrange(settings, take, performance, start, frames, film if whole else (), whole=True)
    if edited:
        notes.append(f"Edited keys are as you left them: {', '.join(edited)}. Write keys makes them anew.")
    return " ".join((f"{take.parent.name} is on the heads.", *notes))


def _is_filmed(settings: DuologueSettings, take: Path, performance: Performance) -> bool:
    """Whether set, cameras and cuts are there for a take that is staged alike and in which the same people speak."""
    before = file_of(settings, settings.take) if settings.take else take
    if before == take or written_start(settings) != start_of(settings):
        return False
    there = read_or_none(lambda: read_arrays(before, _LARGEST, ("speaking", "meta")))
    if there is None:
        return False
    staging = read_or_none(lambda: json.loads(text_of(there["meta"]))["staging"])
    return staging == performance.meta.get("staging") and np.array_equal(there["speaking"], performance.speaking)
