"""A take on disk becomes keys on both heads, sound strips, a range and cameras; everything is checked first."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import bpy
import numpy as np
from mathutils import Vector

from ...backend.contract.errors import DuologueError, ExitCode
from ...backend.contract.performance import Performance, load_performance
from ..conversation import collection_of, sound_files
from ..retargeting.eye_contact import with_eye_contact
from ..retargeting.sliders import restore_sliders, widen_sliders
from ..retargeting.strength import Strength, with_strength
from ..settings.blend_paths import remembered
from ..settings.properties import DuologueSettings, heads_of, people_of, settings_of
from ..settings.staging_properties import show_staging
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
from . import actions, timing
from .acting import warnings_of
from .beside import beside_partner
from .bodies import headings
from .replacing import settle
from .retaking import Spans, people_with_keys
from .shape_parts import Part
from .start import note_written, start_of, written_start
from .targets import Target, check_apart, notes_of, parts_of, target_of

_CAMERA_SAMPLES: Final = 9
_LAST_FRAME: Final = 1_048_574
"""Beyond it Blender has no time."""


@dataclass(frozen=True)
class Written:
    """What `write_take` did: keys written, actions that were kept aside, and sentences worth telling."""

    keys: int
    replaced: tuple[str, ...]
    notes: tuple[str, ...]

    def sentence(self) -> str:
        """One line for the panel."""
        kept = f" Kept aside: {', '.join(self.replaced)}." if self.replaced else ""
        return " ".join((f"{self.keys} keys written.{kept}", *self.notes)).strip()


@dataclass(frozen=True)
class _Writing:
    """Curves for one data-block of a person's, the new action's name, and whether the artist's plays on below."""

    part: Part
    person: int
    name: str
    on_top: bool


def write_take(
    context: bpy.types.Context,
    take: Path,
    spans: Spans = (),
    settings: DuologueSettings | None = None,
    performance: Performance | None = None,
) -> Written:
    """Write a take's keys on both heads, place its sound, range and cameras. Raises DuologueError.

    The take is read from disk unless its `performance` is given. It is for the conversation `settings`, or for the one
    that the panel shows.
    Where the panel says that one person alone reacts, or one is locked, the other one gets keys; the first one's, the
    cameras and the set stay as they are. With `spans` of frames, first and last, only the keys in them are new, in a
    copy of the action, and cameras, set and range stay too. The take begins where `start_of` says, or with `spans`
    where it was written; the scene's range is grown to it if the panel says so. Everything is checked before the first
    key; a failure leaves every action as it was.
    """
    settings = settings or settings_of(context.scene)
    scene = settings.id_data
    if performance is None:
        performance = load_performance(take)
    for person, amount in enumerate((settings.eye_contact_a, settings.eye_contact_b)):
        performance = with_eye_contact(performance, person, amount)
    people = people_with_keys(settings)
    found = [
        _target(scene, head, performance, needed=person in people) for person, head in enumerate(heads_of(settings))
    ]
    check_apart(found)
    targets = {person: found[person] for person in people}
    warnings = warnings_of(scene, list(targets.values()))
    start = written_start(settings) if spans else start_of(settings)
    frames = timing.key_frames(performance.seconds, performance.fps, scene.render, start)  # [K]
    _check_end(int(frames[-1]))
    seconds = timing.seconds_of(frames, scene.render, start)  # [K]
    strength = Strength(settings.expression_strength, settings.jaw_strength, settings.head_strength)
    straight_ahead = headings(scene, found, performance, frames)
    writings: list[_Writing] = []
    for person, target in targets.items():
        name = f"{_names(settings)[person]} {take.parent.name}"
        taken = target.performance
        if len(people) == 1:
            taken = beside_partner(scene, target, found[1 - person], person, start)
        played = with_strength(taken, strength)
        parts = parts_of(target, played, person, seconds, straight_ahead[person])
        for part in parts:
            whole_name = name if actions.one_for_all() else f"{name} {part.kind}"
            writings.append(_Writing(part, person, whole_name, on_top=not target.own))
    keys, replaced = _write_all(writings, frames, spans)
    notes = [*notes_of(scene, list(targets.values())), *warnings]
    if not spans:
        if settings.start_from == "sound" and start != scene.frame_start:
            notes.append(f"The take begins at frame {start:g}, where its sound is.")
        notes += _grow_range(settings, int(frames[0]), int(frames[-1]))
    notes += sequencer.place_sounds(scene, _sounds(settings, performance), start, settings.number)
    settings.take = remembered(take.absolute())
    note_written(settings, start)
    if not settings.staging.used:
        show_staging(settings.staging, performance.meta.get("staging"))
    whole = len(people) == len(found) and not spans
    if whole and all(target.own for target in targets.values()):
        notes += _film(settings, [target.head for target in targets.values()], performance, frames)
    return Written(keys, tuple(replaced), tuple(notes))


def _sounds(settings: DuologueSettings, performance: Performance) -> list[sequencer.Sound]:
    """The panel's files; those that the take was made of begin where they do in it."""
    audio = performance.meta.get("audio")
    files = audio.get("files", []) if isinstance(audio, dict) else []
    paths = sound_files(settings)
    known = [file.get("name") for file in files] == [path.name for path in paths]
    return [
        sequencer.Sound(path, float(files[number].get("offset", 0.0)) if known else 0.0)
        for number, path in enumerate(paths)
    ]


def _target(
    scene: bpy.types.Scene, head: bpy.types.Object | None, performance: Performance, *, needed: bool
) -> Target | None:
    """None for a head that gets no keys and could not get any. Raises DuologueError for one that is to get them."""
    try:
        return target_of(scene, head, performance)
    except DuologueError:
        if needed:
            raise
        return None


def _check_end(last: int) -> None:
    if last > _LAST_FRAME:
        raise DuologueError(
            ExitCode.SCENE_UNSUITABLE,
            f"The take would end at frame {last}; Blender's last one is {_LAST_FRAME}.",
            "Let it start earlier (Start, in the panel).",
        )


def _grow_range(settings: DuologueSettings, first: int, last: int) -> list[str]:
    """The scene's range grows to the frames from `first` to `last` if the panel says so; tells where it had to."""
    scene = settings.id_data
    if scene.frame_start <= first and last <= scene.frame_end:
        return []
    if not settings.grow_range:
        return [f"The take goes from frame {first} to {last}, the scene from {scene.frame_start} to {scene.frame_end}."]
    # Blender has no frames below 0 in a scene's range.
    scene.frame_start, scene.frame_end = max(0, min(scene.frame_start, first)), max(scene.frame_end, last)
    return [f"The scene's range is now {scene.frame_start} to {scene.frame_end}."]


def _write_all(writings: list[_Writing], frames: np.ndarray, spans: Spans) -> tuple[int, list[str]]:
    """Keys written and actions put aside; when one part fails, all are as they were."""
    keys = 0
    done: list[actions.Assigned] = []
    shared: dict[int, bpy.types.Action] = {}
    copies: dict[bpy.types.Action, bpy.types.Action] = {}
    with contextlib.ExitStack() as undo:
        for writing in writings:
            owner, curves, share = writing.part.owner, writing.part.curves, shared.get(writing.person)
            copied = actions.assign_copy(owner, writing.name, copies) if spans else None
            if copied is not None:
                assigned = copied
            elif writing.on_top:
                assigned = actions.assign_on_top(owner, writing.name, (int(frames[0]), int(frames[-1])), share)
            else:
                assigned = actions.assign_new_action(owner, writing.name, share)
            undo.callback(actions.unassign, owner, assigned)
            done.append(assigned)
            shared.setdefault(writing.person, assigned.action)
            if isinstance(owner, bpy.types.Key):
                undo.callback(restore_sliders, owner, widen_sliders(owner, curves))
            if copied is not None:
                keys += actions.replace_keys(owner, curves, frames, spans)
            else:
                keys += actions.write_curves(owner, curves, frames)
        undo.pop_all()
    return keys, settle(done)


def _names(settings: DuologueSettings) -> tuple[str, str]:
    """What both people's actions are called by; namesakes by their objects, which have names of their own."""
    first, second = people_of(settings)
    if first != second:
        return first, second
    return tuple(first if head is None else head.name for head in heads_of(settings))  # type: ignore[return-value]


def _film(
    settings: DuologueSettings, heads: list[bpy.types.Object], performance: Performance, frames: np.ndarray
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
