"""Creases of the skin that deepen while shape keys move it: across the forehead, between the brows, beside the nose.

The mesh is too coarse to fold, so a bump does it: where a crease runs is in the face's masks
(backend/open_head/crease_masks.py), and a driver on the material says how deep it is, from the shape keys' values.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import bpy

from .shader_graph import Graph, Socket

_EVEN: Final = 0.5
"""Height of skin that no crease touches."""


@dataclass(frozen=True)
class Crease:
    """One kind of crease. `where` and `across` are masks: how much of it is at a place, and where the place lies in it.

    `profile` heights from 0, the bottom of a groove, over .5, even skin, to 1, by `across`; `depth` metres from 0 to 1.
    `pulls` shape keys → their share of the whole depth at value 1; a name without a side has one on either side.
    """

    where: str
    across: str
    profile: tuple[tuple[float, float], ...]
    depth: float
    pulls: Mapping[str, float]


def _lines(*places: float, half: float) -> tuple[tuple[float, float], ...]:
    """Grooves at `places`, even skin between them."""
    stops = [(0.0, _EVEN)]
    for place in places:
        stops += [(place - half, 1.16 * _EVEN), (place, 0.0), (place + half, 1.16 * _EVEN)]
    return (*stops, (1.0, _EVEN))


CREASES: Final = (
    Crease(
        "forehead",
        "forehead_height",
        _lines(0.16, 0.27, 0.385, 0.50, half=0.035),
        0.0022,
        {"browInnerUp": 0.55, "browOuterUp": 0.55},
    ),
    Crease(
        "fold",
        "fold_across",
        ((0.0, 0.5), (0.40, 0.45), (0.485, 0.0), (0.56, 0.75), (0.70, 0.80), (0.95, 0.5)),
        0.0018,
        {"mouthSmile": 0.75, "noseSneer": 0.55, "cheekSquint": 0.30, "mouthUpperUp": 0.35},
    ),
    Crease(
        "glabella",
        "glabella_across",
        _lines(0.5, half=0.10),
        0.0024,
        {"browDown": 0.9, "noseSneer": 0.2},
    ),
)

_AT_REST: Final = 0.06
"""Share of the depth that a face has at rest; `wrinkles` of a character add to it."""
_OF_WRINKLES: Final = 0.30
_SHADE: Final = 0.30
"""How dark the bottom of a crease is at its full depth: light that a bump does not take away."""


def creased(graph: Graph, keys: bpy.types.Key, wrinkles: float, relief: Socket) -> tuple[Socket, Socket]:
    """`relief`, a normal, with the creases in it, and the share 0 to 1 by which they darken the skin.

    `keys` are the head's shape keys; where it has none of a crease's names, that crease stays as it is at rest.
    """
    shade: Socket | None = None
    for crease in CREASES:
        left, right = (_depth(graph, keys, crease, side, wrinkles) for side in ("Left", "Right"))
        depth = graph.mix_sockets(graph.mask("left_half"), right, left)
        strength = graph.product(graph.mask(crease.where), depth)
        profile = graph.ramp(graph.mask(crease.across), tuple((at, (high,) * 3) for at, high in crease.profile))
        height = graph.product(graph.less(profile, _EVEN), strength)
        relief = graph.bump(height, strength=1.0, distance=crease.depth, normal=relief)
        hollow = graph.contrast(profile, 0.9 * _EVEN, 0.0)
        dark = graph.scaled(graph.product(hollow, strength), _SHADE)
        shade = dark if shade is None else graph.sum(shade, dark)
    return relief, shade


def _depth(graph: Graph, keys: bpy.types.Key, crease: Crease, side: str, wrinkles: float) -> Socket:
    """A value that is driven by the shape keys of one side."""
    rest = min(1.0, _AT_REST + _OF_WRINKLES * wrinkles)
    pulls: dict[str, float] = {}
    for name, share in crease.pulls.items():
        for key in (name, f"{name}{side}"):
            if key in keys.key_blocks:
                pulls[key] = share
    return graph.driven(rest, keys, pulls)
