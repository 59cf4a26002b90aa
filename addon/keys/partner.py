"""What the other one does already, for somebody who is to react: from keys in the scene or from a take."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import bpy
import numpy as np

from ...backend.contract.arkit import ARKIT_NAMES
from ...backend.contract.constants import (
    FRAME_RATE,
    JOINT_NAMES,
    JOINT_PARENTS,
    MAXIMUM_SECONDS,
    OFFICIAL_COMPONENTS,
    OFFICIAL_ENGINE,
    OFFICIAL_FACE,
    OPEN_HEAD,
)
from ...backend.contract.errors import DuologueError, ExitCode
from ...backend.contract.job import PARTNER_FILE, JobRequest, KnownPartner
from ...backend.contract.performance import ALONE, Performance, load_performance, save_performance
from ..heads.control_board import with_polish
from ..heads.faces import faces_folder
from ..heads.polish_components import polish_of
from ..heads.rig import FACE_PROPERTY, head_mesh
from ..retargeting.inverse import acted, bones_needed
from ..retargeting.own_heads import BONE_NAMES, component_names
from ..retargeting.rig_survey import armature_of, survey
from ..retargeting.rotation import axis_angles, inverse, product
from ..retargeting.transferring import told_for_face
from ..settings.properties import animated_people, heads_of, people_of, settings_of
from ..steps import Steps, at_once
from .acting import warnings_of
from .actions import last_frame_of
from .presence import check_in_scene
from .retaking import people_with_keys
from .sampling import Sampled, sampled
from .start import start_of
from .takes import take_file
from .targets import Target, check_playable, flame_face, mapped
from .timing import frames_a_second

_FLAME: Final = "flame"
_COMPONENT: Final = "expression_"


@dataclass(frozen=True)
class _Seen:
    """One person in the scene: `expression` [T, E] on `face`, `pose` [T, 5, 3], `translation` [T, 3]."""

    face: str
    expression: np.ndarray
    pose: np.ndarray
    translation: np.ndarray
    still: bool


def known_partner(context: bpy.types.Context, request: JobRequest) -> Performance | None:
    """What the one does who is not animated, in terms that the engine knows; None where both are animated.

    Whether the heads can play what comes is looked at as well, before anything runs. Raises DuologueError:
    SCENE_UNSUITABLE where nothing moves there, RIG_UNSUITABLE for a head that is not in the scene, cannot get keys or
    cannot be read, PERFORMANCE_INVALID for a take that cannot be used or be told for the engine.
    """
    return at_once(known_partner_in_steps(context, request))


def known_partner_in_steps(context: bpy.types.Context, request: JobRequest) -> Steps[Performance | None]:
    """The same, in steps."""
    yield "Looking at the heads", 0.0
    settings = settings_of(context.scene)
    people = animated_people(settings)
    _players(context, request)
    if len(people) != 1:
        return None
    partner = 1 - people[0]
    if settings.partner_from == "take":
        found = load_performance(take_file(settings, "partner_take"))
    else:
        found = yield from _from_scene(context.scene, partner)
    return _told_for_engine(found, request.engine)


def warnings_before(context: bpy.types.Context, request: JobRequest) -> list[str]:
    """Sentences on what will not move when the take of `request` is there. Raises as `known_partner` for heads."""
    return at_once(warnings_before_in_steps(context, request))


def warnings_before_in_steps(context: bpy.types.Context, request: JobRequest) -> Steps[list[str]]:
    """The same, in steps."""
    return (yield from warnings_of(context.scene, _players(context, request)))


def _players(context: bpy.types.Context, request: JobRequest) -> list[Target]:
    """Who gets keys, checked."""
    settings = settings_of(context.scene)
    official = request.engine == OFFICIAL_ENGINE
    face, components = (OFFICIAL_FACE, OFFICIAL_COMPONENTS) if official else (OPEN_HEAD, len(ARKIT_NAMES))
    return check_playable(context.scene, heads_of(settings), people_with_keys(settings), face, components)


def with_partner(
    context: bpy.types.Context, request: JobRequest, performance: Performance | None, folder: Path
) -> JobRequest:
    """`request` for a reaction to `performance`, which is written into `folder`; as it is without one.

    Raises DuologueError (DISK_FULL, OUTPUT_NOT_WRITABLE).
    """
    if performance is None:
        return request
    save_performance(folder / PARTNER_FILE, performance)
    (person,) = animated_people(settings_of(context.scene))
    return replace(request, partner=KnownPartner(str(folder / PARTNER_FILE), 1 - person))


def _from_scene(scene: bpy.types.Scene, person: int) -> Steps[Performance]:
    heads = heads_of(settings_of(scene))
    head, other = heads[person], heads[1 - person]
    if head is None:
        raise DuologueError(ExitCode.RIG_UNSUITABLE, "A head is missing.", "Press Add conversation to build both.")
    start = start_of(settings_of(scene))
    armature = armature_of(head)
    check_in_scene(scene, [head] if armature is None else [head, armature])
    own = armature is not None and FACE_PROPERTY in armature
    frames = _moments(scene, start, [armature, *_keys_of(head, own=own)])
    seen = yield from _own_head(scene, armature, frames) if own else _character(scene, head, frames)
    names = people_of(settings_of(scene))
    if seen.still:
        raise DuologueError(
            ExitCode.SCENE_UNSUITABLE,
            f"Nothing moves on {head.name} between the frames {frames[0]:.0f} and {frames[-1]:.0f}.",
            f"Animate {names[person]}, choose a take to react to, or generate both.",
        )
    expression, pose, translation = (
        np.zeros((2, *array.shape), np.float32) for array in (seen.expression, seen.pose, seen.translation)
    )
    expression[person], pose[person], translation[person] = seen.expression, seen.pose, seen.translation
    beside = _own_head_on(scene, other, seen.face, start) if own else None
    if beside is not None:
        pose[1 - person], translation[1 - person] = beside.pose, beside.translation
    speaking = np.zeros((2, len(frames)), np.float32)
    meta = {"engine": "scene", ALONE: beside is None}
    return Performance(float(FRAME_RATE), seen.face, names, expression, pose, translation, speaking, meta)


def _moments(scene: bpy.types.Scene, start: float, owners: list[bpy.types.ID | None]) -> np.ndarray:
    """[T] frames of `scene`, 25 a second from `start` to the scene's end or the owners' last key."""
    rate = frames_a_second(scene.render)
    last = max((scene.frame_end, *(last_frame_of(owner) for owner in owners if owner is not None)))
    seconds = min(max((last - start + 1) / rate, 1.0 / FRAME_RATE), MAXIMUM_SECONDS)
    return np.asarray(start + np.arange(max(1, round(seconds * FRAME_RATE))) * rate / FRAME_RATE)


def _keys_of(head: bpy.types.Object, *, own: bool) -> list[bpy.types.ID]:
    if own:
        return [head_mesh(armature_of(head)).data.shape_keys]
    return [mesh.shape_keys for mesh in survey(head).meshes]


def _own_head(scene: bpy.types.Scene, armature: bpy.types.Object, frames: np.ndarray) -> Steps[_Seen]:
    """A head that Duologue built, at `frames` [T]."""
    face, mesh = str(armature[FACE_PROPERTY]), head_mesh(armature)
    plays = yield from sampled(scene, armature, [mesh], BONE_NAMES, frames)
    names = component_names(face, _component_count(face, plays))
    still = np.zeros(len(frames))
    values = with_polish(plays.values, polish_of(armature))
    expression = np.stack([values.get(name, still) for name in names], axis=1)
    pose = np.zeros((len(frames), len(JOINT_NAMES), 3))
    for joint, (name, parent) in enumerate(zip(BONE_NAMES, JOINT_PARENTS, strict=True)):
        turn = plays.turns[name]
        pose[:, joint] = axis_angles(turn if parent < 0 else product(inverse(plays.turns[BONE_NAMES[parent]]), turn))
    return _Seen(face, expression, pose, plays.locations[BONE_NAMES[0]], plays.still)


def _component_count(face: str, plays: Sampled) -> int:
    if not face.startswith(_FLAME):
        return len(ARKIT_NAMES)
    numbers = [name.removeprefix(_COMPONENT) for name in plays.values if name.startswith(_COMPONENT)]
    return max((int(number) for number in numbers if number.isdigit()), default=0)


def _own_head_on(scene: bpy.types.Scene, head: bpy.types.Object | None, face: str, frame: float) -> _Seen | None:
    """Where the head that is to react is at one frame, as an aim of the partner's glances; None on another face."""
    armature = armature_of(head) if head is not None else None
    if armature is None or armature.get(FACE_PROPERTY) != face:
        return None
    return at_once(_own_head(scene, armature, np.array([frame])))


def _character(scene: bpy.types.Scene, head: bpy.types.Object, frames: np.ndarray) -> Steps[_Seen]:
    """The same of a character that others built, by its mapping; nobody knows where its head is in a take's scene."""
    rig = survey(head)
    mapping, _ = mapped(head, rig)
    meshes = [mesh.object for mesh in rig.meshes]
    bones = bones_needed(mapping, rig.bones)
    plays = yield from sampled(scene, rig.armature, meshes, bones, frames)
    values = {name: plays.values.get(name, np.zeros(len(frames))) for name in mapping.key_names}
    found = acted(mapping, rig.bones, rig.world_up, values, plays.turns, plays.locations)
    face = _FLAME if mapping.basis == "flame" else OPEN_HEAD
    return _Seen(face, found.expression, found.pose, np.zeros((len(frames), 3)), plays.still)


def _told_for_engine(performance: Performance, engine: str) -> Performance:
    folder = faces_folder()
    if engine != OFFICIAL_ENGINE:
        told = told_for_face(performance, OPEN_HEAD, np.zeros((len(JOINT_NAMES), 3)), folder)
    elif performance.face.startswith(_FLAME):
        told = performance
    else:
        target = flame_face(folder, performance.face)
        told = told_for_face(performance, target, np.zeros((len(JOINT_NAMES), 3)), folder)
    if told is not performance:
        told = replace(told, meta=told.meta | {ALONE: True})  # eyes are where they were, joints are not
    lacking = OFFICIAL_COMPONENTS - told.expression.shape[2]
    if engine == OFFICIAL_ENGINE and lacking > 0:
        told = replace(told, expression=np.pad(told.expression, ((0, 0), (0, 0), (0, lacking))))
    return told
