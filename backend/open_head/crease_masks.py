"""Where a face creases: lines as distances, which grow evenly between vertices and so draw a line finer than the mesh.

Materials read them (addon/heads/creases.py); there a driven value says how deep a crease is at a moment.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from .brows import LINE

FOREHEAD_SPAN: Final = 0.08
"""Metres above the brows over which `forehead_height` goes from 0 to 1."""
FOLD_SPAN: Final = 0.03
"""Metres across the nasolabial fold over which `fold_across` goes from 0, beside the mouth, to 1 on the cheek."""
GLABELLA_SPAN: Final = 0.03
"""Metres across the upright line between the brows over which `glabella_across` goes from 0 to 1."""

_FOLD: Final = np.array(
    [[0.0175, -0.0400], [0.0215, -0.0480], [0.0275, -0.0570], [0.0330, -0.0660], [0.0365, -0.0750], [0.0370, -0.0850]]
)
"""[k, 2] metres: the left nasolabial fold of the mean adult, from beside the nose past the corner of the mouth."""
_FOLD_SLOPE: Final = 0.87
"""Cosine of the fold's lean: metres across it for a metre to the side."""
_FROWN_LINE: Final = 0.0075
"""Metres from the midline."""


def crease_masks(template: np.ndarray, on_skin: np.ndarray) -> dict[str, np.ndarray]:
    """Name → [V] from 0 to 1, 0 off the skin; `template` [V, 3] metres, `on_skin` [V] 0 or 1.

    `forehead`, `fold` and `glabella` are how much of a crease there is at a place, and beside each stands where the
    place lies across it. `left_half` is 1 on the person's left, 0 on the right.
    """
    x, y, z = np.abs(template[:, 0]), template[:, 1], template[:, 2]
    front = _step(z, -0.012, 0.004) * on_skin
    above = y - np.interp(x, LINE[:, 0], LINE[:, 1])
    across = _FOLD_SLOPE * (x - np.interp(-y, -_FOLD[:, 1], _FOLD[:, 0]))
    found = {
        "forehead": _step(above, 0.003, 0.010) * _step(above, 0.056, 0.040) * _step(x, 0.052, 0.030),
        "forehead_height": above / FOREHEAD_SPAN,
        "fold": _step(y, -0.082, -0.064) * _step(y, -0.040, -0.052) * _step(np.abs(across), 0.018, 0.012),
        "fold_across": 0.5 + across / FOLD_SPAN,
        "glabella": _step(y, 0.004, 0.013) * _step(y, 0.034, 0.024) * _step(x, 0.018, 0.012),
        "glabella_across": 0.5 + (x - _FROWN_LINE) / GLABELLA_SPAN,
        "left_half": 0.5 + template[:, 0] / 0.012,
    }
    # Distances keep their evenness round the side of the head: only how much of a crease there is ends there.
    shown = {"forehead": front, "fold": front, "glabella": front}
    return {name: np.clip(mask, 0.0, 1.0) * shown.get(name, on_skin) for name, mask in found.items()}


def _step(value: np.ndarray, start: float, end: float) -> np.ndarray:
    """[V] smoothly from 0 at `start` to 1 at `end`, which may be below it."""
    share = np.clip((value - start) / (end - start), 0.0, 1.0)
    return np.asarray(share * share * (3.0 - 2.0 * share))
