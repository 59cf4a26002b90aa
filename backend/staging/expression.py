"""What staging adds to the expression for the eyes: lids that follow them."""

from __future__ import annotations

from typing import Final

import numpy as np

from ..contract.arkit import ARKIT_INDEX
from .anatomy import EYE_LIMIT

_LEFT_EYE_SIDES = ("Out", "In")  # of the left eye: looking to the person's left, to the right

_CLOSER_WITH_UP: Final = 0.24
_CLOSER_WITH_DOWN: Final = 0.20
"""Share of a blink that an eye at the edge of its range adds or spares. Measured on the open head, whose lids follow
its eyes' joints: the upper lid by 0.66 of the turn and the lower by 0.42, so that looking up parts them."""


def add_lid_motion(expression: np.ndarray, eye_yaw: np.ndarray, eye_pitch: np.ndarray) -> np.ndarray:
    """`expression` [..., T, 52] with the eyeLook components of both eyes set from `eye_yaw`, `eye_pitch` [..., T, 2].

    1 is an eye at the edge of its range. The open head's lids follow the joints of its eyes and need nothing more;
    there the components move only the folds around the lids. Heads without such correctives move their lids by them.
    A lid that has followed the eye down has less way to go in a blink, one that has followed it up has more.
    """
    result = set_eye_look(expression, eye_yaw, eye_pitch)
    for eye, side in enumerate(("Left", "Right")):
        up, down = _up_and_down(eye_pitch[..., eye])
        closing = np.clip(result[..., ARKIT_INDEX[f"eyeBlink{side}"]], 0.0, 1.0)
        result[..., ARKIT_INDEX[f"eyeBlink{side}"]] = closing * (1.0 + _CLOSER_WITH_UP * up - _CLOSER_WITH_DOWN * down)
    return result


def set_eye_look(expression: np.ndarray, eye_yaw: np.ndarray, eye_pitch: np.ndarray) -> np.ndarray:
    """The same without a change of the blinks: for eyes that are turned a little after these were made."""
    result = expression.copy()
    for eye, side in enumerate(("Left", "Right")):
        outward, inward = _LEFT_EYE_SIDES if side == "Left" else _LEFT_EYE_SIDES[::-1]
        yaw = eye_yaw[..., eye] / EYE_LIMIT.side
        up, down = _up_and_down(eye_pitch[..., eye])
        closing = np.clip(result[..., ARKIT_INDEX[f"eyeBlink{side}"]], 0.0, 1.0)
        result[..., ARKIT_INDEX[f"eyeLook{outward}{side}"]] = np.clip(yaw, 0.0, 1.0)
        result[..., ARKIT_INDEX[f"eyeLook{inward}{side}"]] = np.clip(-yaw, 0.0, 1.0)
        result[..., ARKIT_INDEX[f"eyeLookUp{side}"]] = up * (1.0 - closing)
        result[..., ARKIT_INDEX[f"eyeLookDown{side}"]] = down * (1.0 - closing)
    return result


def _up_and_down(pitch: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Shares [...] of the eye's range."""
    return np.clip(pitch / EYE_LIMIT.up, 0.0, 1.0), np.clip(-pitch / EYE_LIMIT.down, 0.0, 1.0)
