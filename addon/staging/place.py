"""Where in the world a conversation is: an empty carries its heads and set, beside other conversations."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

import bpy
from mathutils import Matrix, Vector

from .framing import Person
from .scenery import ROLE_PROPERTY

_ROOT: Final = "Root"
_ROOT_SIZE: Final = 0.25
_BETWEEN: Final = 0.5
"""Metres between two conversations' sets."""
_PERSON: Final = 0.9, 0.7
"""Metres from the middle of a conversation that people and table take to the sides, and to front and back."""
_TRIES: Final = 12


@dataclass(frozen=True)
class Box:
    """From `low` to `high`, both [3] metres in the world, along its axes."""

    low: Vector
    high: Vector

    def meets(self, other: Box) -> bool:
        """Whether the two share any room."""
        return all(self.low[axis] < other.high[axis] and other.low[axis] < self.high[axis] for axis in range(3))

    def moved(self, way: Vector) -> Box:
        """The same elsewhere."""
        return Box(self.low + way, self.high + way)


def make_root(collection: bpy.types.Collection, name: str) -> bpy.types.Object:
    """An empty on the floor that carries everything in `collection`: what the artist moves."""
    root = bpy.data.objects.new(name, None)
    root[ROLE_PROPERTY] = _ROOT
    root.empty_display_size = _ROOT_SIZE
    collection.objects.link(root)
    return root


def root_of(collection: bpy.types.Collection) -> bpy.types.Object | None:
    """The empty that carries what is in `collection`; None in files from before there were any."""
    return next((one for one in collection.all_objects if one.get(ROLE_PROPERTY) == _ROOT), None)


def around(there: Person, seat: Person) -> Matrix:
    """The root's matrix that brings `seat`, a place in a conversation, to where somebody is: eyes and facing."""
    turn = seat.faces.to_2d().angle_signed(there.faces.to_2d())  # clockwise
    return Matrix.Translation(there.eyes) @ Matrix.Rotation(-turn, 4, "Z") @ Matrix.Translation(-seat.eyes)


@contextmanager
def carried_set(collection: bpy.types.Collection) -> Iterator[None]:
    """Inside, objects of the set are placed in the world's axes; afterwards all of them hang on the root, if any."""
    root = root_of(collection)
    if root is None:
        yield
        return
    inverse = root.matrix_world.inverted()
    for one in root.children:
        if ROLE_PROPERTY in one:
            one.matrix_parent_inverse = inverse
    yield
    for one in collection.all_objects:
        if ROLE_PROPERTY in one and one != root and one.parent is None:
            one.parent = root
            one.matrix_parent_inverse = inverse


def free_place(
    collection: bpy.types.Collection, others: Sequence[bpy.types.Collection], artists: Iterable[bpy.types.Object]
) -> Vector:
    """How far to move what is in `collection`, so that it stands beside the sets in `others`, to the right or left.

    Of such places the first is taken where people and table are in no mesh of `artists`; if every one is, the first.
    """
    own = _box_of(collection.all_objects)
    taken = [box for box in (_box_of(one.all_objects) for one in others) if box is not None]
    if own is None or not taken:
        return Vector()
    boxes = [box for box in (_box_of([one]) for one in artists) if box is not None]
    middle = (own.low + own.high) / 2.0
    reach = Vector((*_PERSON, 0.0))
    people = Box(middle - reach, middle + reach)
    people.low.z, people.high.z = 0.0, own.high.z
    step = own.high.x - own.low.x + _BETWEEN
    ways = [Vector((side * step * count, 0.0, 0.0)) for count in range(1, _TRIES + len(taken)) for side in (1.0, -1.0)]
    beside = [way for way in ways if not any(own.moved(way).meets(box) for box in taken)]
    clear = [way for way in beside if not any(people.moved(way).meets(box) for box in boxes)]
    return next(iter((*clear, *beside)), Vector())


def _box_of(objects: Iterable[bpy.types.Object]) -> Box | None:
    """Around all meshes among `objects`, shown or hidden; None without any."""
    corners = [_matrix(one) @ Vector(corner) for one in objects if one.type == "MESH" for corner in one.bound_box]
    if not corners:
        return None
    ends = [[corner[axis] for corner in corners] for axis in range(3)]
    return Box(Vector([min(end) for end in ends]), Vector([max(end) for end in ends]))


def _matrix(one: bpy.types.Object) -> Matrix:
    """Where an object is; Blender does not keep that up to date for hidden ones."""
    if one.visible_get() or one.parent_type != "OBJECT":
        return one.matrix_world
    above = _matrix(one.parent) @ one.matrix_parent_inverse if one.parent is not None else Matrix()
    return above @ one.matrix_basis
