"""Where a head that Duologue built is at given moments, as Blender evaluates it; the artist's scene stays at its."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import bpy
import numpy as np
from mathutils import Matrix

from ..staging.framing import Person
from ..staging.head_size import as_size, scale_of
from ..staging.sightline import built_person
from ..steps import Steps
from .sampling import looked_at

_BONES: Final = ("root", "neck", "eye_left", "eye_right")


@dataclass(frozen=True)
class PersonAt:
    """The `person` in the world, and the armature's `matrix` there."""

    person: Person
    matrix: Matrix


def people_at(scene: bpy.types.Scene, head: bpy.types.Object, frames: np.ndarray) -> Steps[list[PersonAt]]:
    """The person `head`, an armature, at each of `frames` [T]."""
    found: list[PersonAt] = []

    def look(_index: int, graph: bpy.types.Depsgraph) -> None:
        played = head.evaluated_get(graph)
        person = built_person(played, as_size([scale_of(played)]))
        found.append(PersonAt(person, played.matrix_world.copy()))

    yield from looked_at(scene, head, _BONES, frames, look, "Looking where they are")
    return found
