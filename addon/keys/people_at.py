"""Where a head that Duologue built is at given moments, as Blender evaluates it; the artist's scene stays at its."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import bpy
import numpy as np
from mathutils import Matrix, Vector

from ..staging.sightline import eyes_midpoint, facing
from ..steps import Steps
from .sampling import looked_at

_BONES: Final = ("neck", "eye_left", "eye_right")


@dataclass(frozen=True)
class PersonAt:
    """In the world: the point between the `eyes`, the level way the head `faces`, and the armature's `matrix`."""

    eyes: Vector
    faces: Vector
    matrix: Matrix


def people_at(scene: bpy.types.Scene, head: bpy.types.Object, frames: np.ndarray) -> Steps[list[PersonAt]]:
    """The person `head`, an armature, at each of `frames` [T]."""
    found: list[PersonAt] = []

    def look(_index: int, graph: bpy.types.Depsgraph) -> None:
        played = head.evaluated_get(graph)
        found.append(PersonAt(eyes_midpoint(played), facing(played), played.matrix_world.copy()))

    yield from looked_at(scene, head, _BONES, frames, look, "Looking where they are")
    return found
