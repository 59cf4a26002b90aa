"""The mapping's table: what the panel edits, on the object that is mapped; every change is kept as the mapping."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Final

import bpy

from ..backend.contract.arkit import ARKIT_NAMES
from .rig_mapping import BONE_CHANNELS, BonePart, RigMapping
from .rig_presets import MAPPING_PROPERTY, PRESET_PROPERTY, mapping_of, store_mapping
from .rig_survey import survey

_DECIMALS: Final = 6
"""Blender keeps single precision; 0.4 is to stay 0.4 in the preset."""
_FLAME_COMPONENTS: Final = 100
_LIMIT: Final = 10.0
_EMPTY: Final = RigMapping("", "arkit")

_filling: list[bool] = []


def _changed(row: bpy.types.PropertyGroup, _context: bpy.types.Context) -> None:
    if not _filling:
        keep_table(row.id_data)


def _key_names(row: bpy.types.PropertyGroup, _context: bpy.types.Context, typed: str) -> list[str]:
    return [name for name in survey(row.id_data).key_names if typed.casefold() in name.casefold()]


def _component_names(row: bpy.types.PropertyGroup, _context: bpy.types.Context, typed: str) -> list[str]:
    names = components_of(table_of(row.id_data).basis)
    return [name for name in names if typed.casefold() in name.casefold()]


class DuologueShapeRow(bpy.types.PropertyGroup):
    """One shape key and one component that drives it."""

    key: bpy.props.StringProperty(  # type: ignore[valid-type]
        name="Shape key", description="The shape key on the character", search=_key_names, update=_changed
    )
    component: bpy.props.StringProperty(  # type: ignore[valid-type]
        name="Component", description="What drives it", search=_component_names, update=_changed
    )
    gain: bpy.props.FloatProperty(  # type: ignore[valid-type]
        name="Gain", description="Times this much", default=1.0, soft_min=-2.0, soft_max=2.0, update=_changed
    )
    low: bpy.props.FloatProperty(  # type: ignore[valid-type]
        name="Lowest", description="The key is never set lower", default=0.0, min=-_LIMIT, max=_LIMIT, update=_changed
    )
    high: bpy.props.FloatProperty(  # type: ignore[valid-type]
        name="Highest", description="The key is never set higher", default=1.0, min=-_LIMIT, max=_LIMIT, update=_changed
    )


class DuologueBoneRow(bpy.types.PropertyGroup):
    """One bone and its share of a rotation."""

    channel: bpy.props.EnumProperty(  # type: ignore[valid-type]
        name="Rotation",
        description="Which rotation the bone carries",
        items=tuple((name, name.replace("_", " ").capitalize(), "") for name in BONE_CHANNELS),
        default="head",
        update=_changed,
    )
    bone: bpy.props.StringProperty(name="Bone", description="The bone on the character", update=_changed)  # type: ignore[valid-type]
    share: bpy.props.FloatProperty(  # type: ignore[valid-type]
        name="Share",
        description="How much of the rotation it carries",
        default=1.0,
        soft_min=0.0,
        soft_max=1.0,
        update=_changed,
    )


class DuologueMappingTable(bpy.types.PropertyGroup):
    """The table of one object. `preset_title` is what the mapping began as; an edited one is no longer that preset."""

    shapes: bpy.props.CollectionProperty(type=DuologueShapeRow)  # type: ignore[valid-type]
    active_shape: bpy.props.IntProperty(name="Active row", description="The row that is edited below")  # type: ignore[valid-type]
    bones: bpy.props.CollectionProperty(type=DuologueBoneRow)  # type: ignore[valid-type]
    active_bone: bpy.props.IntProperty(name="Active row", description="The row that is removed")  # type: ignore[valid-type]
    eyes: bpy.props.EnumProperty(  # type: ignore[valid-type]
        name="Eyes",
        description="What turns the eyes",
        items=(
            ("either", "Bones, else shapes", "Bones where the character has them; eyeLook… shape keys are left alone"),
            ("bones", "Bones, lids by shapes", "Bones turn the eyes and eyeLook… shape keys move the lids"),
            ("shapes", "Shapes", "eyeLook… shape keys; bones of the eyes are left alone"),
        ),
        update=_changed,
    )
    basis: bpy.props.StringProperty(default="arkit")  # type: ignore[valid-type]
    preset_title: bpy.props.StringProperty()  # type: ignore[valid-type]
    edited: bpy.props.BoolProperty()  # type: ignore[valid-type]
    coverage: bpy.props.StringProperty()  # type: ignore[valid-type]
    missing: bpy.props.StringProperty()  # type: ignore[valid-type]
    missing_bones: bpy.props.StringProperty()  # type: ignore[valid-type]
    solved: bpy.props.StringProperty()  # type: ignore[valid-type]


CLASSES: Final = (DuologueShapeRow, DuologueBoneRow, DuologueMappingTable)


def table_of(owner: bpy.types.Object) -> DuologueMappingTable:
    """The object's table."""
    return owner.duologue_table  # type: ignore[attr-defined]


def components_of(basis: str) -> tuple[str, ...]:
    """The names that may drive a key."""
    if basis == "flame":
        return tuple(f"expression_{number:03d}" for number in range(1, _FLAME_COMPONENTS + 1))
    return ARKIT_NAMES


def show_mapping(owner: bpy.types.Object, mapping: RigMapping) -> None:
    """Fill the object's table with `mapping`; what is kept on the object stays as it is."""
    table = table_of(owner)
    with _quietly():
        table.shapes.clear()
        table.bones.clear()
        table.basis, table.preset_title, table.edited, table.eyes = mapping.basis, mapping.title, False, mapping.eyes
        for key, row in mapping.shapes.items():
            low, high = mapping.limits_of(key)
            for component, gain in row.items():
                _fill(table.shapes.add(), key=key, component=component, gain=gain, low=low, high=high)
        for channel, parts in mapping.bones.items():
            for part in parts:
                _fill(table.bones.add(), channel=channel, bone=part.bone, share=part.share)
        table.solved = ", ".join(mapping.recipes)
        table.active_shape = table.active_bone = 0


def keep_table(owner: bpy.types.Object) -> None:
    """Keep the table, as it stands, as the object's mapping."""
    table = table_of(owner)
    table.edited = True
    store_mapping(owner, mapping_of_table(owner))


def mapping_of_table(owner: bpy.types.Object) -> RigMapping:
    """The mapping that the table shows; rows without a key, component or bone say nothing yet.

    What the table does not show (recipes, moves) stays as it is kept on the object. Of several
    rows of one key the first one's limits count. Raises DuologueError (RIG_UNSUITABLE).
    """
    table, before = table_of(owner), mapping_of(owner) or _EMPTY
    shapes: dict[str, dict[str, float]] = {}
    limits = {key: before.limits[key] for key in before.recipes if key in before.limits}
    for row in table.shapes:
        if row.key and row.component:
            if row.key not in shapes:
                limits[row.key] = _ordered(_plain(row.low), _plain(row.high))
            shapes.setdefault(row.key, {})[row.component] = _plain(row.gain)
    bones: dict[str, tuple[BonePart, ...]] = {}
    for row in table.bones:
        if row.bone:
            bones[row.channel] = (*bones.get(row.channel, ()), BonePart(row.bone, _plain(row.share)))
    return replace(before, shapes=shapes, limits=limits, bones=bones, eyes=table.eyes)


def forget_mapping(owner: bpy.types.Object) -> None:
    """Take the mapping off `owner` and empty its table."""
    for name in (MAPPING_PROPERTY, PRESET_PROPERTY):
        if name in owner:
            del owner[name]
    owner.property_unset("duologue_table")


def attach() -> None:
    """Give every object a table."""
    bpy.types.Object.duologue_table = bpy.props.PointerProperty(type=DuologueMappingTable)  # type: ignore[attr-defined]


def detach() -> None:
    """Take it away again."""
    del bpy.types.Object.duologue_table  # type: ignore[attr-defined]


@contextmanager
def _quietly() -> Iterator[None]:
    """Rows that are filled in are not the artist's changes."""
    _filling.append(True)
    try:
        yield
    finally:
        _filling.pop()


def _fill(row: bpy.types.PropertyGroup, **values: object) -> None:
    for name, value in values.items():
        setattr(row, name, value)


def _plain(value: float) -> float:
    return round(value, _DECIMALS)


def _ordered(low: float, high: float) -> tuple[float, float]:
    return min(low, high), max(low, high)
