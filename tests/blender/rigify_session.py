"""In a Blender of its own: Rigify generates a human, a take goes onto it, and where things are is printed as JSON."""

import json

import bpy
import numpy as np
from in_blender import load_add_on

FRAMES = ("rest", "smile", "blink", "jaw", "gaze", "nod", "closed")
BLENDER = np.array([[1.0, 0.0, 0.0], [0.0, 0.0, -1.0], [0.0, 1.0, 0.0]])  # left, up, forward into Blender's axes


def take():
    from duologue.backend.contract.arkit import ARKIT_INDEX
    from duologue.backend.contract.constants import JAW_OPEN_RADIANS
    from duologue.backend.contract.performance import Performance

    expression, pose = np.zeros((2, 7, 52)), np.zeros((2, 7, 5, 3))
    expression[:, 1, [ARKIT_INDEX["mouthSmileLeft"], ARKIT_INDEX["mouthSmileRight"]]] = 1.0
    expression[:, 2, ARKIT_INDEX["eyeBlinkLeft"]] = 1.0
    pose[:, 3, 2, 0] = JAW_OPEN_RADIANS
    pose[:, 4, 3:, 1] = 0.3
    pose[:, 5, 1, 0] = 0.3
    pose[:, 6, 2, 0] = 0.3 * JAW_OPEN_RADIANS
    expression[:, 6, ARKIT_INDEX["mouthClose"]] = 0.3
    still = np.zeros((2, 7))
    return Performance(25.0, "open-head-1", ("Anna", "Ben"), expression, pose, np.zeros((2, 7, 3)), still, {})


def turned(bone):
    """[3, 3] how far a bone is from its rest, in character axes."""
    turn = np.array(bone.matrix.to_3x3()) @ np.array(bone.bone.matrix_local.to_3x3()).T
    return (BLENDER.T @ turn @ BLENDER).tolist()


def played():
    import addon_utils  # there once bpy is

    bpy.ops.wm.read_factory_settings(use_empty=True)
    if addon_utils.enable("rigify", default_set=True) is None:
        return None
    load_add_on()
    from duologue.addon.keys import actions, assigning, partner, targets
    from duologue.addon.steps import at_once

    bpy.ops.object.armature_human_metarig_add()
    bpy.ops.pose.rigify_generate()
    rig = bpy.data.objects["rig"]
    bpy.context.scene.render.fps = 25
    target = targets.target_of(bpy.context.scene, rig, take())
    for part in targets.parts_of(target, target.performance, 0, np.arange(7) / 25.0):
        assigning.assign_new_action(part.owner, "Talk")
        actions.write_curves(part.owner, part.curves, np.arange(1, 8))
    result = {"title": target.mapping.title, "missing": target.coverage.missing, "places": {}, "turns": {}}
    for number, name in enumerate(FRAMES):
        bpy.context.scene.frame_set(1 + number)
        result["places"][name] = {bone.name: (BLENDER.T @ np.array(bone.head)).tolist() for bone in rig.pose.bones}
        result["turns"][name] = {bone.name: turned(bone) for bone in rig.pose.bones}
    read = at_once(partner._character(bpy.context.scene, rig, np.arange(1.0, 8.0)))
    result["read"] = {"pose": read.pose.tolist(), "expression": read.expression.tolist()}
    return result


def main(_words):
    print("RESULT " + json.dumps(played()), flush=True)
    return 0
