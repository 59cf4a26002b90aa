"""Meshes of what people sit at, on and against; ahead is along X, heights from the eyes of who uses it."""

from __future__ import annotations

import math

import bpy

from .scenery import EYES_ABOVE_FLOOR
from .set_meshes import Band, bands, boxes, smooth, softened, surface, turned

STOOL_EYES, BED_EYES, RAIL_EYES = 1.38, 0.62, 1.54
"""Metres from the floor to the eyes of who perches, lies and leans on something."""
_WOOD: tuple[float, float, float] = (0.085, 0.042, 0.022)


def table_mesh() -> bpy.types.Mesh:
    """A round café table, 0.9 m across, with a bevelled edge."""
    profile = [(0.0, 0.0), (0.43, 0.0), (0.445, -0.004), (0.45, -0.014), (0.445, -0.026), (0.40, -0.034), (0.0, -0.034)]
    return turned("Table", profile, 64, surface("Table", (0.16, 0.075, 0.035), 0.32))


def cup_mesh() -> bpy.types.Mesh:
    """A cup without a handle on its saucer, 9 cm high."""
    saucer = [(0.0, 0.002), (0.045, 0.002), (0.072, 0.012), (0.074, 0.015), (0.045, 0.007), (0.026, 0.006)]
    outside = [(0.024, 0.010), (0.034, 0.030), (0.040, 0.060), (0.042, 0.090)]
    inside = [(0.039, 0.090), (0.037, 0.062), (0.031, 0.034), (0.0, 0.030)]
    return turned("Cup", [*saucer, *outside, *inside], 32, surface("Cup", (0.62, 0.58, 0.52), 0.25))


def chair_mesh() -> bpy.types.Mesh:
    """A chair with a round back."""
    seat, floor = -0.75, -EYES_ABOVE_FLOOR
    posts = [Band(0.27, 0.025, floor, -0.22, angle - 3.0, angle + 3.0) for angle in (118.0, 242.0)]
    legs = [Band(0.20, 0.025, floor, seat, angle - 4.0, angle + 4.0) for angle in (-45.0, 45.0)]
    rails = [Band(0.275, 0.022, -0.29, -0.21, 112.0, 248.0), Band(0.270, 0.016, -0.46, -0.41, 118.0, 242.0)]
    pieces = [*rails, *posts, *legs, Band(0.22, 0.22, seat - 0.02, seat)]
    return bands("Chair", pieces, surface("Chair", _WOOD, 0.85))


def stool_mesh() -> bpy.types.Mesh:
    """A bar stool: a padded seat on a column with a foot."""
    seat, floor = -0.80, -STOOL_EYES
    top = [(0.0, seat), (0.15, seat), (0.175, seat - 0.012), (0.18, seat - 0.03), (0.165, seat - 0.055)]
    column = [(0.03, seat - 0.06), (0.026, floor + 0.06), (0.06, floor + 0.03), (0.19, floor + 0.015), (0.19, floor)]
    return turned("Stool", [*top, *column, (0.0, floor)], 40, surface("Stool", _WOOD, 0.5))


def bench_mesh() -> bpy.types.Mesh:
    """A bench with a back of three boards, two metres long along Y."""
    seat, floor = -0.75, -EYES_ABOVE_FLOOR
    boards = [((x, -1.0, seat - 0.03), (x + 0.125, 1.0, seat)) for x in (-0.20, -0.065, 0.07)]
    back = [((-0.285, -1.0, z), (-0.255, 1.0, z + 0.09)) for z in (seat + 0.12, seat + 0.26, seat + 0.40)]
    ends = [((-0.28, y, floor), (-0.23, y + 0.05, seat + 0.50)) for y in (-0.95, 0.90)]
    legs = [((0.12, y, floor), (0.17, y + 0.05, seat - 0.03)) for y in (-0.95, 0.90)]
    return softened(boxes("Bench", [*boards, *back, *ends, *legs], surface("Bench", _WOOD, 0.7)))


def bed_mesh() -> bpy.types.Mesh:
    """A bed along X, its head end behind the eyes of who lies on it, with a blanket up to the waist."""
    frame = [
        ((-0.38, -0.46, 0.10 - BED_EYES), (1.66, 0.46, 0.20 - BED_EYES)),
        ((-0.42, -0.48, -BED_EYES), (-0.37, 0.48, -0.10)),
    ]
    legs = [((1.58, y, -BED_EYES), (1.64, y + 0.06, -BED_EYES + 0.12)) for y in (-0.45, 0.39)]
    mesh = boxes("Bed", [*frame, *legs, ((-0.36, -0.44, -0.42), (1.64, 0.44, -0.29))], surface("Bed", _WOOD, 0.7))
    mesh.materials.append(surface("Sheet", (0.50, 0.47, 0.43), 0.9))
    for face in mesh.polygons[-6:]:
        face.material_index = 1
    return softened(mesh)


def blanket_mesh() -> bpy.types.Mesh:
    """A blanket over who lies, from the waist to the feet along X; rounded over the body."""
    section = [(-0.46, -0.38), (-0.45, -0.27), (-0.30, -0.25), (-0.20, -0.16), (-0.10, -0.115), (0.0, -0.105)]
    outline = [*section, *((-y, z) for y, z in reversed(section[:-1]))]
    along = ((0.44, 0.96), (0.50, 1.0), (0.9, 0.97), (1.25, 0.86), (1.56, 0.78), (1.67, 0.55))
    base = section[1][1]
    rows = [[(x, y, base + (z - base) * share if z > base else z) for y, z in outline] for x, share in along]
    count = len(outline)
    vertices = [point for row in rows for point in row]
    faces = [
        (row * count + i, (row + 1) * count + i, (row + 1) * count + i + 1, row * count + i + 1)
        for row in range(len(rows) - 1)
        for i in range(count - 1)
    ]
    faces += [tuple(range(count)), tuple(reversed(range(len(vertices) - count, len(vertices))))]
    mesh = bpy.data.meshes.new("Blanket")
    mesh.from_pydata(vertices, [], faces)
    mesh.materials.append(surface("Blanket", (0.10, 0.12, 0.17), 0.95))
    return smooth(mesh)


def pillow_mesh() -> bpy.types.Mesh:
    """A pillow below a head that lies, thick below the head and thin below the shoulders; a superellipse from above."""
    vertices: list[tuple[float, float, float]] = []
    rings, around = 9, 40
    for ring in range(2 * rings + 1):
        angle = math.pi * ring / (2 * rings) - 0.5 * math.pi
        share, height = max(math.cos(angle), 0.0) ** 0.6, math.sin(angle)
        for step in range(around):
            turn = 2.0 * math.pi * step / around
            x = math.copysign(abs(math.cos(turn)) ** 0.55, math.cos(turn)) * share * 0.27
            y = math.copysign(abs(math.sin(turn)) ** 0.55, math.sin(turn)) * share * 0.36
            vertices.append((x + 0.02, y, -0.225 - 0.14 * x + 0.085 * height))
    faces = [
        (
            row * around + i,
            row * around + (i + 1) % around,
            (row + 1) * around + (i + 1) % around,
            (row + 1) * around + i,
        )
        for row in range(2 * rings)
        for i in range(around)
    ]
    mesh = bpy.data.meshes.new("Pillow")
    mesh.from_pydata(vertices, [], faces)
    mesh.materials.append(surface("Pillow", (0.56, 0.53, 0.48), 0.95))
    return smooth(mesh)


def rail_mesh() -> bpy.types.Mesh:
    """A low wall with a cap along Y, behind the back or under the elbows of who leans on it."""
    floor, top = -RAIL_EYES, -0.50
    wall = ((-0.08, -0.60, floor), (0.08, 0.60, top - 0.05))
    cap = ((-0.12, -0.64, top - 0.05), (0.12, 0.64, top))
    return softened(boxes("Rail", [wall, cap], surface("Rail", (0.12, 0.10, 0.085), 0.85)))


def step_mesh() -> bpy.types.Mesh:
    """A block a metre in each direction that stands below somebody; its top is the origin's height."""
    return boxes("Step", [((-0.5, -0.5, -1.0), (0.5, 0.5, 0.0))], surface("Step", (0.075, 0.060, 0.050), 0.85))


def mat_mesh() -> bpy.types.Mesh:
    """A round rug under who kneels; its top is the origin's height."""
    profile = [(0.0, 0.0), (0.52, 0.0), (0.55, -0.008), (0.55, -0.012), (0.0, -0.012)]
    return turned("Mat", profile, 48, surface("Mat", (0.13, 0.035, 0.030), 0.95))
