"""Which meshes are a person's: by what they hang on, by what moves them, and by name and place where nothing else says.

Teeth and eyes often hang on an empty or on nothing at all; and two people in a scene may be called alike.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

import bpy
import numpy as np

from ..paths import PRESETS, table_of

_CARRYING: Final = {"CHILD_OF", "COPY_TRANSFORMS", "ARMATURE", "COPY_LOCATION", "PIVOT"}
"""Constraints by which an object goes where another goes."""
_DEFORMING: Final = {"ARMATURE": "object", "SURFACE_DEFORM": "target", "MESH_DEFORM": "object", "LATTICE": "object"}
"""Modifiers by which a mesh goes along with another object, and how that is called."""
_WORD: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[^\W\d_a-zA-Z]+")
_COMMON: Final = PRESETS / "names" / "common_words.json"
"""A list of words that say what a thing is, not whose."""
_FACE: Final = re.compile(r"eye|teeth|tooth|tongue|gum|brow|lash|cornea|iris|pupil|mouth|face|head", re.IGNORECASE)
_HALF: Final = 0.5
_ROOM: Final = 0.1
"""Of a character's height: so far beyond its bones its own things may reach."""


@dataclass(frozen=True)
class Belonging:
    """`meshes` of one person by name; `guessed` says of those that nothing holds to it why they were taken for it."""

    meshes: tuple[bpy.types.Object, ...]
    guessed: dict[str, str]


def belonging(person: bpy.types.Object) -> Belonging:
    """What belongs to the armature `person`, or to a mesh that stands for itself.

    First what is parented to it, deformed by it or carried by it, one behind another; then what hangs on the same
    root, where nobody else does; then faces, eyes and teeth in its place that share its name or its collection.
    """
    held = _held(person)
    others = _others(person, held)
    taken = {one for other in others for one in _held(other)}
    root = _root(person, {*others, *taken})
    held |= {one for one in ([root, *root.children_recursive] if root else []) if one not in taken}
    guessed = dict(_guessed(person, held, others, taken))
    meshes = {one for one in (*held, *guessed) if one.type == "MESH"}
    return Belonging(
        tuple(sorted(meshes, key=lambda one: one.name)),
        {one.name: why for one, why in guessed.items() if one in meshes},
    )


def carried_by(one: bpy.types.Object) -> Iterator[bpy.types.Object]:
    """What `one` is parented to, deformed by or carried by, the surest first."""
    for modifier in one.modifiers:
        target = getattr(modifier, _DEFORMING.get(modifier.type, ""), None)
        if target is not None:
            yield target
    if one.parent is not None:
        yield one.parent
    for constraint in one.constraints:
        if constraint.type in _CARRYING and constraint.enabled and constraint.influence > 0.0:
            targets = [single.target for single in getattr(constraint, "targets", ())]
            yield from (target for target in (getattr(constraint, "target", None), *targets) if target is not None)


def _held(person: bpy.types.Object) -> set[bpy.types.Object]:
    """`person` and what hangs on it at any number of removes."""
    below: dict[bpy.types.Object, list[bpy.types.Object]] = {}
    for one in bpy.data.objects:
        for above in _above(one):
            below.setdefault(above, []).append(one)
    found, waiting = {person}, [person]
    while waiting:
        new = [one for one in below.get(waiting.pop(), ()) if one not in found]
        found.update(new)
        waiting += new
    return found


def _above(one: bpy.types.Object) -> list[bpy.types.Object]:
    """What `one` hangs on: a mesh that armatures deform on them, whatever else; an armature on its parent.

    A face's armature may hang by a constraint on a bone of the body's, which is far larger; a person may not.
    """
    if one.type == "ARMATURE":
        carriers = [
            above for above in carried_by(one) if above.type == "ARMATURE" and _height(one) < _HALF * _height(above)
        ]
        return [one.parent, *carriers] if one.parent is not None else carriers
    deforming = [m.object for m in one.modifiers if m.type == "ARMATURE" and m.object is not None]
    return deforming or list(carried_by(one))


def _others(person: bpy.types.Object, held: set[bpy.types.Object]) -> list[bpy.types.Object]:
    """Armatures of other people, or faces in other places where a mesh stands for itself."""
    if person.type == "ARMATURE":
        return [one for one in bpy.data.objects if one.type == "ARMATURE" and one not in held]
    return [
        one
        for one in bpy.data.objects
        if one not in held and (one.type == "ARMATURE" or (_has_keys(one) and not _inside(one, person)))
    ]


def _root(person: bpy.types.Object, strangers: set[bpy.types.Object]) -> bpy.types.Object | None:
    """The topmost parent of `person` below which nobody else is."""
    root, above = None, person.parent
    while above is not None and not strangers.intersection((above, *above.children_recursive)):
        root, above = above, above.parent
    return root


def _guessed(
    person: bpy.types.Object,
    held: set[bpy.types.Object],
    others: Sequence[bpy.types.Object],
    taken: set[bpy.types.Object],
) -> Iterator[tuple[bpy.types.Object, str]]:
    """Faces, eyes and teeth that nothing holds, where the person stands, with the name or collection of nobody else."""
    free = [
        one
        for one in bpy.data.objects
        if one.type == "MESH" and one not in held and one not in taken and (_has_keys(one) or _FACE.search(one.name))
    ]
    if not free:
        return
    names = _names_of(person, held)
    foreign = Counter(name for other in others for name in _names_of(other, {other}))
    collections = _collections_of(person, others)
    for one in free:
        if not _inside(one, person):
            continue
        words = _words(one.name)
        shared = words & names
        if shared and not any(foreign[word] for word in shared):
            yield one, "name"
        elif collections.intersection(one.users_collection) and not any(foreign[word] for word in words):
            yield one, "collection"


def _names_of(person: bpy.types.Object, held: Iterable[bpy.types.Object]) -> set[str]:
    """What a person is called, of all that is said about it: words that say what a thing is do not count."""
    faces = [one.name for one in held if _has_keys(one)]
    above, root = person.parent, []
    while above is not None:
        root.append(above.name)
        above = above.parent
    return set().union(*(_words(name) for name in (person.name, person.data.name, *faces, *root)))


def _words(name: str) -> set[str]:
    return {word.casefold() for word in _WORD.findall(name)} - _common_words()


@cache
def _common_words() -> frozenset[str]:
    return frozenset(table_of(_COMMON))


def _collections_of(person: bpy.types.Object, others: Sequence[bpy.types.Object]) -> set[bpy.types.Collection]:
    """The collections of `person` in which nobody else is, and those in them; the scenes' own are everybody's."""
    own = {
        collection
        for collection in person.users_collection
        if not any(collection == scene.collection for scene in bpy.data.scenes)
        and not any(other in collection.all_objects[:] for other in others)
    }
    return own.union(*(collection.children_recursive for collection in own))


def _inside(one: bpy.types.Object, person: bpy.types.Object) -> bool:
    """Whether the middle of `one` is where the person is, or not far beyond."""
    low, high = _bounds(person)
    room = _ROOM * _height(person)
    middle = sum(_bounds(one)) / 2.0  # [3] metres
    return bool(((middle > low - room) & (middle < high + room)).all())


def _height(one: bpy.types.Object) -> float:
    low, high = _bounds(one)
    return float(np.linalg.norm(high - low))


def _bounds(one: bpy.types.Object) -> tuple[np.ndarray, np.ndarray]:
    """[3], [3] lowest and highest corner in the world; of an armature, of its bones at rest."""
    if one.type == "ARMATURE":
        corners = [end for bone in one.data.bones for end in (bone.head_local, bone.tail_local)]
    else:
        corners = list(one.bound_box)
    matrix = np.array(one.matrix_world)
    places = np.array([tuple(corner) for corner in corners] or [(0.0, 0.0, 0.0)]) @ matrix[:3, :3].T + matrix[:3, 3]
    return places.min(axis=0), places.max(axis=0)


def _has_keys(one: bpy.types.Object) -> bool:
    return one.type == "MESH" and one.data.shape_keys is not None
