"""Whether bones that a mapping moves are where controls of a face can be. No bpy here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np

from .character_axes import RestBone, eye_distance
from .rig_mapping import RigMapping

_LOOK: Final = "eyeLook"
_AIM: Final = 1.0
"""In distances between the eyes: what an eye aims at is not in the eye, nor in the face."""
_FACE: Final = 5.0
"""A control of the face is nearer to the eyes than this; the chin is at 2."""


def out_of_place(mapping: RigMapping, bones: Mapping[str, RestBone]) -> dict[str, str]:
    """Bones that `mapping` moves and that cannot be the controls they are called, with a sentence each.

    An eyeball that is moved leaves the head, so a control that eyes aim at must stand before them. Empty for a rig
    without two eye bones, where nothing can be measured.
    """
    eyes = {
        side: next((part.bone for part in mapping.bones.get(f"eye_{side}", ())), None) for side in ("left", "right")
    }
    unit = eye_distance(bones, eyes["left"], eyes["right"])
    if unit is None:
        return {}
    middle = (bones[eyes["left"] or ""].head + bones[eyes["right"] or ""].head) / 2
    found = {}
    for name, row in mapping.moves.items():
        if name not in bones:
            continue
        if any(component.startswith(_LOOK) for component in row):
            near = min(float(np.linalg.norm(bones[name].head - bones[eye or ""].head)) for eye in eyes.values())
            if near < _AIM * unit:
                found[name] = f"{name} is in the eye, not before it, so it is not moved."
        elif float(np.linalg.norm(bones[name].head - middle)) > _FACE * unit:
            found[name] = f"{name} is not at the face, so it is not moved."
    return found
