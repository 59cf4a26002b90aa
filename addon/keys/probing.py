"""Does the face move when a channel is keyed? Each is set, evaluated and put back: whatever is in the way shows.

Values alone are set, so nothing of the artist's is left changed: the same bits stand there afterwards.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

import bpy
import numpy as np
from mathutils import Matrix, Quaternion, Vector

from ..retargeting.control_values import solved
from ..retargeting.drivers import Control, Followed
from ..retargeting.rig_survey import KeyedMesh
from ..steps import Steps, part_of
from .sampling import stage_for

_TOGETHER: Final = 0.02
"""Seconds of bones that are tried in one step, in a scene that is not there any more after it."""
_TURN: Final = 0.35
"""Radians, about 20 degrees: as far as heads and jaws turn in talk."""
_AXIS: Final = Vector((1.0, 1.0, 1.0)).normalized()
"""No axis of the bone's own, so that what holds one of them shows."""
_STEP: Final = 0.01
"""Of the person's height: so far a control of the face is moved."""
_MOVED: Final = 1e-5
"""Of a mesh's size."""
_REACHED: Final = 0.1
DEAD: Final = 0.1
"""A channel of which less than this share arrives does not act."""
_OFF: Final = 0.1
"""Of a turn or a move: so far off it may be and counts as whole."""


@dataclass(frozen=True)
class Channels:
    """What a take is going to key on one person.

    `keys` names shape keys, on whichever of `meshes` they are. `turned` and `moved` are bones of `armature`; `head`,
    `eyes` and `jaw` those among them that are looked at together. `whole` are all meshes that should show something.
    `up` is the way from the hips to the head in the armature's space.
    """

    armature: bpy.types.Object | None
    meshes: tuple[KeyedMesh, ...]
    whole: tuple[bpy.types.Object, ...]
    keys: tuple[str, ...]
    turned: tuple[str, ...] = ()
    moved: tuple[str, ...] = ()
    head: tuple[str, ...] = ()
    eyes: tuple[str, ...] = ()
    jaw: tuple[str, ...] = ()
    up: tuple[float, float, float] = (0.0, 0.0, 1.0)


@dataclass(frozen=True)
class Probed:
    """What was seen.

    `unmoved` are meshes that their shape keys do not move; `adrift` mesh name → keys that their control did not bring
    to where it should; `shares` bone → how much of a turn or move arrives, 1 where all does; `following` group of
    `Channels` ("head", "eyes", "jaw") → meshes that went along.
    """

    unmoved: frozenset[str] = frozenset()
    adrift: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    shares: Mapping[str, float] = field(default_factory=dict)
    following: Mapping[str, frozenset[str]] = field(default_factory=dict)


def probed(scene: bpy.types.Scene, layer: bpy.types.ViewLayer, channels: Channels, who: str) -> Steps[Probed]:
    """Try `channels` of the person `who` in `layer` of `scene`, in steps between which nothing is set.

    What is hidden there is not evaluated, and not judged.
    """
    doing = f"Trying the channels of {who}"
    seen = [mesh for mesh in channels.whole if mesh.visible_get(view_layer=layer)]
    shares = yield from part_of(_shares(scene, channels, doing), 0.0, 0.1)
    layer.update()
    rest = {mesh: _surface(mesh, layer.depsgraph) for mesh in seen}
    shown = []
    for index, mesh in enumerate(channels.meshes):
        yield doing, 0.1 + 0.3 * index / len(channels.meshes)
        shown.append(_most_visible(mesh, channels.keys))
    yield doing, 0.4
    unmoved, adrift = _with_keys_set(layer, channels, shown, rest)
    following = {}
    for index, group in enumerate(("head", "eyes", "jaw")):
        bones = [bone for bone in getattr(channels, group) if shares.get(bone, 0.0) > DEAD]
        if bones and seen:
            yield doing, 0.6 + 0.4 * index / 3
            following[group] = _going_along(layer, channels, bones, rest)
    return Probed(unmoved, adrift, shares, following)


_Surfaces = Mapping[bpy.types.Object, np.ndarray]


def _with_keys_set(
    layer: bpy.types.ViewLayer, channels: Channels, shown: Sequence[str | None], rest: _Surfaces
) -> tuple[frozenset[str], dict[str, tuple[str, ...]]]:
    """Meshes that stay as they are at `rest` while their keys `shown` and all controls are set, and keys adrift."""
    with _trial(layer) as values:
        tried = _set_keys(channels, shown, values)
        layer.update()
        still = (
            mesh.name for mesh in tried if mesh in rest and not _differs(rest[mesh], _surface(mesh, layer.depsgraph))
        )
        return frozenset(still), _adrift(channels, layer.depsgraph)


def _going_along(
    layer: bpy.types.ViewLayer, channels: Channels, bones: Sequence[str], rest: _Surfaces
) -> frozenset[str]:
    """Meshes that are elsewhere than at `rest` while `bones` are turned."""
    with _trial(layer) as values:
        for bone in bones:
            _turn(channels.armature.pose.bones[bone], values)
        layer.update()
        return frozenset(mesh.name for mesh in rest if _differs(rest[mesh], _surface(mesh, layer.depsgraph)))


class _Values:
    """Properties that were set, with what stood there."""

    def __init__(self) -> None:
        self._before: list[tuple[Any, Any, int, Any]] = []

    def set(self, holder: Any, name: str, value: Any, index: int = -1) -> None:
        """Set a property, or an item of one, of `holder`; `name` is in brackets where it is a custom one."""
        there = _read(holder, name)
        old = there[index] if index >= 0 else (tuple(there) if hasattr(there, "__len__") else there)
        self._before.append((holder, name, index, old))
        _write(holder, name, index, type(old)(round(value) if isinstance(old, int) else value))

    def put_back(self) -> None:
        while self._before:
            _write(*self._before.pop())


def _read(holder: Any, name: str) -> Any:
    return holder[bpy.utils.unescape_identifier(name[2:-2])] if name.startswith("[") else getattr(holder, name)


def _write(holder: Any, name: str, index: int, value: Any) -> None:
    if index >= 0:
        _read(holder, name)[index] = value
    elif name.startswith("["):
        holder[bpy.utils.unescape_identifier(name[2:-2])] = value
        # A custom property tells nobody that it has changed.
        holder.id_data.update_tag()
    else:
        setattr(holder, name, value)


@contextmanager
def _trial(layer: bpy.types.ViewLayer) -> Iterator[_Values]:
    """Values that are put back and evaluated once more, whatever happens."""
    values = _Values()
    try:
        yield values
    finally:
        values.put_back()
        layer.update()


def _most_visible(mesh: KeyedMesh, keys: Collection[str]) -> str | None:
    """The one of `keys` that moves the mesh the most; None where none does, or it is moved by a control."""
    blocks = mesh.shape_keys.key_blocks
    names = [name for name in mesh.key_names if name in keys and not blocks[name].mute]
    most = max(names, key=lambda name: _size(blocks[name]), default=None)
    return None if most is None or most in mesh.controls or _size(blocks[most]) == 0.0 else most


def _set_keys(channels: Channels, shown: Sequence[str | None], values: _Values) -> list[bpy.types.Object]:
    """On each mesh set its key of `shown`, and every control; returns the meshes that should move."""
    tried = []
    for mesh, name in zip(channels.meshes, shown, strict=True):
        if name is not None:
            block = mesh.shape_keys.key_blocks[name]
            middle = 0.5 * (block.slider_min + block.slider_max)
            values.set(block, "value", block.slider_max if block.value <= middle else block.slider_min)
            tried.append(mesh.object)
    for followed in _controls(channels):
        _set_control(followed, values)
    return tried


def _controls(channels: Channels) -> list[Followed]:
    """Each control once, with one of the shapes that it moves; a control that is a key of the take's is set as such."""
    found: dict[Control, Followed] = {}
    for mesh in channels.meshes:
        for name, followed in mesh.controls.items():
            if name in channels.keys:
                found.setdefault(followed.control, followed)
    return list(found.values())


def _set_control(followed: Followed, values: _Values) -> None:
    holder, name = followed.control.holder()
    value = float(solved([followed.value_of], np.ones((1, 1)), followed.span)[0])
    there = _read(holder, name)
    values.set(holder, name, value, followed.control.index if hasattr(there, "__len__") else -1)


def _adrift(channels: Channels, graph: bpy.types.Depsgraph) -> dict[str, tuple[str, ...]]:
    """Keys whose control was set, but that are not where they should be; one of several on a control is enough."""
    tried = {followed.control: followed for followed in _controls(channels)}
    found = {}
    for mesh in channels.meshes:
        blocks = mesh.shape_keys.evaluated_get(graph).key_blocks
        off = []
        for name, followed in mesh.controls.items():
            first = tried.get(followed.control)
            if first is not None and name in channels.keys:
                place = solved([first.value_of], np.ones((1, 1)), first.span)
                block = blocks[name]
                wanted = float(np.clip(followed.value_of(place)[0], block.slider_min, block.slider_max))
                if abs(block.value - wanted) > _REACHED:
                    off.append(name)
        if off:
            found[mesh.object.name] = tuple(off)
    return found


def _size(block: bpy.types.ShapeKey) -> float:
    """How far the key moves its mesh at most."""
    there, rest = (np.empty(3 * len(block.points), np.float32) for _ in range(2))
    block.points.foreach_get("co", there)
    block.relative_key.points.foreach_get("co", rest)
    return float(np.abs(there - rest).max(initial=0.0))


def moves_nothing(block: bpy.types.ShapeKey) -> bool:
    """Whether the key is sculpted as what it is relative to."""
    return _size(block) == 0.0


def _surface(mesh: bpy.types.Object, graph: bpy.types.Depsgraph) -> np.ndarray:
    """[V + 4, 3]: vertices as they are shown, and where the object is in the world."""
    played = mesh.evaluated_get(graph)
    vertices = played.data.vertices
    places = np.empty(3 * len(vertices), np.float32)
    vertices.foreach_get("co", places)
    return np.concatenate([places.reshape(-1, 3), np.array(played.matrix_world.transposed(), np.float32)[:, :3]])


def _differs(before: np.ndarray, after: np.ndarray) -> bool:
    if before.shape != after.shape:
        return True
    size = float(np.ptp(before, axis=0).max(initial=0.0))
    return bool(np.abs(after - before).max(initial=0.0) > _MOVED * max(size, _MOVED))


def _shares(scene: bpy.types.Scene, channels: Channels, doing: str) -> Steps[dict[str, float]]:
    """Bone → how much of what is keyed arrives, each tried alone, on the armature alone."""
    armature = channels.armature
    bones = tuple(dict.fromkeys((*channels.turned, *channels.moved)))
    found: dict[str, float] = {}
    yield doing, 0.0
    if armature is None or not bones:
        return found
    reach = _STEP * max(armature.dimensions)
    while len(found) < len(bones):
        with stage_for(scene, armature, (), bones) as stage:
            stage.frame_set(scene.frame_current, subframe=scene.frame_subframe)
            begun = time.monotonic()  # to build what a scene plays may take as long as many bones
            for name in bones[len(found) :]:
                found[name] = _share_of(stage.view_layers[0], channels, name, reach)
                if time.monotonic() - begun > _TOGETHER:
                    break
        yield doing, len(found) / len(bones)
    return found


def _share_of(layer: bpy.types.ViewLayer, channels: Channels, name: str, reach: float) -> float:
    """How much arrives of a turn and a move of the bone `name`, as far as both are keyed."""
    armature = channels.armature
    bone = armature.pose.bones[name]
    tries: list[tuple[Callable[[bpy.types.PoseBone, _Values], None], Callable[[Matrix, Matrix], float]]] = []
    if name in channels.turned:
        tries.append((_turn, _turned))
    if name in channels.moved:
        tries.append((lambda one, values: _move(one, values, reach), lambda a, b: _went(a, b, reach)))
    shares = []
    for change, measure in tries:
        before = armature.evaluated_get(layer.depsgraph).pose.bones[name].matrix.copy()
        with _trial(layer) as values:
            change(bone, values)
            layer.update()
            after = armature.evaluated_get(layer.depsgraph).pose.bones[name].matrix.copy()
        shares.append(measure(before, after))
    return min(shares)


def _turn(bone: bpy.types.PoseBone, values: _Values) -> None:
    """Turn a bone further, in the rotation mode it has."""
    turning = Quaternion(_AXIS, _TURN)
    if bone.rotation_mode == "QUATERNION":
        values.set(bone, "rotation_quaternion", tuple(bone.rotation_quaternion @ turning))
    elif bone.rotation_mode == "AXIS_ANGLE":
        angle, *axis = bone.rotation_axis_angle
        axis, angle = (Quaternion(axis, angle) @ turning).to_axis_angle()
        values.set(bone, "rotation_axis_angle", (angle, *axis))
    else:
        turned = (bone.rotation_euler.to_quaternion() @ turning).to_euler(bone.rotation_mode)
        values.set(bone, "rotation_euler", tuple(turned))


def _move(bone: bpy.types.PoseBone, values: _Values, reach: float) -> None:
    values.set(bone, "location", tuple(bone.location + reach * _AXIS))


def _turned(before: Matrix, after: Matrix) -> float:
    """How much of the turn is there; 1 where all of it is and nothing else."""
    turning = before.to_quaternion().inverted() @ after.to_quaternion()
    axis, angle = (turning if turning.w >= 0.0 else -turning).to_axis_angle()
    return _share((axis * angle).dot(_AXIS) / _TURN, (axis * angle - _AXIS * _TURN).length / _TURN)


def _went(before: Matrix, after: Matrix, reach: float) -> float:
    """How much of the move is there, wherever it goes: the bones before it may be scaled or turned."""
    share = (after.to_translation() - before.to_translation()).length / reach
    return _share(share, abs(1.0 - share))


def _share(share: float, off: float) -> float:
    return 1.0 if off < _OFF else min(max(share, 0.0), 1.0)
