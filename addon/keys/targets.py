"""Who gets a take: a head built here or any character, checked before a key is written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import bpy
import numpy as np

from ...backend.contract.constants import OPEN_HEAD
from ...backend.contract.errors import DuologueError, ExitCode
from ...backend.contract.performance import Performance
from ...backend.contract.transfer import faces_of_transfer, transfer_file
from ..heads.faces import faces_folder
from ..heads.rig import FACE_PROPERTY, head_mesh
from ..retargeting.auto_map import AutoMap, auto_map
from ..retargeting.coverage import Coverage
from ..retargeting.mouth_and_eye_carriers import with_carriers_of
from ..retargeting.own_heads import BONE_NAMES, check_face, check_rig, own_head_curves
from ..retargeting.preset_choice import best_preset
from ..retargeting.retarget import character_curves
from ..retargeting.rig_mapping import RigMapping
from ..retargeting.rig_presets import mapping_of, presets
from ..retargeting.rig_survey import RigSurvey, armature_of, survey
from ..retargeting.transferring import told_for_face
from .listing import shortened
from .presence import check_editable, check_in_scene, in_scene, shared_meshes_note
from .shape_parts import Part, shape_parts, together

_NAMED: Final = 8
"""More missing names than this fill no sentence."""


@dataclass(frozen=True)
class Target:
    """One person's head, checked; `performance` is the take in the head's own basis.

    `mapping` and `survey` are None for a head that Duologue built.
    """

    head: bpy.types.Object
    performance: Performance
    coverage: Coverage
    mapping: RigMapping | None = None
    survey: RigSurvey | None = None

    @property
    def own(self) -> bool:
        """Whether Duologue built the head."""
        return self.survey is None

    @property
    def meshes(self) -> list[bpy.types.Object]:
        """Whose shape keys play it."""
        return [head_mesh(self.head)] if self.survey is None else [mesh.object for mesh in self.survey.meshes]


def notes_of(scene: bpy.types.Scene, targets: list[Target]) -> list[str]:
    """Sentences about the heads that are worth telling the artist."""
    found = [_coverage_note(target) for target in targets if target.coverage.missing or not target.own]
    placed = [target.head.name for target in targets if not target.own]
    if placed:
        found.append(f"{' and '.join(placed)} {'stay where they are' if len(placed) > 1 else 'stays where it is'}.")
    shared = shared_meshes_note(scene, [mesh for target in targets for mesh in target.meshes])
    return [*found, shared] if shared else found


def target_of(scene: bpy.types.Scene, head: bpy.types.Object | None, performance: Performance) -> Target:
    """Check one head: whether it is in `scene`, can get keys, and can play `performance`.

    Raises DuologueError (RIG_UNSUITABLE, PERFORMANCE_INVALID, FACE_INVALID).
    """
    if head is None:
        raise DuologueError(ExitCode.RIG_UNSUITABLE, "A head is missing.", "Press Add conversation to build both.")
    carrier = armature_of(head)
    check_in_scene(scene, [head] if carrier is None else [head, carrier])
    if carrier is not None and FACE_PROPERTY in carrier:
        return _own_head(scene, carrier, performance)
    return _character(scene, head, performance)


def check_playable(
    scene: bpy.types.Scene,
    heads: Sequence[bpy.types.Object | None],
    people: Sequence[int],
    face: str,
    components: int,
) -> list[Target]:
    """Whether those of both `heads` that `people` names can play a take on `face`, before one is made.

    They are given a frame in which nothing happens. Raises DuologueError as `target_of` and `check_apart`.
    """
    frame = np.zeros((2, 1, components), np.float32)
    pose, translation = np.zeros((2, 1, len(BONE_NAMES), 3), np.float32), np.zeros((2, 1, 3), np.float32)
    still = Performance(1.0, face, ("", ""), frame, pose, translation, np.zeros((2, 1), np.float32), {})
    found = [target_of(scene, head, still) if person in people else None for person, head in enumerate(heads)]
    check_apart(found)
    return [target for target in found if target is not None]


def check_apart(targets: Sequence[Target | None]) -> None:
    """Raises DuologueError (RIG_UNSUITABLE) when two people would get their keys on the same thing."""
    first, second = ([] if target is None else _owners(target) for target in targets)
    shared = [owner for owner in first if owner in second]
    if shared:
        raise DuologueError(
            ExitCode.RIG_UNSUITABLE,
            f"Both people are to act on {shared[0].name}.",
            "Choose two characters; a copy needs meshes of its own (Object > Relations > Make Single User).",
        )


def _coverage_note(target: Target) -> str:
    coverage, missing = target.coverage, target.coverage.missing
    preset = f"{target.mapping.title}, " if target.mapping is not None else ""
    without = f", without {shortened(missing, _NAMED)}" if missing else ""
    parts = [one.sentence() for one in coverage.parts if one.state != "found"]
    moves = f" Not all moves: {'; '.join(parts)}." if parts else ""
    told = f"{target.head.name}: {preset}{coverage.mapped} of {coverage.wanted} mapped{without}.{moves}"
    return " ".join((told, *coverage.warnings))


def parts_of(
    target: Target, performance: Performance, person: int, seconds: np.ndarray, straight_ahead: np.ndarray | float = 0.0
) -> list[Part]:
    """What `performance`, in the head's own basis, writes onto it at `seconds` [K] after the take's beginning.

    `straight_ahead` [K] as `bodies.headings` says; a head that Duologue built goes where the take puts it.
    """
    if target.survey is None or target.mapping is None:
        mesh = head_mesh(target.head)
        keys = frozenset(key.name for key in mesh.data.shape_keys.key_blocks)
        curves = own_head_curves(performance, person, seconds, keys)
        return [Part(target.head, "head", curves.bones), Part(mesh.data.shape_keys, "face", curves.shapes)]
    rig = target.survey
    curves = character_curves(performance, person, seconds, target.mapping, rig.bones, rig.world_up, straight_ahead)
    bones = [Part(rig.armature, "head", curves.bones)] if rig.armature is not None and curves.bones else []
    return together([*bones, *shape_parts(rig.meshes, curves.shapes)])


def _own_head(scene: bpy.types.Scene, head: bpy.types.Object, performance: Performance) -> Target:
    mesh = head_mesh(head)
    check_in_scene(scene, [mesh])
    for carrier in (head, mesh):
        check_editable(carrier)
    bones = {bone.name: np.array(bone.head_local) for bone in head.data.bones}
    face = str(head.get(FACE_PROPERTY, OPEN_HEAD))
    if all(name in bones for name in BONE_NAMES):
        performance = _on_face(head, performance)
    check_face(face, performance)
    keys = frozenset(key.name for key in mesh.data.shape_keys.key_blocks)
    return Target(head, performance, check_rig(performance, head.name, bones, keys))


def _character(scene: bpy.types.Scene, head: bpy.types.Object, performance: Performance) -> Target:
    rig = survey(head)
    played = in_scene(scene, [mesh.object for mesh in rig.meshes])
    whole = tuple(in_scene(scene, rig.whole))
    rig = replace(rig, meshes=tuple(mesh for mesh in rig.meshes if mesh.object in played), whole=whole)
    for carrier in (rig.armature, *played):
        if carrier is not None:
            check_editable(carrier)
    mapping, coverage = mapped(head, rig)
    return Target(head, _in_basis(performance, mapping), coverage, mapping, rig)


def in_basis_of(target: Target, performance: Performance) -> Performance:
    """`performance`, of the same take as the target's, in the basis of its head. Raises DuologueError."""
    if target.mapping is not None:
        return _in_basis(performance, target.mapping)
    return _on_face(target.head, performance)


def _on_face(head: bpy.types.Object, performance: Performance) -> Performance:
    """`performance` told for the face of a `head` that Duologue built."""
    joints = np.array([head.data.bones[name].head_local for name in BONE_NAMES])  # [5, 3] metres
    return told_for_face(performance, str(head.get(FACE_PROPERTY, OPEN_HEAD)), joints, faces_folder())


def mapped(head: bpy.types.Object, rig: RigSurvey, chosen: RigMapping | None = None) -> tuple[RigMapping, Coverage]:
    """The mapping `chosen`, else the one kept on the character, else the preset that fits best, in the rig's own names.

    Raises DuologueError (RIG_UNSUITABLE) where nothing of it is there.
    """
    chosen = chosen or mapping_of(head)
    if chosen is None:
        _, found = _best_preset(head, rig)
    else:
        found = auto_map(chosen, rig.key_names, rig.bone_names, rig.bones)
    if not found.mapping.key_names and not found.mapping.bone_names:
        raise DuologueError(
            ExitCode.RIG_UNSUITABLE,
            f"Nothing of the mapping “{found.mapping.title}” is on {head.name}.",
            "Press Auto-map in the panel Mapping, or choose the character's armature.",
        )
    return with_carriers_of(found.mapping, rig), found.coverage


def _best_preset(head: bpy.types.Object, rig: RigSurvey) -> tuple[str, AutoMap]:
    """Where nothing fits because drivers move the face, that is why."""
    try:
        return best_preset(presets(), rig.key_names, rig.bone_names, rig.bones)
    except DuologueError as error:
        refused = {name: reason for mesh in rig.meshes for name, reason in mesh.refused.items()}
        if not refused:
            raise
        name, reason = next(iter(refused.items()))
        raise DuologueError(
            ExitCode.RIG_UNSUITABLE,
            f"Drivers move {len(refused)} shapes of {head.name} in a way that cannot be followed, such as {name} by "
            f"{reason}.",
            "Drive each by one property, or one channel of one bone, in a simple expression; or mute the drivers.",
        ) from error


def _in_basis(performance: Performance, mapping: RigMapping) -> Performance:
    """`performance` told in components the mapping speaks of; where the head is plays no part."""
    folder = faces_folder()
    if mapping.basis == "arkit":
        return told_for_face(performance, OPEN_HEAD, np.zeros((5, 3)), folder)
    if performance.face.startswith("flame"):
        return performance
    return told_for_face(performance, flame_face(folder, performance.face), np.zeros((5, 3)), folder)


def flame_face(folder: Path, source: str) -> str:
    """A FLAME face that takes of the face `source` can be told for. Raises DuologueError (PERFORMANCE_INVALID)."""
    paths = sorted(folder.glob(transfer_file(folder, source, "flame*").name))
    found = [faces[1] for faces in map(faces_of_transfer, paths) if faces is not None]
    if not found:
        raise DuologueError(
            ExitCode.PERFORMANCE_INVALID,
            f"The take is for the face {source}, the character needs FLAME's, and nothing here tells one in the other.",
            "Press Use FLAME file… and choose a FLAME file.",
        )
    return found[0]


def _owners(target: Target) -> list[bpy.types.ID]:
    if target.survey is None:
        return [target.head, head_mesh(target.head).data.shape_keys]
    meshes = target.survey.meshes
    controls = [followed.control.owner for mesh in meshes for followed in mesh.controls.values()]
    owners = [target.survey.armature, *(mesh.shape_keys for mesh in meshes), *controls]
    return [owner for owner in owners if owner is not None]
