"""A staging as the colocated model is told it: where the partner is from where one sits, and each one's mood."""

from __future__ import annotations

import numpy as np

from ..engines.scene import Scene
from .stage import Place, Staging


def scene_of(staging: Staging) -> Scene:
    """Both people's view of the other one, as `Scene` tells it."""
    first, second = staging.places
    layout = np.stack([_seen_from(first, second), _seen_from(second, first)])
    return Scene(layout.astype(np.float32), (first.mood, second.mood))


def _seen_from(own: Place, partner: Place) -> np.ndarray:
    """[7] as in `Scene.layout`."""
    away = np.subtract(partner.position, own.position)  # [3] metres in the scene
    left = np.array((np.cos(own.facing), 0.0, -np.sin(own.facing)))
    ahead = np.array((np.sin(own.facing), 0.0, np.cos(own.facing)))
    turned = partner.facing - own.facing
    stands = float(own.posture == "standing")
    return np.array((away @ left, away[1], away @ ahead, np.cos(turned), np.sin(turned), stands, own.lean))
