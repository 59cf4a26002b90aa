"""Characters from another file become editable here: the library overrides that keys on them need."""

from __future__ import annotations

from collections.abc import Iterator

import bpy

from ...backend.contract.errors import DuologueError, ExitCode
from ..heads.rig import FACE_PROPERTY
from ..retargeting.rig_survey import armature_of, survey


def is_linked(chosen: bpy.types.Object) -> bool:
    """Whether something of the character `chosen` that keys would go on is linked from another file; quick to ask."""
    return bool(bpy.data.libraries) and next(_linked_quickly(chosen), None) is not None


def _linked_quickly(chosen: bpy.types.Object) -> Iterator[bpy.types.ID]:
    armature = armature_of(chosen) or chosen
    yield from _linked_of(armature)
    for one in (chosen, *armature.children_recursive):
        yield from _linked_of(one)


def _linked_of(one: bpy.types.Object) -> Iterator[bpy.types.ID]:
    """Of an object what keys go on, where it is linked: itself for bones, its data for shape keys."""
    if one.type == "MESH":
        if one.data.shape_keys is not None and one.data.library is not None:
            yield one.data
    elif one.type == "ARMATURE" and one.library is not None:
        yield one


def override_character(
    scene: bpy.types.Scene, layer: bpy.types.ViewLayer, chosen: bpy.types.Object
) -> bpy.types.Object:
    """Library overrides of the character `chosen` and of the meshes' data; returns what now stands for `chosen`.

    The collection that brought it into `scene` is overridden as a whole, so that what belongs together stays together;
    an empty that instanced it makes way. Raises DuologueError (RIG_UNSUITABLE) where Blender makes none.
    """
    found = chosen
    if chosen.library is not None or (armature_of(chosen) or chosen).library is not None:
        found = _override_whole(scene, layer, chosen)
    for mesh in survey(found).whole:
        _own_data(mesh)
    if FACE_PROPERTY in found and found.data.library is not None:
        found.data.override_create(remap_local_usages=True)  # so that what is shown of its controls is kept
    layer.update()
    return found


def _override_whole(scene: bpy.types.Scene, layer: bpy.types.ViewLayer, chosen: bpy.types.Object) -> bpy.types.Object:
    empty, root = _brought_by(scene, chosen)
    made = root.override_hierarchy_create(scene, layer, reference=empty, do_fully_editable=True)
    there = made.all_objects if isinstance(made, bpy.types.Collection) else bpy.data.objects
    found = next((one for one in there if _overrides(one, chosen)), None) if made is not None else None
    if found is None:
        raise DuologueError(
            ExitCode.RIG_UNSUITABLE,
            f"Blender made no library override of {chosen.name}.",
            "Make it in the Outliner (Library Override > Make), or append the character instead of linking it.",
        )
    return found


def _overrides(one: bpy.types.Object, linked: bpy.types.Object) -> bool:
    return one.override_library is not None and one.override_library.reference == linked


def _brought_by(scene: bpy.types.Scene, chosen: bpy.types.Object) -> tuple[bpy.types.Object | None, bpy.types.ID]:
    """The empty that instances the character in `scene`, if one does, and what is linked as a whole."""
    for one in scene.objects:
        collection = one.instance_collection if one.instance_type == "COLLECTION" else None
        if collection is not None and collection.library is not None and chosen in collection.all_objects[:]:
            return one, collection
    holding = [one for one in scene.collection.children_recursive if one.library is not None]
    for collection in holding:  # those above come first
        if chosen in collection.all_objects[:]:
            return None, collection
    return None, chosen


def _own_data(mesh: bpy.types.Object) -> None:
    """An override of the object alone leaves its shape keys linked."""
    data = mesh.data
    if (
        data.library is not None
        and data.shape_keys is not None
        and data.override_create(remap_local_usages=True) is None
    ):
        raise DuologueError(
            ExitCode.RIG_UNSUITABLE,
            f"Blender made no library override of the shape keys of {mesh.name}.",
            "Press the chain beside the mesh's name in its Data properties.",
        )
