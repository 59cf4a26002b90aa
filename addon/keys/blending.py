"""What a take does in a range of what is there: at its ends one goes over into the other."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import bpy
import numpy as np

from ..heads.rig import FACE_PROPERTY
from ..retargeting.curves import Curve, bone_path
from ..retargeting.own_heads import BONE_NAMES
from ..retargeting.rotation import product
from . import actions
from .bezier_keys import joined, straight_keys
from .planning import Plan, Writing
from .shape_parts import Part
from .strips import actions_below

_QUATERNION: Final = 4
_TURNS: Final = "rotation_quaternion"


def into_range(plan: Plan, span: tuple[int, int], blend: int) -> Plan:
    """Of `plan` what is in `span`, first and last frame, blended into what is there."""
    inside = (plan.prepared.frames >= span[0]) & (plan.prepared.frames <= span[1])
    writings = tuple(
        replace(one, part=blended(_of_frames(one.part, inside), plan.prepared.frames[inside], span, blend))
        for one in plan.writings
    )
    ready = replace(plan.prepared, frames=plan.prepared.frames[inside], seconds=plan.prepared.seconds[inside])
    return replace(plan, writings=writings, prepared=ready)


def anchored(plan: Plan, span: tuple[int, int]) -> Plan:
    """`plan` with keys for every curve; those that are not there yet hold what is there outside of `span`."""
    return replace(plan, writings=tuple(_anchored(writing, plan.prepared.frames, span) for writing in plan.writings))


def _anchored(writing: Writing, frames: np.ndarray, span: tuple[int, int]) -> Writing:
    part, found = writing.part, []
    for index, curve in enumerate(part.curves):
        keys = straight_keys(frames, curve.values) if writing.keys is None else writing.keys[index]
        if actions.values_there(part.owner, curve, frames[:1]) is None:
            held = np.full(1, _now(part.owner, curve))
            before, after = (straight_keys(np.array([frame]), held) for frame in (span[0] - 1, span[1] + 1))
            keys = joined([before, keys, after])
        found.append(keys)
    return replace(writing, keys=tuple(found))


def _of_frames(part: Part, inside: np.ndarray) -> Part:
    return replace(part, curves=tuple(replace(one, values=np.asarray(one.values)[inside]) for one in part.curves))


def relative_to_rest(plan: Plan) -> Plan:
    """`plan` as something that is added to what is below.

    Where something is below a head that Duologue built, that says where the head is, and the take how it moves from
    where it begins.
    """
    return replace(plan, writings=tuple(replace(one, part=from_its_place(one.part)) for one in plan.writings))


def from_its_place(part: Part) -> Part:
    """`part` as `relative_to_rest` has it."""
    owner = part.owner
    if not isinstance(owner, bpy.types.Object) or FACE_PROPERTY not in owner:
        return part
    if not any(actions.animates(action, bone_path(BONE_NAMES[0], "location")) for action in actions_below(owner)):
        return part
    root = {curve.index: curve for curve in part.curves if curve.data_path == bone_path(BONE_NAMES[0], _TURNS)}
    turned = np.stack([root[axis].values for axis in range(_QUATERNION)], axis=1) if root else np.zeros((1, 4))
    relative = product(turned[:1] * np.array([1.0, -1.0, -1.0, -1.0]), turned)  # [K, 4]

    def moved(curve: Curve) -> np.ndarray:
        if curve.data_path == bone_path(BONE_NAMES[0], _TURNS):
            return np.asarray(relative[:, curve.index])
        return curve.values - (curve.values[0] if curve.data_path == bone_path(BONE_NAMES[0], "location") else 0.0)

    return replace(part, curves=tuple(replace(curve, values=moved(curve)) for curve in part.curves))


def blended(part: Part, frames: np.ndarray, span: tuple[int, int], blend: int) -> Part:
    """`part` whose curves, at `frames` [K], begin and end in `span`, first and last frame, as what is there.

    They go over within `blend` frames at each end.
    """
    weight = weights(frames, span, blend)  # [K]
    there = [_there(part.owner, curve, frames) for curve in part.curves]
    new = [np.asarray(curve.values, dtype=np.float64) for curve in part.curves]
    quaternions = _quaternions(part)
    for rows in quaternions:
        near = weight > 0.0
        dots = sum(there[row][near] * new[row][near] for row in rows)
        if np.sum(dots) < 0.0:  # the same rotations, by the other of their two names
            for row in rows:
                new[row] = -new[row]
    values = [(1.0 - weight) * old + weight * one for old, one in zip(there, new, strict=True)]
    for rows in quaternions:
        length = np.sqrt(sum(values[row] ** 2 for row in rows))
        for row in rows:
            values[row] = np.where(weight > 0.0, values[row] / np.maximum(length, 1e-9), values[row])
    return replace(part, curves=tuple(replace(c, values=v) for c, v in zip(part.curves, values, strict=True)))


def weights(frames: np.ndarray, span: tuple[int, int], blend: int) -> np.ndarray:
    """[K] what the take counts at `frames`: 0 outside of `span`, 1 inside, rising over `blend` frames at its ends."""
    first, last = span
    inside = np.minimum(frames - first, last - frames) + 1.0  # 1 at the first and the last frame
    share = np.clip(inside / (blend + 1.0), 0.0, 1.0)
    return np.asarray(share * share * (3.0 - 2.0 * share))


def _there(owner: bpy.types.ID, curve: Curve, frames: np.ndarray) -> np.ndarray:
    """[K] what the property of `curve` is at `frames`; what it is now, where `owner`'s action leaves it alone."""
    found = actions.values_there(owner, curve, frames)
    if found is not None:
        return found
    return np.full(len(frames), _now(owner, curve))


def _now(owner: bpy.types.ID, curve: Curve) -> float:
    value = owner.path_resolve(curve.data_path)
    return float(value[curve.index] if hasattr(value, "__len__") else value)


def _quaternions(part: Part) -> list[list[int]]:
    """Rows of the curves of each rotation by a quaternion."""
    found: dict[str, list[int]] = {}
    for row, curve in enumerate(part.curves):
        if curve.data_path.endswith(_TURNS):
            found.setdefault(curve.data_path, []).append(row)
    return [rows for rows in found.values() if len(rows) == _QUATERNION]
