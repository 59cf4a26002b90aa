"""A take on disk becomes keys on both heads, sound strips, a range and cameras; everything is checked first."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import bpy
import numpy as np

from ...backend.contract.errors import DuologueError, ExitCode
from ...backend.contract.performance import Performance, load_performance
from ..retargeting.channel_groups import GROUPS
from ..retargeting.sliders import restore_sliders, widen_sliders
from ..settings.blend_paths import remembered
from ..settings.key_properties import ADDITIVE, INTO_RANGE, NEW_ACTION, STRIP, groups_to_write
from ..settings.properties import DuologueSettings, settings_of
from ..settings.staging_properties import show_staging
from ..steps import Steps, at_once, part_of
from . import actions, assigning
from .blending import anchored, into_range, relative_to_rest
from .density import thinned
from .kept_actions import keep_ready, keys_in_use, untouched_actions, written_with
from .laying_out import note_adjustment
from .planning import Plan, Writing, planned
from .removing import note_keys
from .replacing import judged, settle
from .retaking import Spans, range_to_write
from .start import note_written
from .strips import push_down, retire_strips
from .surroundings import film, grow_range, place_sounds
from .take_identity import content_of

_KEYS_A_STEP: Final = 20_000
"""A fiftieth of a second, so that several steps fit into a tick."""
_DOING: Final = "Writing keys"
"""One name for all of it: each further one is a tick, and a window that is drawn."""
_MAKING: Final = 0.1
"""The share of writing keys that making actions and F-curves is."""


@dataclass(frozen=True)
class Written:
    """What `write_take` did: keys written, actions that were kept aside, and sentences worth telling."""

    keys: int
    replaced: tuple[str, ...]
    notes: tuple[str, ...]
    reduced: str = ""

    def sentence(self) -> str:
        """One line for the panel."""
        kept = f" Kept aside: {', '.join(self.replaced)}." if self.replaced else ""
        count = f"{self.keys:,} keys{self.reduced}" if self.reduced else f"{self.keys} keys written."
        return " ".join((count + kept, *self.notes)).strip()


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
    where it was written; the scene's range is grown to it if the panel says so. How many keys, which channels and where
    they go is in `settings.key_writing`; as a strip a take is always written whole. Everything is checked before the
    first key; a failure leaves every action as it was.
    """
    written = at_once(write_take_in_steps(context, take, spans, settings, performance))
    context.view_layer.update()  # scripts read poses next
    return written


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
    as_strips = settings.key_writing.mode in (STRIP, ADDITIVE)
    spans = () if as_strips else spans
    plan = yield from part_of(planned(settings, take, spans, performance), 0.0, 0.3)
    place = _place(settings, plan, spans)
    plan, told, notes = yield from part_of(_laid_out(settings, plan, place), 0.3, 0.5)
    playing = keys_in_use(settings)
    with ExitStack() as undo:
        keys, made = yield from part_of(_write_all(plan, place, undo), 0.5, 0.8)
        yield from part_of(note_keys(plan.writings, made, place.spans), 0.8, 0.9)
        for writing, one in zip(plan.writings, made, strict=True):
            if not one.copied:
                note_adjustment(one.action, writing.adjustment)
        known = yield from part_of(judged(made), 0.9, 0.95)
        untouched = yield from part_of(untouched_actions(settings, playing), 0.95, 1.0)
        yield "Arranging the scene", 1.0
        assigned = _assign_all(plan, made, undo)
        undo.pop_all()
    keep_ready(settings, playing, take.absolute(), untouched)
    replaced = settle(assigned, known)
    owners = [writing.part.owner for writing in plan.writings]
    muted = [] if place.spans else _retire(owners, assigned, added=place.mode == ADDITIVE)
    if as_strips:
        for owner, one in zip(owners, assigned, strict=True):
            push_down(owner, one, take.parent.name, added=place.mode == ADDITIVE)
    if muted:
        notes = (*notes, f"Muted, since you edited them: {', '.join(muted)}.")
    ready = plan.prepared
    whole, film_heads = not spans and place.mode != INTO_RANGE, () if filmed else plan.film
    arranged = arrange(settings, take, ready.performance, ready.start, ready.frames, film_heads, whole=whole)
    return Written(keys, tuple(replaced), (*plan.notes, *notes, *arranged), told)


@dataclass(frozen=True)
class _Place:
    """Where keys go: how, and in which `spans` of frames of a copy of what is there; without any, into a new action."""

    mode: str
    spans: Spans


_EVERY_FRAME: Final = ((-(1 << 20), 1 << 20),)


def _place(settings: DuologueSettings, plan: Plan, spans: Spans) -> _Place:
    """Raises DuologueError (SCENE_UNSUITABLE) where the range to write has nothing of the take."""
    mode = settings.key_writing.mode
    if mode == INTO_RANGE and not spans:
        first, last = range_to_write(settings)
        frames = plan.prepared.frames
        inside = frames[(frames >= first) & (frames <= last)]
        if not len(inside):
            raise DuologueError(
                ExitCode.SCENE_UNSUITABLE,
                f"The take goes from frame {frames[0]} to {frames[-1]}, the range from {first} to {last}.",
                "Set the preview range (P in the timeline), or From and To in the panel.",
            )
        return _Place(mode, ((int(inside[0]), int(inside[-1])),))
    if mode == NEW_ACTION and not spans and groups_to_write(settings.key_writing) != GROUPS:
        return _Place(mode, _EVERY_FRAME)
    return _Place(mode if not spans else NEW_ACTION, spans)


def _laid_out(settings: DuologueSettings, plan: Plan, place: _Place) -> Steps[tuple[Plan, str, tuple[str, ...]]]:
    """`plan` with the keys that are to be written, what is told of their number, and notes."""
    scene, keys = settings.id_data, settings.key_writing
    if place.mode == INTO_RANGE:
        plan = replace(into_range(plan, place.spans[0], keys.blend), film=())
    elif place.mode == ADDITIVE:
        plan = replace(relative_to_rest(plan), film=())
    thin = yield from part_of(thinned(scene, plan, keys, place.spans), 0.0, 1.0)
    plan = anchored(thin.plan, place.spans[0]) if place.mode == INTO_RANGE else thin.plan
    return plan, thin.told, thin.notes


def _retire(owners: list[bpy.types.ID], assigned: list[assigning.Assigned], *, added: bool) -> list[str]:
    """Earlier strips of Duologue's go, as far as nobody edited them; names of those that are muted instead."""
    found = [retire_strips(owner, one.action, added=added) for owner, one in zip(owners, assigned, strict=True)]
    return list(dict.fromkeys(name for names in found for name in names))


def _write_all(plan: Plan, place: _Place, undo: ExitStack) -> Steps[tuple[int, list[assigning.Assigned]]]:
    """Keys written and the new actions that hold them, which animate nothing yet; `undo` removes these."""
    keys, frames = 0, plan.prepared.frames
    made = yield from part_of(_make_all(plan, place, undo), 0.0, _MAKING)
    written, whole = 0, sum(len(writing.part.curves) for writing in plan.writings)
    for writing, one in zip(plan.writings, made, strict=True):
        for part in _steps_of(len(writing.part.curves), len(frames)):
            yield _DOING, _MAKING + (1.0 - _MAKING) * written / whole
            keys += _written(writing, one, part, frames, place.spans if one.copied else ())
            written += len(writing.part.curves[part])
    return keys, made


def _make_all(plan: Plan, place: _Place, undo: ExitStack) -> Steps[list[assigning.Assigned]]:
    """New actions with all F-curves that get keys; `undo` removes them."""
    made: list[assigning.Assigned] = []
    shared: dict[int, bpy.types.Action] = {}
    copies: dict[bpy.types.Action, bpy.types.Action] = {}
    undo.callback(lambda: _discard({*copies.values(), *(one.action for one in made)}))
    for index, writing in enumerate(plan.writings):
        yield _DOING, index / len(plan.writings)
        one = _made(writing, plan.prepared.frames, shared.get(writing.person), place, copies)
        made.append(one)
        shared.setdefault(writing.person, one.action)
        if one.takes_polish_over:
            actions.copy_polish(one.replaced, one.replaced_slot, one.to_fill)
        actions.add_curves(one.to_fill, writing.part.curves)
    return made


def _discard(made: set[bpy.types.Action]) -> None:
    for action in made:
        bpy.data.actions.remove(action)


def _assign_all(plan: Plan, made: list[assigning.Assigned], undo: ExitStack) -> list[assigning.Assigned]:
    """Let the actions that were `made` animate, all together; `undo` takes it back."""
    assigned = []
    for writing, one in zip(plan.writings, made, strict=True):
        owner = writing.part.owner
        assigned.append(assigning.assign(owner, one))
        undo.callback(assigning.unassign, owner, assigned[-1])
        if isinstance(owner, bpy.types.Key):
            undo.callback(restore_sliders, owner, widen_sliders(owner, writing.part.curves))
    return assigned


def _written(writing: Writing, made: assigning.Assigned, part: slice, frames: np.ndarray, spans: Spans) -> int:
    """How many keys were written into what was `made` for the curves `part` of `writing`, in `spans` of a copy."""
    owner, curves = made.to_fill, writing.part.curves[part]
    keys = None if writing.keys is None else writing.keys[part]
    if spans:
        return actions.replace_keys(owner, curves, frames, spans, keys)
    if keys is not None:
        return actions.write_keys(owner, curves, keys)
    return actions.write_curves(owner, curves, frames)


def _made(
    writing: Writing,
    frames: np.ndarray,
    shared: bpy.types.Action | None,
    place: _Place,
    copies: dict[bpy.types.Action, bpy.types.Action],
) -> assigning.Assigned:
    """An action for `writing`: a copy of the one that is there where only a part of it is written, if it can be."""
    owner = writing.part.owner
    if place.spans:
        copied = assigning.copied_action(owner, writing.name, copies, of_any=place.mode == INTO_RANGE)
        if copied is not None:
            return copied
    if writing.on_top or place.mode in (STRIP, ADDITIVE):
        ends = (int(frames[0]), int(frames[-1]))
        return assigning.action_on_top(owner, writing.name, ends, shared, over_own=place.mode == ADDITIVE)
    return assigning.new_action(owner, writing.name, shared)


def _steps_of(curves: int, frames: int) -> Iterator[slice]:
    """Parts of so many curves of `frames` keys each, as many as fill a step."""
    count = max(1, _KEYS_A_STEP // frames)
    return (slice(first, first + count) for first in range(0, curves, count))


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
    settings.takes.written_with, settings.takes.content = written_with(settings), content_of(take)
    if not settings.staging.used:
        show_staging(settings.staging, performance.meta.get("staging"))
    if film_heads:
        notes += film(settings, film_heads, performance, frames)
    return notes
