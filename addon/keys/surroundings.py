"""What a take changes in the scene besides keys: its range, its sound strips, the set and the cuts."""

from __future__ import annotations

from typing import Final

import bpy
import numpy as np
from mathutils import Vector

from ...backend.contract.performance import Performance
from ..conversation import collection_of, sound_files
from ..settings.properties import DuologueSettings
from ..staging import sequencer, stage
from ..staging.camera_switching import (
    has_artists_camera,
    has_markers,
    remove_markers,
    set_markers,
    use_ruling_camera,
)
from ..staging.cutting import shots
from ..staging.place import carried_set
from ..staging.sightline import Sightline, audience_side, eyes_midpoint, facing, mean_direction
from . import timing

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
    sampled = np.linspace(frames[0], frames[-1], _CAMERA_SAMPLES).round().astype(int)
    current, subframe = scene.frame_current, scene.frame_subframe
    eyes: list[tuple[Vector, Vector]] = []
    facings: list[tuple[Vector, Vector]] = []
    for frame in sampled:
        scene.frame_set(int(frame))
        eyes.append((eyes_midpoint(heads[0]), eyes_midpoint(heads[1])))
        facings.append((facing(heads[0]), facing(heads[1])))
    scene.frame_set(current, subframe=subframe)
    first, second = (sum((pair[side] for pair in eyes), Vector()) / len(eyes) for side in (0, 1))
    faces = [mean_direction([pair[side] for pair in facings]) for side in (0, 1)]
    sightline = Sightline(first, second, (faces[0], faces[1]))
    with carried_set(collection):
        stage.arrange_set(scene, collection, sightline, audience_side(sightline))
    return _cut(settings, collection, performance)


def _cut(settings: DuologueSettings, collection: bpy.types.Collection, performance: Performance) -> list[str]:
    """Cuts as markers where the panel wants them; what to tell."""
    scene, notes = settings.id_data, []
    if settings.cuts == "never":
        remove_markers(scene, collection)
    elif settings.cuts == "auto" and has_artists_camera(scene) and not has_markers(scene, collection):
        notes.append("No cuts were set, since the scene has a camera of yours; Cuts: Always sets them.")
    else:
        cuts = shots(performance.speaking, performance.fps)
        frames = [timing.frame_of(cut.seconds, scene.render, settings.take_start) for cut in cuts]
        set_markers(scene, collection, cuts, frames)
    use_ruling_camera(scene, collection)
    return notes
