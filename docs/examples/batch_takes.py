"""Makes a take of every dialogue in a folder, for one conversation in one .blend.

    blender -b scene.blend --python batch_takes.py -- FOLDER [SAVE_AS.blend]

A dialogue is a pair of files: NAME_a.wav and NAME_b.wav, one for each person. Without a file before `--python`
Blender's start-up scene is used. A conversation with its heads in the scene is used as it is; else one is added.
The takes are beside the .blend, each named after its dialogue; the last one is on the heads.
"""

import sys
from pathlib import Path

import bpy


def make_takes(folder: Path, save_as: Path) -> list[str]:
    """Make them, and return their names."""
    scene = bpy.context.scene
    settings = scene.duologue
    if settings.head_a is None or settings.head_b is None:
        bpy.ops.duologue.add_conversation()
    bpy.ops.wm.save_as_mainfile(filepath=str(save_as))  # takes lie beside the .blend, so it has to be somewhere

    made = {}
    for first in sorted(folder.glob("*_a.wav")):
        name = first.stem.removesuffix("_a")
        settings.audio_kind = "tracks"
        settings.track_a, settings.track_b = str(first), str(first.with_name(f"{name}_b.wav"))
        settings.prompt = "two friends across a café table"
        if bpy.ops.duologue.generate() != {"FINISHED"}:
            print(f"{name}: {settings.message}")  # a sentence that says what to do
            continue
        made[str(Path(bpy.path.abspath(settings.take)).parent)] = name

    bpy.ops.duologue.refresh_takes()
    for row in bpy.context.window_manager.duologue_takes.rows:
        if row.path in made:
            row.title = made[row.path]
            row.star = True
    bpy.ops.wm.save_mainfile()
    return list(made.values())


if __name__ == "__main__":
    words = sys.argv[sys.argv.index("--") + 1 :]
    out = Path(words[1] if len(words) > 1 else bpy.data.filepath or "takes.blend").absolute()
    print("Made:", ", ".join(make_takes(Path(words[0]), out)))
