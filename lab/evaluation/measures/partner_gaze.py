"""Whether two people look at each other, from where their eyes are and where they look."""

from __future__ import annotations

from typing import Final

import numpy as np

_CONE: Final = np.radians(5.5)
_FACE: Final = 0.08
"""Metres around the midpoint of the eyes that are still the partner's face."""


def angle_to_partner(eyes: np.ndarray, sight: np.ndarray) -> np.ndarray:
    """[2, T] radians between each line of sight and the midpoint of the partner's eyes.

    `eyes` [2, T, 3] metres, `sight` [2, T, 3] unit.
    """
    there = eyes[::-1] - eyes
    distance = np.maximum(np.linalg.norm(there, axis=-1), 1e-6)
    cosine = (sight * there).sum(axis=-1) / distance
    return np.asarray(np.arccos(np.clip(cosine, -1.0, 1.0)))


def at_partner(eyes: np.ndarray, sight: np.ndarray) -> np.ndarray:
    """[2, T] bool: the line of sight meets the partner's face, 8 cm around the eyes' midpoint or 5.5°.

    5.5° is what people take for being looked at, within measuring (Gamer and Hecht 2007, from memory).
    """
    distance = np.linalg.norm(eyes[::-1] - eyes, axis=-1)
    return np.asarray(angle_to_partner(eyes, sight) <= np.maximum(_CONE, np.arctan2(_FACE, distance)))


def share(of: np.ndarray, where: np.ndarray) -> float:
    """Share of the frames `where` [T] in which `of` [T] holds; nan without any."""
    return float(of[where].mean()) if where.any() else float("nan")
