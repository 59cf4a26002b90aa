"""Hair: a dark cap on the scalp and strands over it, both carried by the neck bone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import bpy
import numpy as np
from mathutils import Matrix

from ...backend.contract.constants import OPEN_HEAD
from ..steps import Steps, part_of
from .groom import hair_inside, strands
from .hair_styles import STYLES, HairStyle
from .rig import FACE_PROPERTY, MASK_PREFIX
from .scalp import Scalp, read_scalp

_BONE: Final = "neck"
FLOW_NORMAL: Final = "flow_normal"
"""Vector attribute of the strands: outwards from the middle of the whole hair, in the hair's axes."""
_MIDDLE: Final = np.array([0.0, 0.035, -0.075])
"""Metres from the eyes; hair below it hangs, and its outside is to the side."""
_HAIR_PROPERTY: Final = "duologue_hair"
_SHADE_ATTRIBUTE: Final = f"{MASK_PREFIX}hair"
_HAIRLINE_FADE: Final = 0.014
"""Metres over which the skin darkens from the hairline inwards."""
_CAP_BEHIND_HAIRLINE: Final = 0.008
"""Metres; before that the skin's own shade does."""


def grow_hair(
    head: bpy.types.Object, hair: Mapping[str, Any], materials: Callable[[], tuple[bpy.types.Material, ...]]
) -> Steps[tuple[bpy.types.Object, ...]]:
    """Give `head` (the mesh of a rig) the hair `{"style": …}`; none where it has no scalp or the style is unknown.

    `materials` makes those of the strands and of the cap under them; it is called in the last step.
    """
    style = STYLES.get(str(hair.get("style", "short")))
    scalp = read_scalp(head.data, _origin(head.parent))
    if style is None or scalp is None:
        return ()
    doing = f"Combing {head.parent.name}"
    combed = yield from part_of(strands(scalp, style, doing), 0.0, 0.9)
    _shade(head.data, hair_inside(scalp, style))
    yield doing, 0.9
    material, undercoat = materials()
    cap = _cap(head, scalp, style, undercoat)
    return cap, _strands(head, (scalp.origin + combed).astype(np.float32), scalp.origin, style, material)


def _origin(armature: bpy.types.Object) -> np.ndarray:
    """[3] metres: where hair counts from. The open head's origin is between its mean eyes; others' eyes say where."""
    if armature.get(FACE_PROPERTY, OPEN_HEAD) == OPEN_HEAD:
        return np.zeros(3)
    return np.mean([armature.data.bones[name].head_local for name in ("eye_left", "eye_right")], axis=0)


def hair_of(armature: bpy.types.Object) -> list[bpy.types.Object]:
    """What `grow_hair` made for this head: the cap, a mesh, and the strands, curves."""
    return [child for child in armature.children if _HAIR_PROPERTY in child]


def shave(armature: bpy.types.Object) -> None:
    """Take away what `grow_hair` made."""
    for child in hair_of(armature):
        data = child.data
        (bpy.data.meshes if child.type == "MESH" else bpy.data.hair_curves).remove(data)
    for child in armature.children:
        shade = child.data.attributes.get(_SHADE_ATTRIBUTE) if child.type == "MESH" else None
        if shade is not None:
            child.data.attributes.remove(shade)


def _shade(mesh: bpy.types.Mesh, inside: np.ndarray) -> None:
    """How much of the skin is under hair, 0 to 1, for its material: a hairline that fades."""
    attribute = mesh.attributes.get(_SHADE_ATTRIBUTE) or mesh.attributes.new(_SHADE_ATTRIBUTE, "FLOAT", "POINT")
    attribute.data.foreach_set("value", np.clip(inside / _HAIRLINE_FADE, 0.0, 1.0).astype(np.float32))


def _cap(head: bpy.types.Object, scalp: Scalp, style: HairStyle, material: bpy.types.Material) -> bpy.types.Object:
    """What shows between the hairs: the scalp's own surface a little thicker, under the skin before the hairline."""
    inside = hair_inside(scalp, style) - _CAP_BEHIND_HAIRLINE
    faces = scalp.triangles[(inside[scalp.triangles] > -0.010).all(axis=1)]  # noqa: PLR2004
    used, faces = np.unique(faces, return_inverse=True)
    rise = np.interp(inside, [-0.012, 0.0, 0.006, 0.030], [-0.004, -0.0006, 0.3 * style.cap, style.cap])
    vertices = scalp.origin + scalp.vertices[used] + (rise[:, None] * scalp.normals)[used]
    name = head.name.replace(" head", "") + " hair cap"
    mesh = bpy.data.meshes.new(name)
    mesh.from_pydata(vertices.tolist(), [], faces.reshape(-1, 3).tolist())
    mesh.polygons.foreach_set("use_smooth", np.ones(len(mesh.polygons), dtype=bool))
    return _carried(head, mesh, material)


def _strands(
    head: bpy.types.Object, paths: np.ndarray, origin: np.ndarray, style: HairStyle, material: bpy.types.Material
) -> bpy.types.Object:
    """`paths` [n, rows, 3] metres; the eyes of a mean adult are at `origin` [3]."""
    count, rows = paths.shape[:2]
    curves = bpy.data.hair_curves.new(head.name.replace(" head", "") + " hair")
    curves.add_curves([rows] * count)
    curves.position_data.foreach_set("vector", paths.ravel())
    along = np.tile(np.linspace(0.0, 1.0, rows, dtype=np.float32), count)
    taper = np.interp(along, [0.0, 0.6, 1.0], [style.radius[0], 0.9 * style.radius[0], style.radius[1]])
    number = np.repeat(np.random.default_rng(3).random(count).astype(np.float32), rows)
    for name, values in (("radius", taper.astype(np.float32)), ("along", along), ("strand", number)):
        attribute = curves.attributes.new(name, "FLOAT", "POINT")
        attribute.data.foreach_set("value", values)
    _remember_outwards(curves, paths.reshape(-1, 3), origin)
    return _carried(head, curves, material)


def mend_strands(armature: bpy.types.Object) -> None:
    """Give strands of an older Duologue what the material of today's reads from them."""
    for child in hair_of(armature):
        curves = child.data
        borrowed = curves.library is not None or curves.override_library is not None
        if child.type != "CURVES" or FLOW_NORMAL in curves.attributes or borrowed or child.mode == "EDIT":
            continue
        points = np.empty((len(curves.points), 3), np.float32)
        curves.position_data.foreach_get("vector", points.ravel())
        _remember_outwards(curves, points, _origin(armature))


def _remember_outwards(curves: bpy.types.Curves, points: np.ndarray, origin: np.ndarray) -> None:
    """Of every one of `points` [n, 3] metres the unit vector out of the whole hair, counted from `origin`."""
    away = points - (origin + _MIDDLE)
    away[:, 1] = np.maximum(away[:, 1], 0.0)
    outwards = away / np.maximum(np.linalg.norm(away, axis=1, keepdims=True), 1e-6)
    curves.attributes.new(FLOW_NORMAL, "FLOAT_VECTOR", "POINT").data.foreach_set(
        "vector", outwards.astype(np.float32).ravel()
    )


def _carried(head: bpy.types.Object, data: bpy.types.ID, material: bpy.types.Material) -> bpy.types.Object:
    """An object beside `head` that rides on the neck bone; nothing is deformed, so it costs nothing a frame."""
    armature = head.parent
    data.materials.append(material)
    hair = bpy.data.objects.new(data.name, data)
    hair[_HAIR_PROPERTY] = True
    for collection in head.users_collection:
        collection.objects.link(hair)
    bone = armature.data.bones[_BONE]
    hair.parent, hair.parent_type, hair.parent_bone = armature, "BONE", _BONE
    # A bone's children hang from its tail.
    hair.matrix_parent_inverse = (bone.matrix_local @ Matrix.Translation((0.0, bone.length, 0.0))).inverted()
    return hair
