"""*Add conversation*: the heads that are missing, cameras, light and a set, step by step, or nothing of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import bpy
import numpy as np
from mathutils import Matrix, Vector

from ..backend.contract.constants import OPEN_HEAD
from ..backend.contract.face import Face
from .characters.character_editing import note_character
from .conversation import NOT_GIVEN, Given, chosen_character, collection_of
from .heads.faces import Dressing, dressing, load_chosen_face
from .heads.materials import dress_head_in_steps
from .heads.rig import build_head_in_steps
from .removal import remove_with_data
from .settings.conversations import conversation_numbered, forget_conversation, new_conversation, show_conversation
from .settings.people import heads_in_scene
from .settings.properties import DuologueSettings, conversations_of, has_heads, settings_of
from .settings.take_properties import owner_of
from .staging import stage
from .staging.camera_switching import remove_markers, use_ruling_camera
from .staging.framing import Person
from .staging.furnishing import Furnishing
from .staging.place import around, carried_set, free_place, make_root, root_of
from .staging.scenery import ROLE_PROPERTY
from .staging.sightline import Sightline, audience_side
from .staging.standing import built_armature, person_of
from .steps import Steps, at_once, part_of

COLLECTION_NAME: Final = "Duologue"
_DEFAULT_DISTANCE: Final = 1.1
_DEFAULT_EYE_HEIGHT: Final = 1.18
_DEFAULT_TURN: Final = np.pi / 2 - 0.35
_STEPS: Final = 6


def add_conversation(context: bpy.types.Context, given: Given = NOT_GIVEN) -> tuple[str, ...]:
    """All steps of `add_conversation_in_steps` at once. Raises DuologueError."""
    return at_once(add_conversation_in_steps(context, given))


def add_conversation_in_steps(context: bpy.types.Context, given: Given = NOT_GIVEN) -> Steps[tuple[str, ...]]:
    """The heads that are missing, with a set for both; all of it or, with DuologueError, nothing.

    Heads are built on the face that the panel names. Who is there already, a character of the artist's own or a head
    that Duologue built, stays as it is: the other one is built opposite. Where the conversation that is shown has both
    heads in the scene, a new one is begun for two more, beside what is there. Nothing stays of one whose steps are
    closed early.
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
    scene, staying = context.scene, heads_in_scene(settings)
    yield "Reading the face", 0.0
    missing = [person for person in (0, 1) if staying[person] is None]
    characters = [given[person] or chosen_character(settings, person) for person in missing]
    face = load_chosen_face(context, settings.face)
    yield "Reading the face", 0.5 / _STEPS
    dressings = [dressing(face, character) for character in characters]
    there = next((person_of(head) for head in staying if head is not None), None)
    carried = _carrying(settings, staying)
    collection = carried or bpy.data.collections.new(COLLECTION_NAME)
    before = set(collection.all_objects)
    if carried is None:
        scene.collection.children.link(collection)
    world, camera = scene.world, scene.camera
    heads: dict[int, bpy.types.Object] = {}
    try:
        names = [head.name for head in staying if head is not None] + [one["name"] for one in characters]
        root = root_of(collection) or make_root(collection, " and ".join(names))
        for done, (person, character) in enumerate(zip(missing, characters, strict=True)):
            begin, middle, end = ((1 + 2 * done + part) / _STEPS for part in range(3))
            shaped = character | {"identity": dressings[done].identity}
            building = build_head_in_steps(context, face, shaped, character["name"], collection)
            head = heads[person] = yield from part_of(building, begin, middle)
            yield from part_of(dress_head_in_steps(head, shaped), middle, end)
            _seat(head, face, person)
            head.parent = root
            note_character(head, face, character)
        if carried is None:
            yield "Arranging the set", (_STEPS - 1) / _STEPS
            context.view_layer.update()
            seat = yield from part_of(_arrange(scene, collection, heads), (_STEPS - 1) / _STEPS, 1.0)
            root.matrix_basis = _place(settings, collection) if there is None else around(there, seat)
        context.view_layer.update()
    except BaseException:
        remove_with_data([one for one in collection.all_objects if one not in before])
        if carried is None:
            bpy.data.collections.remove(collection)
        scene.world, scene.camera = world, camera
        raise
    for person, head in heads.items():
        setattr(settings, ("head_a", "head_b")[person], head)
    owner_of(settings.takes)  # before the undo step, so that undoing a take forgets no owner
    if settings.collection is not None and carried is None:
        _clear_set(scene, settings.collection)
    settings.collection = collection
    return _strangers(face, characters, dressings)


def _carrying(settings: DuologueSettings, staying: Sequence[bpy.types.Object | None]) -> bpy.types.Collection | None:
    """The conversation's collection, with its set, where a head that Duologue built stays in it."""
    collection = collection_of(settings)
    if collection is None or collection.library is not None or root_of(collection) is None:
        return None
    built = [built_armature(head) for head in staying if head is not None]
    return collection if any(one is not None and one.name in collection.all_objects for one in built) else None


def _place(settings: DuologueSettings, collection: bpy.types.Collection) -> Matrix:
    """Where the conversation in `collection` goes: where the set of deleted heads was, or beside the scene's others."""
    former = root_of(settings.collection) if settings.collection is not None else None
    return former.matrix_basis.copy() if former is not None else Matrix.Translation(_way_aside(settings, collection))


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


def _before(built: Person) -> Person:
    """Where the other one sits, who faces somebody who was built: on the other side of the small table."""
    eyes = Vector((-built.eyes.x, built.eyes.y, built.eyes.z))
    return Person(eyes, (built.eyes - eyes).normalized())


def _arrange(
    scene: bpy.types.Scene, collection: bpy.types.Collection, heads: Mapping[int, bpy.types.Object]
) -> Steps[Person]:
    """The set around the heads that were built; of one alone, around whoever sits before it. Returns that seat."""
    seen = {person: person_of(head) for person, head in heads.items()}
    seat = _before(next(iter(seen.values())))
    first, second = seen.get(0, seat), seen.get(1, seat)
    sightline = Sightline(first.eyes, second.eyes, (first.faces, second.faces))
    with carried_set(collection):
        chairs = Furnishing(chairs=(0 in heads, 1 in heads))
        yield from stage.arrange_set(scene, collection, sightline, audience_side(sightline), furnishing=chairs)
    use_ruling_camera(scene, collection)
    return seat


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
