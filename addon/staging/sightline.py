"""Where two people's eyes are and whither they face, and the directions that follow from it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import bpy
from mathutils import Vector

from .framing import UP, Person

_NOWHERE: Final = 1e-6
IN_LINE: Final = 0.64
"""Cosine between the line from one to the other and the way to the audience from which on one is behind the other."""
_ALONG, _SAME_WAY = 0.82, 0.6
"""Cosines from which on somebody faces along the line between the two, and both face the same way."""
_LYING: Final = 0.72
"""A head lies whose crown is less than this above its eyes, for each metre."""
_EYES_ABOVE_FLOOR: Final = 1.2
_OPEN: Final = 0.05
"""Sum of two cosines that says people are turned away from one side on purpose."""


@dataclass(frozen=True)
class Bearing:
    """How somebody holds themselves: the level way the trunk faces, `nose` and `crown` of a head that lies, and whether
    the body lies.
    """

    chest: Vector | None = None
    nose: Vector | None = None
    crown: Vector | None = None
    reclines: bool = False


@dataclass(frozen=True)
class Sightline:
    """Where the midpoints of both pairs of eyes are, in Blender's axes, metres; and the level way each head faces.

    `sizes` are of their heads, 1 for a person's; `bodies` metres below the eyes that a picture of both is to show;
    `floor` the height of what the two stand on, None for where it is below people on chairs.
    """

    first: Vector
    second: Vector
    facings: tuple[Vector, Vector]
    sizes: tuple[float, float] = (1.0, 1.0)
    bearings: tuple[Bearing, Bearing] = (Bearing(), Bearing())
    bodies: tuple[float, float] = (0.0, 0.0)
    floor: float | None = None

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
        first, second = (
            Person(eyes, faces, size, held.chest, held.nose, held.crown, held.reclines, body)
            for eyes, faces, size, held, body in zip(
                (self.first, self.second), self.facings, self.sizes, self.bearings, self.bodies, strict=True
            )
        )
        return first, second

    @property
    def ground(self) -> float:
        """The height of the floor."""
        return self.centre.z - _EYES_ABOVE_FLOOR if self.floor is None else self.floor

    @property
    def unit(self) -> float:
        """What a metre is for these two: more for giants, and where the scene's unit is a centimetre."""
        return math.sqrt(self.sizes[0] * self.sizes[1])

    def in_metres(self) -> Sightline:
        """The same two as if they were as large as people, about the world's origin."""
        first, second = (size / self.unit for size in self.sizes)
        floor = None if self.floor is None else self.floor / self.unit
        return replace(
            self, first=self.first / self.unit, second=self.second / self.unit, sizes=(first, second), floor=floor
        )


def eyes_midpoint(armature: bpy.types.Object) -> Vector:
    """World position between the eyes of an evaluated rig, metres."""
    left, right = (armature.pose.bones[name].head for name in ("eye_left", "eye_right"))
    return armature.matrix_world @ ((left + right) / 2)


def facing(armature: bpy.types.Object) -> Vector:
    """Level unit vector the neck faces, in world space."""
    forward = armature.matrix_world.to_3x3() @ armature.pose.bones["neck"].matrix.to_3x3().col[2]
    forward.z = 0.0
    return forward.normalized() if forward.length > _NOWHERE else Vector((0.0, -1.0, 0.0))


def built_person(armature: bpy.types.Object, size: float) -> Person:
    """Where a head that Duologue built is, as Blender has it evaluated, and how it holds itself."""
    matrix = armature.matrix_world.to_3x3()
    trunk, head = (matrix @ armature.pose.bones[name].matrix.to_3x3() for name in ("root", "neck"))
    eyes, faces, crown = eyes_midpoint(armature), facing(armature), head.col[1].normalized()
    chest = trunk.col[2] - UP * trunk.col[2].z
    if trunk.col[1].normalized().z >= _LYING:
        return Person(eyes, faces, size, chest.normalized() if chest.length > _NOWHERE else None)
    feet = (-trunk.col[1] + UP * trunk.col[1].z).normalized()
    if crown.z >= _LYING:
        return Person(eyes, faces, size, feet, reclines=True)
    return Person(eyes, faces, size, feet, head.col[2].normalized(), crown, reclines=True)


def mean_person(moments: Sequence[Person]) -> Person:
    """Where somebody is on average; they lie where they do in most moments."""
    eyes = sum((one.eyes for one in moments), Vector()) / len(moments)
    lying = [one for one in moments if one.lies]
    lies = 2 * len(lying) > len(moments)
    alike = lying if lies else [one for one in moments if not one.lies]
    nose, crown = (
        (mean_direction([one.look for one in alike]), mean_direction([one.top for one in alike]))
        if lies
        else (None,) * 2
    )
    faces = mean_direction([one.faces for one in moments])
    reclines = 2 * sum(one.reclines for one in moments) > len(moments)
    chest = mean_direction([one.trunk for one in alike])
    return Person(eyes, faces, moments[0].size, chest, nose, crown, reclines)


def sightline_of(first: Person, second: Person, floor: float | None = None) -> Sightline:
    """Between two people; `floor` as there."""
    return Sightline(
        first.eyes,
        second.eyes,
        (first.faces, second.faces),
        (first.size, second.size),
        (_bearing(first), _bearing(second)),
        floor=floor,
    )


def _bearing(person: Person) -> Bearing:
    return Bearing(person.chest, person.nose, person.crown, person.reclines)


def are_in_line(sightline: Sightline) -> bool:
    """Whether one is behind the other: both face the same way, along the line between them."""
    first, second = (one.trunk for one in sightline.people())
    along = sightline.along
    return first.dot(second) > _SAME_WAY and abs((first + second).normalized().dot(along)) > _ALONG


def mean_direction(directions: Sequence[Vector]) -> Vector:
    """Level unit vector halfway between level ones."""
    total = sum(directions, Vector())
    return total.normalized() if total.length > _NOWHERE else directions[0].copy()


def audience_side(sightline: Sightline, camera: Vector | None = None) -> Vector:
    """The side both people are slightly open to; the viewer's side when they face each other squarely.

    `camera`: the level unit vector to the audience, where a staging says so: people may be turned away from it on
    purpose. Of two in line the side is the one they face, or the camera's own.
    """
    if camera is not None and abs(camera.dot(sightline.along)) > IN_LINE:
        return camera.copy()
    if camera is None and are_in_line(sightline):
        return mean_direction([one.trunk for one in sightline.people()])
    across = Vector((0.0, 0.0, 1.0)).cross(sightline.along)
    if camera is not None:
        return -across if across.dot(camera) < 0.0 else across
    across = -across if across.y > 0 else across
    openness = sum(sightline.facings, Vector()).dot(across)
    return -across if openness < -_OPEN else across
