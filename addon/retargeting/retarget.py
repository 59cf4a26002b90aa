"""A take on a character that Duologue did not build, by a mapping that is data (presets/rigs). No bpy here."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from ...backend.contract.performance import Performance
from .arkit_channels import arkit_channels
from .bone_retarget import Turns, bone_curves, move_curves, turns_of
from .channel_groups import group_of_row
from .character_axes import RestBone, character_axes, eye_distance
from .curves import Curve, RigCurves, key_path
from .lid_and_jaw_turns import shut_by, with_lids
from .own_heads import component_names
from .rig_mapping import BonePart, RigMapping
from .rotation import resampled
from .shape_retarget import closes, shape_values

_EYES: Final = ("eye_left", "eye_right")
_LOOK: Final = "eyeLook"
_USUAL_EYE_DISTANCE: Final = 0.0625
"""Metres; for a rig without bones at the eyes."""


@dataclass(frozen=True)
class Carriers:
    """What carries the eyes and the jaw of one character.

    `eyes` says that bones turn the eyes, `lids` that the eyeLook components then stay for the lids, `jaw` that a bone
    opens the mouth.
    """

    eyes: bool
    lids: bool
    jaw: bool


def character_curves(
    performance: Performance,
    person: int,
    seconds: np.ndarray,
    mapping: RigMapping,
    bones: Mapping[str, RestBone],
    world_up: np.ndarray,
    heading: np.ndarray | float = 0.0,
) -> RigCurves:
    """The curves of one person at `seconds` [K] after the take's beginning, on the keys and bones `mapping` names.

    `mapping` holds the rig's own names; a bone that is not in `bones`, or that the rig's own drivers turn, is left
    alone. `performance` is in the basis the mapping speaks of. No bone is moved to where the take's person sits: the
    artist has placed the character; `heading` as in `placement.heading`.
    """
    parts = usable_parts(mapping, bones)
    carriers = carriers_of(mapping, parts)
    channels = _resampled(_channels(performance, person, mapping, carriers), np.asarray(seconds) * performance.fps)
    shapes = tuple(
        Curve(key_path(key), 0, values, group_of_row(mapping.shapes.get(key) or mapping.recipes[key]))
        for key, values in shape_values(mapping, channels).items()
    )
    moves = {name: row for name, row in mapping.moves.items() if name in bones and not bones[name].placed}
    if not parts and not moves:
        return RigCurves((), shapes)
    axes = character_axes(bones, head_bone(mapping, bones), world_up)
    turns = turns_of(performance, person, seconds, heading)
    if carriers.jaw and mapping.basis == "arkit" and not closes(mapping):
        turns = replace(turns, jaw=shut_by(turns.jaw, channels))
    turns = with_lids(turns, channels)
    turning = bone_curves(_turns_by_channel(turns, parts), parts, bones, axes)
    unit = eye_unit(mapping, bones)
    return RigCurves((*turning, *move_curves(moves, channels, bones, axes, unit)), shapes)


def carriers_of(mapping: RigMapping, parts: Mapping[str, Collection[BonePart]]) -> Carriers:
    """What carries eyes and jaw, where `parts` are the bones that can be turned.

    "bones" means bones with lids by shapes, "shapes" shapes; each falls back to the other where the rig lacks it.
    """
    there = all(parts.get(eye) for eye in _EYES)
    rows = (*mapping.shapes.values(), *mapping.recipes.values(), *mapping.moves.values())
    looks = any(component.startswith(_LOOK) for row in rows for component in row)
    eyes = there and not (mapping.eyes == "shapes" and looks)
    opens = any(row.get("jawOpen") for row in rows)
    jaw = bool(parts.get("jaw")) and not (mapping.jaw != "bones" and opens)
    return Carriers(eyes=eyes, lids=eyes and mapping.eyes == "bones", jaw=jaw)


def head_bone(mapping: RigMapping, bones: Mapping[str, RestBone]) -> str | None:
    """The last bone of the mapping's head that is on the rig."""
    named = [part.bone for part in mapping.bones.get("head", ()) if part.bone in bones]
    return named[-1] if named else None


def usable_parts(mapping: RigMapping, bones: Mapping[str, RestBone]) -> dict[str, tuple[BonePart, ...]]:
    """Channel → parts whose bones are on the rig and free to turn, for the channels that have any."""
    parts = {
        channel: tuple(part for part in named if part.bone in bones and not bones[part.bone].driven)
        for channel, named in mapping.bones.items()
    }
    there = {channel: named for channel, named in parts.items() if named}
    carriers = carriers_of(mapping, there)
    unused = {*(() if carriers.eyes else _EYES), *(() if carriers.jaw else ("jaw",))}
    return {channel: named for channel, named in there.items() if channel not in unused}


def _channels(performance: Performance, person: int, mapping: RigMapping, carriers: Carriers) -> dict[str, np.ndarray]:
    """Component → [T]."""
    if mapping.basis == "flame":
        expression = performance.expression[person].astype(np.float64)  # [T, E]
        names = component_names(performance.face, expression.shape[1])
        return {name: expression[:, column] for column, name in enumerate(names)}
    channels = arkit_channels(performance, person, jaw=not carriers.jaw, eyes=not carriers.eyes)
    if carriers.eyes and not carriers.lids:
        # These keys would turn the eyes a second time.
        channels |= {name: np.zeros_like(values) for name, values in channels.items() if name.startswith(_LOOK)}
    return channels


def _resampled(channels: Mapping[str, np.ndarray], at: np.ndarray) -> dict[str, np.ndarray]:
    together = resampled(np.stack(list(channels.values()), axis=1), at)  # [K, C]
    return {name: together[:, column] for column, name in enumerate(channels)}


def _turns_by_channel(turns: Turns, parts: Mapping[str, Collection[BonePart]]) -> dict[str, np.ndarray]:
    """Channel → [K, 3]; a character whose trunk is not mapped gets the trunk's part with the head."""
    if "trunk" not in parts:
        turns = replace(turns, head=turns.whole_head)
    return {channel: getattr(turns, channel) for channel in parts}


def eye_unit(mapping: RigMapping, bones: Mapping[str, RestBone]) -> float:
    """The distance between the eyes in the armature's space, or the usual one in metres."""
    left, right = (next((part.bone for part in mapping.bones.get(eye, ())), None) for eye in _EYES)
    return eye_distance(bones, left, right) or _USUAL_EYE_DISTANCE
