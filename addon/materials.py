"""How a head looks: materials for Cycles and EEVEE, and the colours Workbench shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import bpy

from .hair import grow_hair
from .head_parts import PARTS
from .shader_graph import Graph, Socket

Colour = Sequence[float]

_DEFAULTS: Final[dict[str, Any]] = {
    "skin": {"colour": [0.72, 0.46, 0.36], "lips": [0.60, 0.25, 0.22], "blush": 0.5, "stubble": 0.0},
    "eyes": {"colour": [0.20, 0.32, 0.36]},
    "brows": {"colour": [0.10, 0.06, 0.04]},
    "hair": {"style": "short", "colour": [0.10, 0.06, 0.035]},
    "garment": {"colour": [0.10, 0.16, 0.24]},
}
_BLUSH: Final = (0.62, 0.16, 0.12)
_MOUTH: Final = (0.22, 0.05, 0.045)


def dress_head(armature: bpy.types.Object, character: Mapping[str, Any]) -> None:
    """Give a rig that `build_head` made its materials and its hair.

    `character` may hold skin {colour, lips, blush 0–1, stubble 0–1}, hair {style, colour}, and eyes, brows and garment
    {colour}; colours are linear RGB. What it lacks has a default. Dressing again replaces what was there.
    """
    looks = {part: {**defaults, **character.get(part, {})} for part, defaults in _DEFAULTS.items()}
    head = next(child for child in armature.children if child.type == "MESH" and child.data.shape_keys is not None)
    _remove_hair(armature)
    made = _materials(armature.name, looks)
    for slot, part in enumerate(PARTS):
        head.data.materials[slot] = made[part]
    grow_hair(head, looks["hair"], _hair(f"{armature.name} hair", looks["hair"]))


def _remove_hair(armature: bpy.types.Object) -> None:
    for child in [one for one in armature.children if one.type == "MESH" and one.data.shape_keys is None]:
        bpy.data.meshes.remove(child.data)


def _materials(owner: str, looks: Mapping[str, Mapping[str, Any]]) -> dict[str, bpy.types.Material]:
    skin = looks["skin"]
    return {
        "skin": _skin(f"{owner} skin", skin, skin["colour"]),
        "lips": _skin(f"{owner} lips", skin, skin["lips"]),
        "eye_white": _wet(f"{owner} eye white", (0.74, 0.70, 0.67), 0.12),
        "iris": _iris(f"{owner} iris", looks["eyes"]["colour"]),
        "pupil": _wet(f"{owner} pupil", (0.004, 0.004, 0.004), 0.03),
        "teeth": _wet(f"{owner} teeth", (0.72, 0.66, 0.55), 0.25),
        "tongue": _wet(f"{owner} tongue", (0.46, 0.14, 0.13), 0.4),
        "lashes": _plain(f"{owner} lashes", (0.010, 0.007, 0.006), 0.6),
        "brows": _plain(f"{owner} brows", looks["brows"]["colour"], 0.6),
        "garment": _cloth(f"{owner} garment", looks["garment"]["colour"]),
    }


def _skin(name: str, look: Mapping[str, Any], viewport: Colour) -> bpy.types.Material:
    graph = Graph(name, viewport, roughness=0.5)
    mottle = graph.noise(scale=45.0, detail=3.0)
    colour: Socket = graph.mix(
        graph.scaled(mottle, 0.16), graph.colour(look["colour"]), graph.colour(_darker(look["colour"]))
    )
    blush = float(look["blush"])
    for mask, amount in (("cheeks", 0.30), ("nose", 0.24), ("ears", 0.22)):
        colour = graph.mix(
            graph.scaled(graph.mask(mask), amount * blush), colour, graph.colour(_blushed(look["colour"]))
        )
    colour = graph.mix(graph.scaled(graph.mask("sockets"), 0.22), colour, graph.colour(_darker(look["colour"])))
    if look["stubble"] > 0:
        grain = graph.noise(scale=900.0, detail=1.0)
        share = graph.product(graph.scaled(graph.mask("beard"), 1.5 * float(look["stubble"])), grain)
        colour = graph.mix(share, colour, graph.colour(look.get("beard", (0.02, 0.016, 0.014))))
    colour = graph.mix(graph.mask("lips"), colour, graph.colour(look["lips"]))
    colour = graph.mix(graph.mask("mouth_inside"), colour, graph.colour(_MOUTH))
    roughness = graph.mix_value(graph.mask("lips"), 0.47, 0.33)
    graph.surface(
        colour,
        {
            "Roughness": roughness,
            "Specular IOR Level": 0.42,
            "Subsurface Weight": 0.14,
            "Subsurface Radius": (1.0, 0.35, 0.2),
            "Subsurface Scale": 0.006,
            "Normal": graph.bump(graph.noise(scale=420.0, detail=2.0), strength=0.10, distance=0.0012),
        },
    )
    return graph.material


def _iris(name: str, colour: Colour) -> bpy.types.Material:
    graph = Graph(name, colour, roughness=0.05)
    angle = graph.mask("eye_angle")
    dark = tuple(0.16 * channel for channel in colour)
    light = tuple(min(1.0, 1.7 * channel + 0.02) for channel in colour)
    ramp = graph.ramp(angle, ((0.165, dark), (0.20, light), (0.33, colour), (0.40, colour), (0.46, dark)))
    fibres = graph.noise(scale=700.0, detail=2.0)
    graph.surface(graph.mix(graph.scaled(fibres, 0.5), ramp, graph.colour(dark)), _GLOSS | {"Roughness": 0.06})
    return graph.material


_GLOSS: Final[dict[str, Any]] = {"Coat Weight": 0.6, "Coat Roughness": 0.02, "Specular IOR Level": 0.6}


def _wet(name: str, colour: Colour, roughness: float) -> bpy.types.Material:
    graph = Graph(name, colour, roughness)
    graph.surface(graph.colour(colour), _GLOSS | {"Roughness": roughness})
    return graph.material


def _plain(name: str, colour: Colour, roughness: float) -> bpy.types.Material:
    graph = Graph(name, colour, roughness)
    graph.surface(graph.colour(colour), {"Roughness": roughness, "Specular IOR Level": 0.3})
    return graph.material


def _cloth(name: str, colour: Colour) -> bpy.types.Material:
    graph = Graph(name, colour, roughness=0.85)
    weave = graph.noise(scale=260.0, detail=2.0)
    shade = graph.mix(graph.scaled(weave, 0.45), graph.colour(colour), graph.colour(_darker(colour)))
    bump = graph.bump(weave, strength=0.35, distance=0.002)
    graph.surface(shade, {"Roughness": 0.85, "Specular IOR Level": 0.2, "Sheen Weight": 0.15, "Normal": bump})
    return graph.material


def _hair(name: str, look: Mapping[str, Any]) -> bpy.types.Material:
    """Streaks down the locks of long hair; the nap of cropped hair."""
    cropped = look["style"] == "cropped"
    colour = look["colour"]
    graph = Graph(name, colour, roughness=0.6)
    light = tuple(min(1.0, 1.6 * channel + 0.006) for channel in colour)
    shade = graph.mix(graph.attribute("strand"), graph.colour(_darker(colour)), graph.colour(light))
    grain = graph.noise(scale=650.0, detail=2.0) if cropped else graph.noise(scale=420.0, detail=2.0, stretch=14.0)
    shade = graph.mix(graph.scaled(grain, 0.7), shade, graph.colour(_darker(colour)))
    bump = graph.bump(grain, strength=0.5 if cropped else 0.35, distance=0.003)
    roughness = 0.8 if cropped else 0.42
    graph.surface(shade, {"Roughness": roughness, "Specular IOR Level": 0.2 if cropped else 0.35, "Normal": bump})
    return graph.material


def _darker(colour: Colour) -> tuple[float, ...]:
    return tuple(channel * factor for channel, factor in zip(colour, (0.62, 0.50, 0.46), strict=True))


def _blushed(colour: Colour) -> tuple[float, ...]:
    return tuple(0.5 * channel + 0.5 * blush * max(colour) for channel, blush in zip(colour, _BLUSH, strict=True))
