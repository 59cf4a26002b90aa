"""Channels of a take on the shape keys of any character: sums with gains, and recipes solved together. No bpy here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np

from ...backend.contract.bounded_least_squares import bounded_least_squares
from .rig_mapping import RigMapping

CLOSING: Final = 0.9
"""How much of jawOpen one mouthClose takes back on the open head (36 of 40 mm between the lips)."""
_RIDGE: Final = 0.01
"""Beside recipes of length about 1: of two that say the same (both eyes shut, and each), both get a part, and of two
that say nearly the same neither jumps in for the other from one frame to the next."""
_WEIGHTS: Final = {
    "jawOpen": 3.0,
    "mouthFunnel": 1.5,
    "mouthPucker": 1.5,
    "mouthLowerDown": 0.4,
    "mouthUpperUp": 0.4,
    "mouthDimple": 0.4,
    "mouthSmile": 0.6,
}
"""How much a channel's misfit shows, beside 1; a channel of one side has its pair's. How far the mouth is open is what
everybody sees (40 mm on the open head), the lips' part in it comes after (4 mm)."""


def shape_values(mapping: RigMapping, channels: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Shape key → [K] values within its limits, from `channels` name → [K].

    Direct keys are clamped sums of gain times channel. Recipes are found together by bounded least squares over the
    channels they name, but for channels that a key shows alone already (`recipe_values`): a character with ARKit's
    keys and visemes talks with the former. A channel that nobody has counts as 0. Where nothing closes the lips over
    an open jaw, what mouthClose closes is taken off jawOpen.
    """
    length = len(next(iter(channels.values())))
    direct = dict(channels)
    if "jawOpen" in channels and not closes(mapping):
        direct["jawOpen"] = _effective("jawOpen", channels)
    values = {}
    for key, row in mapping.shapes.items():
        total = sum((gain * direct[name] for name, gain in row.items() if name in direct), np.zeros(length))
        values[key] = np.clip(total, *mapping.limits_of(key))
    return {**recipe_values(mapping, channels), **values}


def closes(mapping: RigMapping) -> bool:
    """Whether something of the mapping closes the lips over an open jaw."""
    rows = (*mapping.shapes.values(), *mapping.recipes.values(), *mapping.moves.values())
    return any(row.get("mouthClose") for row in rows)


def recipe_values(mapping: RigMapping, channels: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Shape key → [K]: the amounts w that minimise ‖Σ w · recipe − channels‖² within the limits.

    The difference is weighed by how much it shows, with a little ridge.

    A character with visemes has no key that closes lips over an open jaw as ARKit's mouthClose does, so what mouthClose
    closes is first taken off jawOpen: shut lips stay shut. Empty when nothing is left to show.
    """
    keys = list(mapping.recipes)
    shown = {name for row in mapping.shapes.values() if len(row) == 1 for name in row}
    names = sorted({name for row in mapping.recipes.values() for name in row if name in channels} - shown)
    if not keys or not names:
        return {}
    recipes = np.array([[mapping.recipes[key].get(name, 0.0) for key in keys] for name in names])  # [C, n]
    wanted = np.stack([_effective(name, channels) for name in names], axis=1)  # [K, C]
    limits = np.array([mapping.limits_of(key) for key in keys])  # [n, 2]
    weighed = np.array([_weight(name) ** 2 for name in names])[:, None] * recipes  # [C, n]
    gram = recipes.T @ weighed + _RIDGE * np.eye(len(keys))
    found = bounded_least_squares(gram, wanted @ weighed, limits[:, 0], limits[:, 1])  # [K, n]
    return {key: found[:, column] for column, key in enumerate(keys)}


def _effective(name: str, channels: Mapping[str, np.ndarray]) -> np.ndarray:
    if name == "jawOpen" and "mouthClose" in channels:
        return np.maximum(channels[name] - CLOSING * channels["mouthClose"], 0.0)
    return channels[name]


def _weight(name: str) -> float:
    return _WEIGHTS.get(name.removesuffix("Left").removesuffix("Right"), 1.0)
