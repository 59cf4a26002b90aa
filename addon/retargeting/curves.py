"""A curve is what lands in one F-curve: a data path, an index and one value a moment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from ..paths import escaped

FACE_GROUP: Final = "Face"
"""The group that shape keys' curves are shown in."""


@dataclass(frozen=True)
class Curve:
    """`values` [T], one at each of the take's moments; `group` is the name shown in the editors."""

    data_path: str
    index: int
    values: np.ndarray
    group: str


@dataclass(frozen=True)
class RigCurves:
    """Everything written onto one person: `bones` on the armature object, `shapes` on shape keys."""

    bones: tuple[Curve, ...]
    shapes: tuple[Curve, ...]


def key_path(name: str) -> str:
    """The data path of a shape key's value, from its shape-key block."""
    return f'key_blocks["{escaped(name)}"].value'


def bone_path(name: str, channel: str) -> str:
    """The data path of a pose bone's `channel`, from its armature object."""
    return f'pose.bones["{escaped(name)}"].{channel}'
