"""An existing head becomes another person: its shape keys and joints move, its animation and materials stay."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final

import bpy
import numpy as np
from mathutils import Matrix, Vector

from ...backend.contract.errors import DuologueError, ExitCode
from ...backend.contract.face import Face
from ...backend.contract.reading import explained_read_errors, parsed_json
from .bone_editing import edited_bones
from .hair_following import move_hair
from .rig import (
    BONE_NAMES,
    FACE_PROPERTY,
    coordinates_of,
    expect_no_edit_mode,
    head_mesh,
    identity_coefficients,
)

IDENTITY_PROPERTY: Final = "duologue_identity"
"""Custom property of a head's armature: the identity it has now, as JSON."""

_LARGEST: Final = 1e6
"""A coefficient beyond it is no person's."""
_NOTHING: Final = 1e-4
"""Coefficients below this are rounding when an identity is read off a mesh."""


def reshape_head(armature: bpy.types.Object, face: Face, identity: Mapping[str, float]) -> None:
    """Give the head of `armature`, built on `face`, another `identity` (component name → coefficient).

    What the identity adds to the template is exchanged in the basis and in every shape key, and the rest joints move
    with it, so that the head equals the one `build_head` would make. What an artist sculpted on it stays, and so do
    animation, drivers, materials, selection and modes. What hangs from a bone keeps its place; hair goes along.
    Raises DuologueError: CHARACTER_INVALID for an unknown component, RIG_UNSUITABLE for a head that is being edited
    or was not built on this face.
    """
    mesh = head_mesh(armature)
    wanted = identity_coefficients(face, identity)  # [S]
    _check_head(armature, mesh, face)
    change = wanted - identity_coefficients(face, identity_of(armature, face))
    moved = np.flatnonzero(change)
    if len(moved):
        shift = face.identity_directions[:, :, moved] @ change[moved]  # [V, 3] metres
        move_hair(armature, coordinates_of(mesh.data.shape_keys.key_blocks[0]).reshape(-1, 3), shift)
        _shift_shapes(mesh, shift)
        _shift_joints(armature, face.J_regressor @ shift)
    armature[IDENTITY_PROPERTY] = json.dumps({name: value for name, value in identity.items() if value})


def identity_of(armature: bpy.types.Object, face: Face) -> dict[str, float]:
    """The identity the head has now: as it was noted, or else read off its basis shape by least squares."""
    noted = armature.get(IDENTITY_PROPERTY)
    if noted is not None:
        with explained_read_errors(lambda reason: _unreadable(armature, reason)):
            kept = {str(name): float(value) for name, value in parsed_json(noted).items()}
            if not all(abs(value) < _LARGEST for value in kept.values()):
                raise ValueError("there are numbers that are none")
            return kept
    basis = coordinates_of(head_mesh(armature).data.shape_keys.key_blocks[0]).astype(float)
    directions = face.identity_directions.reshape(-1, len(face.identity_names)).astype(float)
    found = np.linalg.lstsq(directions, (basis.reshape(-1, 3) - face.v_template).ravel(), rcond=None)[0]
    return {name: float(value) for name, value in zip(face.identity_names, found, strict=True) if abs(value) > _NOTHING}


def _unreadable(armature: bpy.types.Object, reason: str) -> DuologueError:
    return DuologueError(
        ExitCode.RIG_UNSUITABLE,
        f"The identity kept on {armature.name} cannot be read ({reason}).",
        f"Remove its custom property {IDENTITY_PROPERTY}; it is read off the shape then.",
    )


def _check_head(armature: bpy.types.Object, mesh: bpy.types.Object, face: Face) -> None:
    if armature.get(FACE_PROPERTY) != face.id or len(mesh.data.vertices) != len(face.v_template):
        raise DuologueError(
            ExitCode.RIG_UNSUITABLE,
            f"{armature.name} was not built on the face {face.id}, or its vertices were changed.",
            "Press Add conversation for a new pair of heads.",
        )
    expect_no_edit_mode(armature, mesh, "move the slider again")


def _shift_shapes(mesh: bpy.types.Object, shift: np.ndarray) -> None:
    offsets = shift.ravel()
    for key in mesh.data.shape_keys.key_blocks:
        key.data.foreach_set("co", (coordinates_of(key) + offsets).astype(np.float32))
    vertices = np.empty(offsets.size, np.float32)
    mesh.data.vertices.foreach_get("co", vertices)
    mesh.data.vertices.foreach_set("co", (vertices + offsets).astype(np.float32))
    mesh.data.update()


def _shift_joints(armature: bpy.types.Object, shift: np.ndarray) -> None:
    """Move the rest bones by `shift` [5, 3] metres; what hangs on them stays where it is."""
    held = [child for child in armature.children if child.parent_type == "BONE"]
    places = [_hanging_point(armature, child) @ child.matrix_parent_inverse for child in held]
    with edited_bones(armature.data) as bones:
        for name, offset in zip(BONE_NAMES, shift, strict=True):
            bone = bones.get(name)
            if bone is not None:
                head, tail = (end + Vector(offset) for end in (bone.head, bone.tail))
                bone.head, bone.tail = head, tail
    for child, place in zip(held, places, strict=True):
        child.matrix_parent_inverse = _hanging_point(armature, child).inverted() @ place


def _hanging_point(armature: bpy.types.Object, child: bpy.types.Object) -> Matrix:
    """The tail of the bone that carries `child`, at rest, in armature space."""
    bone = armature.data.bones.get(child.parent_bone)
    if bone is None:
        return Matrix.Identity(4)
    return bone.matrix_local @ Matrix.Translation((0.0, bone.length, 0.0))
