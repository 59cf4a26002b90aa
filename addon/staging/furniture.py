"""Where furniture stands: table and cups, what people sit, lie and kneel on, and what they lean against."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Final

import bpy
from mathutils import Vector

from . import furniture_meshes as meshes
from .figures import stand_figures
from .framing import Person
from .furnishing import Furnishing
from .scenery import ROLE_PROPERTY, object_of_role, show
from .sightline import Sightline

_TABLE_AHEAD, _TABLE_BELOW = 0.12, 0.34
"""Metres from the middle between the people towards the audience, and below the lower one's eyes."""
_CUP_ASIDE, _CUP_AHEAD = 0.17, 0.07
"""Metres from the table's middle towards who drinks, and towards the audience."""
_BEHIND_EYES: Final = -0.10
"""Metres from the eyes to above the middle of what somebody sits or kneels on: people sit upright behind their eyes."""
_RAIL_BEHIND: Final = 0.36
"""Metres from the eyes back to the middle of a low wall."""
_BENCH_PAST: Final = 0.34
"""Metres of a bench beside the eyes of who sits at its end."""
_HALF, _CHAIR_DEPTH = 0.5, 0.95
"""Cosine from which on the other one is behind, and metres between two people back to back who have chairs."""
_STEP_PAST: Final = 0.30
"""Metres from the eyes ahead to where a step ends; it is as deep behind."""
_RAISED_PILLOW: Final = (-0.20, -0.10)
"""Metres ahead and up that a pillow is moved where who lies has raised the head: it is then behind the neck."""
_NAMES: Final = ("first", "second")

_Make = Callable[[], bpy.types.Mesh]
_UNDER: Final[dict[str, tuple[str, _Make, float]]] = {
    "Stool": ("perching", meshes.stool_mesh, _BEHIND_EYES),
    "Rail": ("leaning_on", meshes.rail_mesh, -_RAIL_BEHIND),
    "Bed": ("lying", meshes.bed_mesh, 0.0),
    "Blanket": ("lying", meshes.blanket_mesh, 0.0),
    "Pillow": ("lying", meshes.pillow_mesh, 0.0),
}
"""By the first word of a role: the posture that needs it, its shape, and metres from the eyes ahead to its middle."""


def furnish(
    collection: bpy.types.Collection,
    sightline: Sightline,
    front: Vector,
    furnishing: Furnishing,
    armatures: Sequence[bpy.types.Object | None] = (None, None),
) -> None:
    """Place furniture, and bodies below busts, where the people are; what the arrangement has not is hidden.

    `armatures`: the heads that Duologue built, which may have bodies.
    """
    people = sightline.people()
    _lay_table(collection, sightline, front, furnishing)
    grounds = [sightline.ground + raised / sightline.unit for raised in furnishing.raised]
    for index, (person, name) in enumerate(zip(people, _NAMES, strict=True)):
        room = _has_room_behind(person, people[1 - index])
        _place_chair(collection, f"Chair {name}", person, wanted=furnishing.chairs[index] and room)
        posture = furnishing.postures[index]
        for kind, (needs, make, ahead) in _UNDER.items():
            wanted = furnishing.built[index] and posture == needs
            thing = _optional(collection, f"{kind} {name}", make, wanted=wanted)
            if thing is not None:
                _put_under(thing, person, ahead)
            if thing is not None and kind == "Pillow" and not person.lies:
                thing.location += person.trunk * _RAISED_PILLOW[0] * person.size
                thing.location.z += _RAISED_PILLOW[1] * person.size
        _place_mat(collection, f"Mat {name}", person, grounds[index], wanted=posture == "kneeling")
        _place_step(collection, f"Step {name}", person, sightline.ground, grounds[index])
    _place_bench(collection, sightline, wanted=furnishing.bench)
    shown = [one if furnishing.figures else None for one in armatures]
    stand_figures(collection, people, shown, furnishing.postures, grounds)


def _has_room_behind(person: Person, other: Person) -> bool:
    """Whether the back of a chair fits between somebody and the other one, who may sit right behind."""
    away = (other.eyes - person.eyes).to_2d()
    return away.dot(person.trunk.to_2d()) > -_HALF * away.length or away.length > _CHAIR_DEPTH * person.size


def _lay_table(collection: bpy.types.Collection, sightline: Sightline, front: Vector, furnishing: Furnishing) -> None:
    table = object_of_role(collection, "Table", meshes.table_mesh)
    table.location = sightline.centre + front * _TABLE_AHEAD
    table.location.z = min(sightline.first.z, sightline.second.z) - _TABLE_BELOW
    show(table, wanted=furnishing.table)
    for name, way in zip(_NAMES, (-1.0, 1.0), strict=True):
        cup = object_of_role(collection, f"Cup {name}", meshes.cup_mesh)
        cup.location = table.location + sightline.along * way * _CUP_ASIDE + front * _CUP_AHEAD
        show(cup, wanted=furnishing.table)


def _optional(collection: bpy.types.Collection, role: str, make: _Make, *, wanted: bool) -> bpy.types.Object | None:
    """What few arrangements have: made when it is first wanted; None where it is neither wanted nor there."""
    there = any(one.get(ROLE_PROPERTY) == role for one in collection.objects)
    if not wanted and not there:
        return None
    thing = object_of_role(collection, role, make)
    show(thing, wanted=wanted)
    return thing


def _put_under(thing: bpy.types.Object, person: Person, ahead: float) -> None:
    thing.location = person.eyes + person.trunk * ahead * person.size
    thing.rotation_euler = (0.0, 0.0, math.atan2(person.trunk.y, person.trunk.x))
    thing.scale = (person.size,) * 3


def _place_chair(collection: bpy.types.Collection, role: str, person: Person, *, wanted: bool) -> None:
    chair = object_of_role(collection, role, meshes.chair_mesh)
    _put_under(chair, person, _BEHIND_EYES)
    show(chair, wanted=wanted)


def _place_bench(collection: bpy.types.Collection, sightline: Sightline, *, wanted: bool) -> None:
    """Under both, as they face together."""
    bench = _optional(collection, "Bench both", meshes.bench_mesh, wanted=wanted)
    if bench is None:
        return
    first, second = sightline.people()
    ahead = Vector((0.0, 0.0, 1.0)).cross(sightline.along)
    ahead = -ahead if ahead.dot(first.trunk + second.trunk) < 0.0 else ahead
    bench.location = sightline.centre + ahead * _BEHIND_EYES
    bench.rotation_euler = (0.0, 0.0, math.atan2(ahead.y, ahead.x))
    length = (second.eyes - first.eyes).to_2d().length + 2.0 * _BENCH_PAST
    bench.scale = (1.0, 0.5 * length, 1.0)


def _place_mat(collection: bpy.types.Collection, role: str, person: Person, ground: float, *, wanted: bool) -> None:
    mat = _optional(collection, role, meshes.mat_mesh, wanted=wanted)
    if mat is not None:
        _put_under(mat, person, 2.0 * _BEHIND_EYES)
        mat.location.z = ground + 0.012


def _place_step(collection: bpy.types.Collection, role: str, person: Person, floor: float, ground: float) -> None:
    """A block under who is raised, as high as that."""
    height = ground - floor
    step = _optional(collection, role, meshes.step_mesh, wanted=height > 0.0)
    if step is None or height <= 0.0:
        return
    _put_under(step, person, _BEHIND_EYES)
    step.location.z = ground
    step.scale = (2.0 * (_STEP_PAST - _BEHIND_EYES), 2.0 * (_STEP_PAST - _BEHIND_EYES), height)
