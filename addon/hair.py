"""Hair: a cap that grows out of the scalp, and for longer styles tapered locks that fall over it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import bpy
import numpy as np
from mathutils.kdtree import KDTree

from .locks import LockShape, lock_mesh

_SCALP_SPAN: Final = 0.08
_SCALP_ATTRIBUTE: Final = "mask_scalp"
_EARS_ATTRIBUTE: Final = "mask_ears"
_BACK: Final = np.array([0.0, 0.0, -1.0])
_DOWN: Final = np.array([0.0, -1.0, 0.0])
_NO_END: Final = -0.5
"""A style that ends lower than this is short: its locks are too short for it to matter."""
_WIDEST: Final = 0.03
_AXIS: Final = np.array([0.0, 0.0, -0.075])
"""A point on the head's upright axis, metres from the eyes."""


@dataclass(frozen=True)
class HairStyle:
    """How a style grows. Lengths in metres.

    `sides`, `top` thickness of the cap; `locks` how many; `length` of a lock; `end` height below which no lock reaches;
    `parting` its X, `shape` of a lock, `lift` off the skin at root and tip.
    """

    sides: float
    top: float
    locks: int = 0
    length: float = 0.0
    end: float = -1.0
    parting: float = 0.022
    gravity: float = 0.0
    lift: tuple[float, float] = (0.004, 0.01)
    shape: LockShape = LockShape()  # noqa: RUF009


STYLES: Final = {
    "cropped": HairStyle(sides=0.0022, top=0.0055),
    "short": HairStyle(
        sides=0.004, top=0.012, locks=700, length=0.045, lift=(0.003, 0.015), gravity=0.05,
        shape=LockShape(width=0.0065, rows=5, tip=0.15, bulge=0.0012),
    ),
    "bob": HairStyle(
        sides=0.007, top=0.011, locks=950, length=0.31, end=-0.120, gravity=0.30, lift=(0.006, 0.010),
        shape=LockShape(width=0.0105, rows=13, tip=0.25, bulge=0.0016),
    ),
}  # fmt: skip


@dataclass(frozen=True)
class _Scalp:
    vertices: np.ndarray  # [V, 3] metres, FLAME axes
    normals: np.ndarray  # [V, 3]
    inside: np.ndarray  # [V] metres from the hairline, negative outside
    triangles: np.ndarray  # [F, 3]
    skin: np.ndarray  # vertices that hair must not enter
    ears: np.ndarray  # [V] whether a vertex belongs to an ear


def grow_hair(head: bpy.types.Object, hair: Mapping[str, Any], material: bpy.types.Material) -> bpy.types.Object | None:
    """Give `head` (the mesh of a rig) the hair `{"style": …}`; it follows the neck bone. None where it has no scalp.

    Styles: cropped, short, bob, none.
    """
    style = STYLES.get(str(hair.get("style", "short")))
    if style is None or _SCALP_ATTRIBUTE not in head.data.attributes:
        return None
    scalp = _read_scalp(head.data)
    vertices, faces, strand = _cap(scalp, style)
    if style.locks:
        paths, outward = _groom(scalp, style)
        lock_vertices, lock_faces, lock_strand = lock_mesh(paths, outward, style.shape)
        faces = np.concatenate([faces, lock_faces + len(vertices)])
        vertices = np.concatenate([vertices, lock_vertices])
        strand = np.concatenate([strand, lock_strand])
    return _build_object(head, vertices, faces, strand, material)


def _build_object(
    head: bpy.types.Object, vertices: np.ndarray, faces: np.ndarray, strand: np.ndarray, material: bpy.types.Material
) -> bpy.types.Object:
    name = head.name.replace(" head", "") + " hair"
    mesh = bpy.data.meshes.new(name)
    mesh.from_pydata(vertices.tolist(), [], [[int(v) for v in face if v >= 0] for face in faces])
    mesh.polygons.foreach_set("use_smooth", np.ones(len(mesh.polygons), dtype=bool))
    for index, attribute_name in enumerate(("strand", "along")):
        attribute = mesh.attributes.new(attribute_name, "FLOAT", "POINT")
        attribute.data.foreach_set("value", strand[:, index].astype(np.float32))
    mesh.materials.append(material)
    hair = bpy.data.objects.new(name, mesh)
    for collection in head.users_collection:
        collection.objects.link(hair)
    hair.parent = head.parent
    hair.vertex_groups.new(name="neck").add(range(len(vertices)), 1.0, "REPLACE")
    hair.modifiers.new("Armature", "ARMATURE").object = head.parent
    return hair


def _read_scalp(mesh: bpy.types.Mesh) -> _Scalp:
    count = len(mesh.vertices)
    vertices, normals, mask = (np.empty(count * size, np.float32) for size in (3, 3, 1))
    mesh.vertices.foreach_get("co", vertices)
    mesh.vertices.foreach_get("normal", normals)
    mesh.attributes[_SCALP_ATTRIBUTE].data.foreach_get("value", mask)
    mesh.calc_loop_triangles()
    triangles = np.empty(3 * len(mesh.loop_triangles), np.int32)
    mesh.loop_triangles.foreach_get("vertices", triangles)
    slots = np.empty(len(mesh.loop_triangles), np.int32)
    mesh.loop_triangles.foreach_get("material_index", slots)
    triangles = triangles.reshape(-1, 3)[slots == 0]
    vertices = vertices.reshape(-1, 3).astype(float)
    above_collar = np.unique(triangles)
    skin = above_collar[vertices[above_collar, 1] > -0.16]  # noqa: PLR2004
    ears = np.zeros(count, np.float32)
    if _EARS_ATTRIBUTE in mesh.attributes:
        mesh.attributes[_EARS_ATTRIBUTE].data.foreach_get("value", ears)
    inside = (mask - 0.5) * _SCALP_SPAN
    return _Scalp(vertices, normals.reshape(-1, 3).astype(float), inside, triangles, skin, ears > 0.3)  # noqa: PLR2004


def _thickness(scalp: _Scalp, style: HairStyle) -> np.ndarray:
    """[V] metres the cap stands off the skin; negative outside the hairline, so that it dips under the skin there."""
    top = np.clip((scalp.vertices[:, 1] - 0.03) / 0.06, 0.0, 1.0)
    full = style.sides + (style.top - style.sides) * top**2 * (3.0 - 2.0 * top)
    grown = np.interp(scalp.inside, [-0.012, 0.0, 0.004, 0.030], [-0.35, 0.0, 0.30, 1.0])
    return np.where(grown < 0, 0.01 * grown, full * grown)


def _cap(scalp: _Scalp, style: HairStyle) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    faces = scalp.triangles[(scalp.inside[scalp.triangles] > -0.010).all(axis=1)]  # noqa: PLR2004
    used, faces = np.unique(faces, return_inverse=True)
    vertices = scalp.vertices[used] + _thickness(scalp, style)[used, None] * scalp.normals[used]
    faces = np.c_[faces.reshape(-1, 3), np.full(len(faces.reshape(-1, 3)), -1)]
    return vertices, faces, np.tile([0.5, 0.0], (len(vertices), 1))


def _groom(scalp: _Scalp, style: HairStyle) -> tuple[np.ndarray, np.ndarray]:
    """Paths [locks, rows, 3] of the locks' middles and [locks, rows, 3] the directions they face."""
    random = np.random.default_rng(11)
    points, normals = _roots(scalp, style, random)
    tree = KDTree(len(scalp.skin))
    for index, vertex in enumerate(scalp.skin):
        tree.insert(scalp.vertices[vertex], index)
    tree.balance()
    direction = _combed(points, normals, style, random)
    rows = style.shape.rows
    end = style.end + random.normal(scale=0.006, size=len(points))
    step = np.full(len(points), style.length / (rows - 1)) * random.uniform(0.8, 1.0, len(points))
    lifts = np.linspace(style.lift[0], style.lift[1], rows)[:, None] * random.uniform(0.6, 1.25, len(points))
    at = points + lifts[0][:, None] * normals
    paths, outward = [at], [normals]
    for row in range(1, rows):
        reach = np.clip((at[:, 1] - end) / step, 0.0, 1.0)
        ahead = (1.0 - style.gravity) * direction + style.gravity * _DOWN
        ahead /= np.linalg.norm(ahead, axis=1, keepdims=True)
        moved = _gathered(_clear_face(at + (step * reach)[:, None] * ahead, style), style)
        moved, facing = _off_skin(moved, lifts[row], scalp, tree)
        travelled = moved - at
        length = np.linalg.norm(travelled, axis=1, keepdims=True)
        direction = np.where(length > 1e-5, travelled / np.maximum(length, 1e-9), direction)  # noqa: PLR2004
        at = moved
        paths.append(at)
        outward.append(facing)
    return np.stack(paths, axis=1), np.stack(outward, axis=1)


def _roots(scalp: _Scalp, style: HairStyle, random: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    lowest = max(style.end + 0.055, -1.0)
    rooted = (scalp.inside > 0.002) & (scalp.vertices[:, 1] > lowest)  # noqa: PLR2004
    faces = scalp.triangles[rooted[scalp.triangles].all(axis=1)]
    corners = scalp.vertices[faces]
    area = np.linalg.norm(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1)
    chosen = random.choice(len(faces), size=style.locks, p=area / area.sum())
    shares = random.dirichlet((1.0, 1.0, 1.0), size=style.locks)[:, :, None]
    normals = (shares * scalp.normals[faces[chosen]]).sum(axis=1)
    return (shares * corners[chosen]).sum(axis=1), normals / np.linalg.norm(normals, axis=1, keepdims=True)


def _combed(points: np.ndarray, normals: np.ndarray, style: HairStyle, random: np.random.Generator) -> np.ndarray:
    """[locks, 3] unit directions at the roots, along the scalp."""
    aside = np.sign(points[:, 0] - style.parting)[:, None] * np.array([1.0, 0.0, 0.0])
    high = np.clip((points[:, 1] - 0.02) / 0.07, 0.0, 1.0)[:, None]
    flow = high * (aside + 0.35 * _BACK) + (1.0 - high) * (_DOWN + 0.35 * _BACK)
    if style.gravity < 0.1:  # noqa: PLR2004  (short hair is brushed back rather than parted)
        flow = high * (_BACK + 0.35 * aside) + (1.0 - high) * (_DOWN + 0.5 * _BACK)
    flow = flow + random.normal(scale=0.12, size=flow.shape)
    flow -= (flow * normals).sum(axis=1, keepdims=True) * normals
    return np.asarray(flow / np.linalg.norm(flow, axis=1, keepdims=True))


def _clear_face(points: np.ndarray, style: HairStyle) -> np.ndarray:
    """Long hair is tucked to the sides: it does not hang before eyes and cheeks."""
    if style.end < _NO_END:
        return points
    side = np.where(points[:, 0] > style.parting, 1.0, -1.0)
    opening = np.interp(points[:, 1], [-0.12, -0.03, 0.03, 0.068, 0.08], [0.052, 0.066, 0.067, 0.046, 0.0])
    in_front = np.clip((points[:, 2] + 0.055) / 0.03, 0.0, 1.0)
    wanted = np.maximum(side * points[:, 0], in_front * opening)
    moved = points.copy()
    moved[:, 0] = side * wanted
    back = np.interp(points[:, 1], [-0.12, 0.0, 0.05, 0.08], [-0.030, -0.032, -0.012, 0.05])
    moved[:, 2] = np.minimum(moved[:, 2], np.maximum(back, points[:, 2] - 0.012))
    return moved


def _gathered(points: np.ndarray, style: HairStyle) -> np.ndarray:
    """Long hair falls straight and turns in a little at its ends, instead of flaring out like a bell."""
    if style.end < _NO_END:
        return points
    low, at = [-0.125, -0.10, -0.05, 0.02], points[:, 1]
    radii = np.stack(
        [np.interp(at, low, [0.078, 0.088, 0.097, 0.099]), np.interp(at, low, [0.086, 0.098, 0.106, 0.116])]
    )
    flat = (points - _AXIS)[:, [0, 2]]
    reach = np.linalg.norm(flat / radii.T, axis=1)
    drawn = np.where(at < _WIDEST, 1.0 / np.maximum(reach, 1.0), 1.0)
    moved = points.copy()
    moved[:, [0, 2]] = _AXIS[[0, 2]] + flat * (0.4 + 0.6 * drawn)[:, None]
    return moved


def _off_skin(points: np.ndarray, lift: np.ndarray, scalp: _Scalp, tree: KDTree) -> tuple[np.ndarray, np.ndarray]:
    """Points no nearer to the skin than `lift`, drawn to it where they lie over the scalp; and which way they face."""
    nearest = scalp.skin[[tree.find(point)[1] for point in points]]
    away = points - _AXIS
    away[:, 1] = 0.0
    away /= np.maximum(np.linalg.norm(away, axis=1, keepdims=True), 1e-9)
    normals = np.where(scalp.ears[nearest][:, None], away, scalp.normals[nearest])
    distance = ((points - scalp.vertices[nearest]) * normals).sum(axis=1)
    over_scalp = scalp.inside[nearest] > 0
    push = np.where(over_scalp, 0.8 * (lift - distance), np.maximum(lift - distance, 0.0))
    push = np.clip(push, -0.004, 0.02)
    facing = np.where(over_scalp[:, None], scalp.normals[nearest], away)
    return points + push[:, None] * normals, facing
