"""Where two people's eyes are, and the directions that follow from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import bpy
from mathutils import Vector

_NOWHERE: Final = 1e-6
_OPEN: Final = 0.05
"""Sum of two cosines that says people are turned away from one side on purpose."""


@dataclass(frozen=True)
class Sightline:
    """Where the midpoints of both pairs of eyes are, in Blender's axes, metres."""

    first: Vector
    second: Vector

    @property
    def centre(self) -> Vector:
        """Between the two."""
        return (self.first + self.second) / 2

    @property
    def along(self) -> Vector:
        """Level unit vector from the first to the second."""
        level = self.second - self.first
        level.z = 0.0
        return level.normalized() if level.length > _NOWHERE else Vector((1.0, 0.0, 0.0))


def eyes_midpoint(armature: bpy.types.Object) -> Vector:
    """World position between the eyes of an evaluated rig, metres."""
    left, right = (armature.pose.bones[name].head for name in ("eye_left", "eye_right"))
    return armature.matrix_world @ ((left + right) / 2)


def facing(armature: bpy.types.Object) -> Vector:
    """Level unit vector the neck faces, in world space."""
    forward = armature.matrix_world.to_3x3() @ armature.pose.bones["neck"].matrix.to_3x3().col[2]
    forward.z = 0.0
    return forward.normalized() if forward.length > _NOWHERE else Vector((0.0, -1.0, 0.0))


def audience_side(sightline: Sightline, facings: Sequence[Vector]) -> Vector:
    """The side both people are slightly open to; the viewer's side when they face each other squarely."""
    across = Vector((0.0, 0.0, 1.0)).cross(sightline.along)
    across = -across if across.y > 0 else across
    openness = sum((one for one in facings), Vector()).dot(across)
    return -across if openness < -_OPEN else across
