"""Meshes and materials of the set: surfaces of revolution, boxes, paint, light."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import Final

import bmesh
import bpy
import numpy as np

_MATT: Final = 0.8
_DEGREES_A_STEP: Final = 10.0
_LIMB_STEPS, _RINGS_BETWEEN, _RINGS_OF_DOME = 20, 6, 4
"""Corners of a ring of a limb, rings from one that is given to the next, and rings of a round end."""
_BEND: Final = 0.22
"""How far from a joint a limb begins to bend, in distances between joints."""
_FACES_OF_BOX: Final = ((0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (1, 5, 7, 3), (0, 2, 6, 4))

_Point = tuple[float, float, float]


def turned(
    name: str, profile: Sequence[tuple[float, float]], steps: int, material: bpy.types.Material
) -> bpy.types.Mesh:
    """A surface of revolution about Z from (radius, height) pairs."""
    mesh = bpy.data.meshes.new(name)
    angles = np.linspace(0, 2 * math.pi, steps, endpoint=False)
    vertices = [(r * math.cos(a), r * math.sin(a), z) for r, z in profile for a in angles]
    faces = [
        (row * steps + i, (row + 1) * steps + i, (row + 1) * steps + (i + 1) % steps, row * steps + (i + 1) % steps)
        for row in range(len(profile) - 1)
        for i in range(steps)
    ]
    mesh.from_pydata(vertices, [], faces)
    mesh.polygons.foreach_set("use_smooth", np.ones(len(faces), dtype=bool))
    mesh.materials.append(material)
    return mesh


def boxes(name: str, ends: Sequence[tuple[_Point, _Point]], material: bpy.types.Material) -> bpy.types.Mesh:
    """Boxes along the axes, each from its lowest corner to its highest, as one mesh."""
    mesh = bpy.data.meshes.new(name)
    vertices = [corner for low, high in ends for corner in product(*zip(low, high, strict=True))]
    faces = [[8 * box + corner for corner in face] for box in range(len(ends)) for face in _FACES_OF_BOX]
    mesh.from_pydata(vertices, [], faces)
    mesh.materials.append(material)
    return mesh


def softened(mesh: bpy.types.Mesh, width: float = 0.006) -> bpy.types.Mesh:
    """The same mesh, its edges bevelled by `width` metres so that they catch the light."""
    made = bmesh.new()
    made.from_mesh(mesh)
    bmesh.ops.bevel(made, geom=made.edges[:], offset=width, segments=2, profile=0.7, affect="EDGES", clamp_overlap=True)
    made.to_mesh(mesh)
    made.free()
    return mesh


def smooth(mesh: bpy.types.Mesh) -> bpy.types.Mesh:
    """The same mesh, shaded as one curved surface."""
    mesh.polygons.foreach_set("use_smooth", np.ones(len(mesh.polygons), dtype=bool))
    return mesh


@dataclass(frozen=True)
class Ring:
    """A cross-section of a limb about `place`: half its width to the side, and half its depth, metres."""

    place: _Point
    across: float
    deep: float


def limbs(name: str, chains: Sequence[tuple[Sequence[Ring], int]], side: _Point) -> bpy.types.Mesh:
    """Limbs as one mesh: each a smooth tube through its rings with round ends, and the number of its material.

    `side`: the unit vector along which rings are `across`; no limb goes that way.
    """
    vertices: list[np.ndarray] = []
    faces: list[Sequence[int]] = []
    numbers: list[int] = []
    for chain, number in chains:
        rings = _closed_limb(chain, np.array(side))  # [R, steps, 3]
        start, (count, steps, _) = sum(map(len, vertices)), rings.shape
        corners = start + np.arange(count * steps).reshape(count, steps)
        around = np.roll(corners, -1, axis=1)
        quads = np.stack([corners[:-1], around[:-1], around[1:], corners[1:]], axis=-1).reshape(-1, 4)
        faces += quads.tolist()
        vertices.append(rings.reshape(-1, 3))
        numbers += [number] * len(quads)
    mesh = bpy.data.meshes.new(name)
    mesh.from_pydata(np.concatenate(vertices).tolist(), [], faces)
    mesh.polygons.foreach_set("material_index", np.array(numbers, np.int32))
    return smooth(mesh)


def _closed_limb(chain: Sequence[Ring], side: np.ndarray) -> np.ndarray:
    """[R, steps, 3] metres: rings along a curve through those of `chain`, and the domes at both ends."""
    known = np.array([(*ring.place, ring.across, ring.deep) for ring in chain])  # [N, 5]
    places = np.linspace(0.0, len(known) - 1.0, (len(known) - 1) * _RINGS_BETWEEN + 1)
    path = _rounded(known, places)  # [R, 5]
    way = np.gradient(path[:, :3], axis=0)
    way /= np.linalg.norm(way, axis=1, keepdims=True)
    domes = np.sin(np.linspace(0.0, 0.5 * math.pi, _RINGS_OF_DOME + 1))[1:]  # [D]
    shrink = np.sqrt(np.maximum(1.0 - domes**2, 0.0))
    first, last = path[0], path[-1]
    begin = [
        (*(first[:3] - way[0] * first[3:].min() * d), *(first[3:] * s)) for d, s in zip(domes, shrink, strict=True)
    ]
    end = [(*(last[:3] + way[-1] * last[3:].min() * d), *(last[3:] * s)) for d, s in zip(domes, shrink, strict=True)]
    rows = np.array([*begin[::-1], *path, *end])
    ways = np.concatenate([[way[0]] * len(domes), way, [way[-1]] * len(domes)])
    across = side - ways * (ways @ side)[:, None]
    across /= np.linalg.norm(across, axis=1, keepdims=True)
    deep = np.cross(ways, across)
    angles = np.linspace(0.0, 2.0 * math.pi, _LIMB_STEPS, endpoint=False)[None, :, None]
    rings: np.ndarray = (
        rows[:, None, :3]
        + np.cos(angles) * (across * rows[:, 3:4])[:, None]
        + np.sin(angles) * (deep * rows[:, 4:5])[:, None]
    )
    return rings


def _rounded(known: np.ndarray, places: np.ndarray) -> np.ndarray:
    """`known` [N, C] at `places` [R], 0 to N - 1: straight between them, round where they bend."""
    numbers = np.arange(len(known))
    straight = [
        np.stack([np.interp(places + shift, numbers, column) for column in known.T], axis=1)
        for shift in (-_BEND, 0.0, _BEND)
    ]
    mixed: np.ndarray = 0.25 * straight[0] + 0.5 * straight[1] + 0.25 * straight[2]
    mixed[0], mixed[-1] = known[0], known[-1]
    return mixed


def glowing(name: str, colour: Sequence[float], strength: float) -> bpy.types.Material:
    """Light that fades to nothing at the rim, as a lamp out of focus does; lights nothing, so it costs no noise."""
    material, glow, out = _emission(name, colour, strength)
    nodes, links = material.node_tree.nodes, material.node_tree.links
    facing = nodes.new("ShaderNodeLayerWeight")
    facing.inputs["Blend"].default_value = 0.8
    clear, mix = nodes.new("ShaderNodeBsdfTransparent"), nodes.new("ShaderNodeMixShader")
    links.new(facing.outputs["Facing"], mix.inputs["Fac"])
    links.new(glow.outputs[0], mix.inputs[1])
    links.new(clear.outputs[0], mix.inputs[2])
    links.new(mix.outputs[0], out.inputs["Surface"])
    return material


def surface(name: str, colour: Sequence[float], roughness: float) -> bpy.types.Material:
    """Paint of this colour, shiny below a `roughness` of 0.8."""
    material = bpy.data.materials.new(f"Duologue {name}")
    material.use_nodes = True
    material.diffuse_color = (*colour, 1.0)
    shader = material.node_tree.nodes["Principled BSDF"]
    shader.inputs["Base Color"].default_value = (*colour, 1.0)
    shader.inputs["Roughness"].default_value = roughness
    shader.inputs["Specular IOR Level"].default_value = 0.5 if roughness < _MATT else 0.1
    return material


@dataclass(frozen=True)
class Band:
    """A piece of a tube about Z: `radius` outside, `thickness`, from `low` to `high`, metres; around from `first` to
    `last`, degrees.
    """

    radius: float
    thickness: float
    low: float
    high: float
    first: float = 0.0
    last: float = 360.0


def bands(name: str, pieces: Sequence[Band], material: bpy.types.Material) -> bpy.types.Mesh:
    """Pieces of tubes as one mesh: rails, seats, posts and legs of what is round."""
    vertices: list[_Point] = []
    faces: list[Sequence[int]] = []
    for piece in pieces:
        steps = max(1, round((piece.last - piece.first) / _DEGREES_A_STEP))
        start = len(vertices)
        for angle in np.radians(np.linspace(piece.first, piece.last, steps + 1)).tolist():
            for radius, height in product((piece.radius - piece.thickness, piece.radius), (piece.low, piece.high)):
                vertices.append((radius * math.cos(angle), radius * math.sin(angle), height))
        for step in range(steps):
            low_in, high_in, low_out, high_out = range(start + 4 * step, start + 4 * step + 4)
            ring = (low_in, low_out, high_out, high_in)
            faces += [(a, b, b + 4, a + 4) for a, b in zip(ring, (*ring[1:], ring[0]), strict=True)]
        ends = (start, start + 2, start + 3, start + 1)
        faces += [ends, tuple(one + 4 * steps for one in reversed(ends))]
    mesh = bpy.data.meshes.new(name)
    mesh.from_pydata(vertices, [], faces)
    mesh.materials.append(material)
    return mesh


def shining(name: str, colour: Sequence[float], strength: float) -> bpy.types.Material:
    """An even light that lights nothing else, so that it costs no noise."""
    material, glow, out = _emission(name, colour, strength)
    material.node_tree.links.new(glow.outputs[0], out.inputs["Surface"])
    return material


def _emission(
    name: str, colour: Sequence[float], strength: float
) -> tuple[bpy.types.Material, bpy.types.ShaderNode, bpy.types.ShaderNode]:
    """A material that lights nothing else, its emission and its output, which nothing links yet."""
    material = bpy.data.materials.new(f"Duologue {name}")
    material.use_nodes = True
    material.diffuse_color = (*colour, 1.0)
    nodes = material.node_tree.nodes
    nodes.clear()
    glow, out = nodes.new("ShaderNodeEmission"), nodes.new("ShaderNodeOutputMaterial")
    glow.inputs["Color"].default_value, glow.inputs["Strength"].default_value = (*colour, 1.0), strength
    material.cycles.emission_sampling = "NONE"
    return material, glow, out
