"""How a head looks: materials for Cycles and EEVEE, and the colours Workbench shows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import bpy

from ..steps import Steps, at_once, part_of
from .hair import grow_hair, hair_of, shave
from .head_parts import PARTS
from .rig import head_mesh
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
_GREY: Final = (0.62, 0.60, 0.57)
_TOOTH: Final = (0.84, 0.78, 0.68)
_BETWEEN_TEETH: Final = (0.20, 0.11, 0.09)
_TEETH_A_ROW: Final = 14
_MATTE_STYLES: Final = ("cropped", "curly")
"""Coils scatter light; only smooth hair has a sheen."""


def dress_head(armature: bpy.types.Object, character: Mapping[str, Any]) -> None:
    """Give a rig that `build_head` made its materials and its hair.

    `character` may hold skin {colour, lips, blush 0–1, stubble 0–1}, hair {style, colour}, and eyes, brows and garment
    {colour}; colours are linear RGB. What it lacks has a default. Dressing again replaces what was there. Raises
    DuologueError (RIG_UNSUITABLE) where the head's mesh was deleted; then its hair stays.
    """
    at_once(dress_head_in_steps(armature, character))


def dress_head_in_steps(armature: bpy.types.Object, character: Mapping[str, Any]) -> Steps[None]:
    """The same in steps; what was made is on the armature's objects between them."""
    looks, worn = _looks(character), _hair_worn(armature)
    head_mesh(armature)  # without one nothing is taken away
    shave(armature)
    head = yield from part_of(_paint(armature, looks), 0.0, 0.5)
    growing = grow_hair(head, looks["hair"], lambda: _hair_materials(armature, looks, worn))
    yield from part_of(growing, 0.5, 1.0)


def paint_head(armature: bpy.types.Object, character: Mapping[str, Any]) -> None:
    """The materials alone, of the head and of the hair that it has; `character` as for `dress_head`."""
    looks = _looks(character)
    at_once(_paint(armature, looks))
    strands, cap = _hair_materials(armature, looks, _hair_worn(armature))
    for child in hair_of(armature):
        child.data.materials[0] = cap if child.type == "MESH" else strands


def _looks(character: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    return {part: {**defaults, **character.get(part, {})} for part, defaults in _DEFAULTS.items()}


def _own(worn: bpy.types.Material | None, name: str) -> bpy.types.Material:
    """`worn` under the name `name` where nothing but the head uses it, else a new material.

    Painting over keeps it the same data-block: Blender 4.2's undo can lose one that is exchanged for another.
    """
    if worn is None or worn.library is not None or worn.use_fake_user or worn.users > 1:
        return bpy.data.materials.new(name)
    if worn.name != name:
        worn.name = name
    return worn


def _paint(armature: bpy.types.Object, looks: Mapping[str, Mapping[str, Any]]) -> Steps[bpy.types.Object]:
    """Returns the head's mesh object."""
    head = head_mesh(armature)
    slots = head.data.materials
    painters = _painters(looks)
    for slot, part in enumerate(PARTS):
        yield f"Dressing {armature.name}", slot / len(PARTS)
        material = _own(slots[slot], f"{armature.name} {part.replace('_', ' ')}")
        painters[part](material)
        slots[slot] = material
    return head


def _hair_worn(armature: bpy.types.Object) -> dict[str, bpy.types.Material]:
    """What the hair that is there is made of, by the kind of its object."""
    return {child.type: child.data.materials[0] for child in hair_of(armature) if child.data.materials}


def _hair_materials(
    armature: bpy.types.Object, looks: Mapping[str, Mapping[str, Any]], worn: Mapping[str, bpy.types.Material]
) -> tuple[bpy.types.Material, bpy.types.Material]:
    """Of the strands and of the cap under them."""
    name = f"{armature.name} hair"
    strands, cap = _own(worn.get("CURVES"), name), _own(worn.get("MESH"), f"{name} cap")
    _hair(strands, looks["hair"])
    _undercoat(cap, looks["hair"])
    return strands, cap


def _painters(looks: Mapping[str, Mapping[str, Any]]) -> dict[str, Callable[[bpy.types.Material], None]]:
    """For each of `PARTS` what makes a material look like it."""
    skin = looks["skin"]
    painted_hair = {"brows": looks["brows"]["colour"], "hair": looks["hair"]["colour"]}
    return {
        "skin": lambda one: _skin(one, {**skin, **painted_hair}, skin["colour"]),
        "lips": lambda one: _skin(one, skin, skin["lips"]),
        "eye_white": lambda one: _wet(one, (0.74, 0.70, 0.67), 0.12),
        "iris": lambda one: _iris(one, looks["eyes"]["colour"]),
        "pupil": lambda one: _wet(one, (0.004, 0.004, 0.004), 0.03),
        "teeth": _teeth,
        "tongue": lambda one: _wet(one, (0.46, 0.14, 0.13), 0.4),
        "lashes": lambda one: _plain(one, (0.010, 0.007, 0.006), 0.6),
        "brows": lambda one: _plain(one, looks["brows"]["colour"], 0.6),
        "garment": lambda one: _cloth(one, looks["garment"]["colour"]),
    }


def _skin(material: bpy.types.Material, look: Mapping[str, Any], viewport: Colour) -> None:
    graph = Graph(material, viewport, roughness=0.5)
    colour = _complexion(graph, look)
    colour = _marks(graph, look, colour)
    if "hair" in look:
        shade = graph.product(graph.mask("hair"), graph.contrast(graph.noise(scale=800.0, detail=2.0), 0.2, 0.55))
        colour = graph.mix(graph.scaled(shade, 0.9), colour, graph.colour(_darker(look["hair"])))
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
    roughness = graph.mix_value(graph.mask("lips"), 0.50, 0.34)
    roughness = graph.between(graph.mask("nose"), roughness, 0.40)
    roughness = graph.sum(roughness, graph.scaled(creases, 0.12))
    graph.surface(
        colour,
        {
            "Roughness": roughness,
            "Specular IOR Level": 0.36,
            "Subsurface Weight": 0.18,
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
    colour = graph.mix(graph.scaled(mottle, 0.22), colour, graph.colour(_darker(plain)))
    blush = float(look["blush"])
    for mask, amount in (("cheeks", 0.34), ("nose", 0.28), ("ears", 0.30)):
        colour = graph.mix(graph.scaled(graph.mask(mask), amount * blush), colour, graph.colour(_blushed(plain)))
    return graph.mix(graph.scaled(graph.mask("sockets"), 0.22), colour, graph.colour(_darker(plain)))


def _marks(graph: Graph, look: Mapping[str, Any], colour: Socket) -> Socket:
    """Freckles over cheeks and nose, spots of age anywhere, and the beard's stubble."""
    plain = look["colour"]
    freckles, spots, stubble = (float(look.get(name, 0.0)) for name in ("freckles", "spots", "stubble"))
    if freckles > 0:
        dots = graph.contrast(graph.noise(scale=330.0, detail=1.0), 0.62, 0.70)
        where = graph.sum(graph.mask("cheeks"), graph.mask("nose"))
        share = graph.scaled(graph.product(dots, where), 0.55 * freckles)
        colour = graph.mix(share, colour, graph.colour(_darker(_darker(plain))))
    if spots > 0:
        dots = graph.contrast(graph.noise(scale=95.0, detail=2.0), 0.64, 0.70)
        colour = graph.mix(graph.scaled(dots, 0.45 * spots), colour, graph.colour(_darker(plain)))
    if stubble > 0:
        hairs = graph.contrast(graph.noise(scale=1100.0, detail=1.0), 0.62 - 0.24 * min(stubble, 1.5), 0.62)
        share = graph.scaled(graph.product(graph.mask("beard"), hairs), min(1.0, 0.55 + 0.3 * stubble))
        colour = graph.mix(share, colour, graph.colour(look.get("beard", (0.02, 0.016, 0.014))))
    return colour


def _lip_colour(graph: Graph, look: Mapping[str, Any]) -> Socket:
    """Lips with the fine upright lines that keep them from looking painted."""
    lines = graph.contrast(graph.noise(scale=520.0, detail=2.0, stretch=5.0), 0.35, 0.75)
    return graph.mix(graph.scaled(lines, 0.45), graph.colour(look["lips"]), graph.colour(_darker(look["lips"])))


def _iris(material: bpy.types.Material, colour: Colour) -> None:
    graph = Graph(material, colour, roughness=0.05)
    angle = graph.mask("eye_angle")
    dark = tuple(0.16 * channel for channel in colour)
    light = tuple(min(1.0, 1.7 * channel + 0.02) for channel in colour)
    ramp = graph.ramp(angle, ((0.165, dark), (0.20, light), (0.33, colour), (0.40, colour), (0.46, dark)))
    fibres = graph.noise(scale=700.0, detail=2.0)
    graph.surface(graph.mix(graph.scaled(fibres, 0.5), ramp, graph.colour(dark)), _GLOSS | {"Roughness": 0.06})


_GLOSS: Final[dict[str, Any]] = {"Coat Weight": 0.6, "Coat Roughness": 0.02, "Specular IOR Level": 0.6}


def _wet(material: bpy.types.Material, colour: Colour, roughness: float) -> None:
    graph = Graph(material, colour, roughness)
    graph.surface(graph.colour(colour), _GLOSS | {"Roughness": roughness})


def _teeth(material: bpy.types.Material) -> None:
    """Fourteen teeth a row, with the shadow between them, however coarse the row is."""
    graph = Graph(material, _TOOTH, roughness=0.22)
    across = graph.fraction(graph.mask("teeth"), _TEETH_A_ROW)
    profile = graph.ramp(
        across,
        (
            (0.0, (0.0,) * 3),
            (0.10, (0.75,) * 3),
            (0.30, (1.0,) * 3),
            (0.70, (1.0,) * 3),
            (0.90, (0.75,) * 3),
            (1.0, (0.0,) * 3),
        ),
    )
    colour = graph.mix(profile, graph.colour(_BETWEEN_TEETH), graph.colour(_TOOTH))
    relief = graph.bump(profile, strength=0.6, distance=0.0015)
    graph.surface(colour, _GLOSS | {"Roughness": 0.22, "Normal": relief})


def _plain(material: bpy.types.Material, colour: Colour, roughness: float) -> None:
    graph = Graph(material, colour, roughness)
    graph.surface(graph.colour(colour), {"Roughness": roughness, "Specular IOR Level": 0.3})


def _cloth(material: bpy.types.Material, colour: Colour) -> None:
    graph = Graph(material, colour, roughness=0.85)
    weave = graph.noise(scale=260.0, detail=2.0)
    shade = graph.mix(graph.scaled(weave, 0.45), graph.colour(colour), graph.colour(_darker(colour)))
    bump = graph.bump(weave, strength=0.35, distance=0.002)
    graph.surface(shade, {"Roughness": 0.85, "Specular IOR Level": 0.2, "Sheen Weight": 0.15, "Normal": bump})


def _hair(material: bpy.types.Material, look: Mapping[str, Any]) -> None:
    """Every strand a little lighter or darker than the next, dark at its root; `grey` is the share of white hairs."""
    colour = look["colour"]
    graph = Graph(material, colour, roughness=0.5)
    light = tuple(min(1.0, 1.45 * channel + 0.004) for channel in colour)
    shade: Socket = graph.mix(graph.attribute("strand"), graph.colour(_darker(colour)), graph.colour(light))
    grey = float(look.get("grey", 0.0))
    if grey > 0:
        white = graph.above(graph.attribute("strand"), 1.0 - grey)
        shade = graph.mix(white, shade, graph.colour(_GREY))
    root = graph.ramp(graph.attribute("along"), ((0.0, (0.45, 0.45, 0.45)), (0.35, (1.0, 1.0, 1.0))))
    shade = graph.multiplied(shade, root)
    matte = look["style"] in _MATTE_STYLES
    graph.surface(shade, {"Roughness": 0.7 if matte else 0.42, "Specular IOR Level": 0.2 if matte else 0.35})


def _undercoat(material: bpy.types.Material, look: Mapping[str, Any]) -> None:
    """The cap under the strands: what is seen between them, in shadow."""
    colour = look["colour"]
    graph = Graph(material, colour, roughness=1.0)
    graph.surface(graph.colour(colour), {"Roughness": 1.0, "Specular IOR Level": 0.0})


def _darker(colour: Colour) -> tuple[float, ...]:
    return tuple(channel * factor for channel, factor in zip(colour, (0.62, 0.50, 0.46), strict=True))


def _ruddier(colour: Colour) -> tuple[float, ...]:
    return tuple(channel * factor for channel, factor in zip(colour, (0.98, 0.86, 0.84), strict=True))


def _blushed(colour: Colour) -> tuple[float, ...]:
    return tuple(0.5 * channel + 0.5 * blush * max(colour) for channel, blush in zip(colour, _BLUSH, strict=True))
