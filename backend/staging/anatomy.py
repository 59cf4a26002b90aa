"""The few points of a head that looking needs: where it turns and where its eyes are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ..contract.constants import JOINT_NAMES
from ..contract.face import Face

_ROOT, _NECK, _EYE_LEFT, _EYE_RIGHT = (JOINT_NAMES.index(name) for name in ("global", "neck", "eye_left", "eye_right"))


@dataclass(frozen=True)
class Anatomy:
    """Joints of one character at rest in the face's axes, metres: `root` [3], `neck` [3], `eyes` [2, 3]."""

    root: np.ndarray
    neck: np.ndarray
    eyes: np.ndarray

    @property
    def between_eyes(self) -> np.ndarray:
        """[3] metres, the midpoint of both eyes."""
        between: np.ndarray = self.eyes.mean(axis=0)
        return between


def anatomy_of(face: Face, identity: Mapping[str, float]) -> Anatomy:
    """The joints of `face` with identity coefficients by name; names the face does not have change nothing.

    Joints come from the shaped vertices, as in FLAME (Li et al. 2017, equation 2).
    """
    coefficients = np.array([identity.get(name, 0.0) for name in face.identity_names])  # [S]
    shaped = face.v_template + face.identity_directions @ coefficients  # [V, 3]
    joints = face.J_regressor @ shaped  # [5, 3] metres
    return Anatomy(joints[_ROOT], joints[_NECK], joints[[_EYE_LEFT, _EYE_RIGHT]])
