"""How far brows travel: the sculpted raises brought to what people do, with a forehead that goes along."""

from __future__ import annotations

from typing import Final

import numpy as np

from .base_head import BaseHead
from .brows import LINE

_GAINS: Final = {"browInnerUp": 1.75, "browOuterUpLeft": 1.35, "browOuterUpRight": 1.35}
"""The inner end was raised by 5.6 mm, people's goes up 9 to 11; the outer end by 7.5, people's by about 10.

Lowered brows come down and together by 7.5 mm as sculpted, which is no less than people's.
"""
_HAIRLINE: Final = 0.074
"""Metres above the eyes where the forehead's skin no longer moves."""
_ABOVE: Final = 0.004
"""Metres above the middle line of the brow from which on the forehead follows it."""
_NEAR: Final = 0.006
"""Metres around a place of the brow's line within which skin tells how far the brow is raised there."""
_FALL: Final = 1.6
"""Exponent of the way from the brow to the hairline: skin bunches right above the brow."""


def strengthen_brows(source: BaseHead) -> None:
    """Change the brows' raises in `source`: larger, and spread over the forehead up to the hairline.

    A sculpted raise ends 2 cm above the brow; enlarged alone it would press that strip of skin together to a ridge.
    """
    skin = np.unique(source.body_quads())
    for name, gain in _GAINS.items():
        offsets = source.component(name)
        raised = gain * offsets
        raised[skin] = _carried_up(source.vertices[skin], raised[skin])
        offsets[:] = raised


def _carried_up(points: np.ndarray, raised: np.ndarray) -> np.ndarray:
    """`raised` [n, 3] of skin at `points` [n, 3], nowhere on the forehead less than the brow below it leaves over."""
    line = np.concatenate([LINE[::-1] * [-1.0, 1.0], LINE])  # [2 k, 2] from the right end to the left
    along = points[:, 0]
    front = points[:, 2] > 0.0
    lifted = np.array([_at(points[front], raised[front], place) for place in line])  # [2 k, 3]
    brow = np.interp(along, line[:, 0], line[:, 1]) + _ABOVE
    rise = np.clip((points[:, 1] - brow) / (_HAIRLINE - brow), 0.0, 1.0)
    share = np.where((rise > 0.0) & front, (1.0 - rise) ** _FALL, 0.0)
    share *= np.clip((line[-1, 0] + 2.0 * _NEAR - np.abs(along)) / (2.0 * _NEAR), 0.0, 1.0)
    wanted = share[:, None] * np.stack([np.interp(along, line[:, 0], lifted[:, axis]) for axis in range(3)], axis=1)
    less = wanted[:, 1] > raised[:, 1]
    return np.where(less[:, None], wanted, raised)


def _at(points: np.ndarray, raised: np.ndarray, place: np.ndarray) -> np.ndarray:
    """[3] the offset of the skin at `place` [2], seen from the front."""
    distance = np.linalg.norm(points[:, :2] - place, axis=1)
    weight = np.exp(-0.5 * (distance / _NEAR) ** 2)
    return np.asarray((weight[:, None] * raised).sum(axis=0) / weight.sum())
