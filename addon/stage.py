"""The set: cameras, light, a table and a backdrop, arranged around where the two people are."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import bpy
import numpy as np
from mathutils import Matrix, Vector

from .cutting import Shot, View

ROLE_PROPERTY: Final = "duologue_role"
_MARKER_PREFIX: Final = "Duologue "
_CAMERA_NAMES: Final[dict[tuple[View, int | None], str]] = {
    ("two", None): "Two-shot",
    ("over", 0): "Over the shoulder, first",
    ("over", 1): "Over the shoulder, second",
    ("close", 0): "Close-up first",
    ("close", 1): "Close-up second",
}
_HEAD_HALF_WIDTH: Final = 0.30
_SENSOR_WIDTH: Final = 36.0
_ROOM_RADIUS: Final = 3.6
_EYES_ABOVE_FLOOR: Final = 1.2
_ROOM_COLOURS: Final = ((0.010, 0.008, 0.007), (0.07, 0.038, 0.022), (0.17, 0.095, 0.05), (0.02, 0.025, 0.034))
"""From the floor over the shoulders and the lamps to the ceiling."""

_LAMPS: Final = ((-38.0, 0.42), (4.0, 0.62), (33.0, 0.3), (78.0, 0.5), (-80.0, 0.25), (118.0, 0.35), (-121.0, 0.55))
"""Paper lamps: degrees around the room from straight behind the people, metres above their eyes."""

_NOWHERE: Final = 1e-6
_OPEN: Final = 0.05
"""Sum of two cosines that says people are turned away from one side on purpose."""
_WARM: Final = (1.0, 0.83, 0.66)
_COOL: Final = (0.72, 0.84, 1.0)
_NEUTRAL: Final = (1.0, 0.95, 0.9)


@dataclass(frozen=True)
class Sightline:
    """Where the midpoints of both pairs of eyes are, in Blender's axes, metres."""

    first: Vector
    second: Vector

    @property
    def centre(self) -> Vector:
        """Between the two."""
        return (self.first + self.second) / 2

    @property
    def along(self) -> Vector:
        """Level unit vector from the first to the second."""
        level = self.second - self.first
        level.z = 0.0
        return level.normalized() if level.length > _NOWHERE else Vector((1.0, 0.0, 0.0))


def arrange_set(scene: bpy.types.Scene, collection: bpy.types.Collection, sightline: Sightline, front: Vector) -> None:
    """Build what is missing of the set and move all of it to suit `sightline`.

    `front` is the level unit vector from the people towards the audience. Objects that the artist renamed or
    removed from the collection are not touched again.
    """
    cameras = {view: _camera(collection, view) for view in _CAMERA_NAMES}
    _aim_cameras(cameras, sightline, front)
    _light(collection, sightline, front)
    _furnish(collection, sightline, front)
    if scene.camera is None or ROLE_PROPERTY in scene.camera:
        scene.camera = cameras["two", None]
    _world(scene)


def set_markers(
    scene: bpy.types.Scene, collection: bpy.types.Collection, cuts: Sequence[Shot], frames: Sequence[int]
) -> None:
    """Bind cameras to timeline markers at `frames`, one a shot; markers of the artist's own stay."""
    for marker in [marker for marker in scene.timeline_markers if marker.name.startswith(_MARKER_PREFIX)]:
        scene.timeline_markers.remove(marker)
    for cut, frame in zip(cuts, frames, strict=True):
        view = (cut.view, cut.person)
        marker = scene.timeline_markers.new(_MARKER_PREFIX + _CAMERA_NAMES[view], frame=frame)
        marker.camera = _camera(collection, view)
    scene.camera = _camera(collection, (cuts[0].view, cuts[0].person))


def eyes_midpoint(armature: bpy.types.Object) -> Vector:
    """World position between the eyes of an evaluated rig, metres."""
    left, right = (armature.pose.bones[name].head for name in ("eye_left", "eye_right"))
    return armature.matrix_world @ ((left + right) / 2)


def facing(armature: bpy.types.Object) -> Vector:
    """Level unit vector the neck faces, in world space."""
    forward = armature.matrix_world.to_3x3() @ armature.pose.bones["neck"].matrix.to_3x3().col[2]
    forward.z = 0.0
    return forward.normalized() if forward.length > _NOWHERE else Vector((0.0, -1.0, 0.0))


def audience_side(sightline: Sightline, facings: Sequence[Vector]) -> Vector:
    """The side both people are slightly open to; the viewer's side when they face each other squarely."""
    across = Vector((0.0, 0.0, 1.0)).cross(sightline.along)
    across = -across if across.y > 0 else across
    openness = sum((one for one in facings), Vector()).dot(across)
    return -across if openness < -_OPEN else across


def _aim_cameras(cameras: dict[tuple[View, int | None], bpy.types.Object], sightline: Sightline, front: Vector) -> None:
    span = (sightline.second - sightline.first).length
    two_width = span + 2 * _HEAD_HALF_WIDTH + 0.12
    _aim(cameras["two", None], sightline.centre + Vector((0, 0, -0.045)), front, two_width, 50.0)
    people = ((0, sightline.first, sightline.second), (1, sightline.second, sightline.first))
    for person, face, other in people:
        towards = other - face
        towards.z = 0.0
        towards.normalize()
        target = face + towards * 0.06 + Vector((0, 0, -0.03))
        _aim(cameras["over", person], target, (front * 0.62 + towards).normalized(), 0.80, 65.0)
        _aim(cameras["close", person], target, (front + towards * 0.7).normalized(), 0.56, 85.0)


def _aim(camera: bpy.types.Object, target: Vector, direction: Vector, width: float, lens: float) -> None:
    """Stand back along `direction` until `width` metres fill the frame, looking at `target`."""
    distance = width * lens / _SENSOR_WIDTH
    camera.location = target + direction * distance + Vector((0, 0, 0.02 * distance))
    camera.rotation_euler = (target - camera.location).to_track_quat("-Z", "Y").to_euler()
    camera.data.lens = lens
    camera.data.sensor_width = _SENSOR_WIDTH
    camera.data.dof.use_dof = True
    camera.data.dof.focus_distance = distance
    camera.data.dof.aperture_fstop = 4.0


def _light(collection: bpy.types.Collection, sightline: Sightline, front: Vector) -> None:
    """A warm key from the audience's left, a weak cool fill, and a rim behind each head."""
    left = Vector((0, 0, 1)).cross(front)
    centre = sightline.centre
    _area(collection, "Key", centre + front * 1.5 - left * 1.3 + Vector((0, 0, 1.1)), centre, 1.1, 95.0, _WARM)
    _area(collection, "Fill", centre + front * 1.9 + left * 1.5 + Vector((0, 0, 0.3)), centre, 1.6, 34.0, _COOL)
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
) -> None:
    light = _object(collection, name, lambda: bpy.data.lights.new(name, "AREA"))
    light.data.size, light.data.energy, light.data.color = size, watts, colour[:3]
    light.location = place
    light.rotation_euler = (target - place).to_track_quat("-Z", "Y").to_euler()


def _furnish(collection: bpy.types.Collection, sightline: Sightline, front: Vector) -> None:
    table = _object(collection, "Table", _table_mesh)
    table.location = sightline.centre + front * 0.12
    table.location.z = min(sightline.first.z, sightline.second.z) - 0.40
    # Seen over a counter out of focus, nobody asks where the busts end.
    counter = _object(collection, "Counter", _counter_mesh)
    counter.location = sightline.centre + front * 1.4 + Vector((0, 0, -0.145))
    counter.rotation_euler = (0, 0, math.atan2(front.x, -front.y))
    room = _object(collection, "Room", _room_mesh)
    room.location = (sightline.centre.x, sightline.centre.y, sightline.centre.z)
    for index, (around, height) in enumerate(_LAMPS):
        lamp = _object(collection, f"Lamp {index + 1}", _lamp_mesh)
        way = Matrix.Rotation(math.radians(around), 3, "Z") @ -front
        lamp.location = sightline.centre + way * (_ROOM_RADIUS - 0.7) + Vector((0, 0, height))


def _camera(collection: bpy.types.Collection, view: tuple[View, int | None]) -> bpy.types.Object:
    name = _CAMERA_NAMES[view]
    return _object(collection, name, lambda: bpy.data.cameras.new(name))


def _object(collection: bpy.types.Collection, role: str, make: object) -> bpy.types.Object:
    """The collection's object with this role, made by `make()` where there is none."""
    for existing in collection.objects:
        if existing.get(ROLE_PROPERTY) == role:
            return existing
    created = bpy.data.objects.new(role, make())  # type: ignore[operator]
    created[ROLE_PROPERTY] = role
    collection.objects.link(created)
    return created


def _table_mesh() -> bpy.types.Mesh:
    """A round café table, 0.9 m across, with a bevelled edge."""
    profile = [(0.0, 0.0), (0.43, 0.0), (0.445, -0.004), (0.45, -0.014), (0.445, -0.026), (0.40, -0.034), (0.0, -0.034)]
    return _turned("Table", profile, 64, _surface("Table", (0.16, 0.075, 0.035), 0.32))


def _counter_mesh() -> bpy.types.Mesh:
    """A long dark counter; its top edge is the origin's height."""
    mesh = bpy.data.meshes.new("Counter")
    corners = [(x, y, z) for x in (-2.5, 2.5) for y in (-0.05, 0.05) for z in (-0.8, 0.0)]
    mesh.from_pydata(corners, [], [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (1, 5, 7, 3), (0, 2, 6, 4)])
    mesh.materials.append(_surface("Counter", (0.035, 0.018, 0.010), 0.35))
    return mesh


def _lamp_mesh() -> bpy.types.Mesh:
    """A paper globe that glows out of focus behind the talk."""
    profile = [(0.085 * math.sin(angle), 0.085 * math.cos(angle)) for angle in np.linspace(0, math.pi, 13)]
    material = _surface("Lamp", (1.0, 0.7, 0.4), 0.9)
    shader = material.node_tree.nodes["Principled BSDF"]
    shader.inputs["Emission Color"].default_value = (1.0, 0.62, 0.28, 1.0)
    shader.inputs["Emission Strength"].default_value = 2.2
    material.cycles.emission_sampling = "NONE"
    return _turned("Lamp", profile, 24, material)


def _room_mesh() -> bpy.types.Mesh:
    """A round room whose wall curves into the floor, so that no camera finds an edge; heights from the eyes."""
    floor, bend = -_EYES_ABOVE_FLOOR, 0.5
    arc = [
        (_ROOM_RADIUS - bend + bend * math.sin(a), floor + bend - bend * math.cos(a)) for a in np.linspace(0, 1.57, 7)
    ]
    profile = [(0.0, floor), *arc, (_ROOM_RADIUS, 2.2)]
    return _turned("Room", profile, 48, _room_surface())


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
    height.inputs["From Min"].default_value, height.inputs["From Max"].default_value = -_EYES_ABOVE_FLOOR, 2.2
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


def _turned(
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


def _surface(name: str, colour: Sequence[float], roughness: float) -> bpy.types.Material:
    material = bpy.data.materials.new(f"Duologue {name}")
    material.use_nodes = True
    material.diffuse_color = (*colour, 1.0)
    shader = material.node_tree.nodes["Principled BSDF"]
    shader.inputs["Base Color"].default_value = (*colour, 1.0)
    shader.inputs["Roughness"].default_value = roughness
    return material


def _world(scene: bpy.types.Scene) -> None:
    """A dim warm room where the scene has no world of its own."""
    if scene.world is None:
        scene.world = bpy.data.worlds.new("Duologue room")
        scene.world.use_nodes = True
        background = scene.world.node_tree.nodes.get("Background")
        if background is not None:
            background.inputs["Color"].default_value = (0.09, 0.075, 0.065, 1.0)
            background.inputs["Strength"].default_value = 0.6
        scene.world.color = (0.09, 0.075, 0.065)
