"""The heads that Duologue builds: a take's joints and components land on them as they are."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

import numpy as np

from ...backend.contract.arkit import ARKIT_NAMES
from ...backend.contract.constants import JOINT_NAMES, OPEN_HEAD
from ...backend.contract.errors import DuologueError, ExitCode
from ...backend.contract.performance import Performance
from .channel_groups import BODY, EYES, HEAD, JAW, group_of_component
from .coverage import Coverage
from .curves import Curve, RigCurves, bone_path, key_path
from .rotation import quaternions, resampled, resampled_quaternions

BONE_NAMES: Final = ("root", "neck", "jaw", "eye_left", "eye_right")
"""The bones of every rig built here, in the order of `JOINT_NAMES`; the root takes the translation."""

_GROUPS: Final = dict(zip(BONE_NAMES, (BODY, HEAD, JAW, EYES, EYES), strict=True))

_FLAME: Final = "flame"
_CARRIED_BY_JOINTS: Final = {OPEN_HEAD: frozenset({"jawOpen"})}
"""Components without a shape key of their own: the jaw's joint opens the open head's mouth."""


def component_names(face: str, count: int) -> tuple[str, ...]:
    """Names of the `count` expression components of the basis `face`. Raises DuologueError (PERFORMANCE_INVALID)."""
    if face == OPEN_HEAD and count == len(ARKIT_NAMES):
        return ARKIT_NAMES
    if face.startswith(_FLAME):
        return tuple(f"expression_{number:03d}" for number in range(1, count + 1))
    raise DuologueError(
        ExitCode.PERFORMANCE_INVALID,
        f"The take is for the face {face} with {count} components, which no head here has.",
        "Generate it again for these heads.",
    )


def check_face(face: str, performance: Performance) -> None:
    """Raises DuologueError (PERFORMANCE_INVALID) when `performance` is not in the basis of the head's `face`."""
    count = performance.expression.shape[2]
    if performance.face != face:
        raise DuologueError(
            ExitCode.PERFORMANCE_INVALID,
            f"The take is for the face {performance.face} with {count} components, the heads are {face}.",
            "Generate it again for these heads.",
        )
    component_names(face, count)


def expect_bones(name: str, bones: Collection[str]) -> None:
    """Raises DuologueError (RIG_UNSUITABLE) where the head `name` has not all bones of the rigs built here."""
    lost = [bone for bone in BONE_NAMES if bone not in bones]
    if lost:
        raise DuologueError(
            ExitCode.RIG_UNSUITABLE,
            f"{name} has no bone called {', '.join(lost)}.",
            "Rename the bones back or press Add conversation for a new pair of heads.",
        )


def check_rig(performance: Performance, name: str, bones: Collection[str], shape_keys: Collection[str]) -> Coverage:
    """How much of the take the head `name` has keys for. Raises DuologueError (RIG_UNSUITABLE): it cannot act."""
    expect_bones(name, bones)
    wanted = _keys(performance)
    missing = tuple(key for key in wanted if key not in shape_keys)
    if len(missing) == len(wanted):
        raise DuologueError(
            ExitCode.RIG_UNSUITABLE,
            f"None of the {len(wanted)} shape keys that {performance.face} needs is on {name}.",
            "Choose a head that Duologue made, or press Add conversation.",
        )
    return Coverage(len(wanted) - len(missing), len(wanted), missing)


def own_head_curves(
    performance: Performance, person: int, seconds: np.ndarray, shape_keys: Collection[str]
) -> RigCurves:
    """The curves of one person at `seconds` [K] after the take's beginning; only keys that are on the rig."""
    at = np.asarray(seconds) * performance.fps  # [K] fractional indices into the take
    bones: list[Curve] = []
    for index, bone in enumerate(BONE_NAMES):
        turning = resampled_quaternions(quaternions(performance.pose[person, :, index].astype(np.float64)), at)
        path = bone_path(bone, "rotation_quaternion")
        bones += [Curve(path, axis, turning[:, axis], _GROUPS[bone]) for axis in range(4)]
    moving = resampled(performance.translation[person], at)
    root = BONE_NAMES[JOINT_NAMES.index("global")]
    bones += [Curve(bone_path(root, "location"), axis, moving[:, axis], _GROUPS[root]) for axis in range(3)]
    expression = resampled(performance.expression[person], at)  # [K, E]
    columns = {name: column for column, name in enumerate(_components(performance))}
    shapes = [
        Curve(key_path(key), 0, expression[:, columns[key]], group_of_component(key))
        for key in _keys(performance)
        if key in shape_keys
    ]
    return RigCurves(tuple(bones), tuple(shapes))


def _components(performance: Performance) -> tuple[str, ...]:
    return component_names(performance.face, performance.expression.shape[2])


def _keys(performance: Performance) -> list[str]:
    carried = _CARRIED_BY_JOINTS.get(performance.face, frozenset())
    return [name for name in _components(performance) if name not in carried]
