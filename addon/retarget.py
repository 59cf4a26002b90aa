"""A performance becomes curves for one rig, by a mapping that is data (presets/rigs). No bpy here."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..backend.contract.constants import JOINT_NAMES
from ..backend.contract.errors import DuologueError, ExitCode
from ..backend.contract.performance import Performance
from .curves import Curve, RigCurves


@dataclass(frozen=True)
class ShapeTarget:
    """One shape key that a component moves, and how strongly."""

    shape: str
    gain: float


@dataclass(frozen=True)
class RigMapping:
    """How a performance lands on a rig: joint → bone, the bone that translates, component → shape keys."""

    id: str
    name: str
    bones: Mapping[str, str]
    translation: str
    expression: Mapping[str, tuple[ShapeTarget, ...]]


@dataclass(frozen=True)
class Strength:
    """The artist's sliders, 1 = as the model gave it; applied when keys are written."""

    expression: float = 1.0
    jaw: float = 1.0
    head: float = 1.0


@dataclass(frozen=True)
class Survey:
    """What of a mapping a rig has."""

    mapped: tuple[str, ...]
    missing: tuple[str, ...]

    def sentence(self) -> str:
        """“50 of 56 channels mapped; missing: …”."""
        text = f"{len(self.mapped)} of {len(self.mapped) + len(self.missing)} channels mapped"
        return f"{text}; missing: {', '.join(self.missing)}." if self.missing else f"{text}."


def load_mapping(path: Path) -> RigMapping:
    """Read a file of presets/rigs. Raises DuologueError (RIG_UNSUITABLE)."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        return RigMapping(
            id=str(data["id"]),
            name=str(data["name"]),
            bones={str(joint): str(bone) for joint, bone in data["bones"].items()},
            translation=str(data["translation"]),
            expression={
                str(name): tuple(ShapeTarget(str(one["shape"]), float(one["gain"])) for one in targets)
                for name, targets in data["expression"].items()
            },
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise DuologueError(
            ExitCode.RIG_UNSUITABLE,
            f"The rig mapping {path} cannot be read ({error}).",
            "Restore it or choose another.",
        ) from error


def survey(mapping: RigMapping, bones: AbstractSet[str], shapes: AbstractSet[str]) -> Survey:
    """Which of the mapping's bones and shape keys are there. Raises DuologueError (RIG_UNSUITABLE) when none is."""
    wanted = [(bone, bone in bones) for bone in dict.fromkeys(mapping.bones.values())]
    targets = dict.fromkeys(target.shape for one in mapping.expression.values() for target in one)
    wanted += [(shape, shape in shapes) for shape in targets]
    mapped = tuple(name for name, there in wanted if there)
    if not mapped:
        raise DuologueError(
            ExitCode.RIG_UNSUITABLE,
            f"Nothing of the mapping “{mapping.name}” is on this rig.",
            "Choose another mapping, or press Add conversation to build heads that fit.",
        )
    return Survey(mapped, tuple(name for name, there in wanted if not there))


def rig_curves(
    performance: Performance,
    person: int,
    mapping: RigMapping,
    component_names: Sequence[str],
    present: Survey,
    strength: Strength = Strength(),  # noqa: B008 — frozen
) -> RigCurves:
    """All curves of one person, only for bones and shape keys that `present` names.

    `component_names` [E] says what the columns of `performance.expression` are.
    """
    there = set(present.mapped)
    bones: list[Curve] = []
    for joint, bone in mapping.bones.items():
        if bone in there:
            scale = {"jaw": strength.jaw, "neck": strength.head}.get(joint, 1.0)
            bones += _rotation(performance.pose[person, :, JOINT_NAMES.index(joint)] * scale, bone)
    if mapping.translation in there:
        bones += _location(performance.translation[person], mapping.translation)
    shapes = _shape_values(performance.expression[person], mapping, component_names, there)
    return RigCurves(
        tuple(bones),
        tuple(
            Curve(f'key_blocks["{_escaped(shape)}"].value', 0, values * strength.expression, "Expression")
            for shape, values in shapes.items()
        ),
    )


def quaternions(axis_angles: np.ndarray) -> np.ndarray:
    """[T, 3] axis-angle radians → [T, 4] quaternions (w, x, y, z), of continuous sign so that curves do not jump."""
    angles = np.linalg.norm(axis_angles, axis=1, keepdims=True)  # [T, 1] radians
    half = angles / 2
    # sin(a/2)/a tends to 1/2, where dividing would lose everything.
    scale = np.where(angles > 1e-8, np.sin(half) / np.maximum(angles, 1e-8), 0.5)
    result = np.concatenate([np.cos(half), axis_angles * scale], axis=1)  # [T, 4]
    turned = np.einsum("tq,tq->t", result[1:], result[:-1]) < 0
    signs = np.concatenate([[1.0], np.where(np.cumsum(turned) % 2, -1.0, 1.0)])  # [T]
    return result * signs[:, None]


def _rotation(axis_angles: np.ndarray, bone: str) -> list[Curve]:
    path = f'pose.bones["{_escaped(bone)}"].rotation_quaternion'
    values = quaternions(axis_angles.astype(np.float64))
    return [Curve(path, index, values[:, index], bone) for index in range(4)]


def _location(translation: np.ndarray, bone: str) -> list[Curve]:
    path = f'pose.bones["{_escaped(bone)}"].location'
    return [Curve(path, index, translation[:, index], bone) for index in range(3)]


def _shape_values(
    expression: np.ndarray, mapping: RigMapping, component_names: Sequence[str], there: AbstractSet[str]
) -> dict[str, np.ndarray]:
    """Shape key → [T] values; several components may add up in one key."""
    values: dict[str, np.ndarray] = {}
    for column, name in enumerate(component_names):
        for target in mapping.expression.get(name, ()):
            if target.shape in there:
                part = expression[:, column] * target.gain
                values[target.shape] = values[target.shape] + part if target.shape in values else part
    return values


def _escaped(name: str) -> str:
    """As `bpy.utils.escape_identifier`: quotes and backslashes in a data path."""
    return name.replace("\\", "\\\\").replace('"', '\\"')
