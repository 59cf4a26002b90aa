"""The parts of a head that look different: one material slot each, in this order. No bpy here."""

from __future__ import annotations

from typing import Final

import numpy as np

from ...backend.contract.face import Face

PARTS: Final = ("skin", "lips", "eye_white", "iris", "pupil", "teeth", "tongue", "lashes", "brows", "garment")
"""Material slots of a head's mesh."""

_PART_OF_REGION: Final = {
    "skin": "skin",
    "eye_left": "eye_white",
    "eye_right": "eye_white",
    "teeth_upper": "teeth",
    "teeth_lower": "teeth",
    "tongue": "tongue",
    "lashes": "lashes",
    "brows": "brows",
    "garment": "garment",
}
_HALF: Final = 0.5


def part_of_polygons(face: Face, polygons: np.ndarray) -> np.ndarray:
    """[Q] index into PARTS for each of `polygons` [Q, 3 or 4] (-1 pads); whatever has no known region is skin."""
    vertex_part = np.zeros(len(face.v_template), np.int32)
    for region, part in _PART_OF_REGION.items():
        vertex_part[face.regions.get(region, [])] = PARTS.index(part)
    found = vertex_part[polygons[:, 0]]
    lips = face.masks.get("lips")
    if lips is not None:
        on_lips = _mean(lips, polygons) > _HALF
        found[on_lips & (found == PARTS.index("skin"))] = PARTS.index("lips")
    angle = face.masks.get("eye_angle")
    if angle is not None:
        ball = found == PARTS.index("eye_white")
        outermost = np.where(polygons >= 0, angle[polygons], 0.0).max(axis=1)
        slack = 1e-3  # the angles are stored in half precision
        found[ball & (outermost <= face.extras["iris_angle"] + slack)] = PARTS.index("iris")
        found[ball & (outermost <= face.extras["pupil_angle"] + slack)] = PARTS.index("pupil")
    return found


def _mean(values: np.ndarray, polygons: np.ndarray) -> np.ndarray:
    present = polygons >= 0
    total = np.where(present, values[polygons], 0.0).sum(axis=1)
    return np.asarray(total / present.sum(axis=1))
