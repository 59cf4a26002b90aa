"""Gaze: eyes turn to their targets, the head follows beyond the eyes' range, the trunk beyond the neck's."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import degrees, radians
from typing import Final

import numpy as np

from ..animation.curves import covering_envelope, smoothed
from ..animation.head_following import follow
from ..face.skinning import axis_angle_to_matrix
from .anatomy import EYE_COMFORT, EYE_LIMIT, NECK_COMFORT, NECK_LIMIT, TRUNK_LIMIT, Anatomy, limited_rotation
from .outlook import outlooks
from .rotation import axis_angle_from_matrices, directions, level_orientation, turn_to, wrapped, yaw_and_pitch
from .stage import Place, Staging
from .trunk import TrunkAngles, root_position, trunk_orientation

_ROUNDS: Final = 6
"""Turning the head moves the eyes, which changes where they must look; this settles to under a tenth of a degree."""

_TRUNK_SLOWER: Final = 2.2
"""Factor on the times in which the head follows the eyes."""

_HEAD_SECONDS, _TRUNK_SECONDS = 0.7, 1.6
_SETTLE_SECONDS = 0.14
"""Glances from one side to the other pull the head both ways; what this rounds off, the room between `EYE_COMFORT` and
`EYE_LIMIT` takes."""
_HIGHEST = np.pi * 0.45
_OVERTURN = np.radians(20.0)
"""How much further than the neck can turn the head is ever asked to: room for its own motion. Asked without bounds for
a partner right behind, it would pass half a turn and come round on the wrong side."""


@dataclass(frozen=True)
class GazeProblem:
    """Two people's pose before gaze is solved.

    `anatomy` of each; `hip` [2, 3] metres; `body` [2, 3, 3] the axes of each body in the scene, of which are: `trunk`
    angles [2, T], `rest` [2, T] trunk yaw without any twist (the chair's), `head_yaw`, `head_pitch` [2, T] radians:
    where the head comfortably faces. `motion` [2, T, 3, 3] the head's own motion on top; `gaze` [2, T, 2] radians off
    the partner's eyes, left and up, and `home` [2, 2] where in these terms trunk and head rest.
    """

    anatomy: tuple[Anatomy, Anatomy]
    hip: np.ndarray
    body: np.ndarray
    trunk: TrunkAngles
    rest: np.ndarray
    head_yaw: np.ndarray
    head_pitch: np.ndarray
    motion: np.ndarray
    gaze: np.ndarray
    home: np.ndarray


@dataclass(frozen=True)
class GazeSolution:
    """Two people's pose with eyes on their targets.

    `trunk` [2, T, 3, 3] in the scene; `root` [2, T, 3] metres; `neck` [2, T, 3] axis-angle relative to the trunk;
    `eye_yaw` and `eye_pitch` [2, T, 2 (left, right)] radians relative to the head.
    """

    trunk: np.ndarray
    root: np.ndarray
    neck: np.ndarray
    eye_yaw: np.ndarray
    eye_pitch: np.ndarray


def solve_gaze(problem: GazeProblem) -> GazeSolution:
    """Turn trunks, necks and eyes so that both eyes of each person meet their target.

    The target lies at the partner's distance, `gaze` away from the midpoint of the partner's eyes; with gaze (0, 0)
    both lines of sight meet that midpoint. Only what no trunk, neck and eye can reach is missed.
    """
    at_home = _turned_home(problem)
    if (problem.gaze == problem.home[:, None]).all():
        return _aim(at_home)[0]
    return _aim(_turned_after_eyes(replace(at_home, gaze=problem.gaze)))[0]


def _turned_home(problem: GazeProblem) -> GazeProblem:
    """`problem` with heads and trunks turned as far as looking home needs (eye contact, for most people), all the time
    and with some to spare.
    """
    current = replace(problem, gaze=np.broadcast_to(problem.home[:, None], problem.gaze.shape))
    for _ in range(_ROUNDS):
        solution, demand = _aim(current)
        current = _let_head_follow(current, solution, demand)
    return replace(
        current,
        head_yaw=problem.head_yaw + smoothed(current.head_yaw - problem.head_yaw, _SETTLE_SECONDS),
        head_pitch=problem.head_pitch + smoothed(current.head_pitch - problem.head_pitch, _SETTLE_SECONDS),
    )


def _turned_after_eyes(problem: GazeProblem) -> GazeProblem:
    """`problem` with heads and trunks turned further for what eyes alone cannot look at, just after they have moved.

    On the way there the eyes wait at their limit.
    """
    current = problem
    for _ in range(_ROUNDS):
        solution, demand = _aim(current)
        current = _let_head_follow(current, solution, demand, at_once=True)
    head = np.stack([current.head_yaw - problem.head_yaw, current.head_pitch - problem.head_pitch], axis=-1)
    trunk = (current.trunk.yaw - problem.trunk.yaw)[..., None]  # [2, T, 1]
    followed = np.stack([follow(row) for row in head])  # [2, T, 2]
    twisted = np.stack([follow(row, _TRUNK_SLOWER) for row in trunk])[..., 0]
    return replace(
        problem,
        trunk=replace(problem.trunk, yaw=problem.trunk.yaw + twisted),
        head_yaw=problem.head_yaw + followed[..., 0],
        head_pitch=problem.head_pitch + followed[..., 1],
    )


def _eye_positions(solution: GazeSolution, person: int, anatomy: Anatomy) -> np.ndarray:
    head = solution.trunk[person] @ axis_angle_to_matrix(solution.neck[person])  # [T, 3, 3]
    pivot = solution.root[person] + solution.trunk[person] @ (anatomy.neck - anatomy.root)  # [T, 3]
    positions: np.ndarray = pivot[:, None] + np.einsum("tij,ej->tei", head, anatomy.eyes - anatomy.neck)
    return positions


def _aim(problem: GazeProblem) -> tuple[GazeSolution, np.ndarray]:
    """One pass with the head where `problem` has it; also the demand on the eyes before any limit, [2, T, 2, 2]."""
    trunk = problem.body[:, None] @ trunk_orientation(problem.trunk)
    root = root_position(problem.hip[:, None], trunk, problem.trunk.rise)
    level = level_orientation(problem.head_yaw, problem.head_pitch)
    wished = problem.body[:, None] @ level @ problem.motion  # [2, T, 3, 3]
    neck = limited_rotation(axis_angle_from_matrices(np.swapaxes(trunk, -1, -2) @ wished), NECK_LIMIT)
    empty = np.zeros((*neck.shape[:2], 2))
    solution = GazeSolution(trunk, root, neck, empty, empty)
    places = [_eye_positions(solution, person, joints) for person, joints in enumerate(problem.anatomy)]
    eyes = np.stack(places)  # [2, T, 2 (left, right), 3] metres in the scene
    target = _targets(eyes.mean(axis=2), problem.gaze)  # [2, T, 3]
    head = trunk @ axis_angle_to_matrix(neck)
    local = np.einsum("ptji,ptej->ptei", head, target[:, :, None] - eyes)
    yaw, pitch = yaw_and_pitch(local)
    over_yaw, over_pitch = EYE_LIMIT.excess(yaw, pitch)
    return replace(solution, eye_yaw=yaw - over_yaw, eye_pitch=pitch - over_pitch), np.stack([yaw, pitch], axis=-1)


def _targets(between: np.ndarray, gaze: np.ndarray) -> np.ndarray:
    """`between` [2, T, 3] the midpoint of each one's eyes → [2, T, 3] where each one looks."""
    to_partner = between[::-1] - between
    yaw, pitch = yaw_and_pitch(to_partner)
    sight = directions(yaw + gaze[..., 0], np.clip(pitch + gaze[..., 1], -_HIGHEST, _HIGHEST))
    distance = np.linalg.norm(to_partner, axis=-1, keepdims=True)
    targets: np.ndarray = between + np.where(np.any(gaze != 0.0, axis=-1, keepdims=True), distance * sight, to_partner)
    return targets


def _let_head_follow(
    problem: GazeProblem, solution: GazeSolution, demand: np.ndarray, *, at_once: bool = False
) -> GazeProblem:
    """Let the head take what the eyes cannot do comfortably, and the trunk what the neck cannot.

    Long before and after it is needed; or `at_once`, on the very frames.
    """
    middle = demand.mean(axis=2)  # [2, T, 2]
    head_yaw, head_pitch = EYE_COMFORT.excess(middle[..., 0], middle[..., 1])
    facing = axis_angle_to_matrix(solution.neck)[..., :, 2]  # [2, T, 3] the head's Z in the trunk
    neck_yaw, _ = yaw_and_pitch(facing)
    beyond = np.sign(neck_yaw) * np.maximum(np.abs(neck_yaw) - NECK_COMFORT, 0.0)
    around = _as_it_is if at_once else covering_envelope
    twisted = problem.trunk.yaw + around(beyond, _TRUNK_SECONDS)
    twist = np.clip(wrapped(twisted - problem.rest), -TRUNK_LIMIT, TRUNK_LIMIT)
    trunk_yaw = problem.rest + twist
    most = NECK_LIMIT + _OVERTURN
    turn = problem.head_yaw + around(head_yaw, _HEAD_SECONDS) - trunk_yaw
    tilt = problem.head_pitch + around(head_pitch, _HEAD_SECONDS)
    return replace(
        problem,
        trunk=replace(problem.trunk, yaw=trunk_yaw),
        head_yaw=trunk_yaw + np.clip(turn, -most, most),
        head_pitch=np.clip(tilt, -most, most),
    )


def _as_it_is(curve: np.ndarray, _seconds: float) -> np.ndarray:
    return curve


def eye_rotations(solution: GazeSolution) -> np.ndarray:
    """[2, T, 2 (left, right), 3] axis-angle radians relative to the head."""
    return turn_to(solution.eye_yaw, solution.eye_pitch)


REACH: Final = TRUNK_LIMIT + NECK_LIMIT + EYE_LIMIT.side
"""Radians from the way chair and feet face, at one height: no trunk, neck and eye can turn further together."""

ALWAYS_MET: Final = radians(135.0)
"""Radians up to which both eyes of every person meet every partner's, however tall, close, leaning and lively. Between
this and REACH it depends on how much of the neck's and the eyes' turn is spent on looking up or down."""


def out_of_reach(staging: Staging) -> tuple[float, float]:
    """Radians by which the partner lies further round than each person can look; 0 where eyes can meet."""
    first, second = staging.places
    return _shortfall(first, second), _shortfall(second, first)


def reach_warnings(staging: Staging, names: tuple[str, str]) -> tuple[str, ...]:
    """A sentence for each person who cannot turn far enough to look at the other and does not mostly look elsewhere."""
    return tuple(
        f"{name} faces too far away to look at {other}: eyes stop {degrees(shortfall):.0f}° short. Turn {name} round."
        for name, other, shortfall, looks in zip(
            names, reversed(names), out_of_reach(staging), outlooks(staging), strict=True
        )
        if shortfall > 0 and not looks.is_ahead
    )


def _shortfall(place: Place, partner: Place) -> float:
    yaw, _ = yaw_and_pitch(np.subtract(partner.position, place.position))
    return max(0.0, float(np.abs(wrapped(yaw - place.facing))) - REACH)
