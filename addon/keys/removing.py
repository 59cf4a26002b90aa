"""*Remove Duologue keys*: what was written goes, and what an artist added or changed since stays.

Each action that Duologue writes remembers its keys' frames and values, so that they can be told from others.
"""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import bpy
import numpy as np

from ..retargeting.rig_survey import survey
from ..settings.properties import DuologueSettings, heads_of
from ..steps import Steps, each_part, part_of
from . import actions
from .actions import OWN_PROPERTY, Places
from .assigning import BEFORE, Assigned, is_whole, reset_blending
from .kept_actions import forget, kept_takes
from .planning import Writing
from .replacing import is_untouched
from .shape_parts import Part
from .strips import own_strips, playing, remove_strip

_KEYS: Final = "duologue_keys"
"""On an action: what Duologue wrote into it, as `_packed` packs it."""
_ORIGINAL: Final = "duologue_original"
"""On a copy of an artist's action that a range was written into: the artist's."""

_Record = dict[str, Places]
"""Slot's name → keys."""


@dataclass
class Removed:
    """How many `keys` went; what was kept, as parts of a sentence; names of actions that play again."""

    keys: int = 0
    kept: list[str] = field(default_factory=list)
    again: list[str] = field(default_factory=list)

    def sentence(self) -> str:
        """One line for the panel."""
        if not (self.keys or self.kept):
            return "Duologue has written no keys on these heads."
        told = [f"Removed {self.keys:,} keys."]
        if self.again:
            told.append(f"Plays again: {', '.join(dict.fromkeys(self.again))}.")
        if self.kept:
            told.append(f"Kept, since it is yours: {'; '.join(dict.fromkeys(self.kept))}.")
        return " ".join(told)


def note_keys(writings: Sequence[Writing], made: Sequence[Assigned], spans: Sequence[tuple[int, int]]) -> Steps[None]:
    """Let the actions that were `made` remember what was written into them: everything, or in a copy what is in
    `spans`. They need not be assigned yet.
    """
    records: dict[bpy.types.Action, tuple[_Record, list[tuple[int, int]]]] = {}
    for index, (writing, one) in enumerate(zip(writings, made, strict=True)):
        yield "Noting keys", 0.5 * index / len(made)
        owner, action = one.to_fill, one.action
        record, _ = records.setdefault(action, _record_of(action) if one.copied else ({}, []))
        before = record.get(slot := actions.slot_name(owner), {})
        record[slot] = {**before}
        paths = {(curve.data_path, curve.index) for curve in writing.part.curves}
        for path, places in actions.places_of(owner).items():
            if path in paths:
                new = places[actions.within(places, spans if one.copied else ())]
                old = before.get(path, np.zeros((0, 2), np.float32))
                record[slot][path] = np.concatenate([old[~actions.within(old, spans)], new])
        if one.copied and one.replaced is not None and not is_whole(action):
            action[_ORIGINAL] = one.replaced.get(_ORIGINAL, one.replaced)
    for (action, (record, before_spans)), ends in zip(records.items(), each_part(len(records), 0.5), strict=True):
        action[_KEYS] = yield from part_of(_packed(record, [*before_spans, *spans]), *ends)


def note_rewritten(parts: Sequence[Part]) -> Steps[None]:
    """Let actions of which Duologue wrote all remember the keys that the curves of `parts` have in them now."""
    records: dict[bpy.types.Action, _Record] = {}
    for index, part in enumerate(parts):
        yield "Noting keys", 0.5 * index / len(parts)
        place = playing(part.owner)
        if place is None:
            continue
        paths = {(curve.data_path, curve.index) for curve in part.curves}
        written = {path: there for path, there in actions.places_of(place).items() if path in paths}
        records.setdefault(place.action, {})[actions.slot_name(place)] = written
    for (action, record), ends in zip(records.items(), each_part(len(records), 0.5), strict=True):
        action[_KEYS] = yield from part_of(_packed({**_record_of(action)[0], **record}, []), *ends)


def first_written_frame(action: bpy.types.Action) -> float | None:
    """The first frame on which Duologue wrote a key into `action`, as far as is known; None without any."""
    written = [places[:, 0].min() for slot in _record_of(action)[0].values() for places in slot.values() if len(places)]
    return float(min(written)) if written else actions.first_frame_of(action)


def remove_written(settings: DuologueSettings) -> Removed:
    """Take everything away that Duologue wrote on the heads of the conversation `settings`."""
    removed = Removed()
    given: list[bpy.types.Action] = []
    for owner in owners_of(settings):
        for track, strip in list(own_strips(owner)):
            _remove_strip(owner, track, strip, removed)
        data, played = owner.animation_data, ""
        # What plays again may be an artist's action with a range in it.
        while data is not None and data.action is not None and OWN_PROPERTY in data.action:
            if data.action.name == played:
                break
            played = data.action.name
            _remove_action(owner, removed, given)
    for action in given:  # only now: other data-blocks may have slots in them
        for name in (_KEYS, _ORIGINAL, OWN_PROPERTY):
            action.pop(name, None)
    for take in kept_takes(settings):
        forget(settings, take)
    return removed


def has_written() -> bool:
    """Whether there are keys of Duologue's in this file, on whomever; a panel asks each time it is drawn."""
    return any(OWN_PROPERTY in action for action in bpy.data.actions)


def owners_of(settings: DuologueSettings) -> Iterator[bpy.types.ID]:
    """The data-blocks of both heads that keys are written on."""
    seen: set[bpy.types.ID] = set()
    for head in heads_of(settings):
        if head is None:
            continue
        rig = survey(head)
        controls = [one.control.owner for mesh in rig.meshes for one in mesh.controls.values()]
        for owner in (rig.armature, *(mesh.shape_keys for mesh in rig.meshes), *controls):
            if owner is not None and owner not in seen:
                seen.add(owner)
                yield owner


def _remove_strip(owner: bpy.types.ID, track: bpy.types.NlaTrack, strip: bpy.types.NlaStrip, removed: Removed) -> None:
    """A strip whose action nobody edited goes; another one is muted, since it holds the artist's work as well."""
    action = strip.action
    if not is_untouched(action):
        strip.mute = True
        removed.kept.append(f"the edited strip {strip.name}, muted")
        return
    slot = actions.slot_name(actions.ActionSlot(action, strip.action_slot if actions.one_for_all() else None))
    removed.keys += _count(_record_of(action)[0].get(slot, {}))
    remove_strip(owner, track, strip)
    _give_back(owner, None, removed)
    if not action.users:
        bpy.data.actions.remove(action)


def _remove_action(owner: bpy.types.ID, removed: Removed, given: list[bpy.types.Action]) -> None:
    """Take what Duologue wrote out of the action of `owner`; one that stays, as the artist's, is added to `given`."""
    data = owner.animation_data
    action, slot = data.action, actions.slot_name(owner)
    original = action.get(_ORIGINAL)
    if is_untouched(action):
        record = _record_of(action)[0].get(slot)
        removed.keys += _count(actions.places_of(owner) if record is None else record)
        data.action = None
        _give_back(owner, original, removed, slot)
    elif _KEYS not in action:
        removed.kept.append(f"the action {action.name}, which an earlier version wrote and somebody changed")
    else:
        record, spans = _record_of(action)
        count, left = actions.remove_keys(owner, record.get(slot, {}))
        removed.keys += count
        if original is not None:
            actions.put_back(owner, original, slot, spans)
        elif left:
            removed.kept.append(f"keys under {', '.join(left)} in {action.name}")
        else:
            data.action = None
            _give_back(owner, None, removed)
        if original is not None or left:
            given.append(action)
    if not action.users:
        bpy.data.actions.remove(action)


def _give_back(owner: bpy.types.ID, original: bpy.types.Action | None, removed: Removed, slot: str = "") -> None:
    """Let the action that a range was written over play again, or the one that plays from below a take."""
    data = owner.animation_data
    if original is not None:
        data.action = original
        if actions.one_for_all() and slot in original.slots:
            data.action_slot = original.slots[slot]
        removed.again.append(original.name)
        return
    if data.action is not None or any(own_strips(owner)):
        return
    for track in reversed(data.nla_tracks):
        if track.name.endswith(BEFORE) and len(track.strips) == 1 and track.strips[0].action is not None:
            strip = track.strips[0]
            data.action = strip.action
            if actions.one_for_all():
                data.action_slot = strip.action_slot
            influence = strip.influence if strip.use_animated_influence or strip.influence < 1.0 else 1.0
            data.action_blend_type, data.action_influence = strip.blend_type, influence
            data.action_extrapolation = strip.extrapolation
            removed.again.append(strip.action.name)
            data.nla_tracks.remove(track)
            return
    reset_blending(data)


def _count(places: Places) -> int:
    return sum(map(len, places.values()))


def _packed(record: _Record, spans: Sequence[tuple[int, int]]) -> Steps[str]:
    """`record` and `spans` as a line of JSON, then all frames and values; as text, since Blender cuts copied bytes."""
    arrays = [places.astype(np.float32) for slot in record.values() for places in slot.values()]
    lines: dict[str, Any] = {
        "spans": [list(span) for span in spans],
        "slots": {slot: [[*path, len(places)] for path, places in found.items()] for slot, found in record.items()},
    }
    packing = zlib.compressobj(1)
    packed = [packing.compress(json.dumps(lines).encode() + b"\n")]
    for index, places in enumerate(arrays):
        yield "Noting keys", index / len(arrays)
        packed.append(packing.compress(places.tobytes()))
    packed.append(packing.flush())
    return base64.b64encode(b"".join(packed)).decode()


def _record_of(action: bpy.types.Action) -> tuple[_Record, list[tuple[int, int]]]:
    """What was written into `action`, and in which spans; nothing where an earlier version wrote it."""
    packed = action.get(_KEYS)
    if not isinstance(packed, str):
        return {}, []
    head, _, numbers = zlib.decompress(base64.b64decode(packed)).partition(b"\n")
    lines = json.loads(head)
    places = np.frombuffer(numbers, dtype=np.float32).reshape(-1, 2)
    record: _Record = {}
    first = 0
    for slot, paths in lines["slots"].items():
        record[slot] = {}
        for path, index, count in paths:
            record[slot][path, index] = places[first : first + count]
            first += count
    return record, [(first, last) for first, last in lines["spans"]]
