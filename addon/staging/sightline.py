"""Where two people's eyes are and whither they face, and the directions that follow from it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import bpy
from mathutils import Vector

from .framing import Person

_NOWHERE: Final = 1e-6
_OPEN: Final = 0.05
"""Sum of two cosines that says people are turned away from one side on purpose."""


@dataclass(frozen=True)
class Sightline:
    """Where the midpoints of both pairs of eyes are, in Blender's axes, metres; and the level way each head faces.

    `sizes` are of their heads, 1 for a person's.
    """

    first: Vector
    second: Vector
    facings: tuple[Vector, Vector]
    sizes: tuple[float, float] = (1.0, 1.0)

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

    def people(self) -> tuple[Person, Person]:
        """Both, as cameras see them."""
        first, second = zip((self.first, self.second), self.facings, self.sizes, strict=True)
        return Person(*first), Person(*second)

    @property
    def unit(self) -> float:
        """What a metre is for these two: more for giants, and where the scene's unit is a centimetre."""
        return math.sqrt(self.sizes[0] * self.sizes[1])

    def in_metres(self) -> Sightline:
        """The same two as if they were as large as people, about the world's origin."""
        first, second = (size / self.unit for size in self.sizes)
        return replace(self, first=self.first / self.unit, second=self.second / self.unit, sizes=(first, second))


def eyes_midpoint(armature: bpy.types.Object) -> Vector:
    """World position between the eyes of an evaluated rig, metres."""
    left, right = (armature.pose.bones[name].head for name in ("eye_left", "eye_right"))
    return armature.matrix_world @ ((left + right) / 2)


def facing(armature: bpy.types.Object) -> Vector:
    """Level unit vector the neck faces, in world space."""
    forward = armature.matrix_world.to_3x3() @ armature.pose.bones["neck"].matrix.to_3x3().col[2]
    forward.z = 0.0
    return forward.normalized() if forward.length > _NOWHERE else Vector((0.0, -1.0, 0.0))


def mean_direction(directions: Sequence[Vector]) -> Vector:
    """Level unit vector halfway between level ones."""
    total = sum(directions, Vector())
    return total.normalized() if total.length > _NOWHERE else directions[0].copy()


def audience_side(sightline: Sightline) -> Vector:
    """The side both people are slightly open to; the viewer's side when they face each other squarely."""
    across = Vector((0.0, 0.0, 1.0)).cross(sightline.along)
    across = -across if across.y > 0 else across
    openness = sum(sightline.facings, Vector()).dot(across)
    return -across if openness < -_OPEN else across
