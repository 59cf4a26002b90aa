"""The tongue: at rest behind the edges of the teeth, from where a straight shape key can reach out between them."""

from __future__ import annotations

from typing import Final

import numpy as np

_KNOTS: Final = np.array([-0.062, -0.030, -0.012, 0.0, 0.008, 0.0136])
"""[6] metres along Z of the mean adult's tongue, from the root to the tip; the other tables belong to these."""
_LIFT: Final = np.array([0.0, 0.0, 0.0006, 0.0018, 0.0032, 0.0038])
_THICKNESS: Final = np.array([1.0, 1.0, 0.95, 0.80, 0.62, 0.50])
_WITHDRAWN: Final = np.array([0.0, 0.0, 0.0006, 0.0012, 0.0016, 0.0018])
"""At rest: metres up, share of the sculpted thickness, metres back."""
_REACH: Final = 1.45
"""How much further than sculpted the tongue comes forward."""
_OUT_LIFT: Final = np.array([-0.001, 0.0010, 0.0042, 0.0075, 0.0090, 0.0085])
_OUT_THICKNESS: Final = np.array([0.9, 0.75, 0.62, 0.62, 0.70, 0.95])
_OUT_WIDTH: Final = np.array([0.95, 0.75, 0.72, 0.78, 0.88, 0.95])
"""Stuck out: metres up at the tip, which the open jaw takes down again; shares of thickness and width at rest."""
_OPEN_DROP: Final = np.array([0.006, 0.0150, 0.0130, 0.0090, 0.0055, 0.0035])
"""Metres by which the fully opened jaw takes the tongue further down than sculpted, out of the line of sight."""
_WINDOW: Final = 0.0035
_MIDDLE: Final = 0.006


def middle_line(tongue: np.ndarray) -> np.ndarray:
    """[6] heights of the tongue's middle at the knots; `tongue` [n, 3] metres."""
    inner = tongue[np.abs(tongue[:, 0]) < _MIDDLE]
    heights = []
    for knot in _KNOTS:
        window = _WINDOW
        while not (near := np.abs(inner[:, 2] - knot) < window).sum() > 3:  # noqa: PLR2004
            window *= 1.5
        heights.append(0.5 * (inner[near, 1].max() + inner[near, 1].min()))
    return np.array(heights)


def rested(tongue: np.ndarray, middle: np.ndarray) -> np.ndarray:
    """[n, 3]: the sculpted `tongue` [n, 3] with a thin tip held up behind the edges of the teeth."""
    along = tongue[:, 2]
    centre = np.interp(along, _KNOTS, middle)
    moved = tongue.copy()
    moved[:, 1] = centre + _at(along, _LIFT) + _at(along, _THICKNESS) * (tongue[:, 1] - centre)
    moved[:, 2] -= _at(along, _WITHDRAWN)
    return moved


def stuck_out(tongue: np.ndarray, middle: np.ndarray, sculpted: np.ndarray) -> np.ndarray:
    """[n, 3] offsets of tongueOut for the rested tongue; `tongue` [n, 3] and its `sculpted` [n, 3] as in the base mesh.

    Forward as sculpted and somewhat further. The tip rises on its way over the lower teeth, the body thins and narrows
    to pass between them.
    """
    along, start = tongue[:, 2], rested(tongue, middle)
    centre = np.interp(along, _KNOTS, middle) + _at(along, _LIFT)
    offsets = np.zeros_like(tongue)
    offsets[:, 0] = (_at(along, _OUT_WIDTH) - 1.0) * start[:, 0]
    offsets[:, 1] = _at(along, _OUT_LIFT) + (_at(along, _OUT_THICKNESS) - 1.0) * (start[:, 1] - centre)
    offsets[:, 2] = _REACH * sculpted[:, 2]
    return offsets


def dropped(tongue: np.ndarray, sculpted: np.ndarray) -> np.ndarray:
    """[n, 3] offsets of the opened jaw: as `sculpted` [n, 3], with the body of the `tongue` [n, 3] further down."""
    offsets = sculpted.copy()
    offsets[:, 1] -= _at(tongue[:, 2], _OPEN_DROP)
    return offsets


def _at(along: np.ndarray, values: np.ndarray) -> np.ndarray:
    return np.asarray(np.interp(along, _KNOTS, values))
