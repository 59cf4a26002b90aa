"""Whether a head is in the scene and can get keys; where not, the sentence that says why and what to do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import bpy

from ...backend.contract.errors import DuologueError, ExitCode

_CHOOSE: Final = "choose another head in the panel Take, or press Add conversation"


def check_in_scene(scene: bpy.types.Scene, objects: Sequence[bpy.types.Object]) -> None:
    """Raises DuologueError (RIG_UNSUITABLE) for the first of `objects` that no view layer of `scene` plays.

    A deleted object stays in the file while a property points at it, and would take keys that nobody ever sees. What is
    hidden, in the viewport or in renders, is there; so is what an empty in the scene instances.
    """
    played = _played(scene)
    for one in objects:
        if one not in played:
            raise _absent(scene, one)


def in_scene(scene: bpy.types.Scene, objects: Sequence[bpy.types.Object]) -> list[bpy.types.Object]:
    """Those of `objects` that `check_in_scene` passes."""
    played = _played(scene)
    return [one for one in objects if one in played]


def check_editable(carrier: bpy.types.Object) -> None:
    """Raises DuologueError (RIG_UNSUITABLE) where what would be keyed is linked from another file.

    A mesh's keys are in its data, which an override of the object alone leaves linked.
    """
    keys = carrier.data.shape_keys if carrier.type == "MESH" else None
    owner = carrier if keys is None else keys
    if owner.library is not None and owner.override_library is None:
        raise _unsuitable(
            f"{carrier.name} is linked from another file and cannot get keys.",
            "Make a library override of the character (Object > Library Override) and, for shape keys, of each mesh "
            "(the chain beside its name in the Data properties).",
        )


def shared_meshes_note(scene: bpy.types.Scene, meshes: Sequence[bpy.types.Object]) -> str:
    """A sentence on objects of `scene` whose faces move along, as they share their data with `meshes`; else empty."""
    shared = {mesh.data for mesh in meshes if mesh.data.users > 1}
    others = [one for one in scene.objects if shared and one.data in shared and one not in meshes]
    if not others:
        return ""
    names = ", ".join(one.name for one in others)
    return f"{names} move along, sharing a mesh with a head; Object > Relations > Make Single User parts them."


def _played(scene: bpy.types.Scene) -> set[bpy.types.Object]:
    found: set[bpy.types.Object] = set()
    waiting = [one for layer in scene.view_layers for collection in _shown(scene, layer) for one in collection.objects]
    while waiting:
        one = waiting.pop()
        if one not in found:
            found.add(one)
            if one.instance_type == "COLLECTION" and one.instance_collection is not None:
                waiting += one.instance_collection.all_objects
    return found


def _shown(scene: bpy.types.Scene, layer: bpy.types.ViewLayer) -> Iterator[bpy.types.Collection]:
    """Collections of `scene` that `layer` does not exclude.

    Not `layer.objects`, which Blender brings up to date only when the layer is evaluated.
    """
    included: dict[bpy.types.Collection, bool] = {}
    for one in _layer_collections(layer):
        included[one.collection] = included.get(one.collection, False) or not one.exclude
    for collection in (scene.collection, *scene.collection.children_recursive):
        if included.get(collection, True):
            yield collection


def _layer_collections(layer: bpy.types.ViewLayer) -> Iterator[bpy.types.LayerCollection]:
    """Those above before those in them."""
    waiting = [layer.layer_collection]
    while waiting:
        above = waiting.pop(0)
        yield above
        waiting += above.children


def _absent(scene: bpy.types.Scene, one: bpy.types.Object) -> DuologueError:
    scenes = one.users_scene
    if scene in scenes:
        excluded = next(_excluded(scene, one), None)
        where = f"its collection {excluded}" if excluded else "its collection"
        return _unsuitable(
            f"{one.name} is left out of the scene: {where} is excluded from every view layer.",
            f"Tick {excluded or 'the collection'} in the Outliner, or {_CHOOSE}.",
        )
    if scenes:
        return _unsuitable(
            f"{one.name} is not in the scene {scene.name} but in {scenes[0].name}.", f"Go there, {_CHOOSE}."
        )
    if one.users_collection:
        collection = one.users_collection[0].name
        return _unsuitable(
            f"{one.name} is in the collection {collection}, which is in no scene.",
            f"Bring the collection into the scene from the Outliner (Blender File), {_CHOOSE}.",
        )
    return _unsuitable(f"{one.name} was deleted.", f"Undo that, {_CHOOSE}.")


def _excluded(scene: bpy.types.Scene, one: bpy.types.Object) -> Iterator[str]:
    """Names of excluded collections that hold `one`, those above first."""
    for layer in scene.view_layers:
        for above in _layer_collections(layer):
            if above.exclude and one in above.collection.all_objects[:]:
                yield above.collection.name


def _unsuitable(what: str, fix: str) -> DuologueError:
    return DuologueError(ExitCode.RIG_UNSUITABLE, what, fix)
