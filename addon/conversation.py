"""What the operators and the command line do: build a conversation, ask for a take, write its keys."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import bpy
import numpy as np
from mathutils import Vector

from ..backend.contract.character import job_character
from ..backend.contract.constants import OFFICIAL_ENGINE, OPEN_HEAD
from ..backend.contract.errors import DuologueError, ExitCode
from ..backend.contract.face import Face
from ..backend.contract.job import AudioInput, JobRequest
from .characters.character_editing import edited_character, has_character, note_character
from .characters.character_files import find_character, read_character
from .heads.faces import Dressing, dressing, load_chosen_face
from .heads.materials import dress_head
from .heads.rig import build_head
from .settings.blend_paths import file_of
from .settings.character_properties import own_characters
from .settings.conversations import (
    conversation_numbered,
    forget_conversation,
    new_conversation,
    show_conversation,
)
from .settings.properties import DuologueSettings, conversations_of, has_heads, heads_of, settings_of
from .settings.staging_properties import staging_told
from .staging import stage
from .staging.camera_switching import remove_markers, use_ruling_camera
from .staging.place import carried_set, free_place, make_root, root_of
from .staging.scenery import ROLE_PROPERTY
from .staging.sightline import Sightline, audience_side, eyes_midpoint, facing
from .worker.preferences import backend_assets, remembered_checkpoint

COLLECTION_NAME: Final = "Duologue"
_DEFAULT_DISTANCE: Final = 1.1
_DEFAULT_EYE_HEIGHT: Final = 1.18
_DEFAULT_TURN: Final = np.pi / 2 - 0.35
_ROOM_FOR_A_HEAD: Final = 0.3
_CAMERA_SAMPLES: Final = 9


Given = tuple[dict[str, Any] | None, dict[str, Any] | None]
"""Characters that count instead of those the scene knows of."""
NOT_GIVEN: Final[Given] = (None, None)


def add_conversation(context: bpy.types.Context, given: Given = NOT_GIVEN) -> tuple[str, ...]:
    """Two heads, cameras, light and a set in a collection of their own; all of it or, with DuologueError, nothing.

    Both heads are built on the face that the panel names. Where the conversation that is shown has its heads in the
    scene, a new one is begun for these, beside what is there. Returns sentences worth telling.
    """
    scene = context.scene
    if not has_heads(settings_of(scene)):
        return _build(context, settings_of(scene), given)
    shown = settings_of(scene).number
    try:
        return _build(context, new_conversation(scene), given)
    except BaseException:
        forget_conversation(scene, settings_of(scene))
        show_conversation(scene, conversation_numbered(scene, shown))
        raise


def _build(context: bpy.types.Context, settings: DuologueSettings, given: Given) -> tuple[str, ...]:
    characters = [given[person] or _chosen_character(settings, person) for person in (0, 1)]
    face = load_chosen_face(context, settings.face)
    dressings = [dressing(face, character) for character in characters]
    collection = bpy.data.collections.new(COLLECTION_NAME)
    context.scene.collection.children.link(collection)
    try:
        root = make_root(collection, " and ".join(one["name"] for one in characters))
        heads = [
            _seated(context, face, characters[person] | {"identity": dressings[person].identity}, collection, person)
            for person in (0, 1)
        ]
        for head, character in zip(heads, characters, strict=True):
            head.parent = root
            note_character(head, face, character)
        context.view_layer.update()
        _arrange(context.scene, collection, heads)
        former = root_of(settings.collection) if settings.collection is not None else None
        if former is not None:
            root.matrix_basis = former.matrix_basis
        else:
            root.location = _way_aside(settings, collection)
        context.view_layer.update()
    except BaseException:
        for left in list(collection.objects):
            bpy.data.objects.remove(left)
        bpy.data.collections.remove(collection)
        raise
    settings.head_a, settings.head_b = heads
    if settings.collection is not None:
        _clear_set(context.scene, settings.collection)
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


def _seated(
    context: bpy.types.Context, face: Face, character: dict[str, Any], collection: bpy.types.Collection, person: int
) -> bpy.types.Object:
    """A dressed head where it would sit at a small table, until a take says better."""
    armature = build_head(context, face, character, character["name"], collection)
    dress_head(armature, character)
    way = 1.0 if person else -1.0
    root = armature.pose.bones["root"]
    # The open head's origin is between its eyes, another face's is wherever its makers put it.
    eyes = 0.5 * (armature.data.bones["eye_left"].head_local + armature.data.bones["eye_right"].head_local)
    own = (0.0, 0.0, 0.0) if face.id == OPEN_HEAD else eyes
    root.location = (way * _DEFAULT_DISTANCE / 2 - own[0], _DEFAULT_EYE_HEIGHT - own[1], -own[2])
    turn = -way * _DEFAULT_TURN
    root.rotation_quaternion = (np.cos(turn / 2), 0.0, np.sin(turn / 2), 0.0)
    return armature


def objects_between_heads(scene: bpy.types.Scene) -> list[str]:
    """Names of the artist's own visible meshes that stand where the two people sit, such as a start-up cube."""
    settings = settings_of(scene)
    eyes = [eyes_midpoint(head) for head in (settings.head_a, settings.head_b)]
    low = Vector(min(one[axis] for one in eyes) - _ROOM_FOR_A_HEAD for axis in range(3))
    high = Vector(max(one[axis] for one in eyes) + _ROOM_FOR_A_HEAD for axis in range(3))
    collection = collection_of(settings)
    own = {one.name for one in collection.all_objects} if collection is not None else set()
    found = []
    for one in scene.objects:
        if one.type == "MESH" and one.name not in own and one.visible_get():
            corners = [one.matrix_world @ Vector(corner) for corner in one.bound_box]
            ends = [(min(c[axis] for c in corners), max(c[axis] for c in corners)) for axis in range(3)]
            if all(near < high[axis] and far > low[axis] for axis, (near, far) in enumerate(ends)):
                found.append(one.name)
    return found


def request_of(context: bpy.types.Context, given: Given = NOT_GIVEN) -> JobRequest:
    """The request that the panel describes.

    Raises DuologueError (AUDIO_NOT_FOUND, CHARACTER_INVALID, WEIGHTS_INVALID: no checkpoint for the engine).
    """
    settings = settings_of(context.scene)
    paths = audio_paths(settings)
    for path in paths:
        if path is not None and not path.is_file():
            raise DuologueError(
                ExitCode.AUDIO_NOT_FOUND, f"There is no audio file at {path}.", "Choose the file again in the panel."
            )
    first, second = (given[person] or _character(settings, person) for person in (0, 1))
    assets = backend_assets(context)
    return JobRequest(
        audio=AudioInput(
            settings.audio_kind, tuple(None if path is None else str(path) for path in paths), settings.by_timecode
        ),
        prompt=settings.prompt,
        engine=settings.engine,
        checkpoint=_checkpoint(context) if settings.engine == OFFICIAL_ENGINE else None,
        seed=settings.seed,
        characters=(job_character(first), job_character(second)),
        assets=str(assets) if assets else None,
        segments=str(file_of(settings, settings.segments)) if settings.segments else None,
        swap_speakers=settings.swap_speakers,
        transcripts=_transcripts(settings),
        staging=staging_told(settings.staging) if settings.staging.used and settings.staging.arrangement else None,
    )


def checkpoint_file(context: bpy.types.Context) -> str:
    """DualTalk's weights that this scene names, else those that were used last; empty where there are none."""
    settings = settings_of(context.scene)
    return str(file_of(settings, settings.checkpoint)) if settings.checkpoint else remembered_checkpoint(context)


def _checkpoint(context: bpy.types.Context) -> str:
    file = checkpoint_file(context)
    if not file or not Path(file).is_file():
        raise DuologueError(
            ExitCode.WEIGHTS_INVALID,
            f"There is no DualTalk checkpoint at {file}." if file else "No DualTalk checkpoint was chosen.",
            "Press Use DualTalk checkpoint…, or choose another engine.",
        )
    return str(Path(file).absolute())


def _transcripts(settings: DuologueSettings) -> tuple[str | None, str | None] | None:
    """The chosen transcripts, absolute; None where there is none."""
    first, second = (
        str(file_of(settings, path)) if path else None for path in (settings.transcript_a, settings.transcript_b)
    )
    return None if first is None and second is None else (first, second)


def audio_paths(settings: DuologueSettings) -> list[Path | None]:
    """The chosen audio files, absolute, None for a field that is empty; a relative path belongs to the .blend."""
    chosen = {
        "tracks": [settings.track_a, settings.track_b],
        "stereo": [settings.stereo],
        "mix": [settings.mix],
    }[settings.audio_kind]
    return [file_of(settings, path) if path else None for path in chosen]


def sound_files(settings: DuologueSettings) -> list[Path]:
    """Those of the audio files that are chosen."""
    return [path for path in audio_paths(settings) if path is not None]


def missing_input(settings: DuologueSettings) -> str | None:
    """Why *Generate* cannot run yet, or None."""
    if settings.head_a is None or settings.head_b is None:
        return "Press Add conversation first"
    if not any(audio_paths(settings)):
        return "Choose the dialogue's audio first"
    return None


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


def collection_of(settings: DuologueSettings) -> bpy.types.Collection | None:
    """The collection that *Add conversation* made, however it is called now."""
    if settings.collection is not None:
        return settings.collection
    for head in heads_of(settings):  # files from before conversations knew their collection
        for collection in head.users_collection if head is not None else ():
            if any(ROLE_PROPERTY in one for one in collection.objects):
                return collection
    return None


def _character(settings: DuologueSettings, person: int) -> dict[str, Any]:
    """Who the head in the scene is, as its sliders say; or who the panel would build."""
    head = (settings.head_a, settings.head_b)[person]
    return edited_character(head) if has_character(head) else _chosen_character(settings, person)


def _chosen_character(settings: DuologueSettings, person: int) -> dict[str, Any]:
    key = (settings.character_a, settings.character_b)[person]
    if not key:
        raise DuologueError(
            ExitCode.CHARACTER_INVALID,
            "The character that this scene was set to is not on this computer.",
            "Choose another one in the panel.",
        )
    return read_character(find_character(key, own_characters()))
