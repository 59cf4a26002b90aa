"""Keys of takes that left the heads stay ready, so that going back to one is instant and keeps an artist's edits."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import bpy

from ..retargeting.rig_survey import meshes_of
from ..settings.adjust_properties import adjustments_of
from ..settings.blend_paths import file_of
from ..settings.properties import DuologueSettings, heads_of
from ..settings.take_properties import KeptAction
from ..steps import Steps, each_part, part_of
from .actions import OWN_PROPERTY
from .assigning import action_of, check_free, play_action
from .laying_out import adjustment_in
from .replacing import is_untouched, is_untouched_in_steps
from .retaking import people_with_keys
from .start import start_of
from .take_identity import TakeIdentity, identity_of
from .timing import frames_a_second

_READY: Final = 1
"""Takes beside the one on the heads whose keys stay although no one has edited them: 13 MB a minute of both people."""
_GROUPS: Final = ("key_writing",)
"""Groups of settings that keys are written with."""
Known = Mapping[bpy.types.Action, bool]
"""Of some actions, whether they are as Duologue wrote them."""


@dataclass(frozen=True)
class KeysInUse:
    """The action of Duologue's, and its slot, that animates `owner`, or the shape keys of its mesh, of `person`."""

    person: int
    owner: bpy.types.Object
    of_shapes: bool
    action: bpy.types.Action
    slot: str


def keys_in_use(settings: DuologueSettings) -> list[KeysInUse]:
    """What animates both people now, as far as Duologue wrote it."""
    found = []
    for person, head in enumerate(heads_of(settings)):
        for owner in dict.fromkeys((head, *meshes_of(head))) if head is not None else ():
            for of_shapes in (False, True):
                block = _block(owner, of_shapes=of_shapes)
                action, slot = (None, "") if block is None else action_of(block)
                if action is not None and OWN_PROPERTY in action:
                    found.append(KeysInUse(person, owner, of_shapes, action, slot))
    return found


def untouched_actions(settings: DuologueSettings, playing: Sequence[KeysInUse]) -> Steps[Known]:
    """Of the actions that are `playing` and those that are kept ready: which are as Duologue wrote them."""
    kept = (row.action for row in settings.takes.kept if row.action is not None)
    every = list(dict.fromkeys((*kept, *(one.action for one in playing))))
    found = {}
    for action, ends in zip(every, each_part(len(every)), strict=True):
        found[action] = yield from part_of(is_untouched_in_steps(action), *ends)
    return found


def keep_ready(settings: DuologueSettings, found: Sequence[KeysInUse], take: Path, known: Known) -> None:
    """The performance `take` comes onto the heads: what played there so far, `found`, stays ready.

    Keys of `take` that were ready are no longer kept; those of takes that were left longest ago go where nobody has
    edited them, as far as is `known`. Nothing is kept where `take` is the one that is on the heads.
    """
    before = file_of(settings, settings.take) if settings.take else None
    forget(settings, identity_of(take), known, edited=True)
    if before is None or before.parent == take.parent:
        return
    left = identity_of(before, settings.takes.content)
    for one in found:
        row = settings.takes.kept.add()
        row.take, row.content, row.written_with = left.name, left.content, settings.takes.written_with
        row.person, row.owner, row.of_shapes = one.person, one.owner, one.of_shapes
        row.action, row.slot = one.action, one.slot
    settings.takes.before = settings.take
    takes = kept_takes(settings)
    for one in takes[: max(0, len(takes) - _READY)]:
        forget(settings, one, known)


def kept_takes(settings: DuologueSettings) -> list[TakeIdentity]:
    """The takes whose keys are ready, the one that was left longest ago first."""
    return list(dict.fromkeys(map(_take_of, settings.takes.kept)))


def forget(
    settings: DuologueSettings, take: TakeIdentity, known: Known = MappingProxyType({}), *, edited: bool = False
) -> None:
    """Keep nothing ready of `take`; with `edited` not even what an artist has edited.

    Actions that were edited stay in the file in any case. What is `known` of actions is not looked at again.
    """
    actions = {row.action for row in _rows(settings, take) if row.action is not None}
    untouched = {action: known[action] if action in known else is_untouched(action) for action in actions}
    if not edited and not all(untouched.values()):
        return
    kept = settings.takes.kept
    for index in reversed([index for index, row in enumerate(kept) if _take_of(row).fits(take)]):
        kept.remove(index)
    for action in actions:
        if not untouched[action]:
            _keep_in_file(action)
        elif action.users == 0:
            bpy.data.actions.remove(action)


def is_ready(settings: DuologueSettings, take: Path, known: Known) -> bool:
    """Whether the keys of the performance `take` are there as they would be written now, or as an artist left them."""
    rows = list(_rows(settings, identity_of(take)))
    if not rows or not all(_is_usable(settings, row) for row in rows):
        return False
    if not set(people_with_keys(settings)) <= {row.person for row in rows}:
        return False
    return all(_is_current(settings, row) or not known[row.action] for row in rows)


def play_ready(settings: DuologueSettings, take: Path, found: Sequence[KeysInUse], known: Known) -> list[str]:
    """Put the keys of `take`, which are ready, onto the heads, in place of `found`, which is in use.

    Returns the names of actions that are so by an artist's hand. Raises DuologueError (SCENE_UNSUITABLE: a strip is
    being edited in the NLA editor); then nothing has changed.
    """
    people = people_with_keys(settings)
    edited: dict[str, None] = {}
    rows = (row for row in _rows(settings, identity_of(take)) if row.person in people)
    blocks = ((row, _block(row.owner, of_shapes=row.of_shapes)) for row in rows)
    coming = [(row, block) for row, block in blocks if block is not None]
    for _, block in coming:
        check_free(block)
    for row, block in coming:
        before, _ = action_of(block)
        if before is not None and not (known[before] if before in known else is_untouched(before)):
            _keep_in_file(before)
        play_action(block, row.action, row.slot)
        if not _is_current(settings, row):
            edited[row.action.name] = None
    keep_ready(settings, found, take, known)
    return list(edited)


def written_with(settings: DuologueSettings) -> str:
    """What keys depend on beside the take, the heads and the sliders of *Adjust*, as text."""
    groups = [_plain(getattr(settings, name)) for name in _GROUPS if name in settings.bl_rna.properties]
    rate = frames_a_second(settings.id_data.render)
    return json.dumps([round(start_of(settings), 3), rate, settings.reaction, groups], sort_keys=True, default=str)


def _is_current(settings: DuologueSettings, row: KeptAction) -> bool:
    """Whether the action has the keys that would be written now."""
    there = adjustment_in(row.action)
    return row.written_with == written_with(settings) and there in (None, adjustments_of(settings)[row.person])


def _plain(value: Any) -> Any:
    if isinstance(value, bpy.types.bpy_struct):
        names = (name for name, one in value.bl_rna.properties.items() if one.type not in ("COLLECTION", "POINTER"))
        return {name: _plain(getattr(value, name)) for name in names}
    if isinstance(value, set | frozenset):
        return sorted(value)
    return list(value) if hasattr(value, "__len__") and not isinstance(value, str) else value


def _keep_in_file(action: bpy.types.Action) -> None:
    """Blender leaves out what nothing uses when it saves."""
    if action.library is None:
        action.use_fake_user = True


def _rows(settings: DuologueSettings, take: TakeIdentity) -> Iterator[KeptAction]:
    return (row for row in settings.takes.kept if _take_of(row).fits(take))


def _take_of(row: KeptAction) -> TakeIdentity:
    return TakeIdentity(row.take, row.content)


def _is_usable(settings: DuologueSettings, row: KeptAction) -> bool:
    if row.owner is None or row.action is None or row.owner.name not in settings.id_data.objects:
        return False
    return _block(row.owner, of_shapes=row.of_shapes) is not None


def _block(owner: bpy.types.Object, *, of_shapes: bool) -> bpy.types.ID | None:
    return getattr(owner.data, "shape_keys", None) if of_shapes else owner
