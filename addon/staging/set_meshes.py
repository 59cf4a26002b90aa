"""Meshes and materials of the set: surfaces of revolution, boxes, paint, light."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import Final

import bpy
import numpy as np

_MATT: Final = 0.8
_DEGREES_A_STEP: Final = 10.0
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
