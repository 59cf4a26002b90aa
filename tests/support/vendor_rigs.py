"""A small character of each vendor: bones and shape keys with the vendor's own names, in awkward rest orientations.

The face is a handful of points whose place is known in character axes (left, up, forward, metres); keys and bones move
them as the vendor's would. `Character.points` tells where they are now, seen from the character.
"""

from dataclasses import dataclass, field
from math import radians

import bmesh
import bpy
import numpy as np
from duologue.backend.contract.arkit import ARKIT_NAMES
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


def _up(*points, by):
    return dict.fromkeys(points, (0.0, by, 0.0))


def _aside(*points, by):
    return dict.fromkeys(points, (by, 0.0, 0.0))


def _looks(name):
    """Keys that turn both eyes, `name` (direction, side) → the vendor's name."""
    keys = {}
    for side, out in (("left", 1.0), ("right", -1.0)):
        keys[name("Out", side)] = _aside(f"pupil_{side}", by=out * LOOK)
        keys[name("In", side)] = _aside(f"pupil_{side}", by=-out * LOOK)
        keys[name("Up", side)] = _up(f"pupil_{side}", by=LOOK)
        keys[name("Down", side)] = _up(f"pupil_{side}", by=-LOOK)
    return keys


def _lids(left, right):
    return {left: _up("lid_left", by=BLINK), right: _up("lid_right", by=BLINK)}


def _smiles(left, right):
    return {left: _up("corner_left", by=SMILE), right: _up("corner_right", by=SMILE)}


_ARKIT = {
    **{name: {} for name in ARKIT_NAMES},
    **_smiles("mouthSmileLeft", "mouthSmileRight"),
    **_lids("eyeBlinkLeft", "eyeBlinkRight"),
    "jawOpen": _up("chin", by=OPEN),
    **_looks(lambda way, side: f"eyeLook{way}{side.capitalize()}"),
    "artistsOwn": _up("crown", by=0.1),
}
_VISEMES = {
    "viseme_sil": {},
    "viseme_PP": _up("chin", by=0.004),
    "viseme_aa": _up("chin", by=0.7 * OPEN),
    "viseme_O": _up("chin", by=0.4 * OPEN),
    "viseme_I": {**_aside("corner_left", by=0.01), **_aside("corner_right", by=-0.01), **_up("chin", by=0.15 * OPEN)},
}


def _skeleton(hips, neck, head, jaw=None, eyes=(None, None), sides=("hand.L", "hand.R"), more=()):
    bones = {
        hips: (None, (0.0, 0.95, 0.0)),
        neck: (hips, (0.0, 1.42, -0.02)),
        **dict(more),
        head: (more[-1][0] if more else neck, HEAD),
        sides[0]: (hips, (0.6, 1.0, 0.05)),
        sides[1]: (hips, (-0.6, 1.0, 0.05)),
    }
    if jaw:
        bones[jaw] = (head, JAW)
    for side, eye in zip(("left", "right"), eyes, strict=True):
        if eye:
            bones[eye] = (head, EYE[side])
    return bones


def _carried(head, jaw=None, eyes=(None, None)):
    carried = {None: head}
    if jaw:
        carried["chin"] = jaw
    if eyes[0]:
        carried |= {"pupil_left": eyes[0], "pupil_right": eyes[1]}
    return carried


_CC_EYES = ("CC_Base_L_Eye", "CC_Base_R_Eye")
_MMD_EYES = ("左目", "右目")
_VRM_EYES = ("J_Adj_L_FaceEye", "J_Adj_R_FaceEye")
_RIGIFY_EYES = ("MCH-eye.L", "MCH-eye.R")

VENDORS = {
    "arkit-52": Vendor(
        keys=_ARKIT,
        bones=_skeleton("Hips", "Neck", "Head"),
        carried=_carried("Head"),
        basis=Y_UP,
        upright=(radians(90.0), 0.0, 0.0),
        modes={"Neck": "YXZ", "Head": "XYZ"},
        split=("chin",),
    ),
    "ready-player-me": Vendor(
        keys=_ARKIT | _VISEMES,
        bones=_skeleton("Hips", "Neck", "Head", eyes=("LeftEye", "RightEye"), sides=("LeftHand", "RightHand")),
        carried=_carried("Head"),
        split=("chin", "pupil_left", "pupil_right"),
    ),
    "oculus-15": Vendor(
        keys=_VISEMES
        | _lids("eyeBlinkLeft", "eyeBlinkRight")
        | _looks(lambda way, side: f"eyeLook{way}{side.capitalize()}"),
        bones=_skeleton("hips", "neck", "head"),
        carried=_carried("head"),
        modes={"head": "ZYX"},
    ),
    "vrm-1": Vendor(
        keys={
            "Fcl_MTH_A": _up("chin", by=OPEN),
            "Fcl_MTH_I": {},
            "Fcl_MTH_U": {},
            "Fcl_MTH_E": _up("chin", by=0.4 * OPEN),
            "Fcl_MTH_O": _up("chin", by=0.6 * OPEN),
            "Fcl_EYE_Close": _up("lid_left", "lid_right", by=BLINK),
            **_lids("Fcl_EYE_Close_L", "Fcl_EYE_Close_R"),
            "Fcl_ALL_Joy": _up("corner_left", "corner_right", by=SMILE),
            "Fcl_ALL_Angry": {},
            "Fcl_ALL_Sorrow": {},
            "Fcl_HA_Fung1": _up("crown", by=0.1),
        },
        bones=_skeleton(
            "J_Bip_C_Hips",
            "J_Bip_C_Neck",
            "J_Bip_C_Head",
            eyes=_VRM_EYES,
            sides=("J_Bip_L_Hand", "J_Bip_R_Hand"),
        ),
        carried=_carried("J_Bip_C_Head", eyes=_VRM_EYES),
    ),
    "mmd": Vendor(
        keys={
            "あ": _up("chin", by=OPEN),
            "い": {},
            "う": {},
            "え": _up("chin", by=0.4 * OPEN),
            "お": _up("chin", by=0.6 * OPEN),
            "まばたき": _up("lid_left", "lid_right", by=BLINK),
            **_lids("ウィンク２", "ウィンク２右"),
            "口角上げ": _up("corner_left", "corner_right", by=SMILE),
            "困る": {},
            "はぅ": _up("crown", by=0.1),
        },
        bones=_skeleton("センター", "首", "頭", eyes=_MMD_EYES, sides=("左手首", "右手首")),
        carried=_carried("頭", eyes=_MMD_EYES),
    ),
    "character-creator-4": Vendor(
        keys={
            **_smiles("Mouth_Smile_L", "Mouth_Smile_R"),
            **_lids("Eye_Blink_L", "Eye_Blink_R"),
            "Jaw_Open": {},
            "Brow_Drop_L": {},
            "Mouth_Up_Upper_L": {},
            "Mouth_Down_Lower_L": {},
            "V_Open": _up("chin", by=0.2 * OPEN),
            "Breast_Size": _up("crown", by=0.1),
        },
        bones=_skeleton(
            "CC_Base_Hip",
            "CC_Base_NeckTwist01",
            "CC_Base_Head",
            jaw="CC_Base_JawRoot",
            eyes=_CC_EYES,
            sides=("CC_Base_L_Hand", "CC_Base_R_Hand"),
            more=(("CC_Base_NeckTwist02", ("CC_Base_NeckTwist01", (0.0, 1.46, -0.01))),),
        ),
        carried=_carried("CC_Base_Head", "CC_Base_JawRoot", _CC_EYES),
        basis=Y_UP,
        scale=100.0,
        upright=(radians(90.0), 0.0, 0.0),
        modes={"CC_Base_Head": "XYZ", "CC_Base_L_Eye": "ZXY", "CC_Base_R_Eye": "XZY", "CC_Base_JawRoot": "YZX"},
    ),
    "rigify-face": Vendor(
        keys={},
        bones={
            **_skeleton("torso", "neck", "head", jaw="jaw_master", sides=("hand_ik.L", "hand_ik.R")),
            "master_eye.L": ("head", EYE["left"]),
            "master_eye.R": ("head", EYE["right"]),
            "MCH-eye.L": ("master_eye.L", EYE["left"]),
            "MCH-eye.R": ("master_eye.R", EYE["right"]),
            "eye.L": ("head", (0.032, 1.56, 0.272)),
            "eye.R": ("head", (-0.032, 1.56, 0.272)),
            "lips.L": ("head", POINTS["corner_left"]),
            "lips.R": ("head", POINTS["corner_right"]),
            "lid.T.L.002": ("head", POINTS["lid_left"]),
            "lid.T.R.002": ("head", POINTS["lid_right"]),
        },
        carried={
            **_carried("head", "jaw_master", _RIGIFY_EYES),
            "corner_left": "lips.L",
            "corner_right": "lips.R",
            "lid_left": "lid.T.L.002",
            "lid_right": "lid.T.R.002",
        },
        isolated=("head",),
        tracks={"MCH-eye.L": "eye.L", "MCH-eye.R": "eye.R"},
    ),
    "flame": Vendor(
        keys={
            "Exp1": _up("corner_left", "corner_right", by=SMILE),
            "Exp2": _up("lid_left", by=BLINK),
            **{f"Exp{number}": {} for number in range(3, 51)},
            **{f"Pose{number}": _up("crown", by=0.01) for number in range(1, 37)},
        },
        bones={
            "root": (None, (0.0, 1.6, 0.0)),
            "neck": ("root", (0.0, 1.5, -0.01)),
            "jaw": ("neck", JAW),
            "left_eye": ("neck", EYE["left"]),
            "right_eye": ("neck", EYE["right"]),
        },
        carried=_carried("neck", "jaw", ("left_eye", "right_eye")),
        basis=Y_UP,
        upright=(radians(90.0), 0.0, 0.0),
        modes={"neck": "XYZ", "jaw": "AXIS_ANGLE", "left_eye": "AXIS_ANGLE"},
    ),
}
