"""Measures heads inside a Blender: run_in_blender.py bench_heads.py BLEND PERFORMANCE OUT.json.

BLEND holds an animated conversation; PERFORMANCE is its take. OUT gets the seconds and milliseconds as JSON.
"""

from __future__ import annotations

import importlib
import json
import statistics
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

from in_blender import load_add_on

_REPEATS: Final = 3
_FIRST, _FRAMES, _WARM_UP = 12, 200, 20
_KEYS_OF_AN_ARKIT_FACE: Final = 52
_VERTICES: Final = 2000
_BONES: Final = (  # name, parent, head in metres above the floor, before and aside of the middle
    ("Hips", None, (0.0, 0.0, 0.95)),
    ("Spine", "Hips", (0.0, 0.0, 1.20)),
    ("Neck", "Spine", (0.0, 0.0, 1.50)),
    ("Head", "Neck", (0.0, 0.0, 1.58)),
    ("LeftEye", "Head", (0.031, -0.09, 1.66)),
    ("RightEye", "Head", (-0.031, -0.09, 1.66)),
)


def main(arguments: list[str]) -> int:
    """Measure and write; returns the exit code."""
    import bpy

    blend, performance, out = (Path(word).absolute() for word in arguments)
    bpy.ops.wm.read_factory_settings(use_empty=True)
    package = load_add_on()
    try:
        report = {
            "two_heads_seconds": _two_heads(),
            "slider_seconds": _slider_step(blend),
            "frame_milliseconds": _playback(blend),
            "film_seconds": _film_frame(blend, out.with_suffix(".png")),
            "retarget_seconds": _retarget(performance),
            **_follow(blend, performance),
            **_reduce(blend, performance),
        }
    finally:
        package.unregister()
    out.write_text(json.dumps(report), encoding="utf-8")
    return 0


def _two_heads() -> float:
    """Anna and Ben, from the files to dressed heads in the scene."""
    import bpy

    faces = importlib.import_module("duologue.addon.heads.faces")
    characters = importlib.import_module("duologue.addon.characters.character_files")
    read = importlib.import_module("duologue.backend.contract.character").load_character
    build = importlib.import_module("duologue.addon.heads.rig").build_head
    dress = importlib.import_module("duologue.addon.heads.materials").dress_head

    def both() -> None:
        face = faces.load_chosen_face(bpy.context, bpy.context.scene.duologue.face)
        for name in ("anna", "ben"):
            character = read(characters.SHIPPED / f"{name}.json")
            dress(build(bpy.context, face, character, character["name"]), character)

    return _median(lambda: bpy.ops.wm.read_factory_settings(use_empty=True), both)


def _slider_step(blend: Path) -> float:
    """One step of an identity slider on a dressed head."""
    import bpy

    bpy.ops.wm.open_mainfile(filepath=str(blend))
    slider = bpy.context.scene.duologue.head_a.duologue_character.identity["nose_hump"]
    values = iter((0.1, 0.2, 0.3, 0.4, 0.5))
    slider.signed = next(values)
    return _median(lambda: None, lambda: setattr(slider, "signed", next(values)))


def _playback(blend: Path) -> float:
    """Milliseconds to evaluate the whole scene for the next frame: both heads, hair, cameras, set."""
    import bpy

    bpy.ops.wm.open_mainfile(filepath=str(blend))
    scene = bpy.context.scene
    last = max(scene.frame_start + 1, min(scene.frame_end, _FIRST + _FRAMES))
    for frame in range(1, _WARM_UP):
        scene.frame_set(frame)
    marks = [time.perf_counter()]
    for frame in range(scene.frame_start, last):
        scene.frame_set(frame)
        marks.append(time.perf_counter())
    return 1000.0 * statistics.fmean(after - before for before, after in pairwise(marks))


def _film_frame(blend: Path, picture: Path) -> float:
    """Median seconds of a film's frame in its usual size and samples, in a two-shot and in closer ones."""
    import bpy

    render = importlib.import_module("duologue.addon.staging.render")
    bpy.ops.wm.open_mainfile(filepath=str(blend))
    scene = bpy.context.scene
    render.prepare_look(scene, render.FilmSettings())
    scene.render.image_settings.file_format = "PNG"
    scene.render.filepath = str(picture)
    seconds = []
    for place in (0.05, 0.35, 0.65, 0.95):
        frame = round(scene.frame_start + place * (scene.frame_end - scene.frame_start - 1))
        for one in (frame, frame + 1):  # the first builds what later frames of a shot keep
            scene.frame_set(one)
            started = time.perf_counter()
            bpy.ops.render.render(write_still=True)
        seconds.append(time.perf_counter() - started)
    return statistics.median(seconds)


def _retarget(performance: Path) -> float:
    """Seconds to check, retarget and write one person's keys on an ARKit rig; both people are written, and halved."""
    import bpy

    write = importlib.import_module("duologue.addon.keys.key_writing").write_take

    def rigs() -> None:
        bpy.ops.wm.read_factory_settings(use_empty=True)
        settings = bpy.context.scene.duologue
        settings.head_a, settings.head_b = _arkit_rig("First"), _arkit_rig("Second")

    return 0.5 * _median(rigs, lambda: write(bpy.context, performance))


def _reduce(blend: Path, performance: Path) -> dict[str, float]:
    """Both heads' keys as few as the usual bounds allow: seconds beyond those of a key a frame, the longest step in
    milliseconds, and keys in percent of a key a frame.
    """
    import bpy

    writing = importlib.import_module("duologue.addon.keys.key_writing")
    bpy.ops.wm.open_mainfile(filepath=str(blend))
    settings = importlib.import_module("duologue.addon.settings.conversations").settings_of(bpy.context.scene)
    every = writing.write_take(bpy.context, performance).keys
    plain = _median(lambda: None, lambda: writing.write_take(bpy.context, performance))
    settings.key_writing.density = "reduced"
    few = _median(lambda: None, lambda: writing.write_take(bpy.context, performance))
    steps, longest, doing = writing.write_take_in_steps(bpy.context, performance), 0.0, ""
    while True:
        started = time.perf_counter()
        try:
            after = next(steps)[0]
        except StopIteration as end:
            written = end.value
            break
        if doing in ("Fitting keys", "Leaving keys out", "Setting handles", "Checking the errors"):
            longest = max(longest, time.perf_counter() - started)
        doing = after
    return {
        "reduce_seconds": few - plain,
        "reduce_step_milliseconds": 1000.0 * longest,
        "reduced_percent": 100.0 * written.keys / every,
    }


def _follow(blend: Path, performance: Path) -> dict[str, float]:
    """Seconds in which both heads' keys follow a slider that moves everything, and their ratio to writing the keys."""
    import bpy

    write = importlib.import_module("duologue.addon.keys.key_writing").write_take
    following = importlib.import_module("duologue.addon.interface.following")
    bpy.ops.wm.open_mainfile(filepath=str(blend))
    settings = importlib.import_module("duologue.addon.settings.conversations").settings_of(bpy.context.scene)
    writing = _median(lambda: None, lambda: write(bpy.context, performance))
    values = iter(0.5 + 0.01 * number for number in range(100))

    def move() -> None:
        value = next(values)
        for name in ("lips", "jaw", "upper_face", "head", "gaze", "blink_strength"):
            setattr(settings.adjust.both, name, value)

    def drawn() -> None:
        following.follow_now()
        bpy.context.view_layer.update()

    move()
    drawn()
    followed = _median(move, drawn)
    return {"follow_seconds": followed, "follow_ratio": followed / writing}


def _arkit_rig(name: str) -> Any:
    """A character such as a game exports: a few bones, a mesh with ARKit's shape keys."""
    import bpy

    names = importlib.import_module("duologue.backend.contract.arkit").ARKIT_NAMES
    armature = bpy.data.objects.new(name, bpy.data.armatures.new(name))
    bpy.context.collection.objects.link(armature)
    bpy.context.view_layer.objects.active = armature
    bpy.ops.object.mode_set(mode="EDIT")
    for bone_name, parent, head in _BONES:
        bone = armature.data.edit_bones.new(bone_name)
        bone.head, bone.tail = head, (head[0], head[1], head[2] + 0.08)
        bone.parent = armature.data.edit_bones.get(parent) if parent else None
    bpy.ops.object.mode_set(mode="OBJECT")
    mesh = bpy.data.meshes.new(f"{name} face")
    mesh.from_pydata([(0.0001 * index, 0.0, 1.6) for index in range(_VERTICES)], [], [])
    face = bpy.data.objects.new(f"{name} face", mesh)
    bpy.context.collection.objects.link(face)
    face.parent = armature
    face.modifiers.new("Armature", "ARMATURE").object = armature
    face.shape_key_add(name="Basis")
    for key in names:
        face.shape_key_add(name=key)
    if len(names) != _KEYS_OF_AN_ARKIT_FACE:
        raise ValueError(f"{len(names)} ARKit names")
    return armature


def _median(prepare: Callable[[], object], measured: Callable[[], object]) -> float:
    """Median wall seconds of a few runs."""
    seconds = []
    for _ in range(_REPEATS):
        prepare()
        started = time.perf_counter()
        measured()
        seconds.append(time.perf_counter() - started)
    return statistics.median(seconds)
