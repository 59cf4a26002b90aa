"""How a head looks: materials for Cycles and EEVEE, and the colours Workbench shows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

import bpy
import numpy as np

from ..steps import Steps, at_once, part_of
from .hair import FLOW_NORMAL, grow_hair, hair_of, mend_strands, shave
from .head_parts import PARTS
from .rig import MASK_PREFIX, coordinates_of, expect_no_edit_mode, head_mesh
from .shader_graph import REST_PLACE, Graph, Socket
from .skin import BOUNCED, Colour, darker, paint_skin

_DEFAULTS: Final[dict[str, Any]] = {
    "skin": {"colour": [0.72, 0.46, 0.36], "lips": [0.60, 0.25, 0.22], "blush": 0.5, "stubble": 0.0},
    "eyes": {"colour": [0.20, 0.32, 0.36]},
    "brows": {"colour": [0.10, 0.06, 0.04]},
    "hair": {"style": "short", "colour": [0.10, 0.06, 0.035]},
    "garment": {"colour": [0.10, 0.16, 0.24]},
}
_GREY: Final = (0.62, 0.60, 0.57)
_TOOTH: Final = (0.84, 0.78, 0.68)
_BETWEEN_TEETH: Final = (0.30, 0.18, 0.14)
_GUM: Final = (0.52, 0.20, 0.18)
_TONGUE: Final = (0.46, 0.14, 0.13)
_MOLAR_SHADE: Final = (0.42, 0.25, 0.22)
"""Share of their colour that the last teeth have: they stand in the mouth's red shadow."""
_RED_BOUNCE: Final = (1.0, 0.74, 0.66)
_TEETH_A_ROW: Final = 14
_EYE_BORDERS: Final = (0.165, 0.46)
"""Radians from the line of sight: pupil and iris of a face that does not say."""
_SHEEN_OF_THE_WHOLE: Final = 0.75
"""Share of the hair's own rounding in a strand's normal. Alone, a strand's own is finer than a pixel: its highlights
flicker and crawl along the hair when the head turns."""
_MATTE_STYLES: Final = ("cropped", "curly")
"""Coils scatter light; only smooth hair has a sheen."""


def dress_head(armature: bpy.types.Object, character: Mapping[str, Any]) -> None:
    """Give a rig that `build_head` made its materials and its hair.

    `character` may hold skin {colour, lips, blush 0–1, stubble 0–1}, hair {style, colour}, and eyes, brows and garment
    {colour}; colours are linear RGB. What it lacks has a default. Dressing again replaces what was there. Raises
    DuologueError (RIG_UNSUITABLE) where the head's mesh was deleted or is in edit mode; then its hair stays.
    """
    at_once(dress_head_in_steps(armature, character))


def dress_head_in_steps(armature: bpy.types.Object, character: Mapping[str, Any]) -> Steps[None]:
    """The same in steps; what was made is on the armature's objects between them."""
    looks, worn = _looks(character), _hair_worn(armature)
    _head_to_paint(armature)  # without one nothing is taken away
    shave(armature)
    head = yield from part_of(_paint(armature, looks), 0.0, 0.5)
    growing = grow_hair(head, looks["hair"], lambda: _hair_materials(armature, looks, worn))
    yield from part_of(growing, 0.5, 1.0)


def paint_head(armature: bpy.types.Object, character: Mapping[str, Any]) -> None:
    """The materials alone, of the head and of the hair that it has; `character` and errors as for `dress_head`."""
    looks = _looks(character)
    at_once(_paint(armature, looks))
    strands, cap = _hair_materials(armature, looks, _hair_worn(armature))
    mend_strands(armature)
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
    head = _head_to_paint(armature)
    slots = head.data.materials
    _remember_places(head)
    painters = _painters(looks, head)
    for slot, part in enumerate(PARTS):
        yield f"Dressing {armature.name}", slot / len(PARTS)
        material = _own(slots[slot], f"{armature.name} {part.replace('_', ' ')}")
        painters[part](material)
        slots[slot] = material
    return head


def _head_to_paint(armature: bpy.types.Object) -> bpy.types.Object:
    head = head_mesh(armature)
    expect_no_edit_mode(armature, head, "change its looks")
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


def _remember_places(head: bpy.types.Object) -> None:
    """Where each vertex rests, for noise that stays where it is on the skin; what is remembered already stays."""
    mesh = head.data
    if REST_PLACE in mesh.attributes:
        return
    attribute = mesh.attributes.new(REST_PLACE, "FLOAT_VECTOR", "POINT")
    attribute.data.foreach_set("vector", coordinates_of(mesh.shape_keys.key_blocks[0]))


def _eye_borders(mesh: bpy.types.Mesh) -> tuple[float, float]:
    """Radians from the line of sight at which the pupil and the iris end, as the polygons of their materials do."""
    angle = mesh.attributes.get(f"{MASK_PREFIX}eye_angle")
    if angle is None:
        return _EYE_BORDERS
    angles = np.empty(len(mesh.vertices), np.float32)
    angle.data.foreach_get("value", angles)
    part, corners = np.empty(len(mesh.polygons), np.int32), np.empty(len(mesh.polygons), np.int32)
    mesh.polygons.foreach_get("material_index", part)
    mesh.polygons.foreach_get("loop_total", corners)
    vertex = np.empty(len(mesh.loops), np.int32)
    mesh.loops.foreach_get("vertex_index", vertex)
    of_corner = np.repeat(part, corners)
    found = [angles[vertex[of_corner == PARTS.index(name)]].max(initial=0.0) for name in ("pupil", "iris")]
    return (float(found[0]), float(found[1])) if 0.0 < found[0] < found[1] else _EYE_BORDERS


def _painters(
    looks: Mapping[str, Mapping[str, Any]], head: bpy.types.Object
) -> dict[str, Callable[[bpy.types.Material], None]]:
    """For each of `PARTS` what makes a material of `head` look like it."""
    skin, keys = looks["skin"], head.data.shape_keys
    borders = _eye_borders(head.data)
    painted_hair = {"brows": looks["brows"]["colour"], "hair": looks["hair"]["colour"]}
    return {
        "skin": lambda one: paint_skin(one, {**skin, **painted_hair}, skin["colour"], keys),
        "lips": lambda one: paint_skin(one, skin, skin["lips"], None),
        "eye_white": lambda one: _wet(one, (0.74, 0.70, 0.67), 0.12),
        "iris": lambda one: _iris(one, looks["eyes"]["colour"], borders),
        "pupil": lambda one: _wet(one, (0.004, 0.004, 0.004), 0.03, _CORNEA),
        "teeth": _teeth,
        "tongue": lambda one: _wet(
            one, _TONGUE, 0.4, {"Emission Color": (*_TONGUE, 1.0), "Emission Strength": BOUNCED}
        ),
        "lashes": lambda one: _plain(one, (0.010, 0.007, 0.006), 0.6),
        "brows": lambda one: _plain(one, looks["brows"]["colour"], 0.6),
        "garment": lambda one: _cloth(one, looks["garment"]["colour"]),
    }


def _iris(material: bpy.types.Material, colour: Colour, borders: tuple[float, float]) -> None:
    graph = Graph(material, colour, roughness=0.05)
    angle = graph.mask("eye_angle")
    dark = tuple(0.16 * channel for channel in colour)
    light = tuple(min(1.0, 1.7 * channel + 0.02) for channel in colour)
    stops = ((0.0, dark), (0.12, light), (0.56, colour), (0.80, colour), (1.0, dark))
    inner, outer = borders
    ramp = graph.ramp(angle, tuple((inner + share * (outer - inner), shade) for share, shade in stops))
    fibres = graph.noise(scale=700.0, detail=2.0)
    graph.surface(
        graph.mix(graph.scaled(fibres, 0.5), ramp, graph.colour(dark)), _GLOSS | _CORNEA | {"Roughness": 0.06}
    )


_GLOSS: Final[dict[str, Any]] = {"Coat Weight": 0.6, "Coat Roughness": 0.02, "Specular IOR Level": 0.6}
_CORNEA: Final[dict[str, Any]] = {"Coat Weight": 1.0, "Coat IOR": 1.65, "Coat Roughness": 0.04}
"""Twice as bright a reflection as tears make, for catchlights in a small picture; more, and dark irises are grey."""


def _wet(
    material: bpy.types.Material, colour: Colour, roughness: float, gloss: Mapping[str, Any] = MappingProxyType({})
) -> None:
    graph = Graph(material, colour, roughness)
    graph.surface(graph.colour(colour), {**_GLOSS, **gloss, "Roughness": roughness})


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
    # The gum reaches further between two teeth. On faces without the mask it reads 0 and there is none.
    height = graph.sum(graph.mask("gums"), graph.scaled(graph.contrast(profile, 1.0, 0.0), 0.075))
    colour = graph.mix(graph.contrast(height, 0.50, 0.52), colour, graph.colour(_GUM))
    colour = graph.multiplied(colour, _round_the_arch(graph, _MOLAR_SHADE, (1.0, 1.0, 1.0)))
    bounced = graph.multiplied(colour, _round_the_arch(graph, _MOLAR_SHADE, _RED_BOUNCE))
    relief = graph.bump(profile, strength=0.6, distance=0.0015)
    lit = {"Emission Color": bounced, "Emission Strength": BOUNCED}
    graph.surface(colour, _GLOSS | lit | {"Roughness": 0.22, "Normal": relief})


def _round_the_arch(graph: Graph, molars: Colour, incisors: Colour) -> Socket:
    """From one colour at both ends of a row of teeth to another in front."""
    return graph.ramp(graph.mask("teeth"), ((0.08, molars), (0.30, incisors), (0.70, incisors), (0.92, molars)))


def _plain(material: bpy.types.Material, colour: Colour, roughness: float) -> None:
    graph = Graph(material, colour, roughness)
    graph.surface(graph.colour(colour), {"Roughness": roughness, "Specular IOR Level": 0.3})


def _cloth(material: bpy.types.Material, colour: Colour) -> None:
    graph = Graph(material, colour, roughness=0.85)
    weave = graph.noise(scale=260.0, detail=2.0)
    shade = graph.mix(graph.scaled(weave, 0.45), graph.colour(colour), graph.colour(darker(colour)))
    bump = graph.bump(weave, strength=0.35, distance=0.002)
    graph.surface(shade, {"Roughness": 0.85, "Specular IOR Level": 0.2, "Sheen Weight": 0.15, "Normal": bump})


def _hair(material: bpy.types.Material, look: Mapping[str, Any]) -> None:
    """Every strand a little lighter or darker than the next, dark at its root; `grey` is the share of white hairs."""
    colour = look["colour"]
    graph = Graph(material, colour, roughness=0.5)
    light = tuple(min(1.0, 1.45 * channel + 0.004) for channel in colour)
    shade: Socket = graph.mix(graph.attribute("strand"), graph.colour(darker(colour)), graph.colour(light))
    grey = float(look.get("grey", 0.0))
    if grey > 0:
        white = graph.above(graph.attribute("strand"), 1.0 - grey)
        shade = graph.mix(white, shade, graph.colour(_GREY))
    root = graph.ramp(graph.attribute("along"), ((0.0, (0.45, 0.45, 0.45)), (0.35, (1.0, 1.0, 1.0))))
    shade = graph.multiplied(shade, root)
    matte = look["style"] in _MATTE_STYLES
    if matte:
        graph.surface(shade, {"Roughness": 0.7, "Specular IOR Level": 0.2})
        return
    normal = graph.softened_normal(FLOW_NORMAL, _SHEEN_OF_THE_WHOLE)
    graph.surface(shade, {"Roughness": 0.5, "Specular IOR Level": 0.30, "Normal": normal})


def _undercoat(material: bpy.types.Material, look: Mapping[str, Any]) -> None:
    """The cap under the strands: what is seen between them, in shadow."""
    colour = look["colour"]
    graph = Graph(material, colour, roughness=1.0)
    graph.surface(graph.colour(colour), {"Roughness": 1.0, "Specular IOR Level": 0.0})
