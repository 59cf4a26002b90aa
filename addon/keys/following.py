"""The keys of a take in the scene follow the sliders of *Adjust*: written again in place, without the model."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import bpy
import numpy as np

from ...backend.contract.performance import Performance, load_performance
from ..adjusting.adjusted import adjusted
from ..adjusting.adjustment import as_text
from ..retargeting.rig_presets import mapping_of
from ..settings.adjust_properties import adjustments_of
from ..settings.key_properties import REDUCED, groups_to_write
from ..settings.properties import DuologueSettings, heads_of
from ..steps import Steps, at_once, each_part, part_of
from .actions import fingerprint, paths_of, rewrite_keys
from .assigning import is_whole
from .blending import from_its_place
from .density import few_keys
from .laying_out import (
    Prepared,
    adjustment_on,
    curves_of_person,
    note_adjustment,
    own_actions,
    prepared,
    wanted_adjustments,
)
from .removing import note_rewritten
from .replacing import begin_rewriting, is_as_written, is_being_rewritten, leave_unsigned, sign
from .retaking import people_with_keys
from .rewriting import Written, rewrite_changed
from .shape_parts import Part, of_groups
from .start import written_start
from .strips import is_added, playing
from .takes import take_file

_takes: dict[tuple[Path, int], Performance] = {}


@dataclass
class Followed:
    """A conversation whose keys follow its sliders.

    `basis` is what it was prepared for: where that changes, it has to be prepared again. `written` are the curves that
    were written last, by owner and place there, so that only what changes is written. `actions`, by name, have been
    rewritten and are not signed yet; `edited` are those that an artist has edited, which stay as they are. `parts` of
    each person's are what was written last, and `told` what they were made from. `begun` are the fingerprints of
    `actions` when fitting began after a drag.
    """

    basis: tuple[Any, ...]
    ready: Prepared
    written: Written = field(default_factory=dict)
    actions: list[str] = field(default_factory=list)
    edited: tuple[str, ...] = ()
    parts: dict[int, list[Part]] = field(default_factory=dict)
    told: dict[int, tuple[np.ndarray, ...]] = field(default_factory=dict)
    begun: dict[str, str] = field(default_factory=dict)


def basis_of(settings: DuologueSettings) -> tuple[Any, ...]:
    """Everything besides the sliders that the keys of a conversation depend on. Raises DuologueError (no take)."""
    scene, take = settings.id_data, take_file(settings)
    heads = [None if head is None else (head.name_full, mapping_of(head)) for head in heads_of(settings)]
    rate = (scene.render.fps, scene.render.fps_base)
    return (
        *(scene.name, settings.number, str(take), take.stat().st_mtime_ns, *heads),
        *(people_with_keys(settings), written_start(settings), rate),
    )


def has_followers(settings: DuologueSettings) -> bool:
    """Whether the sliders of a conversation have keys to move: of a take that was written on its heads."""
    return bool(settings.take) and any(
        head is not None and next(own_actions(head), None) is not None for head in heads_of(settings)
    )


def is_behind(settings: DuologueSettings) -> bool:
    """Whether the keys of somebody who gets keys are not as the sliders say."""
    asked, heads = adjustments_of(settings), heads_of(settings)
    found = ((asked[person], heads[person]) for person in people_with_keys(settings))
    return any(
        (there := adjustment_on(head)) is not None and as_text(there) != as_text(wanted)
        for wanted, head in found
        if head is not None
    )


def is_unsettled(settings: DuologueSettings) -> bool:
    """Whether keys are there from the midst of a drag, as in an undo step or in a file that was saved by itself."""
    heads = [head for head in heads_of(settings) if head is not None]
    return any(is_being_rewritten(action) for head in heads for action in own_actions(head))


def prepared_to_follow(settings: DuologueSettings) -> Steps[Followed]:
    """All that can be done before a slider has moved. Raises DuologueError."""
    basis = basis_of(settings)
    yield "Reading the take", 0.0
    performance = _read(take_file(settings))
    ready = yield from part_of(prepared(settings, performance, written_start(settings)), 0.0, 1.0)
    return Followed(basis, ready)


def _read(file: Path) -> Performance:
    """The take that was read last is kept: each undo asks for it again."""
    place = (file, file.stat().st_mtime_ns)
    if place not in _takes:
        _takes.clear()
        _takes[place] = load_performance(file)
    return _takes[place]


def follow(settings: DuologueSettings, followed: Followed) -> None:
    """Write the keys as the sliders are now. Raises DuologueError.

    Whoever's keys were edited by an artist since they were written keeps them, and is in `edited`.
    """
    adjustments = wanted_adjustments(settings, followed.ready)
    begins = not followed.actions
    if begins:
        followed.written.clear()  # others may have written keys since
        followed.told.clear()
        followed.parts.clear()
        followed.edited = ()
    groups = groups_to_write(settings.key_writing)
    told = adjusted(followed.ready.performance, adjustments)
    for person in followed.ready.people:
        shown = _shown(told, person, adjustments[person].offset)
        same = person in followed.parts and all(map(np.array_equal, followed.told[person], shown))
        followed.told[person] = shown
        if same:
            parts = followed.parts[person]
        else:
            parts = _written_parts(curves_of_person(followed.ready, told, person, adjustments[person].offset), groups)
        actions = list(dict.fromkeys(_own_actions(parts)))
        known = (*followed.actions, *followed.edited)
        if not all(action.name in known or is_as_written(action) for action in actions):
            followed.edited = (*followed.edited, *(action.name for action in actions))
        if not actions or any(action.name in followed.edited for action in actions):
            continue
        for action in actions:
            begin_rewriting(action)
            note_adjustment(action, adjustments[person])
            if action.name not in followed.actions:
                followed.actions.append(action.name)
        if not same:
            rewrite_changed(parts, followed.ready.frames, followed.written, begins=begins)
        followed.parts[person] = parts


def settled(settings: DuologueSettings, followed: Followed) -> Steps[None]:
    """The end of a drag: as few keys as the panel says; what is changed in them from now on is an artist's change.

    Whoever's keys an artist has changed meanwhile keeps them; so does who plays other ones by then.
    """
    _leave_replaced(followed)
    if settings.key_writing.density == REDUCED and followed.actions:
        at_once(note_rewritten([part for parts in followed.parts.values() for part in parts]))
        followed.begun = {name: fingerprint(bpy.data.actions[name]) for name in followed.actions}
        people = list(followed.parts)
        found = []
        for person, ends in zip(people, each_part(len(people)), strict=True):
            parts = followed.parts[person]
            steps = few_keys(settings.id_data, followed.ready, person, parts, settings.key_writing)
            found.append((person, (yield from part_of(steps, *ends))))
        yield "Writing keys", 1.0
        leave_edited(followed)
        for person, few in found:
            parts = followed.parts.get(person, [])
            if not parts:
                continue
            for part, keys in zip(parts, few.of_parts, strict=True):
                if (place := playing(part.owner)) is not None:
                    rewrite_keys(place, part.curves, keys)
        followed.written.clear()
    settle(followed)


def settle(followed: Followed) -> None:
    """What is changed in the keys from now on is an artist's change."""
    _leave_replaced(followed)
    if followed.actions:
        at_once(note_rewritten([part for parts in followed.parts.values() for part in parts]))
    for name in followed.actions:
        action = bpy.data.actions.get(name)
        if action is not None and is_whole(action):
            sign(action)
    followed.actions.clear()
    followed.parts.clear()
    followed.begun.clear()


def sign_unfinished(settings: DuologueSettings | None, followed: Followed | None) -> None:
    """Nothing follows any more, though a drag was not ended: its keys stay as they are, and count as written.

    Without this, what an artist changes in them later would be taken for Duologue's own and go without a word.
    """
    found = {bpy.data.actions.get(name) for name in (followed.actions if followed is not None else ())}
    for head in heads_of(settings) if settings is not None else ():
        found |= set(own_actions(head)) if head is not None else set()
    _sign_all(found)
    if followed is not None:
        followed.actions.clear()
        followed.parts.clear()
        followed.begun.clear()


def _sign_all(actions: Iterable[bpy.types.Action | None]) -> None:
    """Those that are still to be signed, and may be."""
    for action in actions:
        if action is not None and action.library is None and is_being_rewritten(action):
            sign(action)


def leave_edited(followed: Followed) -> None:
    """Follow no more whoever's keys an artist has changed since fitting them began, or who plays other keys by now."""
    _leave_replaced(followed)
    for parts in followed.parts.values() if followed.begun else ():
        actions = dict.fromkeys(_own_actions(parts))
        if any(fingerprint(action) != followed.begun[action.name] for action in actions):
            for action in actions:
                sign(action, followed.begun[action.name])
            followed.edited = (*followed.edited, *(action.name for action in actions))
    followed.begun.clear()
    _leave_replaced(followed)


def _leave_replaced(followed: Followed) -> None:
    """Forget people who play other actions than those that are being rewritten, and sign what they played.

    An action that was renamed meanwhile is an artist's, who claimed it.
    """

    def plays(part: Part) -> bool:
        place = playing(part.owner)
        return place is not None and place.action.name in followed.actions and is_being_rewritten(place.action)

    every = [part for parts in followed.parts.values() for part in parts]
    for action in {place.action for part in every if (place := playing(part.owner)) is not None}:
        if action.name not in followed.actions and action.library is None:
            leave_unsigned(action)
    followed.parts = {person: parts for person, parts in followed.parts.items() if all(map(plays, parts))}
    left = {action.name for parts in followed.parts.values() for action in _own_actions(parts)}
    _sign_all(bpy.data.actions.get(name) for name in followed.actions if name not in left)
    followed.actions[:] = [name for name in followed.actions if name in left]


def _written_parts(every: Iterable[Part], groups: Collection[str]) -> list[Part]:
    """Of `every` part the curves that are in Duologue's action; where there is none, those in one of `groups`.

    What is added to what is below is as it is there.
    """
    found = []
    for part in every:
        place = playing(part.owner)
        if place is None:
            found += of_groups([part], groups)
            continue
        there = paths_of(place)
        relative = from_its_place(part) if is_added(part.owner) else part
        curves = tuple(curve for curve in relative.curves if (curve.data_path, curve.index) in there)
        if curves:
            found.append(replace(relative, curves=curves))
    return found


def _own_actions(parts: list[Part]) -> Iterator[bpy.types.Action]:
    """The actions that play `parts`; none where one of them is not Duologue's."""
    found = [playing(part.owner) for part in parts]
    if None not in found:
        yield from (place.action for place in found if place is not None)


def _shown(told: Performance, person: int, offset: float) -> tuple[np.ndarray, ...]:
    """All that the curves of `person` are made from, besides what a conversation was prepared for."""
    arrays = (told.expression[person], told.pose[person], told.translation[person])
    return (*arrays, np.array(offset))
