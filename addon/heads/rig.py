"""A face becomes a rig: five bones in FLAME's joint order and a mesh with one shape key per component."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import bmesh
import bpy
import numpy as np

from ...backend.contract.constants import JOINT_NAMES, JOINT_PARENTS
from ...backend.contract.errors import DuologueError, ExitCode
from ...backend.contract.face import Face
from ..retargeting.own_heads import BONE_NAMES
from ..steps import Steps, at_once, part_of
from .head_parts import PARTS, part_of_polygons
from .pose_correctives import drive_by_rotation

FACE_PROPERTY: Final = "duologue_face"
NAME_PROPERTY: Final = "duologue_name"
MASK_PREFIX: Final = "mask_"
"""Mesh attributes that carry the face's masks begin with this."""

_BONE_LENGTH: Final = 0.03
_SLIDER: Final = 10.0
_SMALLEST_OFFSET: Final = 1e-7
_UPRIGHT: Final = (np.pi / 2, 0.0, 0.0)


def build_head(
    context: bpy.types.Context,
    face: Face,
    character: Mapping[str, Any],
    name: str,
    collection: bpy.types.Collection | None = None,
) -> bpy.types.Object:
    """All steps of `build_head_in_steps` at once."""
    return at_once(build_head_in_steps(context, face, character, name, collection))


def build_head_in_steps(
    context: bpy.types.Context,
    face: Face,
    character: Mapping[str, Any],
    name: str,
    collection: bpy.types.Collection | None = None,
) -> Steps[bpy.types.Object]:
    """Build the rig of one person and return its armature object; between steps all that is there is in `collection`.

    The armature object is turned +90° about X, so that poses in FLAME's axes (Y up, Z forward) apply as they are;
    bones rest world-aligned in armature space. `character["identity"]` (component name → coefficient) is baked into
    the basis shape. Raises DuologueError (CHARACTER_INVALID) for an identity component the face does not have.
    """
    doing = f"Building {name}"
    coefficients = identity_coefficients(face, character.get("identity", {}))  # [S]
    yield doing, 0.0
    shaped = face.v_template + face.identity_directions @ coefficients  # [V, 3] metres
    joints = face.J_regressor @ shaped  # [5, 3] metres
    target = collection or context.collection
    armature = _build_armature(context, target, name, joints)
    armature[FACE_PROPERTY] = face.id
    armature[NAME_PROPERTY] = name
    yield doing, 0.1
    head = _build_mesh(target, name, face, shaped, armature)
    yield doing, 0.2
    _add_weights(head, face.weights)
    yield from part_of(_add_shape_keys(head, face, shaped, armature, doing), 0.3, 1.0)
    return armature


def head_mesh(armature: bpy.types.Object) -> bpy.types.Object:
    """The mesh object of a rig that `build_head` made. Raises DuologueError (RIG_UNSUITABLE)."""
    for child in armature.children:
        if child.type == "MESH" and child.data.shape_keys is not None:
            return child
    raise DuologueError(
        ExitCode.RIG_UNSUITABLE,
        f"{armature.name} has no mesh with shape keys.",
        "Press Add conversation to build a new pair of heads.",
    )


def expect_no_edit_mode(armature: bpy.types.Object, mesh: bpy.types.Object, then: str) -> None:
    """Raises DuologueError (RIG_UNSUITABLE) while a head is edited: its data is not up to date until that ends."""
    if armature.data.is_editmode or mesh.data.is_editmode:
        raise DuologueError(
            ExitCode.RIG_UNSUITABLE, f"{armature.name} is in edit mode.", f"Leave edit mode; then {then}."
        )


def coordinates_of(key: bpy.types.ShapeKey) -> np.ndarray:
    """[3 V] metres: where `key` puts the vertices."""
    found = np.empty(3 * len(key.data), np.float32)
    key.data.foreach_get("co", found)
    return found


def identity_coefficients(face: Face, identity: Mapping[str, float]) -> np.ndarray:
    """[S] coefficients. Raises DuologueError (CHARACTER_INVALID) for a component that the face does not have."""
    unknown = sorted(set(identity) - set(face.identity_names))
    if unknown:
        raise DuologueError(
            ExitCode.CHARACTER_INVALID,
            f"The face {face.id} has no identity component {', '.join(unknown)}.",
            "Correct the character's file or choose another character.",
        )
    return np.array([identity.get(name, 0.0) for name in face.identity_names])


def _build_armature(
    context: bpy.types.Context, collection: bpy.types.Collection, name: str, joints: np.ndarray
) -> bpy.types.Object:
    data = bpy.data.armatures.new(name)
    armature = bpy.data.objects.new(name, data)
    collection.objects.link(armature)
    previous = context.view_layer.objects.active
    context.view_layer.objects.active = armature
    bpy.ops.object.mode_set(mode="EDIT")
    for bone_name, joint in zip(BONE_NAMES, joints, strict=True):
        bone = data.edit_bones.new(bone_name)
        bone.head = joint
        bone.tail = joint + np.array((0.0, _BONE_LENGTH, 0.0))
        bone.roll = 0.0
    for bone_name, parent in zip(BONE_NAMES, JOINT_PARENTS, strict=True):
        if parent >= 0:
            data.edit_bones[bone_name].parent = data.edit_bones[BONE_NAMES[parent]]
    bpy.ops.object.mode_set(mode="OBJECT")
    context.view_layer.objects.active = previous or armature
    for bone in armature.pose.bones:
        bone.rotation_mode = "QUATERNION"
    armature.rotation_euler = _UPRIGHT
    armature.show_in_front = False
    data.display_type = "STICK"
    return armature


def _build_mesh(
    collection: bpy.types.Collection, name: str, face: Face, shaped: np.ndarray, armature: bpy.types.Object
) -> bpy.types.Object:
    mesh = bpy.data.meshes.new(f"{name} head")
    polygons = face.quads if len(face.quads) else face.f
    mesh.from_pydata(shaped.tolist(), [], [[v for v in polygon if v >= 0] for polygon in polygons.tolist()])
    mesh.polygons.foreach_set("use_smooth", np.ones(len(mesh.polygons), dtype=bool))
    for _ in PARTS:
        mesh.materials.append(None)
    mesh.polygons.foreach_set("material_index", part_of_polygons(face, polygons))
    _add_uv(mesh, face)
    for mask_name, mask in face.masks.items():
        attribute = mesh.attributes.new(MASK_PREFIX + mask_name, "FLOAT", "POINT")
        attribute.data.foreach_set("value", mask.astype(np.float32))
    head = bpy.data.objects.new(f"{name} head", mesh)
    collection.objects.link(head)
    head.parent = armature
    modifier = head.modifiers.new("Armature", "ARMATURE")
    modifier.object = armature
    return head


def _add_uv(mesh: bpy.types.Mesh, face: Face) -> None:
    if len(face.uv) != len(face.v_template):
        return
    layer = mesh.uv_layers.new(name="UVMap")
    corners = np.empty(len(mesh.loops), dtype=np.int32)
    mesh.loops.foreach_get("vertex_index", corners)
    layer.uv.foreach_set("vector", face.uv[corners].astype(np.float32).ravel())


def _add_weights(head: bpy.types.Object, weights: np.ndarray) -> None:
    """`weights` [V, 5] into one vertex group per bone."""
    for bone_name in BONE_NAMES:
        head.vertex_groups.new(name=bone_name)
    editable = bmesh.new()
    editable.from_mesh(head.data)
    layer = editable.verts.layers.deform.verify()
    editable.verts.ensure_lookup_table()
    vertices, joints = np.nonzero(weights)
    for vertex, joint, weight in zip(
        vertices.tolist(), joints.tolist(), weights[vertices, joints].tolist(), strict=True
    ):
        editable.verts[vertex][layer][joint] = weight
    editable.to_mesh(head.data)
    editable.free()


def _add_shape_keys(
    head: bpy.types.Object, face: Face, shaped: np.ndarray, armature: bpy.types.Object, doing: str
) -> Steps[None]:
    expressions, correctives = len(face.expression_names), face.posedirs.shape[2]
    head.shape_key_add(name="Basis", from_mix=False)
    for index, name in enumerate(face.expression_names):
        yield doing, index / (expressions + correctives)
        _add_shape_key(head, name, shaped, face.expression_directions[:, :, index])
    for column in range(correctives):
        yield doing, (expressions + column) / (expressions + correctives)
        joint, entry = 1 + column // 9, column % 9
        key = _add_shape_key(
            head, f"pose {JOINT_NAMES[joint]} {entry // 3}{entry % 3}", shaped, face.posedirs[:, :, column]
        )
        if key is not None:
            driver = key.driver_add("value").driver
            drive_by_rotation(driver, armature, BONE_NAMES[joint], entry // 3, entry % 3)


def _add_shape_key(
    head: bpy.types.Object, name: str, shaped: np.ndarray, offsets: np.ndarray
) -> bpy.types.ShapeKey | None:
    """A key that adds `offsets` [V, 3] metres at value 1; none when nothing moves."""
    if np.abs(offsets).max() < _SMALLEST_OFFSET:
        return None
    key = head.shape_key_add(name=name, from_mix=False)
    key.data.foreach_set("co", (shaped + offsets).astype(np.float32).ravel())
    key.slider_min, key.slider_max = -_SLIDER, _SLIDER
    key.value = 0.0
    return key
