"""Rotations of a take on the bones of any character, whatever their rest orientation and rotation mode. No bpy here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ...backend.contract.constants import JOINT_NAMES
from ...backend.contract.performance import Performance
from .channel_groups import group_of_channel, group_of_row
from .character_axes import RestBone
from .curves import Curve, bone_path
from .rig_mapping import LID_CHANNELS, BonePart
from .rotation import axis_angles, euler_angles, neighbourly, product, quaternions, resampled_quaternions, turning_axes


@dataclass(frozen=True)
class Turns:
    """Axis-angle [K, 3] radians of one person, in character axes (left, up, forward).

    `trunk` relative to how the character sits or stands; `head` relative to the trunk; `whole_head` relative to
    the seat; `jaw`, eyes and lids relative to the head.
    """

    trunk: np.ndarray
    head: np.ndarray
    whole_head: np.ndarray
    jaw: np.ndarray
    eye_left: np.ndarray
    eye_right: np.ndarray
    lid_upper_left: np.ndarray
    lid_upper_right: np.ndarray
    lid_lower_left: np.ndarray
    lid_lower_right: np.ndarray


def turns_of(performance: Performance, person: int, seconds: np.ndarray, heading: np.ndarray | float = 0.0) -> Turns:
    """What one person's joints do at `seconds` [K] after the take's beginning; no joint of a take is a lid's.

    `heading` is the yaw in the take's scene that is straight ahead for the character (`placement.heading`), radians,
    one for all or [K].
    """
    at = np.asarray(seconds) * performance.fps  # [K] fractional indices into the take
    joints = {
        name: resampled_quaternions(quaternions(performance.pose[person, :, index].astype(np.float64)), at)
        for index, name in enumerate(JOINT_NAMES)
    }  # [K, 4] each
    trunk = product(quaternions(_about_y(-np.atleast_1d(heading))), joints["global"])
    return Turns(
        trunk=axis_angles(trunk),
        head=axis_angles(joints["neck"]),
        whole_head=axis_angles(product(trunk, joints["neck"])),
        jaw=axis_angles(joints["jaw"]),
        eye_left=axis_angles(joints["eye_left"]),
        eye_right=axis_angles(joints["eye_right"]),
        **{lid: np.zeros((len(at), 3)) for lid in LID_CHANNELS},
    )


def _about_y(angles: np.ndarray) -> np.ndarray:
    """[K] radians → [K, 3] axis-angle."""
    return angles[:, None] * np.array([0.0, 1.0, 0.0])


def bone_curves(
    turns: Mapping[str, np.ndarray],
    parts: Mapping[str, Sequence[BonePart]],
    bones: Mapping[str, RestBone],
    axes: np.ndarray,
) -> tuple[Curve, ...]:
    """`turns` channel → [K, 3] radians in character axes, on the bones that `parts` names for the channel.

    `axes` [3, 3] are the character's in the armature's space (`character_axes`). A rotation A of the character is
    rest⁻¹ · A · rest on top of a bone's own rest, which turns the axis and keeps the angle; a share scales the angle.
    A bone that is kept from turning with those before it (Rigify's head and its neck) gets their shares as well.
    A bone named by two channels gets both, one after the other, in the group of the first.
    """
    turned: dict[str, np.ndarray] = {}  # bone → [K, 4]
    groups: dict[str, str] = {}
    for channel, named in parts.items():
        for part in named:
            bone = bones[part.bone]
            groups.setdefault(part.bone, group_of_channel(channel))
            into_bone = bone.rotation.T @ axes  # [3, 3]
            share = part.share + sum(one.share for one in named if _kept_from(bone, one.bone, bones))
            turning = quaternions(share * turns[channel] @ into_bone.T)
            turned[part.bone] = product(turned[part.bone], turning) if part.bone in turned else turning
    return tuple(
        curve for name, turning in turned.items() for curve in _rotation_curves(bones[name], turning, groups[name])
    )


def move_curves(
    moves: Mapping[str, Mapping[str, tuple[float, float, float]]],
    channels: Mapping[str, np.ndarray],
    bones: Mapping[str, RestBone],
    axes: np.ndarray,
    unit: float,
) -> tuple[Curve, ...]:
    """`moves` bone → component → offset in character axes, in `unit`s of the armature's space → location curves."""
    curves: list[Curve] = []
    length = len(next(iter(channels.values())))
    for name, row in moves.items():
        offset = np.zeros((length, 3))
        for component, direction in row.items():
            if component in channels:
                offset += channels[component][:, None] * np.asarray(direction)
        local = unit * offset @ axes.T @ bones[name].rotation  # [K, 3]
        curves += [Curve(bone_path(name, "location"), axis, local[:, axis], group_of_row(row)) for axis in range(3)]
    return tuple(curves)


def _kept_from(bone: RestBone, ancestor: str, bones: Mapping[str, RestBone]) -> bool:
    """Whether `bone` hangs below `ancestor` but does not turn with it."""
    free, above = bone.free, bone.parent
    while above in bones and above != ancestor:
        free, above = free or bones[above].free, bones[above].parent
    return free and above == ancestor


def _rotation_curves(bone: RestBone, turning: np.ndarray, group: str) -> list[Curve]:
    """`turning` [K, 4] in the bone's own rotation mode."""
    if bone.mode == "QUATERNION":
        channel, values = "rotation_quaternion", neighbourly(turning)
    elif bone.mode == "AXIS_ANGLE":
        channel, values = "rotation_axis_angle", turning_axes(turning)
    else:
        channel, values = "rotation_euler", euler_angles(turning, bone.mode)
    path = bone_path(bone.name, channel)
    return [Curve(path, axis, values[:, axis], group) for axis in range(values.shape[1])]
