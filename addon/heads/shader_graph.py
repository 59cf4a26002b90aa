"""A few words to say a shader with: colours, masks, noise, mixtures, and the one surface they end in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import bpy

Socket = Any
"""A node's output."""

REST_PLACE: Final = "rest_place"
"""Vector attribute of a head's mesh: where a vertex is before shape keys and bones move it, metres."""
_ALWAYS_NODES: Final = (5, 0)


class Graph:
    """The node tree of one material around a single Principled surface."""

    def __init__(self, material: bpy.types.Material, viewport: Sequence[float], roughness: float) -> None:
        """Start `material` anew; `viewport` is the linear colour that Workbench shows."""
        self.material = material
        if bpy.app.version < _ALWAYS_NODES:  # later every material has nodes, and saying so is deprecated
            self.material.use_nodes = True
        self.material.diffuse_color = (*viewport[:3], 1.0)
        self.material.roughness = roughness
        self.material.specular_intensity = 0.25
        self._nodes = self.material.node_tree.nodes
        self._links = self.material.node_tree.links
        self._nodes.clear()
        self.material.node_tree.animation_data_clear()  # drivers of nodes that are no more
        self._coordinates: Socket | None = None

    def colour(self, rgb: Sequence[float]) -> Socket:
        """A constant colour."""
        node = self._nodes.new("ShaderNodeRGB")
        node.outputs[0].default_value = (*rgb[:3], 1.0)
        return node.outputs[0]

    def mask(self, name: str) -> Socket:
        """A mask of the face, 0 to 1."""
        return self.attribute(f"mask_{name}")

    def attribute(self, name: str, output: str = "Fac") -> Socket:
        """A number stored on the mesh, or with `output` "Vector" three."""
        node = self._nodes.new("ShaderNodeAttribute")
        node.attribute_name = name
        return node.outputs[output]

    def driven(self, rest: float, keys: bpy.types.Key, pulls: Mapping[str, float]) -> Socket:
        """A value from 0 to 1: `rest`, and for each of the shape keys in `pulls` its value times a share."""
        node = self._nodes.new("ShaderNodeValue")
        node.outputs[0].default_value = rest
        if not pulls:
            return node.outputs[0]
        driver = node.outputs[0].driver_add("default_value").driver
        driver.type = "SCRIPTED"
        terms = []
        for number, (name, share) in enumerate(pulls.items()):
            variable = driver.variables.new()
            variable.name, variable.type = f"key{number}", "SINGLE_PROP"
            target = variable.targets[0]
            target.id_type, target.id = "KEY", keys
            target.data_path = f'key_blocks["{bpy.utils.escape_identifier(name)}"].value'
            terms.append(f"{share:g} * key{number}")
        driver.expression = f"clamp({rest:g} + {' + '.join(terms)})"
        return node.outputs[0]

    def noise(self, scale: float, detail: float, stretch: float = 1.0) -> Socket:
        """Noise of `scale` periods a metre, 0 to 1, that sticks to the skin; `stretch` times longer upright.

        Coordinates of the object would not do: bones and shape keys move the surface through them.
        """
        node = self._nodes.new("ShaderNodeTexNoise")
        node.inputs["Scale"].default_value = scale
        node.inputs["Detail"].default_value = detail
        if self._coordinates is None:
            self._coordinates = self.attribute(REST_PLACE, "Vector")
        vector = self._coordinates
        if stretch != 1.0:
            mapping = self._nodes.new("ShaderNodeMapping")
            mapping.inputs["Scale"].default_value = (1.0, 1.0 / stretch, 1.0)
            self._links.new(vector, mapping.inputs["Vector"])
            vector = mapping.outputs[0]
        self._links.new(vector, node.inputs["Vector"])
        return node.outputs[0]

    def scaled(self, value: Socket, factor: float) -> Socket:
        """`value` times a constant, at most one."""
        node = self._math("MULTIPLY", value)
        node.inputs[1].default_value = factor
        node.use_clamp = True
        return node.outputs[0]

    def product(self, first: Socket, second: Socket) -> Socket:
        """Two values multiplied."""
        node = self._math("MULTIPLY", first)
        self._links.new(second, node.inputs[1])
        return node.outputs[0]

    def less(self, value: Socket, amount: float) -> Socket:
        """`value` less a constant."""
        node = self._math("SUBTRACT", value)
        node.inputs[1].default_value = amount
        return node.outputs[0]

    def fraction(self, value: Socket, times: float) -> Socket:
        """What is left of `times` · `value` after its whole part: a saw with that many teeth from 0 to 1."""
        many = self._math("MULTIPLY", value)
        many.inputs[1].default_value = times
        return self._math("FRACT", many.outputs[0]).outputs[0]

    def above(self, value: Socket, threshold: float) -> Socket:
        """1 where `value` is above `threshold`, else 0."""
        node = self._math("GREATER_THAN", value)
        node.inputs[1].default_value = threshold
        return node.outputs[0]

    def multiplied(self, first: Socket, second: Socket) -> Socket:
        """Two colours multiplied."""
        node = self._nodes.new("ShaderNodeMix")
        node.data_type, node.blend_type = "RGBA", "MULTIPLY"
        node.inputs[0].default_value = 1.0
        for value, socket in ((first, node.inputs[6]), (second, node.inputs[7])):
            self._links.new(value, socket)
        return node.outputs[2]

    def mix(self, share: Socket, first: Socket, second: Socket) -> Socket:
        """From the first colour to the second."""
        node = self._nodes.new("ShaderNodeMix")
        node.data_type = "RGBA"
        for value, socket in ((share, node.inputs[0]), (first, node.inputs[6]), (second, node.inputs[7])):
            self._links.new(value, socket)
        return node.outputs[2]

    def contrast(self, value: Socket, low: float, high: float) -> Socket:
        """`value` stretched so that `low` becomes 0 and `high` 1."""
        node = self._nodes.new("ShaderNodeMapRange")
        node.inputs["From Min"].default_value, node.inputs["From Max"].default_value = low, high
        self._links.new(value, node.inputs["Value"])
        return node.outputs[0]

    def sum(self, first: Socket, second: Socket) -> Socket:
        """Two values added, at most one."""
        node = self._math("ADD", first)
        self._links.new(second, node.inputs[1])
        node.use_clamp = True
        return node.outputs[0]

    def between(self, share: Socket, first: Socket, second: float) -> Socket:
        """From the first value to the second number."""
        node = self._nodes.new("ShaderNodeMix")
        node.inputs[3].default_value = second
        self._links.new(share, node.inputs[0])
        self._links.new(first, node.inputs[2])
        return node.outputs[0]

    def mix_sockets(self, share: Socket, first: Socket, second: Socket) -> Socket:
        """From the first value to the second."""
        node = self._nodes.new("ShaderNodeMix")
        for value, socket in ((share, node.inputs[0]), (first, node.inputs[2]), (second, node.inputs[3])):
            self._links.new(value, socket)
        return node.outputs[0]

    def mix_value(self, share: Socket, first: float, second: float) -> Socket:
        """From the first number to the second."""
        node = self._nodes.new("ShaderNodeMix")
        node.inputs[2].default_value, node.inputs[3].default_value = first, second
        self._links.new(share, node.inputs[0])
        return node.outputs[0]

    def ramp(self, value: Socket, stops: Sequence[tuple[float, Sequence[float]]]) -> Socket:
        """Colours at positions from 0 to 1."""
        node = self._nodes.new("ShaderNodeValToRGB")
        elements = node.color_ramp.elements
        while len(elements) < len(stops):
            elements.new(1.0)
        for element, (position, rgb) in zip(elements, stops, strict=True):
            element.position = position
            element.color = (*rgb[:3], 1.0)
        self._links.new(value, node.inputs[0])
        return node.outputs[0]

    def soft_ramp(self, value: Socket, stops: Sequence[tuple[float, Sequence[float]]]) -> Socket:
        """The same without corners at the stops."""
        ramped = self.ramp(value, stops)
        ramped.node.color_ramp.interpolation = "EASE"
        return ramped

    def bump(self, height: Socket, strength: float, distance: float, normal: Socket | None = None) -> Socket:
        """A normal (the surface's, or `normal`) roughened by `height`; `distance` in metres."""
        node = self._nodes.new("ShaderNodeBump")
        node.inputs["Strength"].default_value = strength
        node.inputs["Distance"].default_value = distance
        self._links.new(height, node.inputs["Height"])
        if normal is not None:
            self._links.new(normal, node.inputs["Normal"])
        return node.outputs[0]

    def softened_normal(self, name: str, share: float) -> Socket:
        """The surface's normal, and `share` of it the vector `name` stored on the object in its own axes.

        An object without the vector keeps the surface's.
        """
        turned = self._nodes.new("ShaderNodeVectorTransform")
        # As "NORMAL" it would divide a vector that is not there, which reads 0, by its length.
        turned.vector_type, turned.convert_from, turned.convert_to = "VECTOR", "OBJECT", "WORLD"
        self._links.new(self.attribute(name, "Vector"), turned.inputs[0])
        mixed = self._nodes.new("ShaderNodeMix")
        mixed.data_type = "VECTOR"
        mixed.inputs[0].default_value = share
        self._links.new(self._nodes.new("ShaderNodeNewGeometry").outputs["Normal"], mixed.inputs[4])
        self._links.new(self._unit(turned.outputs[0]), mixed.inputs[5])
        return self._unit(mixed.outputs[1])

    def surface(self, colour: Socket, settings: Mapping[str, Any]) -> None:
        """End in a Principled surface; a setting is a number, a vector or a socket."""
        shader = self._nodes.new("ShaderNodeBsdfPrincipled")
        output = self._nodes.new("ShaderNodeOutputMaterial")
        self._links.new(colour, shader.inputs["Base Color"])
        for name, value in settings.items():
            if isinstance(value, bpy.types.NodeSocket):
                self._links.new(value, shader.inputs[name])
            else:
                shader.inputs[name].default_value = value
        self._links.new(shader.outputs[0], output.inputs["Surface"])

    def _unit(self, vector: Socket) -> Socket:
        """`vector` at length 1; nothing stays nothing."""
        node = self._nodes.new("ShaderNodeVectorMath")
        node.operation = "NORMALIZE"
        self._links.new(vector, node.inputs[0])
        return node.outputs[0]

    def _math(self, operation: str, value: Socket) -> Any:
        node = self._nodes.new("ShaderNodeMath")
        node.operation = operation
        self._links.new(value, node.inputs[0])
        return node
