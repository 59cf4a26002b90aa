"""Taking a conversation out of a scene: what was made for it goes, what the artist made or chose stays."""

from __future__ import annotations

from collections.abc import Iterator

import bpy

from .conversation import collection_of
from .heads.hair import hair_of
from .heads.rig import FACE_PROPERTY, MASK_PREFIX
from .settings.conversations import conversations_of, forget_conversation
from .settings.properties import DuologueSettings, heads_of
from .staging.camera_switching import remove_markers, use_ruling_camera
from .staging.scenery import ROLE_PROPERTY
from .staging.sequencer import remove_sounds


def remove_conversation(settings: DuologueSettings) -> tuple[str, ...]:
    """Remove heads, set, cuts, sound strips and settings of one conversation; returns the names of objects that stay.

    Those are what the artist put into the conversation's collection. Characters that Duologue did not build stay, with
    their keys, and so does what another conversation uses, in this scene or another. Takes stay on disk. `settings` is
    void afterwards.
    """
    scene, collection = settings.id_data, collection_of(settings)
    others = [one for other in bpy.data.scenes for one in conversations_of(other) if one != settings]
    remove_sounds(scene, settings.number)
    if collection is not None:
        remove_markers(scene, collection)
    shared = collection is not None and any(collection_of(one) == collection for one in others)
    built = list(_built_heads(settings, others))
    if collection is not None and not shared:
        built += [one for one in collection.all_objects if ROLE_PROPERTY in one]
    staying: tuple[str, ...] = ()
    if collection is not None and not shared:
        staying = _keep_others(scene, collection, set(built))
    remove_with_data(built)
    if collection is not None and not shared:
        bpy.data.collections.remove(collection)
    forget_conversation(scene, settings)
    use_ruling_camera(scene, next(filter(None, map(collection_of, conversations_of(scene))), None))
    return staying


def _built_heads(settings: DuologueSettings, others: list[DuologueSettings]) -> Iterator[bpy.types.Object]:
    """Heads that Duologue built for nobody else, with mesh and hair."""
    used = {head for one in others for head in heads_of(one)}
    for head in heads_of(settings):
        if head is not None and FACE_PROPERTY in head and head not in used:
            yield from (head, *_own_mesh(head), *hair_of(head))


def _own_mesh(head: bpy.types.Object) -> tuple[bpy.types.Object, ...]:
    """The mesh that a head was built with, also where its shape keys were taken away; none where it was deleted."""
    for child in head.children:
        if child.type == "MESH" and (
            child.data.shape_keys is not None or any(one.name.startswith(MASK_PREFIX) for one in child.data.attributes)
        ):
            return (child,)
    return ()


def _keep_others(
    scene: bpy.types.Scene, collection: bpy.types.Collection, built: set[bpy.types.Object]
) -> tuple[str, ...]:
    """Hand everything in `collection` but what was built to the scene, where it is; returns the names."""
    staying = [one for one in collection.all_objects if one not in built]
    for one in staying:
        if one.parent in built:
            place = one.matrix_world.copy()
            one.parent = None
            one.matrix_world = place
        if one.name in collection.objects and one.name not in scene.collection.objects:
            scene.collection.objects.link(one)
    for inner in collection.children:
        if inner.name not in scene.collection.children:
            scene.collection.children.link(inner)
    return tuple(one.name for one in staying)


def remove_with_data(objects: list[bpy.types.Object]) -> None:
    """Remove objects with their data, actions and materials, as far as nothing else uses them."""
    owned = {found for one in objects for found in _owned_by(one)}
    worn = {slot.material for one in objects for slot in one.material_slots if slot.material is not None}
    shapes = {bone.custom_shape for one in objects if one.pose is not None for bone in one.pose.bones} - {None}
    bpy.data.batch_remove(objects)
    bpy.data.batch_remove([one for one in owned if one.users == 0])
    bpy.data.batch_remove([one for one in worn if one.users == 0])
    unused = [one for one in shapes if one.users == 0]
    if unused:
        remove_with_data(unused)


def _owned_by(one: bpy.types.Object) -> Iterator[bpy.types.ID]:
    if one.data is not None:
        yield one.data
    for owner in (one, getattr(one.data, "shape_keys", None)):
        if owner is not None and owner.animation_data is not None and owner.animation_data.action is not None:
            yield owner.animation_data.action
