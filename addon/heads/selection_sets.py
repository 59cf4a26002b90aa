"""Sets of bones that an animator selects together: bone collections, and Blender's own Selection Sets."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import bpy

from .control_board import CONTROLS

BOARD_COLLECTION: Final = "Controls"
"""The bone collection of the board; those of its parts are in it."""
_PARTS: Final = {
    "Brows": ("brow",),
    "Lids": ("lid", "cheek"),
    "Mouth": ("corner", "mouth", "lips", "jaw"),
}
"""Collection → words in the names of its controls."""
_SIDES: Final = {"Left side": "left", "Right side": "right"}
_BODY: Final = ("Head", "Eyes", "Jaw")
"""Collections of the head's own bones."""


def lacks_sets(armature: bpy.types.Object) -> bool:
    """Whether the board of `armature` was made before there were sets, and can have them."""
    board = armature.data.collections_all.get(BOARD_COLLECTION)
    free = armature.data.library is None and armature.data.override_library is None
    return free and board is not None and not len(board.children)


def add_sets(armature: bpy.types.Object) -> None:
    """Collections for parts of the board inside the board's, and a selection set for each collection.

    Selection sets are a property of the object that a part of Blender registers; without it the collections serve
    alone. A set that has the name already gets the bones as well.
    """
    controls = {one.name for one in CONTROLS if one.name in armature.data.bones}
    board = armature.data.collections_all[BOARD_COLLECTION]
    for name, bones in _sets(controls):
        collection = next((one for one in board.children if one.name == name), None)
        collection = collection or armature.data.collections.new(name, parent=board)
        for bone in bones:
            collection.assign(armature.data.bones[bone])
        _add_set(armature, name, bones)
    _add_set(armature, BOARD_COLLECTION, sorted(controls))
    for name in _BODY:
        collection = armature.data.collections_all.get(name)
        if collection is not None:
            _add_set(armature, name, [bone.name for bone in collection.bones])


def _sets(controls: set[str]) -> Iterator[tuple[str, list[str]]]:
    """The parts of a board that has these `controls`."""
    there = [one for one in CONTROLS if one.name in controls]
    for name, words in _PARTS.items():
        yield name, [one.name for one in there if one.name.split(".")[0].split()[1] in words]
    for name, side in _SIDES.items():
        yield name, [one.name for one in there if one.side == side]


def _add_set(armature: bpy.types.Object, name: str, bones: list[str]) -> None:
    sets = getattr(armature, "selection_sets", None)
    if sets is None or not bones:
        return
    found = sets.get(name)
    if found is None:
        found = sets.add()
        found.name = name
    for bone in bones:
        if bone not in found.bone_ids:
            found.bone_ids.add().name = bone
