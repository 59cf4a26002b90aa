"""Teeth where speech shows them: the upper edges a little below the line of the lips, near behind the upper lip."""

from __future__ import annotations

from typing import Final

import numpy as np

UPPER_DOWN: Final = 0.0030
"""Metres. As sculpted the upper edges lie 1.3 mm above the line of the resting lips, so that an open mouth showed the
lower teeth under a dark gap; people's lie 1 to 3 mm below it."""
UPPER_FORWARD: Final = 0.0025
"""Metres. As sculpted the incisors stand 7 mm behind the lips, in their shadow."""
LOWER_DOWN: Final = 0.0026
"""Metres, so that the lower edges stay behind the upper ones' and out of sight in most vowels."""
LOWER_FORWARD: Final = 0.0015
"""Metres, which leaves the upper incisors 3 mm before the lower ones."""
_FRONT: Final = (-0.012, 0.010)
"""Z in metres between which the way forward grows from nothing at the molars to all of it at the canines."""
CROWN: Final = 0.0098
"""Metres of an upper incisor that the gum leaves free; lower ones have nine tenths of it."""
GUM_SPAN: Final = 0.04
"""Metres up a row over which the gum's mask goes from 0 to 1: rows of vertices lie 9 mm apart, and what grows evenly
between them has its half where the gum ends."""


def moved_upper(teeth: np.ndarray) -> np.ndarray:
    """[n, 3] the upper row `teeth` [n, 3] brought down and forward."""
    return _moved(teeth, UPPER_DOWN, UPPER_FORWARD)


def moved_lower(teeth: np.ndarray) -> np.ndarray:
    """[n, 3] the lower row `teeth` [n, 3] brought down and a little forward."""
    return _moved(teeth, LOWER_DOWN, LOWER_FORWARD)


def gum_share(teeth: np.ndarray, upper: bool) -> np.ndarray:
    """[n] 0 to 1, one half where the crowns of a row `teeth` [n, 3] metres end, more on the gum beyond.

    The edges of a row rise towards the molars, so crowns are counted from the edge at their depth.
    """
    way = 1.0 if upper else -1.0
    height = way * teeth[:, 1]
    depth = teeth[:, 2]
    places = np.linspace(depth.min(), depth.max(), 9)
    span = places[1] - places[0]
    edges = [height[np.abs(depth - place) <= span].min() for place in places]
    free = CROWN if upper else 0.9 * CROWN
    above = height - np.interp(depth, places, edges) - free
    return np.asarray(np.clip(0.5 + above / GUM_SPAN, 0.0, 1.0))


def _moved(teeth: np.ndarray, down: float, forward: float) -> np.ndarray:
    share = np.clip((teeth[:, 2] - _FRONT[0]) / (_FRONT[1] - _FRONT[0]), 0.0, 1.0)
    moved = teeth.copy()
    moved[:, 1] -= down
    moved[:, 2] += forward * share
    return moved
