"""Maps two characters of your own, makes a take for them and exports it.

    blender -b characters.blend --python own_rig.py -- FIRST SECOND A.wav B.wav OUT.csv

FIRST and SECOND are names of objects: a character's armature, or its face if it has none. OUT.csv becomes one file a
person in the columns of Live Link Face; with OUT.json it is one file with everything.
"""

import sys

import bpy


def animate(first: str, second: str, audio_a: str, audio_b: str, out: str) -> None:
    """Raises SystemExit with Duologue's own sentence where something goes wrong."""
    settings = bpy.context.scene.duologue
    settings.head_a, settings.head_b = bpy.data.objects[first], bpy.data.objects[second]
    for which in ("first", "second"):
        settings.mapping_head = which
        expect(bpy.ops.duologue.auto_map())
        print(bpy.context.scene.duologue_table.coverage)  # “50 of 52 mapped”

    settings.audio_kind = "tracks"
    settings.track_a, settings.track_b = audio_a, audio_b
    settings.start_from, settings.start_frame = "frame", 1001
    expect(bpy.ops.duologue.generate())

    settings.expression_strength = 0.8  # what keys are written with can be changed without the model
    expect(bpy.ops.duologue.write_keys())
    expect(bpy.ops.duologue.export_take(filepath=out, format=out[out.rindex(".") :]))


def expect(result: set[str]) -> None:
    """An operator that could not do its work is CANCELLED, and says why in the panel's message."""
    settings = bpy.context.scene.duologue
    if result != {"FINISHED"}:
        raise SystemExit(f"{settings.message} (code {settings.message_code})")


if __name__ == "__main__":
    animate(*sys.argv[sys.argv.index("--") + 1 :])
