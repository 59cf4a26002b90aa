"""The mapping's table: what the panel edits; every change is kept on the character as its mapping."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Final

import bpy

from ...backend.contract.arkit import ARKIT_NAMES
from ...backend.contract.errors import DuologueError
from ..heads.rig import FACE_PROPERTY
from ..retargeting import rig_presets
from ..retargeting.auto_map import AutoMap, auto_map
from ..retargeting.coverage import part_coverage
from ..retargeting.rig_mapping import BONE_CHANNELS, BonePart, RigMapping, load_mapping
from ..retargeting.rig_presets import mapping_of, name_preset, preset_file, preset_of, store_mapping
from ..retargeting.rig_survey import survey

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
    owner = table_of(row.id_data).shown
    return [name for name in survey(owner).key_names if typed.casefold() in name.casefold()] if owner else []


def _component_names(row: bpy.types.PropertyGroup, _context: bpy.types.Context, typed: str) -> list[str]:
    names = ARKIT_NAMES
    if table_of(row.id_data).basis == "flame":
        names = tuple(f"expression_{number:03d}" for number in range(1, _FLAME_COMPONENTS + 1))
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


class DuologuePartRow(bpy.types.PropertyGroup):
    """One part of the face: "found", "partial" or "missing", and what of it moves."""

    state: bpy.props.StringProperty(description="found, partial or missing")  # type: ignore[valid-type]
    told: bpy.props.StringProperty(description="What of the part moves, in words")  # type: ignore[valid-type]


class DuologueMappingTable(bpy.types.PropertyGroup):
    """The table of the character `shown`. `preset_title` is what its mapping began as, before it was `edited`."""

    shown: bpy.props.PointerProperty(  # type: ignore[valid-type]
        type=bpy.types.Object, description="The character whose mapping this is"
    )
    shapes: bpy.props.CollectionProperty(  # type: ignore[valid-type]
        type=DuologueShapeRow, description="A row for each shape key and what drives it"
    )
    active_shape: bpy.props.IntProperty(name="Active row", description="The row that is edited below")  # type: ignore[valid-type]
    bones: bpy.props.CollectionProperty(  # type: ignore[valid-type]
        type=DuologueBoneRow, description="A row for each bone and its share of a rotation"
    )
    active_bone: bpy.props.IntProperty(name="Active row", description="The row that is removed")  # type: ignore[valid-type]
    eyes: bpy.props.EnumProperty(  # type: ignore[valid-type]
        name="Eyes",
        description="What turns the eyes",
        items=(
            ("either", "As the eyes show", "Bones where they hold eyeballs that no shape key moves, else shape keys"),
            ("bones", "Bones, lids by shapes", "Bones turn the eyes and eyeLook… shape keys move the lids"),
            ("shapes", "Shapes", "eyeLook… shape keys; bones of the eyes are left alone"),
        ),
        update=_changed,
    )
    jaw: bpy.props.EnumProperty(  # type: ignore[valid-type]
        name="Jaw",
        description="What opens the mouth where a bone and a shape key could",
        items=(
            ("bones", "Bone", "The bone turns, and the shape key of the open mouth stays"),
            ("shapes", "Shapes", "The shape key of the open mouth; the bone of the jaw is left alone"),
            ("either", "As the mouth shows", "The shape key if it moves the chin as far as a jaw does, else the bone"),
        ),
        update=_changed,
    )
    parts: bpy.props.CollectionProperty(  # type: ignore[valid-type]
        type=DuologuePartRow, description="A row for each part of the face"
    )
    warnings: bpy.props.StringProperty(description="What was guessed, or cannot act")  # type: ignore[valid-type]
    basis: bpy.props.StringProperty(  # type: ignore[valid-type]
        description="Whose components drive the keys: arkit or flame", default="arkit"
    )
    preset_title: bpy.props.StringProperty(description="The preset that the mapping began as")  # type: ignore[valid-type]
    edited: bpy.props.BoolProperty(description="Whether it was changed since")  # type: ignore[valid-type]
    coverage: bpy.props.StringProperty(description="How much of the preset was found")  # type: ignore[valid-type]
    missing: bpy.props.StringProperty(description="Names of the preset that were not found")  # type: ignore[valid-type]
    missing_bones: bpy.props.StringProperty(description="Its bones that were not found")  # type: ignore[valid-type]
    hindrances: bpy.props.StringProperty(description="What cannot move, a sentence a line")  # type: ignore[valid-type]
    solved: bpy.props.StringProperty(description="Shape keys whose values are solved together")  # type: ignore[valid-type]


CLASSES: Final = (DuologueShapeRow, DuologueBoneRow, DuologuePartRow, DuologueMappingTable)


def table_of(scene: bpy.types.Scene) -> DuologueMappingTable:
    """The scene's table."""
    return scene.duologue_table  # type: ignore[attr-defined]


def no_mapping_because(head: bpy.types.Object | None) -> str | None:
    """Why `head` has no use for a mapping, or None."""
    if head is None:
        return "Choose a character's armature or mesh first"
    if FACE_PROPERTY in head:
        return f"{head.name} was built by Duologue; takes land on it as they are"
    if head.library is not None:
        return f"{head.name} is linked; make a library override of it first"
    return None


def show_mapping(scene: bpy.types.Scene, head: bpy.types.Object | None) -> None:
    """Fill the table with the mapping of `head`, or empty it where there is none.

    Raises DuologueError (RIG_UNSUITABLE) with an empty table when what is kept on `head` cannot be read.
    """
    table = table_of(scene)
    with _quietly():
        for name in table.bl_rna.properties.keys():  # noqa: SIM118 — Blender's collection is no mapping
            if name not in ("rna_type", "name"):
                table.property_unset(name)
        if no_mapping_because(head) is not None:
            return
        table.shown = head
        if (mapping := mapping_of(head)) is not None:
            _fill_table(table, mapping, _preset_on(head))


def show_hindrances(scene: bpy.types.Scene, head: bpy.types.Object, found: list[str]) -> None:
    """Show `found`, sentences on what of `head` cannot move, until the table shows something else."""
    if table_of(scene).shown != head:
        show_mapping(scene, head)
    table_of(scene).hindrances = "\n".join(found)


def keep_table(scene: bpy.types.Scene) -> None:
    """Keep the table, as it stands, as the mapping of the character it shows."""
    table = table_of(scene)
    if table.shown is not None:
        table.edited = True
        mapping = mapping_of_table(scene)
        store_mapping(table.shown, mapping)
        _tell_parts(table, mapping)


def mapping_of_table(scene: bpy.types.Scene) -> RigMapping:
    """The mapping that the table shows; rows without a key, component or bone say nothing yet.

    What the table does not show (recipes, moves) stays as it is kept on the character. Of several rows of one key the
    first one's limits count. Raises DuologueError (RIG_UNSUITABLE).
    """
    table = table_of(scene)
    before = mapping_of(table.shown) or _EMPTY
    shapes: dict[str, dict[str, float]] = {}
    limits = {key: before.limits[key] for key in before.recipes if key in before.limits}
    for row in table.shapes:
        if row.key and row.component:
            if row.key not in shapes:
                ends = _plain(row.low), _plain(row.high)
                limits[row.key] = min(ends), max(ends)
            shapes.setdefault(row.key, {})[row.component] = _plain(row.gain)
    bones: dict[str, tuple[BonePart, ...]] = {}
    for row in table.bones:
        if row.bone:
            bones[row.channel] = (*bones.get(row.channel, ()), BonePart(row.bone, _plain(row.share)))
    return replace(before, shapes=shapes, limits=limits, bones=bones, eyes=table.eyes, jaw=table.jaw)


def take_on(scene: bpy.types.Scene, head: bpy.types.Object, stem: str, mapping: RigMapping) -> None:
    """`head` carries `mapping`, which began as the preset `stem`, from now on; the table shows it."""
    name_preset(head, stem)
    store_mapping(head, mapping)
    show_mapping(scene, head)


def forget_mapping(scene: bpy.types.Scene, head: bpy.types.Object) -> None:
    """Take the mapping off `head` and empty the table."""
    for name in ("duologue_rig", "duologue_mapping"):
        head.property_unset(name)
    show_mapping(scene, head)


def attach() -> None:
    """Give every scene a table, and every object room for a mapping."""
    rig_presets.attach()
    bpy.types.Scene.duologue_table = bpy.props.PointerProperty(type=DuologueMappingTable)  # type: ignore[attr-defined]


def detach() -> None:
    """Take both away again."""
    del bpy.types.Scene.duologue_table  # type: ignore[attr-defined]
    rig_presets.detach()


@contextmanager
def _quietly() -> Iterator[None]:
    """Rows that are filled in are not the artist's changes."""
    _filling.append(True)
    try:
        yield
    finally:
        _filling.pop()


def _fill_table(table: DuologueMappingTable, mapping: RigMapping, preset: AutoMap | None) -> None:
    table.basis, table.eyes, table.jaw, table.preset_title = mapping.basis, mapping.eyes, mapping.jaw, mapping.title
    _tell_parts(table, mapping)
    for key, row in mapping.shapes.items():
        low, high = mapping.limits_of(key)
        for component, gain in row.items():
            _fill(table.shapes.add(), key=key, component=component, gain=gain, low=low, high=high)
    for channel, parts in mapping.bones.items():
        for part in parts:
            _fill(table.bones.add(), channel=channel, bone=part.bone, share=part.share)
    table.solved = ", ".join(mapping.recipes)
    if preset is not None:
        table.edited = preset.mapping != mapping
        table.coverage = f"{preset.mapped} of {preset.wanted} mapped"
        table.missing = ", ".join(preset.missing)
        table.warnings = " ".join(preset.warnings)
        table.missing_bones = ", ".join(name for name in preset.missing_bones if name not in preset.missing)


def _tell_parts(table: DuologueMappingTable, mapping: RigMapping) -> None:
    table.parts.clear()
    for part in part_coverage(mapping):
        _fill(table.parts.add(), state=part.state, told=part.sentence())


def _preset_on(head: bpy.types.Object) -> AutoMap | None:
    """What the preset that the mapping began as gives on `head`; None where it is gone."""
    stem = preset_of(head)
    try:
        preset = load_mapping(preset_file(stem).path) if stem else None
    except DuologueError:
        return None
    rig = survey(head)
    return auto_map(preset, rig.key_names, rig.bone_names, rig.bones) if preset is not None else None


def _fill(row: bpy.types.PropertyGroup, **values: object) -> None:
    for name, value in values.items():
        setattr(row, name, value)


def _plain(value: float) -> float:
    return round(value, _DECIMALS)
