"""What a character does at given moments, whatever animates it: keys, NLA, drivers, constraints. Nothing is changed."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

import bpy
import numpy as np

from ..retargeting.rotation import neighbourly
from ..steps import Steps

_NAME: Final = "Duologue sampling"
_TOGETHER: Final = 0.03
"""Seconds of moments that one scene plays; then it goes, and another one plays those that follow."""


@dataclass(frozen=True)
class Sampled:
    """Over T moments.

    `values` shape key → [T]; `turns` bone → [T, 4] quaternion (w, x, y, z), how it has turned from its rest in the
    armature's space, parents, constraints and all; `locations` bone → [T, 3], on its rest, relative to its parent.
    """

    values: Mapping[str, np.ndarray]
    turns: Mapping[str, np.ndarray]
    locations: Mapping[str, np.ndarray]

    @property
    def still(self) -> bool:
        """Whether nothing moves at all."""
        arrays = (*self.values.values(), *self.turns.values(), *self.locations.values())
        return all(np.ptp(array, axis=0).max(initial=0.0) < 1e-6 for array in arrays)  # noqa: PLR2004


def sampled(
    scene: bpy.types.Scene,
    armature: bpy.types.Object | None,
    meshes: Sequence[bpy.types.Object],
    bones: Sequence[str],
    frames: np.ndarray,
) -> Steps[Sampled]:
    """`bones` of `armature` and all shape keys of `meshes` at `frames` [T], fractions of frames of `scene` included.

    A scene of its own plays them, so that the artist's stays at its frame, and whatever else is in it costs nothing.
    A key that several meshes have is the first one's; a muted key counts as 0.
    """
    turns = {name: np.empty((len(frames), 4)) for name in bones}
    locations = {name: np.empty((len(frames), 3)) for name in bones}
    values: dict[str, np.ndarray] = {}
    rests = {name: armature.data.bones[name].matrix_local.to_quaternion().inverted() for name in bones}

    def look(index: int, graph: bpy.types.Depsgraph) -> None:
        if armature is not None:
            played = armature.evaluated_get(graph)
            for name in bones:
                bone = played.pose.bones[name]
                turns[name][index] = bone.matrix.to_quaternion() @ rests[name]
                local = played.convert_space(pose_bone=bone, matrix=bone.matrix, from_space="POSE", to_space="LOCAL")
                locations[name][index] = local.to_translation()
        for name, value in _key_values(meshes, graph):
            values.setdefault(name, np.zeros(len(frames)))[index] = value

    yield from looked_at(scene, armature, bones, frames, look, "Watching the partner", meshes)
    return Sampled(values, {name: neighbourly(one) for name, one in turns.items()}, locations)


def looked_at(
    scene: bpy.types.Scene,
    armature: bpy.types.Object | None,
    bones: Sequence[str],
    frames: np.ndarray,
    look: Callable[[int, bpy.types.Depsgraph], None],
    doing: str,
    meshes: Sequence[bpy.types.Object] = (),
) -> Steps[None]:
    """Call `look` with the index of each of `frames` [T] and what Blender makes of `bones` and keys there.

    Between two steps the scene that plays them is not there: what the artist does then, or saves, knows nothing of it.
    """
    index = 0
    while index < len(frames):
        with stage_for(scene, armature, meshes, bones) as stage:
            begun = None  # to build what a scene plays may take as long as many of its moments
            while True:
                whole = int(np.floor(frames[index]))
                stage.frame_set(whole, subframe=float(frames[index]) - whole)
                look(index, stage.view_layers[0].depsgraph)
                index += 1
                begun = begun or time.monotonic()
                if index == len(frames) or time.monotonic() - begun > _TOGETHER:
                    break
        yield doing, index / len(frames)


def _key_values(meshes: Sequence[bpy.types.Object], graph: bpy.types.Depsgraph) -> Iterator[tuple[str, float]]:
    """Names and values, each name once."""
    told: set[str] = set()
    for mesh in meshes:
        keys = mesh.data.shape_keys.evaluated_get(graph)
        for key in keys.key_blocks[1:]:
            if key.name not in told:
                told.add(key.name)
                yield key.name, 0.0 if key.mute else key.value


@contextmanager
def stage_for(
    scene: bpy.types.Scene,
    armature: bpy.types.Object | None,
    meshes: Sequence[bpy.types.Object],
    bones: Sequence[str],
) -> Iterator[bpy.types.Scene]:
    """A scene in which stand-ins ask for the armature's pose and the meshes' keys; both may be hidden elsewhere."""
    stage = bpy.data.scenes.new(_NAME)
    stand_ins = []
    try:
        stage.render.fps, stage.render.fps_base = scene.render.fps, scene.render.fps_base
        if armature is not None:
            follower = bpy.data.objects.new(_NAME, None)
            stand_ins.append(follower)
            constraint = follower.constraints.new("ARMATURE")
            for bone in bones:  # each by name: Blender evaluates no bone that nobody asks for
                target = constraint.targets.new()
                target.target, target.subtarget = armature, bone
        # Without the modifiers of the real one: the keys' values are wanted, not the surface.
        stand_ins += [bpy.data.objects.new(_NAME, mesh.data) for mesh in meshes]
        for one in stand_ins:
            stage.collection.objects.link(one)
        yield stage
    finally:
        for one in stand_ins:
            bpy.data.objects.remove(one)
        bpy.data.scenes.remove(stage)
