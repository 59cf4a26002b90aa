"""Bones, shapes and a board by which an artist adds to what a take does; at rest they change nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import bpy
import numpy as np
from mathutils import Matrix, Quaternion, Vector

from ...backend.contract.errors import DuologueError, ExitCode
from ..retargeting.curves import bone_path
from ..retargeting.own_heads import BONE_NAMES, expect_bones
from .bone_editing import edited_bones
from .control_board import CONTROLS, KEY_PREFIX, TRAVEL, Control, Pull, Turn, controls_with
from .control_shapes import board_shape, control_shape
from .polish_components import note_polish, polish_components
from .pose_correctives import follow_constraints
from .rig import FACE_PROPERTY, coordinates_of, expect_no_edit_mode
from .selection_sets import BOARD_COLLECTION, add_sets, lacks_sets

BOARD: Final = "control board"
"""The bone that carries the board; it can be moved."""
_FRAME: Final = "control frame"
_LENGTH: Final = 0.01
_ASIDE: Final = (0.29, -0.03, 0.02)
"""Metres from the middle of the eyes to the board: to the person's left, up, forward."""
_PROFILE: Final = 0.4
"""Of a face's direction, how much goes sideways in a view that shows it from the side."""
_WIRE: Final = 2.0
_FRAME_WIRE: Final = 1.0
"""Pixels."""
_COLOURS: Final = {
    "left": (0.30, 0.60, 1.00),
    "right": (1.00, 0.32, 0.28),
    "middle": (1.00, 0.78, 0.20),
    "jaw": (0.45, 0.85, 0.35),
    "frame": (0.75, 0.75, 0.75),
}
"""Of bones that are not selected, as the screen shows them."""
_LIMITS: Final = ("LIMIT_LOCATION", "LIMIT_ROTATION")
_BODY: Final = {  # bone: collection, shape, its place from the bone's joint (metres), colour
    "root": ("Head", "ring", (0.0, -0.2, 0.0), "middle"),
    "neck": ("Head", "halo", (0.0, 0.2, 0.02), "middle"),
    "jaw": ("Jaw", "chin", (0.0, -0.032, 0.072), "jaw"),
    "eye_left": ("Eyes", "eye", (0.0, 0.0, 0.06), "left"),
    "eye_right": ("Eyes", "eye", (0.0, 0.0, 0.06), "right"),
}


def has_controls(armature: bpy.types.Object) -> bool:
    """Whether `add_controls` was here."""
    return BOARD in armature.data.bones


def has_all_controls(armature: bpy.types.Object) -> bool:
    """Whether the board lacks none of the controls that there are."""
    return all(one.name in armature.data.bones for one in CONTROLS)


def controls_shown(armature: bpy.types.Object) -> bool:
    """Whether the board and the bones' shapes are seen; the shapes tell where the artist has no such collection."""
    collection = armature.data.collections_all.get(BOARD_COLLECTION)
    return bool(armature.data.show_bone_custom_shapes if collection is None else collection.is_visible)


def show_controls(armature: bpy.types.Object, *, shown: bool) -> None:
    """Show or hide the board and the bones' shapes; what they add stays. A board without sets of controls gets them."""
    if shown and lacks_sets(armature):
        add_sets(armature)
    collection = armature.data.collections_all.get(BOARD_COLLECTION)
    if collection is not None:
        collection.is_visible = shown
    armature.data.show_bone_custom_shapes = shown
    armature.show_in_front = shown


def turn_board(armature: bpy.types.Object, view: Quaternion) -> None:
    """Let the board face somebody who looks with the rotation `view` (world, as a camera's), beside the head.

    It stands where the face does not look to; from the front, at the person's left. Raises DuologueError
    (RIG_UNSUITABLE) where bones were renamed.
    """
    expect_bones(armature.name, armature.pose.bones.keys())
    world, bones = armature.matrix_world, armature.pose.bones
    eyes = sum((world @ bones[name].head for name in BONE_NAMES[3:]), Vector()) / 2.0
    right = view @ Vector((1.0, 0.0, 0.0))
    aside = (world.to_quaternion() @ bones[BONE_NAMES[1]].matrix.to_quaternion() @ Vector((0.0, 0.0, 1.0))).dot(right)
    place = eyes + view @ Vector((-_ASIDE[0] if aside > _PROFILE else _ASIDE[0], *_ASIDE[1:]))
    bones[BOARD].matrix = world.inverted() @ Matrix.LocRotScale(place, view, world.to_scale())


def controls_of(armature: bpy.types.Object) -> list[bpy.types.PoseBone]:
    """The controls on the board of a head, in the board's order."""
    return [armature.pose.bones[one.name] for one in CONTROLS if one.name in armature.pose.bones]


def add_controls(armature: bpy.types.Object, mesh: bpy.types.Object) -> tuple[str, ...]:
    """Give the head of `armature` and `mesh` a control board and shapes for its bones, and show them.

    A control is there where something of the head follows it; returns the labels of those that this face lacks wholly
    or in part. A board that lacks some gets them where the face has what they need by now. Shape keys of the board's
    own carry what it adds, so that the keys of a take stay as they are; they make a head nearly a third larger, so that
    heads are built without them.
    Raises DuologueError (RIG_UNSUITABLE) where the head cannot be changed.
    """
    _check(armature, mesh)
    blocks = mesh.data.shape_keys.key_blocks
    there = {key.name for key in blocks if key.name.startswith(KEY_PREFIX)}
    polish = polish_components(str(armature.get(FACE_PROPERTY, "")), blocks.keys())
    controls = controls_with(there | set(polish))
    _add_bones(armature, controls)
    for control in controls:
        _limit(armature, control)
        for pull in control.pulls:
            if pull.key not in there:
                _add_key(mesh, pull.key, polish[pull.key])
                _drive(mesh, armature, control, pull)
    note_polish(armature, polish)
    _add_turns(armature, controls)
    follow_constraints(mesh.data.shape_keys, armature)
    _dress(armature, controls)
    add_sets(armature)
    show_controls(armature, shown=True)
    return tuple(dict.fromkeys(one.label for one in CONTROLS if one not in controls))


def _check(armature: bpy.types.Object, mesh: bpy.types.Object) -> None:
    for one in (armature, armature.data, mesh.data):
        if one.library is not None or one.override_library is not None:
            raise DuologueError(
                ExitCode.RIG_UNSUITABLE,
                f"{armature.name} comes from another file, where its bones and shape keys are.",
                "Add the controls there, save that file and reload it here (File > External Data).",
            )
    expect_no_edit_mode(armature, mesh, "add the controls")
    expect_bones(armature.name, armature.pose.bones.keys())


def _add_bones(armature: bpy.types.Object, controls: Sequence[Control]) -> None:
    rest = armature.data.bones
    middle = np.mean([rest[name].head_local for name in BONE_NAMES[3:]], axis=0) + _ASIDE  # [3]
    with edited_bones(armature.data) as bones:
        board = _bone(bones, BOARD, middle, bones[BONE_NAMES[0]])
        middle = np.array(board.head)
        _bone(bones, _FRAME, middle, board)
        for control in controls:
            _bone(bones, control.name, middle + np.array([*control.place, 0.0]), board)


def _bone(
    bones: bpy.types.ArmatureEditBones, name: str, place: np.ndarray, parent: bpy.types.EditBone
) -> bpy.types.EditBone:
    if name in bones:
        return bones[name]
    bone = bones.new(name)
    bone.head, bone.tail = place, place + np.array([0.0, _LENGTH, 0.0])
    bone.roll, bone.parent, bone.use_deform = 0.0, parent, False
    return bone


def _add_key(mesh: bpy.types.Object, called: str, components: Mapping[str, float]) -> None:
    """The key `called` so: the basis and the `components` as they are sculpted on this head, by their amounts."""
    blocks = mesh.data.shape_keys.key_blocks
    shape = basis = coordinates_of(blocks[0])
    for name, amount in components.items():
        shape = shape + amount * (coordinates_of(blocks[name]) - basis)
    key = mesh.shape_key_add(name=called, from_mix=False)
    key.data.foreach_set("co", shape.astype(np.float32))
    key.slider_min, key.value = 0.0, 0.0


def _drive(mesh: bpy.types.Object, armature: bpy.types.Object, control: Control, pull: Pull) -> None:
    """The key of `pull` is 1 where its control is at the end of its way.

    The driver reads where the control was put, not where its bone is: that is cheaper, and at rest it is nothing,
    while a place that is worked out from matrices has a remainder for which Blender would add up the whole shape.
    """
    driver = mesh.data.shape_keys.key_blocks[pull.key].driver_add("value").driver
    driver.type = "SCRIPTED"
    variable = driver.variables.new()
    variable.name, variable.type = "way", "SINGLE_PROP"
    target = variable.targets[0]
    target.id, target.data_path = armature, f"{bone_path(control.name, 'location')}[{pull.axis}]"
    driver.expression = f"clamp({pull.sign / TRAVEL:.6g} * way)"


def _limit(armature: bpy.types.Object, control: Control) -> None:
    """The control goes along its ways only, no further than to their ends."""
    bone = armature.pose.bones[control.name]
    for old in [one for one in bone.constraints if one.type in _LIMITS]:
        bone.constraints.remove(old)
    turning = next((turn for turn in control.turns if turn.axis == 2), None)  # noqa: PLR2004
    limit = bone.constraints.new("LIMIT_LOCATION")
    limit.owner_space, limit.use_transform_limit = "LOCAL", True
    for axis, letter in enumerate("xyz"):
        ends = control.reach(axis) if letter != "z" else (0.0, 0.0)
        for end, value in zip(("min", "max"), ends, strict=True):
            setattr(limit, f"use_{end}_{letter}", True)
            setattr(limit, f"{end}_{letter}", value)
        bone.lock_location[axis] = ends[0] == ends[1]
    bone.rotation_mode = "XYZ"
    bone.lock_rotation = (True, True, turning is None)
    bone.lock_scale = (True, True, True)
    if turning is not None:
        limit = bone.constraints.new("LIMIT_ROTATION")
        limit.owner_space, limit.use_transform_limit = "LOCAL", True
        limit.use_limit_x = limit.use_limit_y = limit.use_limit_z = True
        limit.min_z, limit.max_z = -turning.radians, turning.radians


def _add_turns(armature: bpy.types.Object, controls: Sequence[Control]) -> None:
    """Bones turn on top of their keys, as if a parent turned."""
    for control in controls:
        for bone in dict.fromkeys(turn.bone for turn in control.turns):
            for moved in (True, False):
                turns = [one for one in control.turns if one.bone == bone and (one.axis < 2) == moved]  # noqa: PLR2004
                if turns:
                    _add_turn(armature, control, bone, turns, moved=moved)


def _add_turn(armature: bpy.types.Object, control: Control, bone: str, turns: list[Turn], *, moved: bool) -> None:
    name = f"{control.label} on the board" if moved else f"{control.label} turned on the board"
    constraints = armature.pose.bones[bone].constraints
    if name in constraints:
        return
    constraint = constraints.new("TRANSFORM")
    constraint.name = name
    constraint.target, constraint.subtarget = armature, control.name
    constraint.owner_space = constraint.target_space = "LOCAL"
    constraint.map_from, constraint.map_to = ("LOCATION" if moved else "ROTATION"), "ROTATION"
    constraint.mix_mode_rot = "BEFORE"
    for turn in turns:
        letter, source, end = "xyz"[turn.about], "XYZ"[turn.axis], (TRAVEL if moved else turn.radians)
        ending = "" if moved else "_rot"
        setattr(constraint, f"from_min_{source.lower()}{ending}", -end)
        setattr(constraint, f"from_max_{source.lower()}{ending}", end)
        setattr(constraint, f"map_to_{letter}_from", source)
        setattr(constraint, f"to_min_{letter}_rot", -turn.radians)
        setattr(constraint, f"to_max_{letter}_rot", turn.radians)


def _dress(armature: bpy.types.Object, controls: Sequence[Control]) -> None:
    """Shapes, colours and bone collections."""
    for name, (collection, shape, place, colour) in _BODY.items():
        if name in armature.pose.bones:
            _put_on(armature, name, control_shape(shape), colour, collection)
            armature.pose.bones[name].custom_shape_translation = place
    _put_on(armature, _FRAME, board_shape(controls), "frame", BOARD_COLLECTION, _FRAME_WIRE)
    armature.data.bones[_FRAME].hide_select = True
    _put_on(armature, BOARD, control_shape("handle"), "frame", BOARD_COLLECTION)
    for control in controls:
        turning = any(turn.axis == 2 for turn in control.turns)  # noqa: PLR2004
        shape = "turner" if turning else "square" if control.turns else "knob"
        _put_on(armature, control.name, control_shape(shape), control.side, BOARD_COLLECTION)


def _put_on(
    armature: bpy.types.Object, name: str, shape: bpy.types.Object, colour: str, collection: str, wire: float = _WIRE
) -> None:
    bone, collections = armature.pose.bones[name], armature.data.collections
    bone.custom_shape, bone.use_custom_shape_bone_size = shape, False
    bone.custom_shape_wire_width = wire
    shown = np.array(_COLOURS[colour])
    bone.bone.color.palette = "CUSTOM"
    for state, light in (("normal", 0.0), ("select", 0.4), ("active", 0.75)):
        setattr(bone.bone.color.custom, state, shown + light * (1.0 - shown))
    (armature.data.collections_all.get(collection) or collections.new(collection)).assign(bone.bone)
