"""A small character of each vendor: bones and shape keys with the vendor's own names, in awkward rest orientations.

The face is a handful of points whose place is known in character axes (left, up, forward, metres); keys and bones move
them as the vendor's would. `Character.points` tells where they are now, seen from the character.
"""

from dataclasses import dataclass, field

import bmesh
import bpy
import numpy as np
from mathutils import Euler, Matrix

HEAD = (0.0, 1.5, 0.0)
EYE = {"left": (0.032, 1.56, 0.08), "right": (-0.032, 1.56, 0.08)}
JAW = (0.0, 1.50, 0.03)
POINTS = {
    "corner_left": (0.025, 1.49, 0.1),
    "corner_right": (-0.025, 1.49, 0.1),
    "lid_left": (0.032, 1.57, 0.095),
    "lid_right": (-0.032, 1.57, 0.095),
    "chin": (0.0, 1.44, 0.11),
    "pupil_left": (0.032, 1.56, 0.092),
    "pupil_right": (-0.032, 1.56, 0.092),
    "crown": (0.0, 1.68, 0.0),
    "nape": (0.0, 1.5, -0.08),
}
SMILE, BLINK, OPEN, LOOK = 0.02, -0.012, -0.05, 0.006
_AROUND = np.array([(0.0, 0.0, 0.0), (0.001, 0.0, 0.0), (0.0, 0.001, 0.0)])

# Character axes (left, up, forward) into the armature's space, as importers leave it.
Z_UP = np.array([[1.0, 0.0, 0.0], [0.0, 0.0, -1.0], [0.0, 1.0, 0.0]])  # faces -Y, as glTF, VRM, MMD and Rigify
Y_UP = np.eye(3)  # as FBX and FLAME; the object stands it up


@dataclass(frozen=True)
class Vendor:
    """What a vendor's character is made of.

    `keys` name → point → offset (left, up, forward); `bones` name → (parent, place); `carried` point → bone;
    `modes` bone → rotation mode; `tracks` bone → the bone that it looks at; `isolated` bones that do not turn with
    their parents.
    """

    keys: dict
    bones: dict
    carried: dict
    basis: np.ndarray = field(default_factory=lambda: Z_UP)
    scale: float = 1.0
    upright: tuple = (0.0, 0.0, 0.0)
    modes: dict = field(default_factory=dict)
    tracks: dict = field(default_factory=dict)
    isolated: tuple = ()
    split: tuple = ()


@dataclass(frozen=True)
class Character:
    armature: bpy.types.Object
    meshes: tuple
    vendor: Vendor
    into_world: Matrix

    def points(self):
        """name → [3] metres in character axes, relative to how the character was placed."""
        back = np.array((self.into_world @ _four(self.vendor.basis * self.vendor.scale)).inverted())
        graph = bpy.context.evaluated_depsgraph_get()
        found = {}
        for mesh in self.meshes:
            evaluated = mesh.evaluated_get(graph)
            for index, name in enumerate(mesh["points"]):
                place = evaluated.matrix_world @ evaluated.data.vertices[index * len(_AROUND)].co
                found[name] = (back @ np.array([*place, 1.0]))[:3]
        return found


def build(vendor, name="Vendor", turned=0.65, place=(1.0, 2.0, 0.3)):
    """The character in the scene, turned about Z by `turned` and standing at `place`."""
    armature = _armature(vendor, name)
    stand = Euler(vendor.upright).to_matrix().to_4x4() @ Matrix.Scale(1 / vendor.scale, 4)
    armature.matrix_world = Matrix.Translation(place) @ Matrix.Rotation(turned, 4, "Z") @ stand
    names = [point for point in POINTS if point not in vendor.split]
    meshes = [_mesh(vendor, f"{name} face", names, armature)]
    if vendor.split:
        meshes.append(_mesh(vendor, f"{name} more", list(vendor.split), armature))
    bpy.context.view_layer.update()
    return Character(armature, tuple(meshes), vendor, armature.matrix_world.copy())


def _four(matrix):
    return Matrix(matrix.tolist()).to_4x4()


def _armature(vendor, name):
    data = bpy.data.armatures.new(name)
    armature = bpy.data.objects.new(name, data)
    bpy.context.scene.collection.objects.link(armature)
    bpy.context.view_layer.objects.active = armature
    random = np.random.default_rng(4)
    bpy.ops.object.mode_set(mode="EDIT")
    for bone_name, (parent, place) in vendor.bones.items():
        bone = data.edit_bones.new(bone_name)
        direction = random.normal(size=3)
        if bone_name in vendor.tracks:
            direction = vendor.basis @ np.subtract(vendor.bones[vendor.tracks[bone_name]][1], place)
        bone.head = vendor.basis @ np.array(place) * vendor.scale
        bone.tail = np.array(bone.head) + 0.05 * vendor.scale * direction / np.linalg.norm(direction)
        bone.roll = random.uniform(-3.0, 3.0)
        bone.use_inherit_rotation = bone_name not in vendor.isolated
        if parent:
            bone.parent = data.edit_bones[parent]
    bpy.ops.object.mode_set(mode="OBJECT")
    for bone in armature.pose.bones:
        bone.rotation_mode = vendor.modes.get(bone.name, "QUATERNION")
    for bone_name, target in vendor.tracks.items():
        track = armature.pose.bones[bone_name].constraints.new("DAMPED_TRACK")
        track.target, track.subtarget = armature, target
        track.track_axis = "TRACK_Y"
    return armature


def _mesh(vendor, name, points, armature):
    """Three vertices a point, the first of them the point itself."""
    mesh = bpy.data.meshes.new(name)
    places = np.concatenate([np.array(POINTS[point]) + _AROUND for point in points])
    faces = [tuple(range(3 * index, 3 * index + 3)) for index in range(len(points))]
    mesh.from_pydata((places @ vendor.basis.T * vendor.scale).tolist(), [], faces)
    made = bpy.data.objects.new(name, mesh)
    made["points"] = points
    bpy.context.scene.collection.objects.link(made)
    made.parent = armature
    _weigh(made, points, vendor)
    made.modifiers.new("Armature", "ARMATURE").object = armature
    made.shape_key_add(name="Basis", from_mix=False)
    for key_name, moved in vendor.keys.items():
        if moved and not any(point in points for point in moved):
            continue
        key = made.shape_key_add(name=key_name, from_mix=False)
        offsets = np.zeros_like(places)
        for point, offset in moved.items():
            if point in points:
                offsets[3 * points.index(point) : 3 * points.index(point) + 3] = offset
        key.data.foreach_set("co", ((places + offsets) @ vendor.basis.T * vendor.scale).astype(np.float32).ravel())
        key.value = 0.0
    return made


def _weigh(made, points, vendor):
    for bone in vendor.bones:
        made.vertex_groups.new(name=bone)
    editable = bmesh.new()
    editable.from_mesh(made.data)
    layer = editable.verts.layers.deform.verify()
    editable.verts.ensure_lookup_table()
    for index, point in enumerate(points):
        bone = vendor.carried.get(point, vendor.carried[None])
        for vertex in range(3 * index, 3 * index + 3):
            editable.verts[vertex][layer][made.vertex_groups[bone].index] = 1.0
    editable.to_mesh(made.data)
    editable.free()
