"""A reaction is put where its partner is: what was staged for two goes along with the one who sits already."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import bpy
import numpy as np

from ...backend.contract.constants import JOINT_NAMES
from ...backend.contract.performance import Performance
from ...backend.contract.transfer import eyes_midpoint as staged_eyes
from ..retargeting.own_heads import BONE_NAMES
from ..retargeting.rotation import axis_angles, matrices, product, quaternions
from ..steps import Steps, part_of
from .people_at import people_at
from .targets import Target
from .timing import frames_a_second, seconds_of

_SAMPLES: Final = 9
_NEAR: Final = 1e-3
_GLOBAL: Final = JOINT_NAMES.index("global")


@dataclass(frozen=True)
class Beside:
    """Where eyes are in the take, `there`, and in the scene, `now`, [3] metres each: the person's and the partner's.

    `root` [3] is the joint that the person's head turns about.
    """

    root: np.ndarray
    there: tuple[np.ndarray, np.ndarray]
    now: tuple[np.ndarray, np.ndarray]


def beside_partner(
    scene: bpy.types.Scene, own: Target, partner: Target | None, person: int, start: float
) -> Steps[Beside | None]:
    """Where the target `own`, who is `person`, has to go for its partner's eyes to be where they are in the scene.

    None for a head that Duologue did not build: it stays where the artist has put it, and its partner's take as it was
    staged.
    """
    if partner is None or not (own.own and partner.own):
        return None
    take = own.performance
    frames = _sampled_frames(scene, start, take.seconds)  # [S]
    now = yield from _eyes_in_scene(scene, own.head, partner.head, frames)  # [2, 3] own, partner
    moments = np.rint(seconds_of(frames, scene.render, start) * take.fps).astype(int)  # [S]
    at = np.clip(moments, 0, take.frame_count - 1)
    joints = [_joints(target.head) for target in (own, partner)]
    there = [
        staged_eyes(take.pose[one][at], take.translation[one][at], rest).mean(axis=0)
        for one, rest in zip((person, 1 - person), joints, strict=True)
    ]
    return Beside(joints[0][0], (there[0], there[1]), (now[0], now[1]))


def placed(take: Performance, person: int, beside: Beside) -> Performance:
    """`take` with the rows of `person` moved: the partner's eyes to where they are in the scene.

    The staged pair is turned about the vertical so that the person stays on the side of the partner on which the head
    is now; the distance between the two is the staged one, and lines of sight stay true.
    """
    root, there, now = beside.root, beside.there, beside.now
    turn = _yaw(now[0] - now[1]) - _yaw(there[0] - there[1])
    about_y = quaternions(np.array([[0.0, turn, 0.0]]))  # [1, 4]
    turning = matrices(about_y)[0]  # [3, 3]
    pose, translation = take.pose.copy(), take.translation.copy()
    pose[person, :, _GLOBAL] = axis_angles(product(about_y, quaternions(take.pose[person, :, _GLOBAL].astype(float))))
    translation[person] = (root + take.translation[person] - there[1]) @ turning.T + now[1] - root
    return replace(take, pose=pose, translation=translation)


def _sampled_frames(scene: bpy.types.Scene, start: float, seconds: float) -> np.ndarray:
    """[S] whole frames over the take."""
    length = seconds * frames_a_second(scene.render)
    return np.linspace(start, start + length, _SAMPLES).round()


def _eyes_in_scene(
    scene: bpy.types.Scene, own: bpy.types.Object, partner: bpy.types.Object, frames: np.ndarray
) -> Steps[np.ndarray]:
    """[2, 3] metres in the space of `own`: between its eyes and its partner's, on average over `frames`."""
    there = yield from part_of(people_at(scene, own, frames), 0.0, 0.5)
    other = yield from part_of(people_at(scene, partner, frames), 0.5, 1.0)
    into_own = [one.matrix.inverted() for one in there]
    eyes = [[into @ one.person.eyes for into, one in zip(into_own, each, strict=True)] for each in (there, other)]
    return np.array(eyes).mean(axis=1)


def _joints(head: bpy.types.Object) -> np.ndarray:
    """[5, 3] metres at rest."""
    return np.array([head.data.bones[name].head_local for name in BONE_NAMES])


def _yaw(way: np.ndarray) -> float:
    return float(np.arctan2(way[0], way[2])) if np.hypot(way[0], way[2]) > _NEAR else 0.0
