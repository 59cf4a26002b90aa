"""A take with one frame for each thing that a face does, played by a vendor's character."""

from math import radians

import bpy
import numpy as np
from duologue.addon.keys import actions, key_writing
from duologue.addon.settings.properties import settings_of
from duologue.backend.contract.arkit import ARKIT_INDEX
from duologue.backend.contract.constants import JAW_OPEN_RADIANS
from duologue.backend.contract.performance import Performance, save_performance

from tests.support import vendor_rigs
from tests.support.flame_reference import rotation

REST, SMILING, LEFT_BLINK, JAW, GAZE_LEFT, GAZE_UP, NOD, TURN, LEAN = range(9)
YAW = radians(18.0)
HEADING = 1.1
OWN_VALUE = 0.37


def heading(angle):
    return np.array([0.0, angle, 0.0])


def performance(vendor):
    """One frame for each thing that a face does; both people do the same."""
    flame = vendor == "flame"
    expression = np.zeros((2, 9, 50 if flame else 52))
    pose = np.zeros((2, 9, 5, 3))
    smile = [0] if flame else [ARKIT_INDEX["mouthSmileLeft"], ARKIT_INDEX["mouthSmileRight"]]
    expression[:, SMILING, smile] = 1.0
    expression[:, LEFT_BLINK, 1 if flame else ARKIT_INDEX["eyeBlinkLeft"]] = 1.0
    pose[:, JAW, 2, 0] = JAW_OPEN_RADIANS
    pose[:, GAZE_LEFT, 3:, 1] = YAW
    pose[:, GAZE_UP, 3:, 0] = -YAW
    pose[:, NOD, 1, 0] = 0.3
    pose[:, TURN, 1, 1] = 0.4
    pose[:, :, 0, 1] = HEADING
    pose[:, LEAN, 0] = axis_angle(rotation(heading(HEADING)) @ rotation(np.array([0.2, 0.0, 0.0])))
    translation = np.zeros((2, 9, 3)) + 5.0
    face = "flame-2020" if flame else "open-head-1"
    return Performance(25.0, face, ("Anna", "Ben"), expression, pose, translation, np.zeros((2, 9)), {})


def axis_angle(matrix):
    from mathutils import Matrix

    axis, angle = Matrix(matrix.tolist()).to_quaternion().to_axis_angle()
    return np.array(axis) * angle


def play(name, vendor, scene, folder):
    character = vendor_rigs.build(vendor, "Anna")
    other = vendor_rigs.build(vendor, "Ben", turned=2.0, place=(-1.0, 0.0, 0.0))
    settings = settings_of(scene)
    settings.head_a, settings.head_b = character.armature, other.armature
    save_performance(folder / "performance.npz", performance(name))
    leave_traces(character)
    written = key_writing.write_take(bpy.context, folder / "performance.npz")
    frames = []
    for frame in range(9):
        scene.frame_set(1 + frame)
        frames.append(character.points())
    return name, character, frames, written


def leave_traces(character):
    """Values that an artist gave, on every key and every bone."""
    for mesh in character.meshes:
        for key in mesh.data.shape_keys.key_blocks[1:]:
            key.value = OWN_VALUE
    for bone in character.armature.pose.bones:
        bone.scale = (1.0, 1.0, 1.0)


def moved(frames, frame, point):
    return frames[frame][point] - frames[REST][point]


def animated(owner):
    return {curve.data_path for curve in actions.channels_of(owner).fcurves}
