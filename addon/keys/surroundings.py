"""What a take changes in the scene besides keys: its range, its sound strips, the set and the cuts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import bpy
import numpy as np
from mathutils import Vector

from ...backend.contract.errors import DuologueError, ExitCode
from ...backend.contract.performance import Performance
from ..adding import COLLECTION_NAME
from ..conversation import collection_of, sound_files
from ..settings.people import heads_in_scene
from ..settings.properties import DuologueSettings, heads_of
from ..staging import sequencer, stage
from ..staging.camera_switching import (
    has_artists_camera,
    has_markers,
    remove_cameras,
    remove_markers,
    set_markers,
    use_ruling_camera,
)
from ..staging.cutting import shots
from ..staging.framing import Person
from ..staging.furnishing import Furnishing, furnishing_of
from ..staging.place import carried_set, root_of
from ..staging.reactions import reactions
from ..staging.sightline import Sightline, audience_side, mean_person, sightline_of
from ..staging.standing import built_armature, watched
from ..steps import Steps, at_once, each_part, part_of
from . import timing
from .people_at import people_at
from .start import frames_of_take, written_start

_CAMERA_SAMPLES: Final = 9


def grow_range(settings: DuologueSettings, first: int, last: int) -> list[str]:
    """The scene's range grows to the frames from `first` to `last` if the panel says so; tells where it had to."""
    scene = settings.id_data
    if scene.frame_start <= first and last <= scene.frame_end:
        return []
    if not settings.grow_range:
        return [f"The take goes from frame {first} to {last}, the scene from {scene.frame_start} to {scene.frame_end}."]
    # Blender has no frames below 0 in a scene's range.
    scene.frame_start, scene.frame_end = max(0, min(scene.frame_start, first)), max(scene.frame_end, last)
    return [f"The scene's range is now {scene.frame_start} to {scene.frame_end}."]


def place_sounds(settings: DuologueSettings, performance: Performance, start: float) -> list[str]:
    """The panel's files from `start` on; those that the take was made of begin where they do in it. What to tell."""
    audio = performance.meta.get("audio")
    files = audio.get("files", []) if isinstance(audio, dict) else []
    if settings.audio_kind == "tracks" and settings.played_by_strips:
        sequencer.remove_sounds(settings.id_data, settings.number)
        return []
    paths = sound_files(settings)
    known = [file.get("name") for file in files] == [path.name for path in paths]
    sounds = [
        sequencer.Sound(path, float(files[number].get("offset", 0.0)) if known else 0.0)
        for number, path in enumerate(paths)
    ]
    return sequencer.place_sounds(settings.id_data, sounds, start, settings.number)


def film(
    settings: DuologueSettings, heads: tuple[bpy.types.Object, ...], performance: Performance, frames: np.ndarray
) -> list[str]:
    """Arrange the set around where the take puts the people at `frames` [K], and cut between cameras; what to tell."""
    scene, collection = settings.id_data, collection_of(settings)
    if collection is None:
        return []
    built = [built_armature(head) is not None for head in heads]
    furnished, there = all(built) or stage.has_set(collection), bool(stage.cameras_in(collection))
    # Cameras that were taken away stay away, and a set that characters of the artist's never had.
    cameras = there or settings.cuts == "always" or (furnished and settings.cuts != "never")
    if not (furnished or cameras):
        return []
    sightline = at_once(_sightline_in_steps(scene, heads, frames))
    furnishing = furnishing_of(performance.meta.get("staging"), built) if furnished else None
    return _filmed(settings, collection, performance, sightline, furnishing, cameras=cameras)


def apply_cuts_in_steps(
    settings: DuologueSettings, performance: Performance, *, with_set: bool = False
) -> Steps[list[str]]:
    """Cameras around where the heads are while the take that is on them lasts, and cuts between them; what to tell.

    Heads may be anybody's. `with_set`: light and furniture as well, built where there are none. Raises DuologueError
    (SCENE_UNSUITABLE: no two heads; RIG_UNSUITABLE).
    """
    scene = settings.id_data
    heads = [head for head in heads_in_scene(settings) if head is not None]
    if len(heads) < len(heads_of(settings)):
        raise DuologueError(
            ExitCode.SCENE_UNSUITABLE, "There are no two heads in this scene.", "Choose them under Cast."
        )
    frames = np.array(frames_of_take(settings, performance))
    sightline = yield from part_of(_sightline_in_steps(scene, heads, frames), 0.0, 0.9)
    yield "Placing cameras", 0.9
    collection = collection_of(settings) or _new_collection(settings)
    settings.cuts = "always"
    built = [built_armature(head) is not None for head in heads]
    furnishing = furnishing_of(performance.meta.get("staging"), built) if with_set else None
    return _filmed(settings, collection, performance, sightline, furnishing)


def _filmed(
    settings: DuologueSettings,
    collection: bpy.types.Collection,
    performance: Performance,
    sightline: Sightline,
    furnishing: Furnishing | None,
    *,
    cameras: bool = True,
) -> list[str]:
    """Cameras around the people of `sightline` and cuts between them, and the set with this `furnishing`; without one,
    none. What to tell.
    """
    camera, floor = _place_of(settings, collection, performance)
    front, sightline = audience_side(sightline, camera), replace(sightline, floor=floor)
    armatures = [None if head is None else built_armature(head) for head in heads_in_scene(settings)]
    _arrange(settings.id_data, collection, sightline, front, furnishing, armatures, cameras=cameras)
    return _cut(settings, collection, performance, sightline, front, furnishing)


def _place_of(
    settings: DuologueSettings, collection: bpy.types.Collection, performance: Performance
) -> tuple[Vector | None, float | None]:
    """Whither the audience of a staged take is, and the height of its floor, where the conversation's root says it."""
    root = root_of(collection)
    heads = [built_armature(head) for head in heads_in_scene(settings) if head is not None]
    carried = root is not None and all(head is not None and head.parent == root for head in heads)
    if root is None or not carried or not isinstance(performance.meta.get("staging"), dict):
        return None, None
    camera = root.matrix_world.to_3x3() @ Vector((0.0, -1.0, 0.0))
    return camera, root.matrix_world.translation.z


def _arrange(
    scene: bpy.types.Scene,
    collection: bpy.types.Collection,
    sightline: Sightline,
    front: Vector,
    furnishing: Furnishing | None,
    armatures: Sequence[bpy.types.Object | None],
    *,
    cameras: bool = True,
) -> None:
    """The set with this `furnishing` around the people, or cameras alone; `armatures`: heads that Duologue built."""
    with carried_set(collection):
        if furnishing is None:
            stage.place_cameras(scene, collection, sightline, front)
        else:
            arranging = stage.arrange_set(
                scene, collection, sightline, front, cameras=cameras, furnishing=furnishing, armatures=armatures
            )
            at_once(arranging)


def _new_collection(settings: DuologueSettings) -> bpy.types.Collection:
    """For the cameras of characters of the artist's own."""
    settings.collection = bpy.data.collections.new(COLLECTION_NAME)
    settings.id_data.collection.children.link(settings.collection)
    return settings.collection


def remove_cuts(settings: DuologueSettings) -> None:
    """Take away a conversation's cuts and Duologue's cameras; the next take brings none."""
    collection = collection_of(settings)
    settings.cuts = "never"
    if collection is not None:
        remove_markers(settings.id_data, collection)
        remove_cameras(settings.id_data, collection)
        if not collection.all_objects and not collection.children and collection == settings.collection:
            bpy.data.collections.remove(collection)


def _sightline_in_steps(
    scene: bpy.types.Scene, heads: Sequence[bpy.types.Object], frames: np.ndarray
) -> Steps[Sightline]:
    """Where both people's eyes are and what they face on average from the first to the last of `frames`."""
    looks = np.linspace(frames[0], frames[-1], _CAMERA_SAMPLES).round()
    seen = yield from _people_at(scene, heads, looks)
    first, second = (mean_person(moments) for moments in seen)
    return sightline_of(first, second)


def _people_at(
    scene: bpy.types.Scene, heads: Sequence[bpy.types.Object], frames: np.ndarray
) -> Steps[list[list[Person]]]:
    """Both people at each of `frames` [T].

    Heads that Duologue built are looked at in a scene of their own; for others the artist's changes its frame.
    """
    built = [armature for head in heads if (armature := built_armature(head)) is not None]
    seen: list[list[Person]] = []
    if len(built) == len(heads):
        for armature, ends in zip(built, each_part(len(built)), strict=True):
            moments = yield from part_of(people_at(scene, armature, frames), *ends)
            seen.append([moment.person for moment in moments])
        return seen
    current, subframe = scene.frame_current, scene.frame_subframe
    people = [watched(head) for head in heads]
    seen = [[] for _ in people]
    try:
        for index, frame in enumerate(frames.astype(int).tolist()):
            yield "Looking where they are", index / len(frames)
            scene.frame_set(frame)
            for moments, person in zip(seen, people, strict=True):
                moments.append(person())
    finally:
        scene.frame_set(current, subframe=subframe)
    return seen


def _cut(
    settings: DuologueSettings,
    collection: bpy.types.Collection,
    performance: Performance,
    sightline: Sightline,
    front: Vector,
    furnishing: Furnishing | None,
) -> list[str]:
    """Cuts as markers where the panel wants them; what to tell."""
    scene, notes = settings.id_data, []
    if settings.cuts == "never":
        remove_markers(scene, collection)
    elif settings.cuts == "auto" and has_artists_camera(scene) and not has_markers(scene, collection):
        notes.append("No cuts were set, since the scene has a camera of yours; Cuts: Always sets them.")
    else:
        close = stage.two_shot_is_close(scene, collection, sightline, front, furnishing)
        cuts = shots(performance.speaking, performance.fps, reactions(performance), two_shot_is_close=close)
        start = written_start(settings)
        frames = [timing.frame_of(cut.seconds, scene.render, start) for cut in cuts]
        set_markers(scene, collection, cuts, frames)
    use_ruling_camera(scene, collection)
    return notes
