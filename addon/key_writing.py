"""A take on disk becomes keys on both heads, sound strips, a range and cameras; everything is checked first."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import bpy
import numpy as np
from mathutils import Vector

from ..backend.contract.constants import OPEN_HEAD
from ..backend.contract.errors import DuologueError, ExitCode
from ..backend.contract.performance import Performance, load_performance
from . import actions, sequencer, stage, timing
from .conversation import audio_paths, collection_of
from .curves import Coverage, Curve
from .cutting import shots
from .own_heads import check_face, check_rig, own_head_curves
from .properties import settings_of
from .rig import FACE_PROPERTY, head_mesh
from .sightline import Sightline, audience_side, eyes_midpoint, facing
from .strength import Strength, with_strength

_CAMERA_SAMPLES: Final = 9

_Part = tuple[bpy.types.ID, str, tuple[Curve, ...]]
"""Who gets keys, the new action's name, and the curves."""


@dataclass(frozen=True)
class Written:
    """What `write_keys` did: keys written, actions that were put aside, and sentences worth telling."""

    keys: int
    replaced: tuple[str, ...]
    notes: tuple[str, ...]

    def sentence(self) -> str:
        """One line for the panel."""
        kept = f" Kept aside: {', '.join(self.replaced)}." if self.replaced else ""
        return " ".join((f"{self.keys} keys written.{kept}", *self.notes)).strip()


@dataclass(frozen=True)
class _Target:
    """One head, checked, and all that will be written onto it."""

    armature: bpy.types.Object
    mesh: bpy.types.Object
    shape_keys: frozenset[str]
    coverage: Coverage


def write_take(context: bpy.types.Context, take: Path) -> Written:
    """Load a take, write its keys on both heads, place its sound, range and cameras. Raises DuologueError.

    Everything is checked before the first key; a failure leaves every action as it was.
    """
    scene, settings = context.scene, settings_of(context.scene)
    performance = load_performance(take)
    heads = [settings.head_a, settings.head_b]
    targets = [_checked(head, performance) for head in heads]
    frames = timing.key_frames(performance.seconds, performance.fps, scene.render, settings.start_frame)  # [K]
    seconds = timing.seconds_of(frames, scene.render, settings.start_frame)  # [K]
    strength = Strength(settings.expression_strength, settings.jaw_strength, settings.head_strength)
    played = with_strength(performance, strength)
    parts: list[_Part] = []
    for person, target in enumerate(targets):
        curves = own_head_curves(played, person, seconds, target.shape_keys)
        name = f"{performance.speakers[person]} {take.parent.name}"
        parts += [(target.armature, f"{name} head", curves.bones)]
        parts += [(target.mesh.data.shape_keys, f"{name} face", curves.shapes)]
    keys, replaced = _write_all(parts, frames)
    scene.frame_start = settings.start_frame
    scene.frame_end = timing.last_frame(performance.seconds, scene.render, settings.start_frame)
    notes = [_coverage_note(one) for one in targets if one.coverage.missing]
    notes += sequencer.place_sounds(scene, audio_paths(settings), settings.start_frame)
    settings.take = str(take)
    _film(scene, heads, performance, settings.start_frame)
    return Written(keys, tuple(replaced), tuple(notes))


def _write_all(parts: list[_Part], frames: np.ndarray) -> tuple[int, list[str]]:
    """Keys written and actions put aside; when one part fails, all are as they were."""
    keys = 0
    done: list[tuple[bpy.types.ID, actions.Assigned]] = []
    try:
        for owner, name, curves in parts:
            done.append((owner, actions.assign_new_action(owner, name)))
            keys += actions.write_curves(owner, curves, frames)
    except BaseException:
        for owner, assigned in reversed(done):
            actions.unassign(owner, assigned)
        raise
    return keys, [assigned.replaced.name for _, assigned in done if assigned.replaced is not None]


def _checked(head: bpy.types.Object | None, performance: Performance) -> _Target:
    if head is None:
        raise DuologueError(ExitCode.RIG_UNSUITABLE, "A head is missing.", "Press Add conversation to build both.")
    mesh = head_mesh(head)
    check_face(head.get(FACE_PROPERTY, OPEN_HEAD), performance)
    shapes = frozenset(key.name for key in mesh.data.shape_keys.key_blocks)
    coverage = check_rig(performance, head.name, {bone.name for bone in head.pose.bones}, shapes)
    return _Target(head, mesh, shapes, coverage)


def _coverage_note(target: _Target) -> str:
    coverage = target.coverage
    return (
        f"{target.armature.name}: {coverage.mapped} of {coverage.wanted} mapped, without {', '.join(coverage.missing)}."
    )


def _film(scene: bpy.types.Scene, heads: list[bpy.types.Object], performance: Performance, start_frame: int) -> None:
    """Arrange the set around where the take puts the people, and cut between cameras."""
    collection = collection_of(heads[0])
    if collection is None:
        return
    sampled = np.linspace(scene.frame_start, scene.frame_end, _CAMERA_SAMPLES).round().astype(int)
    current = scene.frame_current
    eyes: list[tuple[Vector, Vector]] = []
    facings: list[Vector] = []
    for frame in sampled:
        scene.frame_set(int(frame))
        eyes.append((eyes_midpoint(heads[0]), eyes_midpoint(heads[1])))
        facings += [facing(head) for head in heads]
    scene.frame_set(current)
    first, second = (sum((pair[side] for pair in eyes), Vector()) / len(eyes) for side in (0, 1))
    sightline = Sightline(first, second)
    stage.arrange_set(scene, collection, sightline, audience_side(sightline, facings))
    cuts = shots(performance.speaking, performance.fps)
    stage.set_markers(
        scene, collection, cuts, [timing.frame_of(cut.seconds, scene.render, start_frame) for cut in cuts]
    )
