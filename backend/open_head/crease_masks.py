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

_FOLD_OUTERMOST: Final = (0.0375, -0.0870)
"""X and Y in metres where the left nasolabial fold of the mean adult is widest: below and beside the mouth's corner."""
_FOLD_BEND: Final = 9.1
"""How it bends from there to beside the nose: metres inwards for a square metre of height."""
_FOLD_SLOPE: Final = 0.87
"""Cosine of the fold's lean: metres across it for a metre to the side."""
_FROWN_LINE, _FROWN_LEAN = 0.0060, 0.12
"""Metres from the midline at the height of the brows' inner ends, and metres further out for each above it."""
_LINES_START, _LINES_ARCH, _LINES_WIDTH = 0.0160, 0.0025, 0.045
"""Metres: height that the forehead's lines count from, at the midline; half of how much higher it is where X is the
width. The brow's own line would not do: where it bends, triangles would draw a corner in every line."""


def crease_masks(template: np.ndarray, on_skin: np.ndarray) -> dict[str, np.ndarray]:
    """Name → [V] from 0 to 1, 0 off the skin; `template` [V, 3] metres, `on_skin` [V] 0 or 1.

    `forehead`, `fold` and `glabella` are how much of a crease there is at a place, and beside each stands where the
    place lies across it. `left_half` is 1 on the person's left, 0 on the right.
    """
    x, y, z = np.abs(template[:, 0]), template[:, 1], template[:, 2]
    front = _step(z, -0.012, 0.004) * on_skin
    above = y - np.interp(x, LINE[:, 0], LINE[:, 1])
    outermost, height = _FOLD_OUTERMOST
    across = _FOLD_SLOPE * (x - outermost + _FOLD_BEND * (y - height) ** 2)
    lines = y - _LINES_START - _LINES_ARCH * (1.0 - np.cos(np.pi * x / _LINES_WIDTH))
    frown = x - _FROWN_LINE - _FROWN_LEAN * (y - LINE[0, 1])
    found = {
        "forehead": _step(above, 0.003, 0.010) * _step(above, 0.056, 0.040) * _step(x, 0.052, 0.030),
        "forehead_height": lines / FOREHEAD_SPAN,
        "fold": _step(y, -0.098, -0.078) * _step(y, -0.040, -0.052) * _step(np.abs(across), 0.018, 0.012),
        "fold_across": 0.5 + across / FOLD_SPAN,
        "glabella": _step(y, 0.003, 0.012) * _step(y, 0.032, 0.018) * _step(x, 0.018, 0.012),
        "glabella_across": 0.5 + frown / GLABELLA_SPAN,
        "left_half": 0.5 + template[:, 0] / 0.012,
    }
    # Distances keep their evenness round the side of the head: only how much of a crease there is ends there.
    shown = {"forehead": front, "fold": front, "glabella": front}
    return {name: np.clip(mask, 0.0, 1.0) * shown.get(name, on_skin) for name, mask in found.items()}


def _step(value: np.ndarray, start: float, end: float) -> np.ndarray:
    """[V] smoothly from 0 at `start` to 1 at `end`, which may be below it."""
    share = np.clip((value - start) / (end - start), 0.0, 1.0)
    return np.asarray(share * share * (3.0 - 2.0 * share))
