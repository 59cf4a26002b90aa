"""An open .blend with a conversation: saved, opened again, and given a take."""

import bpy
from duologue.addon.interface.take_rows import list_of
from duologue.addon.keys import takes
from duologue.addon.keys.actions import channels_of
from duologue.addon.settings.properties import settings_of


def now():
    return settings_of(bpy.context.scene)


def save(path, **options):
    bpy.ops.wm.save_as_mainfile(filepath=str(path), check_existing=False, **options)


def reopen(path):
    bpy.ops.wm.open_mainfile(filepath=str(path))


def generate(seed=0):
    now().seed = seed
    assert bpy.ops.duologue.generate() == {"FINISHED"}, now().message
    return takes.take_file(now()).parent


def use(folder):
    assert bpy.ops.duologue.use_take(take=str(folder)) == {"FINISHED"}, now().message


def rows():
    assert bpy.ops.duologue.refresh_takes() == {"FINISHED"}
    return list(list_of(bpy.context).rows)


def neck(frame):
    """What the first head's neck is keyed to: fake takes with a higher seed nod further."""
    path = 'pose.bones["neck"].rotation_quaternion'
    return channels_of(now().head_a).fcurves.find(path, index=1).evaluate(frame)
