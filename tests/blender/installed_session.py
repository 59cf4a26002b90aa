"""Run inside a clean Blender: install the zip, enable it, add a conversation, generate, and print what came of it.

installed_session.py ZIP AUDIO_A AUDIO_B, by building/run_in_blender.py
"""

import json
import sys

import bpy


def main(words):
    archive, track_a, track_b = words
    bpy.ops.extensions.package_install_files(filepath=archive, repo="user_default", enable_on_install=True)
    module = sys.modules["bl_ext.user_default.duologue"]
    bpy.context.scene.render.fps, bpy.context.scene.render.fps_base = 25, 1.0
    settings = bpy.context.scene.duologue
    settings.track_a, settings.track_b = track_a, track_b
    results = [list(bpy.ops.duologue.add_conversation()), list(bpy.ops.duologue.generate())]
    shape_keys = [
        next(child for child in head.children if child.type == "MESH" and child.data.shape_keys).data.shape_keys
        for head in (settings.head_a, settings.head_b)
        if head
    ]
    print(
        "RESULT "
        + json.dumps(
            {
                "file": module.__file__,
                "results": results,
                "message": settings.message,
                "frames": [
                    list(keys.animation_data.action.frame_range) for keys in shape_keys if keys.animation_data.action
                ],
                "modules": sorted(
                    name for name in sys.modules if name.partition(".")[0] in ("torch", "addon", "backend")
                ),
            }
        )
    )
    return 0
