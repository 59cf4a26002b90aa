"""Which way a character faces, from its skeleton alone: left, up and forward in the armature's space. No bpy here."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from math import cos, radians
from typing import Final

import numpy as np

_SNAP_SIDE: Final = cos(radians(10.0))
"""A left within this of an axis of the armature is that axis."""
_SNAP_UP: Final = cos(radians(35.0))
"""Necks lean further than 10 degrees from the vertical."""
_DOWN: Final = -0.5
_TINY: Final = 1e-6

_LEFT_NAMES: Final = (
    (re.compile(r"(?<=[._\- ])[Ll](?=$|[._\- ])"), {"L": "R", "l": "r"}),
    (re.compile(r"^[Ll](?=[._\- ])"), {"L": "R", "l": "r"}),
    (re.compile(r"[Ll]eft|LEFT"), {"Left": "Right", "left": "right", "LEFT": "RIGHT"}),
    (re.compile(r"(?<![A-Za-z])[Ll](?=[A-Z][a-z])"), {"L": "R", "l": "r"}),
    (re.compile("左"), {"左": "右"}),
)


@dataclass(frozen=True)
class RestBone:
    """A bone as it rests: `rotation` [3, 3] from its own axes into the armature's, `head` [3] in the armature's space.

    `mode` is the pose bone's rotation mode; `driven` says that a driver of the rig turns it already, `placed` that one
    moves it, `free` that it does not turn with its parent.
    """

    name: str
    parent: str | None
    rotation: np.ndarray
    head: np.ndarray
    mode: str = "QUATERNION"
    driven: bool = False
    free: bool = False
    placed: bool = False


def counterpart(name: str) -> str | None:
    """The right bone's name for a left one's (“eye.L”, “CC_Base_L_Eye”, “LeftEye”, “lEye”, “左目”), else None."""
    for pattern, sides in _LEFT_NAMES:
        found = pattern.search(name)
        if found:
            return name[: found.start()] + sides[found.group()] + name[found.end() :]
    return None


def character_axes(bones: Mapping[str, RestBone], head: str | None, world_up: np.ndarray) -> np.ndarray:
    """[3, 3], columns: the character's left, up and forward in the armature's space, orthonormal.

    Left is what leads from right bones to their left counterparts. Up is the way from the topmost parent, the hips, to
    the bone `head`, so that a character who lies down still nods towards the chest; where that leads nowhere, or down
    because the topmost bone is not the hips, it is `world_up` [3], the scene's up in the armature's space. Both go to
    the nearest axis of the armature's space where that is near: skeletons are built along them.
    """
    sky = _unit(world_up)
    up = _unit(_rise(bones, head))
    if up is None or (sky is not None and up @ sky < _DOWN):
        up = np.array([0.0, 0.0, 1.0]) if sky is None else sky
    up = _snapped(up, _SNAP_UP)
    left = _unit(_across(bones))
    if left is None or abs(left @ up) > 1.0 - _TINY:
        # No sides to go by: Blender's own front view shows a character's face.
        left = np.array([1.0, 0.0, 0.0]) if abs(up[0]) < 0.9 else np.array([0.0, 1.0, 0.0])  # noqa: PLR2004
    left = _snapped(left, _SNAP_SIDE)
    left = left - up * (up @ left)
    left = left / np.linalg.norm(left)
    return np.stack([left, up, np.cross(left, up)], axis=1)


def eye_distance(bones: Mapping[str, RestBone], left: str | None, right: str | None) -> float | None:
    """Between the heads of two bones, in the armature's space; None where one is missing or they coincide."""
    if left not in bones or right not in bones:
        return None
    distance = float(np.linalg.norm(bones[left].head - bones[right].head))
    return distance if distance > _TINY else None


def _across(bones: Mapping[str, RestBone]) -> np.ndarray:
    """[3] the sum of all ways from right to left; the pairs of arms and legs outweigh what is crooked in a face."""
    total = np.zeros(3)
    for name, bone in bones.items():
        other = counterpart(name)
        if other in bones:
            total += bone.head - bones[other].head
    return total


def _rise(bones: Mapping[str, RestBone], head: str | None) -> np.ndarray:
    """[3] from the furthest ancestor of `head` to it."""
    if head not in bones:
        return np.zeros(3)
    ways = [np.zeros(3)]
    ancestor = bones[head].parent
    while ancestor in bones:
        ways.append(bones[head].head - bones[ancestor].head)
        ancestor = bones[ancestor].parent
    return max(ways, key=lambda way: float(np.linalg.norm(way)))


def _unit(vector: np.ndarray) -> np.ndarray | None:
    length = float(np.linalg.norm(vector))
    return vector / length if length > _TINY else None


def _snapped(direction: np.ndarray, nearness: float) -> np.ndarray:
    axis = int(np.abs(direction).argmax())
    if abs(direction[axis]) < nearness:
        return direction
    snapped = np.zeros(3)
    snapped[axis] = np.sign(direction[axis])
    return snapped
