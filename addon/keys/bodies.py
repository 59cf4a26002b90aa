"""Which way the artist's characters face while a take plays, as Blender evaluates them: mocap, parents, constraints."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import bpy
import numpy as np
from mathutils import Matrix

from ...backend.contract.performance import Performance
from ..heads.rig import FACE_PROPERTY
from ..retargeting.character_axes import character_axes
from ..retargeting.own_heads import BONE_NAMES
from ..retargeting.placement import Seat, heading
from ..retargeting.retarget import head_bone
from ..retargeting.rig_mapping import RigMapping
from ..retargeting.rig_survey import RigSurvey
from ..steps import Steps, each_part, part_of
from .sampling import looked_at
from .targets import Target
from .timing import frames_a_second

_APART: Final = 0.4
"""Seconds between two looks at a body."""
_MOST: Final = 300
"""Looks at a body; a longer take is looked at less often."""
_TURNED, _GONE = np.radians(3.0), 0.03
"""Between two looks that are further apart than this, radians or metres, it is looked at again, up to …"""
_MORE: Final = 3
"""… so many times."""
_TURNING: Final = ("trunk", "head")


def headings(
    scene: bpy.types.Scene, targets: Sequence[Target | None], performance: Performance, frames: np.ndarray
) -> Steps[list[np.ndarray]]:
    """For each person at scene `frames` [K] the yaw [K] in the take's scene that is straight ahead for the character.

    Bodies are measured where the take plays, wherever the scene's current frame is, which stays. A target is None
    where nobody knows what a head is made of.
    """
    if all(one is None or one.own for one in targets):
        return [np.zeros(len(frames)), np.zeros(len(frames))]
    looks = _looks(scene, frames)  # [S]
    found = yield from part_of(_measured(scene, targets, looks), 0.0, 0.5)
    again = _where_they_move(found, looks)
    if again.size:
        looks = np.sort(np.concatenate([looks, again]))
        found = yield from part_of(_measured(scene, targets, looks), 0.5, 1.0)
    seats = [
        None if one is None or place is None else _seat(one, performance, person, place)
        for person, (one, place) in enumerate(zip(targets, found, strict=True))
    ]
    each = (heading(performance, person, seats[person], seats[1 - person]) for person in (0, 1))
    return [np.interp(frames, looks, np.broadcast_to(one, len(looks))) for one in each]


def _looks(scene: bpy.types.Scene, frames: np.ndarray) -> np.ndarray:
    """[S] frames from the first to the last of the take."""
    apart = _APART * frames_a_second(scene.render)
    count = int(np.ceil((frames[-1] - frames[0]) / apart)) + 1
    return np.linspace(frames[0], frames[-1], min(max(count, 2), _MOST))


def _where_they_move(places: Sequence[np.ndarray | None], looks: np.ndarray) -> np.ndarray:
    """More frames, between those of `looks` [S] from one to the other of which somebody of `places` moves a lot."""
    moving = np.zeros(len(looks) - 1, dtype=bool)
    for place in places:
        if place is not None:
            steps = np.linalg.norm(np.diff(place[:, :3, 3], axis=0), axis=1)
            axes = place[:, :3, :3] / np.linalg.norm(place[:, :3, :3], axis=1, keepdims=True)
            turns = np.linalg.norm(np.diff(axes, axis=0), axis=(1, 2)) / np.sqrt(2.0)  # about radians
            moving |= (steps > _GONE) | (turns > _TURNED)
    inside = np.arange(1, _MORE + 1) / (_MORE + 1)
    begins, ends = looks[:-1][moving, None], looks[1:][moving, None]
    return np.asarray(begins + (ends - begins) * inside).ravel()


def _measured(
    scene: bpy.types.Scene, targets: Sequence[Target | None], looks: np.ndarray
) -> Steps[list[np.ndarray | None]]:
    """For each person [S, 4, 4]: from the armature's space at rest into the world, as what carries the head moves it.

    The bones that the take turns itself are left out of it. None for a character without bones.
    """
    found: list[np.ndarray | None] = []
    for one, (begin, end) in zip(targets, each_part(len(targets)), strict=True):
        bone = None if one is None else _carried_bone(one)
        armature = None if one is None else (one.head if one.own else one.survey.armature)
        if bone is None or armature is None:
            found.append(None)
            continue
        found.append((yield from part_of(_places(scene, armature, bone, looks), begin, end)))
    return found


def _places(scene: bpy.types.Scene, armature: bpy.types.Object, bone: str, looks: np.ndarray) -> Steps[np.ndarray]:
    """[S, 4, 4] as in `_measured`, of one armature."""
    places = np.empty((len(looks), 4, 4))
    rest = armature.data.bones[bone].matrix_local.inverted()

    def look(index: int, graph: bpy.types.Depsgraph) -> None:
        played = armature.evaluated_get(graph)
        unposed = played.convert_space(
            pose_bone=played.pose.bones[bone], matrix=Matrix(), from_space="LOCAL", to_space="POSE"
        )
        places[index] = played.matrix_world @ unposed @ rest

    yield from looked_at(scene, armature, [bone], looks, look, f"Watching how {armature.name} turns")
    return places


def _carried_bone(target: Target) -> str | None:
    """The topmost bone, on the way down to the head, that the take turns; what is above it carries the head."""
    if target.survey is None or target.mapping is None:
        return BONE_NAMES[0] if FACE_PROPERTY in target.head else None
    return _topmost_turned(target.survey, target.mapping)


def _topmost_turned(rig: RigSurvey, mapping: RigMapping) -> str | None:
    bone = top = head_bone(mapping, rig.bones)
    turned = {part.bone for channel in _TURNING for part in mapping.bones.get(channel, ())}
    while bone in rig.bones:
        if bone in turned and not rig.bones[bone].driven:
            top = bone
        bone = rig.bones[bone].parent
    return top


def _seat(target: Target, performance: Performance, person: int, places: np.ndarray) -> Seat | None:
    """Where a head is in the world and which way it faces, over `places` [S, 4, 4]."""
    if target.survey is None or target.mapping is None:
        middle = performance.translation[person].mean(axis=0)  # [3] the face's origin lies between the eyes
        return Seat(places[:, :3, :3] @ middle + places[:, :3, 3])
    bones = target.survey.bones
    head = head_bone(target.mapping, bones)
    if head is None:
        return None
    position = places[:, :3, :3] @ bones[head].head + places[:, :3, 3]
    turns = places[:, :3, :3] / np.linalg.norm(places[:, :3, :3], axis=1, keepdims=True)
    return Seat(position, turns @ character_axes(bones, head, target.survey.world_up))
