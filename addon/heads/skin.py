"""How skin looks: complexion, marks, lips, the inside of the mouth, pores and the creases that shape keys deepen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import bpy

from .creases import creased
from .shader_graph import Graph, Socket

Colour = Sequence[float]

_BLUSH: Final = (0.62, 0.16, 0.12)
_MOUTH: Final = (0.40, 0.12, 0.105)
"""Light reaches the inside of a mouth after several bounces, of which a film has one: so it is lighter than life."""
BOUNCED: Final = 0.06
"""Light that teeth, tongue and the inside of the mouth send out, times their colour: what many bounces would bring."""
_SUBSURFACE: Final = (0.18, 0.55)
"""Weight on the face and inside the mouth, which is lit through cheeks and lips."""


def paint_skin(
    material: bpy.types.Material, look: Mapping[str, Any], viewport: Colour, keys: bpy.types.Key | None
) -> None:
    """Make `material` look like skin; `keys` crease it, if there are any; `viewport` is what Workbench shows."""
    graph = Graph(material, viewport, roughness=0.5)
    colour = _complexion(graph, look)
    colour = _marks(graph, look, colour)
    if "hair" in look:
        shade = graph.product(graph.mask("hair"), graph.contrast(graph.noise(scale=800.0, detail=2.0), 0.2, 0.55))
        colour = graph.mix(graph.scaled(shade, 0.9), colour, graph.colour(darker(look["hair"])))
    if "brows" in look:  # painted on a face without brows of its own; elsewhere the mask is not there and reads 0
        brows = graph.product(graph.contrast(graph.mask("brows"), 0.30, 0.55), graph.noise(scale=900.0, detail=2.0))
        colour = graph.mix(graph.scaled(brows, 2.4), colour, graph.colour(look["brows"]))
    colour = graph.mix(graph.mask("lips"), colour, _lip_colour(graph, look))
    colour = graph.mix(graph.mask("mouth_inside"), colour, graph.colour(_MOUTH))
    pores = graph.noise(scale=1500.0, detail=2.0)
    creases = graph.noise(scale=260.0, detail=4.0)
    relief = graph.bump(pores, strength=0.22, distance=0.0005)
    relief = graph.bump(creases, strength=0.16, distance=0.0012, normal=relief)
    wrinkles = float(look.get("wrinkles", 0.0))
    if wrinkles > 0:
        folds = graph.noise(scale=150.0, detail=3.0, stretch=0.22)
        relief = graph.bump(folds, strength=0.5 * wrinkles, distance=0.003, normal=relief)
    if keys is not None:
        relief, hollow = creased(graph, keys, wrinkles, relief)
        colour = graph.mix(hollow, colour, graph.colour(darker(look["colour"])))
    inside = graph.mask("mouth_inside")
    roughness = graph.mix_value(graph.mask("lips"), 0.50, 0.34)
    roughness = graph.between(graph.mask("nose"), roughness, 0.40)
    roughness = graph.sum(roughness, graph.scaled(creases, 0.12))
    graph.surface(
        colour,
        {
            "Roughness": roughness,
            "Specular IOR Level": 0.36,
            "Subsurface Weight": graph.mix_value(inside, *_SUBSURFACE),
            "Emission Color": (*_MOUTH, 1.0),
            "Emission Strength": graph.scaled(inside, BOUNCED),
            "Subsurface Radius": (1.0, 0.35, 0.2),
            "Subsurface Scale": 0.006,
            "Normal": relief,
        },
    )


def _complexion(graph: Graph, look: Mapping[str, Any]) -> Socket:
    """Broad patches, fine mottling, and blood where it shows: cheeks, nose, ears."""
    plain = look["colour"]
    patches = graph.contrast(graph.noise(scale=22.0, detail=2.0), 0.35, 0.65)
    colour = graph.mix(graph.scaled(patches, 0.30), graph.colour(plain), graph.colour(_ruddier(plain)))
    mottle = graph.contrast(graph.noise(scale=190.0, detail=3.0), 0.35, 0.70)
    colour = graph.mix(graph.scaled(mottle, 0.22), colour, graph.colour(darker(plain)))
    blush = float(look["blush"])
    for mask, amount in (("cheeks", 0.34), ("nose", 0.28), ("ears", 0.30)):
        colour = graph.mix(graph.scaled(graph.mask(mask), amount * blush), colour, graph.colour(_blushed(plain)))
    return graph.mix(graph.scaled(graph.mask("sockets"), 0.22), colour, graph.colour(darker(plain)))


def _marks(graph: Graph, look: Mapping[str, Any], colour: Socket) -> Socket:
    """Freckles over cheeks and nose, spots of age anywhere, and the beard's stubble."""
    plain = look["colour"]
    freckles, spots, stubble = (float(look.get(name, 0.0)) for name in ("freckles", "spots", "stubble"))
    if freckles > 0:
        dots = graph.contrast(graph.noise(scale=330.0, detail=1.0), 0.62, 0.70)
        where = graph.sum(graph.mask("cheeks"), graph.mask("nose"))
        share = graph.scaled(graph.product(dots, where), 0.55 * freckles)
        colour = graph.mix(share, colour, graph.colour(darker(darker(plain))))
    if spots > 0:
        dots = graph.contrast(graph.noise(scale=95.0, detail=2.0), 0.64, 0.70)
        colour = graph.mix(graph.scaled(dots, 0.45 * spots), colour, graph.colour(darker(plain)))
    if stubble > 0:
        hairs = graph.contrast(graph.noise(scale=1100.0, detail=1.0), 0.62 - 0.24 * min(stubble, 1.5), 0.62)
        share = graph.scaled(graph.product(graph.mask("beard"), hairs), min(1.0, 0.55 + 0.3 * stubble))
        colour = graph.mix(share, colour, graph.colour(look.get("beard", (0.02, 0.016, 0.014))))
    return colour


def _lip_colour(graph: Graph, look: Mapping[str, Any]) -> Socket:
    """Lips with the fine upright lines that keep them from looking painted."""
    lines = graph.contrast(graph.noise(scale=520.0, detail=2.0, stretch=5.0), 0.35, 0.75)
    return graph.mix(graph.scaled(lines, 0.45), graph.colour(look["lips"]), graph.colour(darker(look["lips"])))


def darker(colour: Colour) -> tuple[float, ...]:
    """The same colour as it is in a fold or a shadow."""
    return tuple(channel * factor for channel, factor in zip(colour, (0.62, 0.50, 0.46), strict=True))


def _ruddier(colour: Colour) -> tuple[float, ...]:
    return tuple(channel * factor for channel, factor in zip(colour, (0.98, 0.86, 0.84), strict=True))


def _blushed(colour: Colour) -> tuple[float, ...]:
    return tuple(0.5 * channel + 0.5 * blush * max(colour) for channel, blush in zip(colour, _BLUSH, strict=True))
