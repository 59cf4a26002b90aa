"""A performance becomes curves for one rig, by a mapping that is data (presets/rigs)."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from ..backend.contract.constants import JOINT_NAMES
from ..backend.contract.errors import DuologueError, ExitCode
from ..backend.contract.performance import Performance
from .curves import Curve, RigCurves
from .paths import escaped
from .rotation import quaternions, resampled, resampled_quaternions

_FACE_GROUP: Final = "Face"


@dataclass(frozen=True)
class RigMapping:
    """Which bone carries each joint and which shape key each expression component, in the face's own order.

    `moving` is the joint whose bone takes the translation. A component mapped to None is carried by another channel
    (the jaw joint carries jawOpen).
    """

    face: str
    joints: dict[str, str]
    moving: str
    shapes: dict[str, str | None]


@dataclass(frozen=True)
class Coverage:
    """How much of a mapping a rig has: `missing` names the shape keys it lacks."""

    mapped: int
    wanted: int
    missing: tuple[str, ...]


def load_mapping(path: Path) -> RigMapping:
    """Read a rig preset. Raises DuologueError (RIG_UNSUITABLE)."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        mapping = RigMapping(str(data["face"]), dict(data["joints"]), str(data["moving"]), dict(data["shapes"]))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DuologueError(
            ExitCode.RIG_UNSUITABLE, f"The rig preset {path} cannot be read ({error}).", "Install Duologue again."
        ) from error
    if set(mapping.joints) != set(JOINT_NAMES) or mapping.moving not in mapping.joints:
        raise DuologueError(
            ExitCode.RIG_UNSUITABLE,
            f"The rig preset {path} does not map the joints {', '.join(JOINT_NAMES)}.",
            "Name a bone for each of them.",
        )
    return mapping


def check_rig(mapping: RigMapping, name: str, bones: Collection[str], shape_keys: Collection[str]) -> Coverage:
    """How much of `mapping` the rig called `name` has. Raises DuologueError (RIG_UNSUITABLE): it cannot act at all."""
    lost = [bone for bone in mapping.joints.values() if bone not in bones]
    if lost:
        raise DuologueError(
            ExitCode.RIG_UNSUITABLE,
            f"{name} has no bone called {', '.join(lost)}.",
            "Rename the bones back or press Add conversation for a new pair of heads.",
        )
    wanted = [key for key in mapping.shapes.values() if key is not None]
    missing = tuple(key for key in wanted if key not in shape_keys)
    if len(missing) == len(wanted):
        raise DuologueError(
            ExitCode.RIG_UNSUITABLE,
            f"None of the {len(wanted)} shape keys that {mapping.face} needs is on {name}.",
            "Choose the armature of a head that Duologue made, or press Add conversation.",
        )
    return Coverage(len(wanted) - len(missing), len(wanted), missing)


def check_performance(mapping: RigMapping, performance: Performance) -> None:
    """Raises DuologueError (PERFORMANCE_INVALID) when `performance` is not in the mapping's face basis."""
    components = performance.expression.shape[2]
    if performance.face == mapping.face and components == len(mapping.shapes):
        return
    raise DuologueError(
        ExitCode.PERFORMANCE_INVALID,
        f"The take is for the face {performance.face} with {components} components, the heads are {mapping.face} "
        f"with {len(mapping.shapes)}.",
        "Generate it again for these heads.",
    )


def rig_curves(
    performance: Performance, person: int, mapping: RigMapping, seconds: np.ndarray, shape_keys: Collection[str]
) -> RigCurves:
    """The curves of one person at `seconds` [K] after the take's beginning; only what is mapped and on the rig."""
    at = np.asarray(seconds) * performance.fps  # [K] fractional indices into the take
    bones: list[Curve] = []
    for index, joint in enumerate(JOINT_NAMES):
        bone = mapping.joints[joint]
        path = f'pose.bones["{escaped(bone)}"]'
        turning = resampled_quaternions(quaternions(performance.pose[person, :, index].astype(np.float64)), at)
        bones += [Curve(f"{path}.rotation_quaternion", axis, turning[:, axis], bone) for axis in range(4)]
        if joint == mapping.moving:
            moving = resampled(performance.translation[person], at)
            bones += [Curve(f"{path}.location", axis, moving[:, axis], bone) for axis in range(3)]
    expression = resampled(performance.expression[person], at)  # [K, E]
    shapes = [
        Curve(f'key_blocks["{escaped(key)}"].value', 0, expression[:, column], _FACE_GROUP)
        for column, key in enumerate(mapping.shapes.values())
        if key is not None and key in shape_keys
    ]
    return RigCurves(tuple(bones), tuple(shapes))
