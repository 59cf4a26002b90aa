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
    `wander` how far a crease strays from its line, in `across`: none is straight or like the one of the other side.
    """

    where: str
    across: str
    profile: tuple[tuple[float, float], ...]
    depth: float
    pulls: Mapping[str, float]
    wander: float


def _lines(*places: tuple[float, float], half: float) -> tuple[tuple[float, float], ...]:
    """Grooves at `places` (where, and the height of the bottom), even skin between them."""
    stops = [(0.0, _EVEN)]
    for place, bottom in places:
        stops += [(place - half, 1.12 * _EVEN), (place, bottom), (place + half, 1.12 * _EVEN)]
    return (*stops, (1.0, _EVEN))


CREASES: Final = (
    Crease(
        "forehead",
        "forehead_height",
        _lines((0.15, 0.18), (0.26, 0.0), (0.38, 0.06), (0.485, 0.22), half=0.030),
        0.0018,
        {"browInnerUp": 0.55, "browOuterUp": 0.55},
        wander=0.10,
    ),
    Crease(
        "fold",
        "fold_across",
        ((0.0, 0.5), (0.24, 0.47), (0.46, 0.12), (0.64, 0.66), (0.76, 0.70), (0.97, 0.5)),
        0.0020,
        {"mouthSmile": 0.75, "noseSneer": 0.55, "cheekSquint": 0.30, "mouthUpperUp": 0.35},
        wander=0.08,
    ),
    Crease(
        "glabella",
        "glabella_across",
        _lines((0.5, 0.0), half=0.11),
        0.0022,
        {"browDown": 0.9, "noseSneer": 0.2},
        wander=0.16,
    ),
)

_AT_REST: Final = 0.06
"""Share of the depth that a face has at rest; `wrinkles` of a character add to it."""
_OF_WRINKLES: Final = 0.30
_WANDER_PERIODS, _BREAK_PERIODS = 55.0, 90.0
"""A metre: in which creases stray from their lines, and in which they are deeper and shallower."""
_SHADE: Final = 0.24
"""How dark the bottom of a crease is at its full depth: light that a bump does not take away."""


def creased(graph: Graph, keys: bpy.types.Key, wrinkles: float, relief: Socket) -> tuple[Socket, Socket]:
    """`relief`, a normal, with the creases in it, and the share 0 to 1 by which they darken the skin.

    `keys` are the head's shape keys; where it has none of a crease's names, that crease stays as it is at rest.
    """
    shade: Socket | None = None
    stray = graph.noise(scale=_WANDER_PERIODS, detail=1.0)
    broken = graph.contrast(graph.noise(scale=_BREAK_PERIODS, detail=1.0), -0.10, 0.55)
    for crease in CREASES:
        left, right = (_depth(graph, keys, crease, side, wrinkles) for side in ("Left", "Right"))
        depth = graph.mix_sockets(graph.mask("left_half"), right, left)
        strength = graph.product(graph.product(graph.mask(crease.where), broken), depth)
        strayed = graph.sum(graph.mask(crease.across), graph.scaled(stray, crease.wander))
        across = graph.less(strayed, 0.5 * crease.wander)
        profile = graph.soft_ramp(across, tuple((at, (high,) * 3) for at, high in crease.profile))
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
