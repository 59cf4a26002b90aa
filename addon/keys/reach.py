"""What an error in a curve comes to on a character: millimetres at the lips, degrees at the head."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import bpy
import numpy as np

from ..retargeting.channel_groups import BODY, EYES, FACE, HEAD, JAW, LIPS, TONGUE
from ..retargeting.character_axes import RestBone, eye_distance
from ..retargeting.curves import Curve, key_path
from ..retargeting.mouth_and_eye_carriers import offsets_of_keys
from ..retargeting.rig_survey import KeyedMesh, survey
from ..steps import Steps
from .mouth_points import jaw_at, mouth, places_at_rest
from .shape_parts import Part
from .targets import Target

_BONE_CURVE: Final = re.compile(r'^pose\.bones\["(?P<bone>(?:[^"\\]|\\.)*)"\]\.(?P<channel>\w+)$')
_USUAL_EYE_DISTANCE: Final = 62.5
"""Millimetres; a face is measured as if its eyes were so far apart."""
_LOOK_DEGREES: Final = 30.0
"""What an eyeLook… key at 1 turns an eye by."""
_SLOPE_STEPS: Final = 16
_SOME: Final = 1e-6
_QUATERNION: Final = 4
_LEAST_SINE: Final = 0.05
_AT_THE_MOUTH: Final = (LIPS, JAW, TONGUE, FACE)


@dataclass(frozen=True)
class Effect:
    """What the curves `rows` [n] do together at M places: errors e [n] come to |Σ e · `of`| [M], `of` [n, M, D].

    `unit` is "mm" or "degrees". `lips` and `head` say that it is what the bounds speak of; `rest` [M, 3] where the
    places are while nothing happens, for lips.
    """

    rows: np.ndarray
    of: np.ndarray
    unit: str
    lips: bool = False
    head: bool = False
    eye: bool = False
    rest: np.ndarray | None = None

    def at_most(self, errors: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Of `errors` [C, T]: what they come to [T] at the worst place, which [T], and the way [T, D] it is off."""
        count, places, dimensions = self.of.shape
        off = (errors[self.rows].T @ self.of.reshape(count, -1)).reshape(-1, places, dimensions)  # [T, M, D]
        sizes = np.sqrt((off**2).sum(axis=-1))  # [T, M]
        worst = sizes.argmax(axis=1)
        every = np.arange(len(worst))
        return sizes[every, worst], worst, off[every, worst]


@dataclass(frozen=True)
class Reach:
    """All effects of a person's curves; `unknown` are the numbers of curves of which nobody knows what they move."""

    effects: tuple[Effect, ...]
    unknown: tuple[int, ...]


def reach_of(scene: bpy.types.Scene, target: Target, parts: Sequence[Part]) -> Steps[Reach]:
    """What the curves of `parts`, one part after the other, do to the character `target`."""
    rig = target.survey or survey(target.head)
    scene.view_layers[0].update()  # undo leaves objects without their places in the world until they are evaluated
    millimetres = _millimetres(scene, target, rig.bones)
    curves = [(part.owner, curve) for part in parts for curve in part.curves]
    yield "Measuring the face", 0.0
    offsets = yield from _offsets(rig.armature, rig.meshes, curves, millimetres)
    effects = [*_alone(offsets), *_turning(curves), *_moving(curves, millimetres * _scale(rig.armature))]
    effects += _at_lips(rig.armature, rig.bones, curves, offsets, millimetres)
    known = {int(row) for effect in effects for row in effect.rows} | {row for one in offsets for row in one.of}
    return Reach(tuple(effects), tuple(row for row in range(len(curves)) if row not in known))


@dataclass(frozen=True)
class _Offsets:
    """On one mesh: `of` curve → [V, 3] millimetres in the armature's axes for a unit of it; `groups` curve → group."""

    mesh: bpy.types.Object
    of: Mapping[int, np.ndarray]
    groups: Mapping[int, str]


def _millimetres(scene: bpy.types.Scene, target: Target, bones: Mapping[str, RestBone]) -> float:
    """Of a unit of the world's; of a face with eye bones as if that were of the usual size."""
    named = () if target.mapping is None else [target.mapping.bones.get(eye, ()) for eye in ("eye_left", "eye_right")]
    apart = eye_distance(bones, *(parts[0].bone for parts in named)) if named and all(named) else None
    armature = target.survey.armature if target.survey else None
    if apart is not None and armature is not None:
        return _USUAL_EYE_DISTANCE / max(apart * _scale(armature), _SOME)
    return 1000.0 * float(scene.unit_settings.scale_length)


def _scale(armature: bpy.types.Object | None) -> float:
    return 1.0 if armature is None else float(armature.matrix_world.median_scale)


def _offsets(
    armature: bpy.types.Object | None,
    meshes: Sequence[KeyedMesh],
    curves: Sequence[tuple[bpy.types.ID, Curve]],
    millimetres: float,
) -> Steps[list[_Offsets]]:
    rows = {(owner, curve.data_path, curve.index): row for row, (owner, curve) in enumerate(curves)}
    found = []
    for number, mesh in enumerate(meshes):
        moved: dict[str, list[tuple[int, float]]] = {}  # shape key → curves that move it, and how much a unit does
        for name in mesh.key_names:
            row = rows.get((mesh.shape_keys, key_path(name), 0))
            if row is not None and name not in mesh.controls:
                moved.setdefault(name, []).append((row, 1.0))
        for name, followed in mesh.controls.items():
            control = followed.control
            row = rows.get((control.owner, control.data_path, control.index))
            if row is not None:
                moved.setdefault(name, []).append((row, _slope(followed.value_of, curves[row][1].values)))
        turn = millimetres * float(mesh.object.matrix_world.median_scale) * _axes(mesh.object, armature).T
        of: dict[int, np.ndarray] = {}
        for name, offset in offsets_of_keys(mesh.object, set(moved)):
            for row, amount in moved[name]:
                of[row] = of.get(row, 0.0) + amount * offset.astype(np.float64) @ turn
            yield "Measuring the face", number / len(meshes)
        if of:
            found.append(_Offsets(mesh.object, of, {row: curves[row][1].group for row in of}))
    return found


def _axes(mesh: bpy.types.Object, armature: bpy.types.Object | None) -> np.ndarray:
    """[3, 3] the mesh's axes in the armature's, as columns."""
    if armature is None:
        return np.eye(3)
    into = armature.matrix_world.inverted_safe() @ mesh.matrix_world
    return np.array(into.to_3x3().normalized())


def _slope(function: object, values: np.ndarray) -> float:
    """The most that a unit of what `function` takes makes of what it gives, over where `values` [T] go."""
    low, high = float(values.min()), float(values.max())
    places = np.linspace(low, max(high, low + _SOME), _SLOPE_STEPS + 1)
    return float(np.abs(np.diff(function(places))).max() / np.diff(places)[0])  # type: ignore[operator]


def _alone(offsets: Sequence[_Offsets]) -> Iterator[Effect]:
    """What each curve does where it moves a mesh most."""
    most: dict[int, float] = {}
    for one in offsets:
        for row, offset in one.of.items():
            most[row] = max(most.get(row, 0.0), float(np.sqrt((offset**2).sum(axis=1)).max()))
    groups = {row: group for one in offsets for row, group in one.groups.items()}
    for row, reached in most.items():
        if reached > _SOME:
            yield Effect(np.array([row]), np.full((1, 1, 1), reached), "mm")
        if groups[row] == EYES:
            yield Effect(np.array([row]), np.full((1, 1, 1), _LOOK_DEGREES), "degrees", eye=True)


def _bones(curves: Sequence[tuple[bpy.types.ID, Curve]]) -> dict[tuple[str, str], list[int]]:
    """(bone, channel) → its curves, in the order of their indices."""
    found: dict[tuple[str, str], list[int]] = {}
    for row, (_, curve) in enumerate(curves):
        match = _BONE_CURVE.match(curve.data_path)
        if match:
            found.setdefault((match["bone"], match["channel"]), []).append(row)
    return found


def _turn_effects(channel: str, values: np.ndarray) -> np.ndarray:
    """[n, D] degrees, no fewer than it is, for a unit in each curve of a rotation that goes through `values` [n, T].

    A quaternion turns by twice its error, but for what only makes it longer: about that nobody cares. Of Euler's angles
    two may be about one axis.
    """
    count = len(values)
    if channel == "rotation_quaternion" and count == _QUATERNION:
        middle = values.mean(axis=1)
        middle = middle / max(float(np.linalg.norm(middle)), _SOME)
        # At the sine s of the widest angle from the middle, an error a along it and b across it turns by at most
        # 2 (s a + b c) <= 2 sqrt((s a² + b²) (s + c²)).
        across = np.sqrt(1.0 - np.clip(middle @ values / np.linalg.norm(values, axis=0), -1.0, 1.0) ** 2)
        sine = float(np.clip(across.max(), _LEAST_SINE, 1.0))
        shorter = np.eye(count) - (1.0 - np.sqrt(sine)) * np.outer(middle, middle)
        return np.degrees(2.0) * np.sqrt(sine + 1.0 - sine**2) * shorter
    if channel == "rotation_axis_angle":
        largest = max(float(np.abs(values[0]).max()), _SOME)
        return np.degrees(np.sqrt(2.0)) * np.diag([1.0, *([largest] * (count - 1))])
    return np.degrees(np.sqrt(2.0) if channel == "rotation_euler" else 2.0) * np.eye(count)


def _turning(curves: Sequence[tuple[bpy.types.ID, Curve]]) -> Iterator[Effect]:
    """Degrees: of body and head together, of each eye, of each lid."""
    chain: list[tuple[list[int], np.ndarray]] = []
    for (_, channel), rows in _bones(curves).items():
        group = curves[rows[0]][1].group
        if not channel.startswith("rotation") or group == JAW:
            continue
        of = _turn_effects(channel, np.stack([curves[row][1].values for row in rows]))
        if group in (HEAD, BODY):
            chain.append((rows, of))
        else:
            yield Effect(np.array(rows), of[:, None], "degrees", eye=group == EYES, head=group == EYES)
    if chain:
        rows = [row for bone, _ in chain for row in bone]
        together = np.zeros((len(rows), len(rows)))
        first = 0
        for bone, of in chain:
            together[first : first + len(bone), first : first + len(bone)] = of
            first += len(bone)
        # The turns of n bones in a row add up to at most √n times the root of the sum of their squares.
        yield Effect(np.array(rows), np.sqrt(len(chain)) * together[:, None], "degrees", head=True)


def _moving(curves: Sequence[tuple[bpy.types.ID, Curve]], millimetres: float) -> Iterator[Effect]:
    """Millimetres that bones which are moved go; a face's lips go with a mouth's bone at most as far."""
    for (_, channel), rows in _bones(curves).items():
        if channel == "location":
            lips = curves[rows[0]][1].group in _AT_THE_MOUTH
            axes = [curves[row][1].index for row in rows]
            yield Effect(np.array(rows), millimetres * np.eye(3)[axes][:, None], "mm", lips=lips)


def _at_lips(
    armature: bpy.types.Object | None,
    bones: Mapping[str, RestBone],
    curves: Sequence[tuple[bpy.types.ID, Curve]],
    offsets: Sequence[_Offsets],
    millimetres: float,
) -> Iterator[Effect]:
    """What everything does together at the lips of each mesh that has some."""
    jaws = [(key, rows) for key, rows in _bones(curves).items() if curves[rows[0]][1].group == JAW]
    for one in offsets:
        points = mouth(one.mesh, one.of, one.groups)
        if not len(points):
            continue
        moved = {row: offset[points] for row, offset in one.of.items()}
        for (name, channel), rows in jaws:
            if channel.startswith("rotation") and name in bones and armature is not None:
                values = np.stack([curves[row][1].values for row in rows])
                turned = _scale(armature) * jaw_at(one.mesh, armature, bones, name, channel, values, points)
                moved |= dict(zip(rows, millimetres * turned, strict=True))
        moved = {row: of for row, of in moved.items() if np.abs(of).max() > _SOME}
        if moved:
            rest = places_at_rest(one.mesh, armature)[points] * _scale(armature) * millimetres
            yield Effect(np.array(list(moved)), np.stack(list(moved.values())), "mm", lips=True, rest=rest)
