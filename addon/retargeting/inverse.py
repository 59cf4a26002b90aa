"""A character's keys and bones told back in a take's terms: `character_curves` the other way round. No bpy here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from ...backend.contract.arkit import ARKIT_INDEX, ARKIT_NAMES
from ...backend.contract.bounded_least_squares import bounded_least_squares
from ...backend.contract.constants import JAW_OPEN_RADIANS, JOINT_NAMES
from .arkit_channels import LOOK_DOWN, LOOK_SIDE, LOOK_UP
from .character_axes import RestBone, character_axes
from .retarget import carriers_of, eye_unit, head_bone, usable_parts
from .rig_mapping import UNLIMITED, RigMapping
from .rotation import axis_angles, inverse, product

_RIDGE: Final = 1e-3
_MOVE_WEIGHT: Final = 20.0
"""Bones of a face move by twentieths of the distance between the eyes; so weighed, they count as keys do."""
_FLAME_COMPONENT: Final = "expression_"
_CHANNELS: Final = {"trunk": "global", "head": "neck", "jaw": "jaw", "eye_left": "eye_left", "eye_right": "eye_right"}
_SIDES: Final = ("Left", "Right")


@dataclass(frozen=True)
class Acted:
    """One person over T frames as a take has it.

    `expression` [T, E] in the mapping's basis (52 of ARKit, or as many of FLAME's as the rig has), `pose` [T, 5, 3].
    """

    expression: np.ndarray
    pose: np.ndarray


def bones_needed(mapping: RigMapping, bones: Mapping[str, RestBone]) -> tuple[str, ...]:
    """The bones whose turns and locations `acted` asks for: those that are mapped, and what they hang from."""
    named = [part.bone for parts in usable_parts(mapping, bones).values() for part in parts]
    above = [parent for name in named if (parent := bones[name].parent) is not None]
    return tuple(dict.fromkeys((*named, *above, *(name for name in mapping.moves if name in bones))))


def acted(
    mapping: RigMapping,
    bones: Mapping[str, RestBone],
    world_up: np.ndarray,
    values: Mapping[str, np.ndarray],
    turns: Mapping[str, np.ndarray],
    locations: Mapping[str, np.ndarray],
) -> Acted:
    """What a take would have to say for the rig to be as it was sampled.

    `values` shape key → [T]; `turns` bone → [T, 4], how it has turned from its rest in the armature's space, for the
    bones of `bones_needed`; `locations` bone → [T, 3] on the bone's rest. Components that no key and no bone shows
    are 0. Where several ways lead to the same face the smallest components are taken.
    """
    frames = len(next(iter((*values.values(), *turns.values()))))
    parts = usable_parts(mapping, bones)
    carriers = carriers_of(mapping, parts)
    axes = character_axes(bones, head_bone(mapping, bones), world_up)
    offsets = {
        name: locations[name] @ (axes.T @ bones[name].rotation).T / eye_unit(mapping, bones)
        for name in mapping.moves
        if name in bones and name in locations
    }  # [T, 3] in character axes, in distances between the eyes
    components = _components(mapping, values, offsets, frames)
    pose = np.zeros((frames, len(JOINT_NAMES), 3))
    for channel, named in parts.items():
        if channel not in _CHANNELS:
            continue  # lids; a take has no joint for them
        turned = turns[named[-1].bone]  # [T, 4]
        above = bones[named[0].bone].parent
        relative = turned if above not in turns else product(inverse(turns[above]), turned)
        pose[:, JOINT_NAMES.index(_CHANNELS[channel])] = axis_angles(relative) @ axes
    if mapping.basis == "flame":
        return Acted(_flame_expression(components, frames), pose)
    if not carriers.jaw:
        pose[:, JOINT_NAMES.index("jaw"), 0] = components.get("jawOpen", 0.0) * JAW_OPEN_RADIANS
    if not carriers.eyes:
        for side in _SIDES:
            pose[:, JOINT_NAMES.index(f"eye_{side.lower()}")] = _eye_turn(components, side, frames)
    expression = np.zeros((frames, len(ARKIT_NAMES)))
    for name, column in ARKIT_INDEX.items():
        if name in components and name != "jawOpen":
            expression[:, column] = components[name]
    return Acted(expression, pose)


def _components(
    mapping: RigMapping, values: Mapping[str, np.ndarray], offsets: Mapping[str, np.ndarray], frames: int
) -> dict[str, np.ndarray]:
    """Component → [T]: the smallest ones whose keys and moves are nearest to what was sampled; recipes add theirs."""
    equations: list[tuple[Mapping[str, float], np.ndarray]] = [
        (row, values[key]) for key, row in mapping.shapes.items() if key in values
    ]
    for bone, row in mapping.moves.items():
        if bone in offsets:
            equations += [
                ({name: _MOVE_WEIGHT * way[axis] for name, way in row.items()}, _MOVE_WEIGHT * offsets[bone][:, axis])
                for axis in range(3)
            ]
    names = sorted({name for row, _ in equations for name in row})
    found: dict[str, np.ndarray] = {}
    if names:
        matrix = np.array([[row.get(name, 0.0) for name in names] for row, _ in equations])  # [Q, C]
        wanted = np.stack([value for _, value in equations], axis=1)  # [T, Q]
        low, high = UNLIMITED if mapping.basis == "flame" else (0.0, 1.0)
        gram = matrix.T @ matrix + _RIDGE * np.eye(len(names))
        limits = np.full(len(names), low), np.full(len(names), high)
        solved = bounded_least_squares(gram, wanted @ matrix, *limits)  # [T, C]
        found = {name: solved[:, column] for column, name in enumerate(names)}
    shown = set(found)
    for key, row in mapping.recipes.items():
        for name, amount in row.items():
            if key in values and name not in shown:
                found[name] = np.clip(found.get(name, np.zeros(frames)) + amount * values[key], 0.0, 1.0)
    return found


def _flame_expression(components: Mapping[str, np.ndarray], frames: int) -> np.ndarray:
    """[T, E], E the number of the highest component."""
    columns = {int(name.removeprefix(_FLAME_COMPONENT)) - 1: one for name, one in components.items()}
    expression = np.zeros((frames, max(columns, default=-1) + 1))
    for column, one in columns.items():
        expression[:, column] = one
    return expression


def _eye_turn(components: Mapping[str, np.ndarray], side: str, frames: int) -> np.ndarray:
    """[T, 3] radians: X down, Y to the person's left."""

    def of(way: str) -> np.ndarray:
        return components.get(f"eyeLook{way}{side}", np.zeros(frames))

    outward = (of("Out") - of("In")) * LOOK_SIDE
    down = of("Down") * LOOK_DOWN - of("Up") * LOOK_UP
    return np.stack([down, outward if side == "Left" else -outward, np.zeros(frames)], axis=1)
