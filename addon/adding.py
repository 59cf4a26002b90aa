"""*Add conversation*: two heads, cameras, light and a set, step by step; one that is given up leaves nothing behind."""

from __future__ import annotations

from typing import Any, Final

import bpy
import numpy as np
from mathutils import Vector

from ..backend.contract.constants import OPEN_HEAD
from ..backend.contract.face import Face
from .characters.character_editing import note_character
from .conversation import NOT_GIVEN, Given, chosen_character, collection_of
from .heads.faces import Dressing, dressing, load_chosen_face
from .heads.materials import dress_head
from .heads.rig import build_head
from .removal import remove_with_data
from .settings.conversations import conversation_numbered, forget_conversation, new_conversation, show_conversation
from .settings.properties import DuologueSettings, conversations_of, has_heads, settings_of
from .settings.take_properties import owner_of
from .staging import stage
from .staging.camera_switching import remove_markers, use_ruling_camera
from .staging.place import carried_set, free_place, make_root, root_of
from .staging.scenery import ROLE_PROPERTY
from .staging.sightline import Sightline, audience_side, eyes_midpoint, facing
from .steps import Steps, at_once

COLLECTION_NAME: Final = "Duologue"
_DEFAULT_DISTANCE: Final = 1.1
_DEFAULT_EYE_HEIGHT: Final = 1.18
_DEFAULT_TURN: Final = np.pi / 2 - 0.35
_STEPS: Final = 6


def add_conversation(context: bpy.types.Context, given: Given = NOT_GIVEN) -> tuple[str, ...]:
    """All steps of `add_conversation_in_steps` at once. Raises DuologueError."""
    return at_once(add_conversation_in_steps(context, given))


def add_conversation_in_steps(context: bpy.types.Context, given: Given = NOT_GIVEN) -> Steps[tuple[str, ...]]:
    """Two heads, cameras, light and a set in a collection of their own; all of it or, with DuologueError, nothing.

    Both heads are built on the face that the panel names. Where the conversation that is shown has its heads in the
    scene, a new one is begun for these, beside what is there. Nothing stays of one whose steps are closed early.
    """
    scene, shown = context.scene, settings_of(context.scene)
    if not has_heads(shown):
        return (yield from _build(context, shown, given))
    former, begun = shown.number, new_conversation(scene)
    number = begun.number
    try:
        return (yield from _build(context, begun, given))
    except BaseException:
        forget_conversation(scene, conversation_numbered(scene, number))
        show_conversation(scene, conversation_numbered(scene, former))
        raise


def _build(context: bpy.types.Context, settings: DuologueSettings, given: Given) -> Steps[tuple[str, ...]]:
    scene = context.scene
    yield "Reading the face", 0.0
    characters = [given[person] or chosen_character(settings, person) for person in (0, 1)]
    face = load_chosen_face(context, settings.face)
    dressings = [dressing(face, character) for character in characters]
    collection = bpy.data.collections.new(COLLECTION_NAME)
    scene.collection.children.link(collection)
    world, camera = scene.world, scene.camera
    heads: list[bpy.types.Object] = []
    try:
        root = make_root(collection, " and ".join(one["name"] for one in characters))
        for person, character in enumerate(characters):
            yield f"Building {character['name']}", (1 + 2 * person) / _STEPS
            shaped = character | {"identity": dressings[person].identity}
            heads.append(build_head(context, face, shaped, character["name"], collection))
            yield f"Dressing {character['name']}", (2 + 2 * person) / _STEPS
            dress_head(heads[person], shaped)
            _seat(heads[person], face, person)
            heads[person].parent = root
            note_character(heads[person], face, character)
        yield "Arranging the set", (_STEPS - 1) / _STEPS
        context.view_layer.update()
        _arrange(scene, collection, heads)
        former = root_of(settings.collection) if settings.collection is not None else None
        if former is not None:
            root.matrix_basis = former.matrix_basis
        else:
            root.location = _way_aside(settings, collection)
        context.view_layer.update()
    except BaseException:
        remove_with_data(list(collection.objects))
        bpy.data.collections.remove(collection)
        scene.world, scene.camera = world, camera
        raise
    settings.head_a, settings.head_b = heads
    owner_of(settings.takes)  # before the undo step, so that undoing a take forgets no owner
    if settings.collection is not None:
        _clear_set(scene, settings.collection)
    settings.collection = collection
    return _strangers(face, characters, dressings)


def _strangers(face: Face, characters: list[dict[str, Any]], dressings: list[Dressing]) -> tuple[str, ...]:
    """One sentence where characters have components that this face does not."""
    names = [who["name"] for who, how in zip(characters, dressings, strict=True) if how.unknown]
    if not names:
        return ()
    components = len({name for how in dressings for name in how.unknown})
    title = face.extras.get("title", face.id)
    return (f"{title} has no such components as {components} of {' and '.join(names)}; those were left out.",)


def _seat(armature: bpy.types.Object, face: Face, person: int) -> None:
    """Where the head would be at a small table, until a take says better."""
    way = 1.0 if person else -1.0
    root = armature.pose.bones["root"]
    # The open head's origin is between its eyes, another face's is wherever its makers put it.
    eyes = 0.5 * (armature.data.bones["eye_left"].head_local + armature.data.bones["eye_right"].head_local)
    own = (0.0, 0.0, 0.0) if face.id == OPEN_HEAD else eyes
    root.location = (way * _DEFAULT_DISTANCE / 2 - own[0], _DEFAULT_EYE_HEIGHT - own[1], -own[2])
    turn = -way * _DEFAULT_TURN
    root.rotation_quaternion = (np.cos(turn / 2), 0.0, np.sin(turn / 2), 0.0)


def _arrange(scene: bpy.types.Scene, collection: bpy.types.Collection, heads: list[bpy.types.Object]) -> None:
    sightline = Sightline(*(eyes_midpoint(head) for head in heads), (facing(heads[0]), facing(heads[1])))
    with carried_set(collection):
        stage.arrange_set(scene, collection, sightline, audience_side(sightline))
    use_ruling_camera(scene, collection)


def _clear_set(scene: bpy.types.Scene, collection: bpy.types.Collection) -> None:
    """Take away a set whose heads were deleted; what else is in its collection stays."""
    remove_markers(scene, collection)
    bpy.data.batch_remove([one for one in collection.all_objects if ROLE_PROPERTY in one])
    if not collection.all_objects and not collection.children:
        bpy.data.collections.remove(collection)


def _way_aside(settings: DuologueSettings, collection: bpy.types.Collection) -> Vector:
    """How far the conversation in `collection` has to go so that it is beside the scene's others."""
    scene = settings.id_data
    found = (collection_of(one) for one in conversations_of(scene) if one != settings)
    others = [one for one in found if one is not None and len(one.all_objects)]
    own = {one for each in (collection, *others) for one in each.all_objects}
    artists = [one for one in scene.objects if one.type == "MESH" and one not in own and one.visible_get()]
    return free_place(collection, others, artists)
