"""What is around the two people whatever the arrangement: light, a counter, a round room."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Final

import bpy
import numpy as np
from mathutils import Vector

from .framing import Pose, half_picture
from .set_meshes import boxes, glowing, surface, turned
from .sightline import Sightline

ROLE_PROPERTY: Final = "duologue_role"
ROOM_RADIUS: Final = 3.6
EYES_ABOVE_FLOOR: Final = 1.2
_WALL_ENDS, _VAULT = 2.2, 1.6
"""Metres from the eyes up to where the wall ends, and from there to the top of the ceiling."""
_ROOM_COLOURS: Final = ((0.008, 0.006, 0.006), (0.030, 0.017, 0.012), (0.085, 0.045, 0.024), (0.012, 0.015, 0.022))
"""From the floor over the shoulders and the lamps to the ceiling."""

_SHOWN: Final = "duologue_shown"
"""On an object of the set: whether the arrangement has it."""
_ENLARGED: Final = "duologue_unit"
"""On an object of the set: what a metre of its shape is in the scene."""
_SCALED_ANEW: Final = {
    **dict.fromkeys(
        ("Chair", "Lamp", "Stool", "Rail", "Bed", "Blanket", "Pillow", "Bench", "Mat", "Step", "Legs"), "xyz"
    ),
    "Counter": "x",
    "Window": "x",
}
"""Axes that arranging scales each time."""
_COUNTER_NEAREST: Final = 0.14
_COUNTER_PAST_EDGE: Final = 1.4
"""Half widths of the two-shot's picture."""

_BUST_ENDS: Final = 0.35
"""Metres below the eyes from which on the counter hides the people."""

_KEY_AHEAD, _KEY_ASIDE, _KEY_ABOVE = 1.45, 1.5, 0.62
"""Metres from a face to the light that models it."""

_CATCH_AHEAD, _CATCH_ASIDE, _CATCH_ABOVE = 0.16, 1.6, 0.52
_CATCH_SIZE, _CATCH_WATTS = 0.34, 9.0
"""Metres from a face to the light that is seen in its eyes: 6° beside and 18° above the other's head. A cornea reflects
what lies within 30° of its line of sight, and cameras on a face stand 15 to 32° from it: half of the way between the
two is on the iris. Lights further to the side are seen in the white."""

_WARM: Final = (1.0, 0.83, 0.66)
_COOL: Final = (0.72, 0.84, 1.0)
_NEUTRAL: Final = (1.0, 0.95, 0.9)


def object_of_role(collection: bpy.types.Collection, role: str, make: Callable[[], bpy.types.ID]) -> bpy.types.Object:
    """The collection's object with this role, made by `make()` where there is none."""
    for existing in collection.objects:
        if existing.get(ROLE_PROPERTY) == role:
            return existing
    created = bpy.data.objects.new(role, make())
    created[ROLE_PROPERTY] = role
    collection.objects.link(created)
    return created


def light(collection: bpy.types.Collection, sightline: Sightline, front: Vector) -> None:
    """A key and a catch light for each face from the other one's side, a small light at eye level, a rim for each head.

    Keys stand low and ahead of the faces, so that light reaches the eyes under the brows.
    """
    centre = sightline.centre
    keys = (
        ("Key", sightline.second, -1.0, 1.1, 80.0, _WARM),
        ("Fill", sightline.first, 1.0, 1.3, 32.0, _COOL),
    )
    for name, person, way, size, watts, colour in keys:
        place = person + front * _KEY_AHEAD + sightline.along * way * _KEY_ASIDE + Vector((0, 0, _KEY_ABOVE))
        _area(collection, name, place, person, size, watts, colour)
    for name, person, way in (("Catch first", sightline.first, 1.0), ("Catch second", sightline.second, -1.0)):
        place = person + front * _CATCH_AHEAD + sightline.along * way * _CATCH_ASIDE + Vector((0, 0, _CATCH_ABOVE))
        lamp = _area(collection, name, place, person, _CATCH_SIZE, _CATCH_WATTS, _NEUTRAL)
        lamp.visible_diffuse = lamp.visible_camera = False
        lamp.data.diffuse_factor = 0.0
    _area(collection, "Eye light", centre + front * 2.1 + Vector((0, 0, 0.12)), centre, 0.5, 9.0, _NEUTRAL)
    for name, person, way in (("Rim first", sightline.first, -1.0), ("Rim second", sightline.second, 1.0)):
        place = person - front * 0.85 + sightline.along * way * 0.55 + Vector((0, 0, 0.55))
        _area(collection, name, place, person, 0.45, 30.0, _NEUTRAL)


def _area(
    collection: bpy.types.Collection,
    name: str,
    place: Vector,
    target: Vector,
    size: float,
    watts: float,
    colour: Sequence[float],
) -> bpy.types.Object:
    lamp = object_of_role(collection, name, lambda: bpy.data.lights.new(name, "AREA"))
    lamp.data.size, lamp.data.energy, lamp.data.color = size, watts, colour[:3]
    lamp.location = place
    lamp.rotation_euler = (target - place).to_track_quat("-Z", "Y").to_euler()
    return lamp


def place_room(collection: bpy.types.Collection, sightline: Sightline, *, on_floor: bool = False) -> None:
    """A round room about the people; `on_floor`: its floor is what they stand on, else as far below as of who sits."""
    room = object_of_role(collection, "Room", _room_mesh)
    room.location = sightline.centre
    if on_floor:
        room.location.z = sightline.ground + EYES_ABOVE_FLOOR
    # From outside it is a brown drum; who animates wants to see the people. Renders have it.
    room.hide_viewport = True
    sky = object_of_role(collection, "Ceiling", lambda: _ceiling_mesh(room.data.materials[0]))
    sky.location, sky.hide_viewport, sky.hide_render = room.location, True, not on_floor
    # Seen by cameras that look up, but in nobody's light.
    sky.visible_diffuse = sky.visible_glossy = sky.visible_shadow = sky.visible_transmission = False


def show(one: bpy.types.Object, *, wanted: bool) -> None:
    """Show what an arrangement has and hide the rest; what the artist has shown or hidden stays until that changes."""
    if bool(one.get(_SHOWN, True)) != wanted:
        one.hide_render = one.hide_viewport = not wanted
        one[_SHOWN] = wanted


def place_counter(
    collection: bpy.types.Collection,
    sightline: Sightline,
    two_shot: Pose,
    aspect: float,
    singles: Sequence[Vector],
    *,
    wanted: bool = True,
) -> None:
    """A counter between the two-shot's camera and everything else: seen over it, nobody asks where busts end.

    It is hidden where the other cameras leave no room for it, and where it is not `wanted`.
    """
    counter = object_of_role(collection, "Counter", _counter_mesh)
    way = two_shot.place - sightline.centre
    way.z = 0.0
    distance = way.length
    way.normalize()
    reach = max((place - sightline.centre).dot(way) for place in singles) + 0.12
    counter.hide_render = counter.hide_viewport = not wanted or distance - reach < _COUNTER_NEAREST
    far = distance + max((one - sightline.centre).dot(-way) for one in (sightline.first, sightline.second))
    low = min(sightline.first.z, sightline.second.z) - _BUST_ENDS
    counter.location = sightline.centre + way * reach
    eye = two_shot.place.z
    counter.location.z = eye + (low - eye) * (distance - reach) / far
    # Just past the frame's edges: longer, and the other cameras would see its ends.
    counter.scale.x = (distance - reach) * half_picture(two_shot.lens, aspect)[0] * _COUNTER_PAST_EDGE
    counter.rotation_euler = (0, 0, math.atan2(way.x, -way.y))


def enlarge(collection: bpy.types.Collection, unit: float) -> None:
    """Have the set in `collection`, just arranged in metres, as large and bright as where each of these is `unit`.

    Copies that an artist made of what is there have its role too, but were not arranged: they stay.
    """
    arranged: dict[str, bpy.types.Object] = {}
    for one in collection.objects:
        hung = one.parent is not None and one.parent.type == "ARMATURE"
        if ROLE_PROPERTY in one and one.type in ("LIGHT", "MESH") and not hung:
            arranged.setdefault(one[ROLE_PROPERTY], one)
    for one in arranged.values():
        one.location *= unit
        if one.type == "LIGHT":
            one.data.size *= unit
            one.data.energy *= unit * unit
            continue
        again = unit / one.get(_ENLARGED, 1.0)
        fresh = _SCALED_ANEW.get(one[ROLE_PROPERTY].split(" ")[0], "")
        one.scale = [value * (unit if axis in fresh else again) for axis, value in zip("xyz", one.scale, strict=True)]
        if unit != 1.0 or _ENLARGED in one:
            one[_ENLARGED] = unit


def fill_world(scene: bpy.types.Scene) -> None:
    """A dim warm room where the scene has no world of its own."""
    if scene.world is None:
        scene.world = bpy.data.worlds.new("Duologue room")
        scene.world.use_nodes = True
        background = scene.world.node_tree.nodes.get("Background")
        if background is not None:
            background.inputs["Color"].default_value = (0.09, 0.075, 0.065, 1.0)
            background.inputs["Strength"].default_value = 0.6
        scene.world.color = (0.09, 0.075, 0.065)


def _counter_mesh() -> bpy.types.Mesh:
    """A counter two metres long before it is scaled; its top edge is the origin's height."""
    material = surface("Counter", (0.022, 0.011, 0.006), 0.85)
    return boxes("Counter", [((-1.0, -0.02, -0.8), (1.0, 0.02, 0.0))], material)


def lamp_mesh() -> bpy.types.Mesh:
    """A paper globe that glows out of focus behind the talk."""
    profile = [(0.085 * math.sin(angle), 0.085 * math.cos(angle)) for angle in np.linspace(0, math.pi, 13)]
    material = glowing("Lamp", (1.0, 0.60, 0.27), 2.6)
    return turned("Lamp", profile, 24, material)


def _room_mesh() -> bpy.types.Mesh:
    """A round room whose wall curves into the floor, so that no camera finds an edge; heights from the eyes."""
    floor, bend = -EYES_ABOVE_FLOOR, 0.5
    arc = [
        (ROOM_RADIUS - bend + bend * math.sin(a), floor + bend - bend * math.cos(a)) for a in np.linspace(0, 1.57, 7)
    ]
    profile = [(0.0, floor), *arc, (ROOM_RADIUS, _WALL_ENDS)]
    return turned("Room", profile, 48, _room_surface())


def _ceiling_mesh(material: bpy.types.Material) -> bpy.types.Mesh:
    """A vault on the room's wall."""
    angles = np.linspace(0.0, 0.5 * math.pi, 9)
    profile = [(ROOM_RADIUS * math.cos(a), _WALL_ENDS + _VAULT * math.sin(a)) for a in angles]
    return turned("Ceiling", profile, 48, material)


def _room_surface() -> bpy.types.Material:
    """Dim evening light that glows at lamp height; emission alone, so that it costs no noise."""
    material = bpy.data.materials.new("Duologue Room")
    material.use_nodes = True
    material.diffuse_color = (0.11, 0.075, 0.055, 1.0)
    nodes, links = material.node_tree.nodes, material.node_tree.links
    nodes.clear()
    place = nodes.new("ShaderNodeTexCoord")
    axes = nodes.new("ShaderNodeSeparateXYZ")
    height = nodes.new("ShaderNodeMapRange")
    height.inputs["From Min"].default_value, height.inputs["From Max"].default_value = -EYES_ABOVE_FLOOR, _WALL_ENDS
    colours = nodes.new("ShaderNodeValToRGB")
    ramp = colours.color_ramp.elements
    ramp[0].position, ramp[0].color = 0.0, (*_ROOM_COLOURS[0], 1.0)
    ramp[-1].position, ramp[-1].color = 1.0, (*_ROOM_COLOURS[-1], 1.0)
    for position, colour in zip((0.30, 0.52), _ROOM_COLOURS[1:-1], strict=True):
        ramp.new(position).color = (*colour, 1.0)
    glow = nodes.new("ShaderNodeEmission")
    out = nodes.new("ShaderNodeOutputMaterial")
    links.new(place.outputs["Object"], axes.inputs[0])
    links.new(axes.outputs["Z"], height.inputs["Value"])
    links.new(height.outputs["Result"], colours.inputs["Fac"])
    links.new(colours.outputs["Color"], glow.inputs["Color"])
    links.new(glow.outputs[0], out.inputs["Surface"])
    material.cycles.emission_sampling = "NONE"
    return material
