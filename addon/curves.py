"""A curve is what lands in one F-curve: a data path, an index and one value a moment."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Curve:
    """`values` [T], one at each of the take's moments; `group` is the name shown in the editors."""

    data_path: str
    index: int
    values: np.ndarray
    group: str


@dataclass(frozen=True)
class RigCurves:
    """Everything written onto one head: `bones` on its armature object, `shapes` on its mesh's shape keys."""

    bones: tuple[Curve, ...]
    shapes: tuple[Curve, ...]
