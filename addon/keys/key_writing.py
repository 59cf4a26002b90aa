"""A take on disk becomes keys on both heads, sound strips, a range and cameras; everything is checked first."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import bpy
import numpy as np

from ...backend.contract.performance import Performance, load_performance
from ..retargeting.curves import Curve
from ..retargeting.sliders import restore_sliders, widen_sliders
from ..settings.blend_paths import remembered
from ..settings.properties import DuologueSettings, settings_of
from ..settings.staging_properties import show_staging
from ..steps import Steps, at_once, part_of
from . import actions
from .kept_actions import keep_ready, keys_in_use, written_with
from .laying_out import note_adjustment
from .planning import Plan, Writing, planned
from .replacing import judged, settle
from .retaking import Spans
from .start import note_written
from .surroundings import film, grow_range, place_sounds

_KEYS_A_STEP: Final = 50_000
"""A fortieth of a second."""


@dataclass(frozen=True)
class Written:
    """What `write_take` did: keys written, actions that were kept aside, and sentences worth telling."""

    keys: int
    replaced: tuple[str, ...]
    notes: tuple[str, ...]

    def sentence(self) -> str:
        """One line for the panel."""
        kept = f" Kept aside: {', '.join(self.replaced)}." if self.replaced else ""
        return " ".join((f"{self.keys} keys written.{kept}", *self.notes)).strip()


def write_take(
    context: bpy.types.Context,
    take: Path,
    spans: Spans = (),
    settings: DuologueSettings | None = None,
    performance: Performance | None = None,
) -> Written:
    """Write a take's keys on both heads, place its sound, range and cameras. Raises DuologueError.

    The take is read from disk unless its `performance` is given. It is for the conversation `settings`, or for the one
    that the panel shows.
    Where the panel says that one person alone reacts, or one is locked, the other one gets keys; the first one's, the
    cameras and the set stay as they are. With `spans` of frames, first and last, only the keys in them are new, in a
    copy of the action, and cameras, set and range stay too. The take begins where `start_of` says, or with `spans`
    where it was written; the scene's range is grown to it if the panel says so. Everything is checked before the first
    key; a failure leaves every action as it was.
    """
    return at_once(write_take_in_steps(context, take, spans, settings, performance))


def write_take_in_steps(
    context: bpy.types.Context,
    take: Path,
    spans: Spans = (),
    settings: DuologueSettings | None = None,
    performance: Performance | None = None,
    *,
    filmed: bool = False,
) -> Steps[Written]:
    """The same in steps; everything besides actions is changed in the last one. `filmed`: set and cuts fit already."""
    settings = settings or settings_of(context.scene)
    yield "Reading the take", 0.0
    if performance is None:
        performance = load_performance(take)
    plan = yield from part_of(planned(settings, take, spans, performance), 0.0, 0.3)
    playing = keys_in_use(settings)
    with ExitStack() as undo:
        keys, assigned = yield from part_of(_write_all(plan, spans, undo), 0.3, 0.7)
        known = yield from part_of(judged(assigned), 0.7, 1.0)
        yield "Arranging the scene", 1.0
        for writing, one in zip(plan.writings, assigned, strict=True):
            if not one.copied:
                note_adjustment(one.action, writing.adjustment)
        undo.pop_all()
    keep_ready(settings, playing, take.absolute())
    replaced = settle(assigned, known)
    return Written(
        keys,
        tuple(replaced),
        (
            *plan.notes,
            *arrange(
                settings,
                take,
                plan.prepared.performance,
                plan.prepared.start,
                plan.prepared.frames,
                () if filmed else plan.film,
                whole=not spans,
            ),
        ),
    )


def _write_all(plan: Plan, spans: Spans, undo: ExitStack) -> Steps[tuple[int, list[actions.Assigned]]]:
    """Keys written and the new actions that hold them; `undo` takes back what was done so far."""
    keys = 0
    done: list[actions.Assigned] = []
    shared: dict[int, bpy.types.Action] = {}
    copies: dict[bpy.types.Action, bpy.types.Action] = {}
    written, whole = 0, sum(len(writing.part.curves) for writing in plan.writings)
    for writing in plan.writings:
        owner = writing.part.owner
        doing = f"Writing keys on {owner.name}"
        yield doing, written / whole
        assigned = _assigned(writing, plan.prepared.frames, shared.get(writing.person), copies if spans else None)
        undo.callback(actions.unassign, owner, assigned)
        done.append(assigned)
        shared.setdefault(writing.person, assigned.action)
        if isinstance(owner, bpy.types.Key):
            undo.callback(restore_sliders, owner, widen_sliders(owner, writing.part.curves))
        for curves in _steps_of(writing.part.curves, len(plan.prepared.frames)):
            if assigned.copied:
                keys += actions.replace_keys(owner, curves, plan.prepared.frames, spans)
            else:
                keys += actions.write_curves(owner, curves, plan.prepared.frames)
            written += len(curves)
            yield doing, written / whole
    return keys, done


def _assigned(
    writing: Writing,
    frames: np.ndarray,
    shared: bpy.types.Action | None,
    copies: dict[bpy.types.Action, bpy.types.Action] | None,
) -> actions.Assigned:
    """An action for `writing`: a copy of the one that is there if `copies` are wanted and it can be copied."""
    owner = writing.part.owner
    copied = actions.assign_copy(owner, writing.name, copies) if copies is not None else None
    if copied is not None:
        return copied
    if writing.on_top:
        return actions.assign_on_top(owner, writing.name, (int(frames[0]), int(frames[-1])), shared)
    return actions.assign_new_action(owner, writing.name, shared)


def _steps_of(curves: tuple[Curve, ...], frames: int) -> Iterator[tuple[Curve, ...]]:
    """`curves` of `frames` keys each, in as many as fill a step."""
    count = max(1, _KEYS_A_STEP // frames)
    return (curves[first : first + count] for first in range(0, len(curves), count))


def arrange(
    settings: DuologueSettings,
    take: Path,
    performance: Performance,
    start: float,
    frames: np.ndarray,
    film_heads: tuple[bpy.types.Object, ...],
    *,
    whole: bool,
) -> list[str]:
    """Everything in the scene that follows the keys of `take` at `frames` [K]; what to tell.

    It begins at the frame `start`, and with `whole` all of it has come onto the heads. `film_heads` are both heads
    where cameras and set follow them, else none.
    """
    notes: list[str] = []
    if whole:
        if settings.start_from == "sound" and start != settings.id_data.frame_start:
            notes.append(f"The take begins at frame {start:g}, where its sound is.")
        notes += grow_range(settings, int(frames[0]), int(frames[-1]))
    notes += place_sounds(settings, performance, start)
    settings.take = remembered(take.absolute())
    note_written(settings, start)
    settings.takes.written_with = written_with(settings)
    if not settings.staging.used:
        show_staging(settings.staging, performance.meta.get("staging"))
    if film_heads:
        notes += film(settings, film_heads, performance, frames)
    return notes
