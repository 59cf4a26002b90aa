"""A take that is written in one of the ways there are, and what heads do then."""

from pathlib import Path

import bpy
import numpy as np
from duologue.addon.heads.rig import head_mesh
from duologue.addon.keys import actions
from duologue.addon.keys.key_writing import write_take
from duologue.addon.settings.properties import settings_of

SMILE = 'key_blocks["mouthSmileLeft"].value'
NECK = 'pose.bones["neck"].rotation_quaternion'
FRAMES = np.array([1, 25, 50])


def take(scene):
    return Path(bpy.path.abspath(settings_of(scene).take))


def write(scene, **keys):
    settings = settings_of(scene)
    for name, value in keys.items():
        setattr(settings.key_writing, name, value)
    return write_take(bpy.context, take(scene))


def faces(scene):
    return [head_mesh(head).data.shape_keys for head in (settings_of(scene).head_a, settings_of(scene).head_b)]


def played_at(scene, frames):
    """[F, …] what both heads do at `frames`: shape keys, neck and root as Blender evaluates them."""
    found = []
    for frame in frames:
        scene.frame_set(int(frame))
        row = []
        for head, keys in zip((settings_of(scene).head_a, settings_of(scene).head_b), faces(scene), strict=True):
            row += [key.value for key in keys.key_blocks[1:]]
            row += [*head.pose.bones["neck"].rotation_quaternion, *head.pose.bones["root"].location]
        found.append(row)
    return np.array(found)


def values(owner, path, frames, index=0):
    curve = actions.channels_of(owner).fcurves.find(path, index=index)
    return np.array([curve.evaluate(frame) for frame in frames])
