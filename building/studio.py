"""Photographs heads inside a Blender, for docs/pictures: run_in_blender.py studio.py SUBJECT FOLDER [TAKE FACE]."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import bpy
import numpy as np
from in_blender import load_add_on
from mathutils import Quaternion, Vector

_ROOT: Final = Path(__file__).resolve().parents[1]
_OPEN_HEAD: Final = _ROOT / ".assets" / "faces" / "open-head-1.npz"
_CHARACTERS: Final = ("anna", "ben", "mei", "omar", "amara", "walter")
_LOOK: Final = 0.45
"""Radians an eye turns at 1 of its eyeLook component."""
_APART: Final = 25
"""Frames between two moments that are shown."""
_PROMPT_PIXELS: Final = (480, 270)
_PROMPT_SAMPLES, _PROMPT_FRAME = 16, 96
"""Cycles' samples a pixel; the frame of the bundled dialogue at which what a sentence makes is seen."""
_LAMPS: Final = (
    ((-0.9, -1.3, 0.9), 22.0, 0.8, (1.0, 0.93, 0.86)),
    ((1.3, -0.8, 0.3), 7.0, 1.2, (0.85, 0.92, 1.0)),
    ((0.5, 1.2, 1.0), 26.0, 0.7, (1.0, 0.95, 0.9)),
)
"""Key, fill and rim: place in metres from the eyes, watts, metres across, colour."""

VISEMES: Final[dict[str, dict[str, float]]] = {
    "P B M (closed)": {"mouthPressLeft": 0.35, "mouthPressRight": 0.35, "mouthRollLower": 0.15, "mouthRollUpper": 0.1},
    "F V (lip to teeth)": {"mouthRollLower": 0.55, "mouthUpperUpLeft": 0.3, "mouthUpperUpRight": 0.3, "jaw": 0.03},
    "O U W (rounded)": {"mouthPucker": 0.75, "mouthFunnel": 0.35, "jaw": 0.05},
    "E I S (spread)": {"mouthStretchLeft": 0.5, "mouthStretchRight": 0.5, "mouthSmileLeft": 0.25,
                       "mouthSmileRight": 0.25, "jaw": 0.05},
    "A (open)": {"mouthLowerDownLeft": 0.15, "mouthLowerDownRight": 0.15, "jaw": 0.22},
    "L TH (tongue)": {"tongueOut": 0.25, "jaw": 0.1, "mouthLowerDownLeft": 0.2, "mouthLowerDownRight": 0.2},
}  # fmt: skip
"""Component → value; `jaw` is the jaw joint's rotation about X in radians."""


@dataclass(frozen=True)
class View:
    """`width` metres are seen at the head, `height` metres above the eyes is the middle; pixels across and down."""

    width: float
    height: float
    pixels: tuple[int, int]
    samples: int = 24


def _addon(name: str) -> Any:
    return importlib.import_module(f"duologue.addon.{name}")


def _contract(name: str) -> Any:
    return importlib.import_module(f"duologue.backend.contract.{name}")


def _empty_studio(view: View) -> bpy.types.Object:
    """A lit, empty scene; returns its camera, which looks along +Y at the origin."""
    bpy.ops.wm.read_factory_settings(use_empty=True)
    scene = bpy.context.scene
    render = _addon("staging.render")
    render.prepare_look(scene, render.FilmSettings(*view.pixels, "CYCLES", view.samples))
    scene.render.image_settings.file_format = "PNG"
    scene.world = bpy.data.worlds.new("Studio")
    scene.world.color = (0.11, 0.115, 0.13)
    for place, watts, size, colour in _LAMPS:
        lamp = bpy.data.lights.new("Lamp", "AREA")
        lamp.energy, lamp.size, lamp.color = watts, size, colour
        _aimed(bpy.data.objects.new("Lamp", lamp), Vector(place), Vector())
    camera = bpy.data.objects.new("Camera", bpy.data.cameras.new("Camera"))
    distance = 1.6
    camera.data.lens = camera.data.sensor_width * distance / view.width
    camera.data.sensor_fit = "HORIZONTAL"
    _aimed(camera, Vector((0.0, -distance, view.height)), Vector((0.0, 0.0, view.height)))
    scene.camera = camera
    return camera


def _aimed(thing: bpy.types.Object, place: Vector, target: Vector) -> None:
    bpy.context.scene.collection.objects.link(thing)
    thing.location = place
    thing.rotation_euler = (place - target).to_track_quat("Z", "Y").to_euler()


def _photograph(path: Path) -> None:
    bpy.context.scene.render.filepath = str(path)
    bpy.ops.render.render(write_still=True)


def _head(face: Any, character: Mapping[str, Any], turn: float = 0.0) -> bpy.types.Object:
    """A dressed head between whose eyes the origin is, turned by `turn` degrees."""
    armature = _addon("heads.rig").build_head(bpy.context, face, character, str(character.get("name", "Person")))
    _addon("heads.materials").dress_head(armature, character)
    half = np.radians(turn) / 2
    armature.pose.bones["root"].rotation_quaternion = (np.cos(half), 0.0, np.sin(half), 0.0)
    return armature


def _characters(folder: Path) -> None:
    face, load = _contract("face").load_face(_OPEN_HEAD), _contract("character").load_character
    for stem in _CHARACTERS:
        _empty_studio(View(0.38, -0.045, (480, 480), samples=32))
        _head(face, load(_ROOT / "presets" / "characters" / f"{stem}.json"), 12.0)
        _photograph(folder / f"{stem}.png")


def _expressions(folder: Path) -> None:
    """Each of the 52 alone, then the groups of visemes."""
    face, load = _contract("face").load_face(_OPEN_HEAD), _contract("character").load_character
    _empty_studio(View(0.19, -0.035, (220, 220), samples=10))
    head = _head(face, load(_ROOT / "presets" / "characters" / "anna.json"), 8.0)
    opening = float(face.extras["jaw_open_radians"])
    alone = {name: {name: 1.0} for name in face.expression_names}
    # These say something only while the jaw is open.
    together = {
        "jawOpen": {"jaw": opening},
        "mouthClose": {"mouthClose": 0.5, "jaw": 0.5 * opening},
        "tongueOut": {"tongueOut": 1.0, "jaw": 0.25 * opening},
    }
    for name, values in {**alone, **together, **VISEMES}.items():
        _pose(head, values)
        _photograph(folder / f"{name}.png")


def _pose(head: bpy.types.Object, values: Mapping[str, float]) -> None:
    for key in _addon("heads.rig").head_mesh(head).data.shape_keys.key_blocks[1:]:
        if not key.name.startswith("pose "):
            key.value = values.get(key.name, 0.0)
    head.pose.bones["jaw"].rotation_quaternion = Quaternion((1.0, 0.0, 0.0), values.get("jaw", 0.0))
    for side, outwards in (("Left", 1.0), ("Right", -1.0)):
        down = values.get(f"eyeLookDown{side}", 0.0) - values.get(f"eyeLookUp{side}", 0.0)
        out = values.get(f"eyeLookOut{side}", 0.0) - values.get(f"eyeLookIn{side}", 0.0)
        look = Quaternion((0.0, 1.0, 0.0), _LOOK * outwards * out) @ Quaternion((1.0, 0.0, 0.0), _LOOK * down)
        head.pose.bones[f"eye_{side.lower()}"].rotation_quaternion = look


def _one_take_on_three_rigs(folder: Path, take: Path, flame: str) -> None:
    """The open head, a head in FLAME's shape and an ARKit character at the same moments of one take."""
    load_face, presets = _contract("face").load_face, _ROOT / "presets" / "characters"
    load = _contract("character").load_character
    performance = _facing_us(_contract("performance").load_performance(take))
    imported = load_face(_addon("heads.faces").faces_folder() / f"{flame}.npz")
    builders: dict[str, Callable[[], bpy.types.Object]] = {
        "Open head": lambda: _head(load_face(_OPEN_HEAD), load(presets / "mei.json")),
        "FLAME's shape": lambda: _head(imported, load(presets / "omar.json") | {"identity": {}}),
        "ARKit character": lambda: _arkit_character(load_face(_OPEN_HEAD), load(presets / "amara.json")),
    }
    for name, build in builders.items():
        _empty_studio(View(0.40, -0.04, (360, 360), samples=20))
        head = build()
        _act(head, performance)
        for moment, frame in _telling_moments(performance).items():
            bpy.context.scene.frame_set(frame)
            _photograph(folder / f"{name}, {moment}.png")


def _facing_us(performance: Any) -> Any:
    """The same take, everybody upright at the origin."""
    pose = performance.pose.copy()  # [2, T, 5, 3]
    pose[:, :, 0] = 0.0
    return replace(performance, pose=pose, translation=np.zeros_like(performance.translation))


def _telling_moments(performance: Any) -> dict[str, int]:
    """Frames at which the first person does most of something."""
    expression = dict(zip(_contract("arkit").ARKIT_NAMES, performance.expression[0].T, strict=True))  # name → [T]
    jaw = performance.pose[0, :, 2, 0]
    open_eyes = expression["eyeBlinkLeft"] < 0.1  # noqa: PLR2004
    wanted = {
        "open": jaw * open_eyes,
        "rounded": expression["mouthPucker"] * open_eyes,
        "smiling": (expression["mouthSmileLeft"] + expression["mouthSmileRight"]) * open_eyes,
        "blinking": expression["eyeBlinkLeft"],
    }
    found: dict[str, int] = {}
    for name, values in wanted.items():
        free = np.ones(len(values), bool)
        for frame in found.values():
            free[max(0, frame - _APART) : frame + _APART] = False
        found[name] = int(np.argmax(np.where(free, values, -np.inf)))
    return found


def _act(head: bpy.types.Object, performance: Any) -> None:
    """Keys of the first person on `head`, by the way they go in the add-on."""
    targets, actions, assigning = _addon("keys.targets"), _addon("keys.actions"), _addon("keys.assigning")
    frames = np.arange(performance.frame_count)
    target = targets.target_of(bpy.context.scene, head, performance)
    for part in targets.parts_of(target, target.performance, 0, frames / performance.fps):
        assigning.assign_new_action(part.owner, part.kind)
        actions.write_curves(part.owner, part.curves, frames)


def _arkit_character(face: Any, character: Mapping[str, Any]) -> bpy.types.Object:
    """A character as others make them: 52 ARKit shape keys, bones of its own names, no jaw bone, nothing of ours."""
    armature = _head(face, character)
    mesh = _addon("heads.rig").head_mesh(armature)
    armature.pose.bones["jaw"].rotation_quaternion = Quaternion((1.0, 0.0, 0.0), face.extras["jaw_open_radians"])
    bpy.context.view_layer.update()
    opened = np.empty(3 * len(mesh.data.vertices), np.float32)
    evaluated = mesh.evaluated_get(bpy.context.evaluated_depsgraph_get())
    evaluated.data.vertices.foreach_get("co", opened)
    armature.pose.bones["jaw"].rotation_quaternion = (1.0, 0.0, 0.0, 0.0)
    for key in [one for one in mesh.data.shape_keys.key_blocks if one.name.startswith("pose ")]:
        key.driver_remove("value")
        mesh.shape_key_remove(key)
    mesh.shape_key_add(name="jawOpen", from_mix=False).data.foreach_set("co", opened)
    names = {"root": "Hips", "neck": "Head", "jaw": "Chin", "eye_left": "LeftEye", "eye_right": "RightEye"}
    for ours, theirs in names.items():
        armature.data.bones[ours].name = theirs
    del armature[_addon("heads.rig").FACE_PROPERTY]
    return armature


def _prompts(*takes_and_pictures: str) -> None:
    """The default characters by the two-shot of each take; a path of a take and one of a picture in turn."""
    bpy.ops.wm.read_factory_settings(use_empty=True)
    scene, render = bpy.context.scene, _addon("staging.render")
    scene.render.fps = 25
    scene.render.resolution_x, scene.render.resolution_y = _PROMPT_PIXELS
    bpy.ops.duologue.add_conversation()
    render.prepare_look(scene, render.FilmSettings(*_PROMPT_PIXELS, "CYCLES", _PROMPT_SAMPLES))
    scene.cycles.denoising_quality = "HIGH"
    scene.render.image_settings.file_format, scene.render.image_settings.quality = "JPEG", 85
    for take, picture in zip(takes_and_pictures[::2], takes_and_pictures[1::2], strict=True):
        _addon("keys.key_writing").write_take(bpy.context, Path(take))
        collection = _addon("settings.properties").settings_of(scene).collection
        scene.timeline_markers.clear()
        scene.camera = _addon("staging.stage").camera_of(collection, ("two", None))
        scene.frame_set(_PROMPT_FRAME)
        _photograph(Path(picture))


_SUBJECTS: Final[dict[str, Callable[..., None]]] = {
    "characters": _characters,
    "expressions": _expressions,
    "prompts": lambda _folder, *words: _prompts(*words),
    "retargeting": lambda folder, take, face: _one_take_on_three_rigs(folder, Path(take), face),
}


def main(arguments: list[str]) -> int:
    """Command line."""
    subject, folder, *rest = arguments
    package = load_add_on()
    _SUBJECTS[subject](Path(folder), *rest)
    package.unregister()
    return 0
