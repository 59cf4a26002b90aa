"""Writes a small .blend with an older version of the add-on, for tests that open it with the one of today.

    git worktree add /some/folder 0f49380
    .blender/4.2.23/bin/python tests/support/older_file.py /some/folder /older && mv /older tests/data

The heads are that version's own, on a face of a few hundred of the open head's vertices; a fake worker makes the take.
The assets of the checkout are needed.
"""

import importlib
import os
import shutil
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np

_HERE = Path(__file__).resolve().parents[2]
_EVERY = 40


def small(face):
    """A face of every fortieth vertex of `face`, with its joints in their places."""
    chosen = np.arange(0, len(face.v_template), _EVERY)
    number = np.full(len(face.v_template), -1)
    number[chosen] = np.arange(len(chosen))
    moved = np.concatenate([face.v_template[:, :, None], face.identity_directions], axis=2)  # [V, 3, 1 + S]
    wanted = np.einsum("jv,vak->jak", face.J_regressor, moved).reshape(len(face.J_regressor), -1)
    rows = moved[chosen].reshape(len(chosen), -1)
    ones = [np.ones((len(array), 1)) for array in (rows, wanted)]
    system, right = np.hstack([rows, ones[0]]).T, np.hstack([wanted, ones[1]]).T
    regressor = np.linalg.lstsq(system, right, rcond=None)[0].T
    fan = np.stack([np.arange(len(chosen) - 2) + shift for shift in range(3)], axis=1).astype(np.int32)
    regions = {name: number[list(part)][number[list(part)] >= 0].tolist() for name, part in face.regions.items()}
    return replace(
        face,
        v_template=face.v_template[chosen],
        f=fan,
        shapedirs=face.shapedirs[chosen],
        posedirs=face.posedirs[chosen],
        J_regressor=regressor,
        weights=face.weights[chosen],
        regions=regions,
        quads=np.zeros((0, 4), np.int32),
        uv=np.zeros((0, 2), np.float32),
        masks={},
        landmarks={},
    )


def main(older, out):
    """Write `out`/scene.blend, its sound and its take."""
    os.chdir(older)
    sys.path[:0] = [str(older / "building"), str(older / "tests" / "support")]
    import bpy

    bpy.ops.wm.read_factory_settings(use_empty=True)
    load_add_on = importlib.import_module("in_blender").load_add_on
    load_add_on()
    staged = importlib.import_module("staged_worker")
    adding = importlib.import_module("duologue.addon.adding")
    load_face = importlib.import_module("duologue.backend.contract.face").load_face
    face = small(load_face(_HERE / ".assets" / "faces" / "open-head-1.npz"))
    adding.load_chosen_face = lambda *_: face
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    tools = out / "tools"
    tools.mkdir()
    os.environ["DUOLOGUE_PYTHON"] = str(staged.fake_python(tools, "good"))
    for name in ("a.wav", "b.wav"):
        staged.write_wave(out / name, rate=8000)
    scene, settings = bpy.context.scene, bpy.context.scene.duologue
    scene.render.fps, scene.render.fps_base = 24, 1.0
    scene.frame_start, scene.frame_end = 1001, 1100
    settings.prompt, settings.seed, settings.jaw_strength = "two rivals, close", 7, 0.75
    settings.start_frame = 1001
    assert bpy.ops.duologue.add_conversation() == {"FINISHED"}, settings.message
    bpy.ops.wm.save_as_mainfile(filepath=str(out / "scene.blend"), compress=True)
    settings = bpy.context.scene.duologue
    settings.track_a, settings.track_b = "//a.wav", "//b.wav"
    assert bpy.ops.duologue.generate() == {"FINISHED"}, settings.message
    bpy.ops.wm.save_as_mainfile(filepath=str(out / "scene.blend"), compress=True)
    shutil.rmtree(tools)
    # What names paths of this computer, and is not needed.
    for left in (*out.glob("*.blend1"), *out.rglob("*.log"), *out.rglob("*.json*")):
        left.unlink()
    os._exit(0)


if __name__ == "__main__":
    main(*(Path(word).absolute() for word in sys.argv[1:]))
