"""The panel *Cast*: who the two people are, each a bundled character or a rig of the artist's own."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import bpy

from ...backend.contract.arkit import ARKIT_NAMES
from ...backend.contract.errors import DuologueError
from ...backend.contract.reading import parsed_json, read_or_none
from ..heads.rig import FACE_PROPERTY, head_mesh
from ..retargeting.coverage import ESSENTIAL, components_carried, part_coverage
from ..retargeting.rig_mapping import RigMapping, load_mapping, mapping_from_json
from ..retargeting.rig_presets import carries_mapping, preset_file, preset_of
from ..settings.conversations import settings_of
from ..settings.mapping_properties import no_mapping_because, table_of
from ..settings.people import has_heads, names_of
from ..settings.properties import DuologueSettings
from .cast_tools import draw_cast_tools
from .operators.saying import say_warning
from .sidebar import SubPanel, beside, native
from .wrapping import draw_lines

_POP_UP_WIDTH: Final = 400
"""Pixels at scale 1."""
_BY_BONE: Final = "jawOpen"
_PERSONS: Final = (("first", "a"), ("second", "b"))


class DUOLOGUE_PT_cast(SubPanel, bpy.types.Panel):  # noqa: N801 — Blender's naming
    """Both people; what they look like and how takes land on them is in the panels below."""

    bl_label = "Cast"
    bl_idname = "DUOLOGUE_PT_cast"
    bl_order = 1

    def draw(self, context: bpy.types.Context) -> None:
        """One person after the other, then what builds them."""
        settings = settings_of(context.scene)
        for (person, letter), name in zip(_PERSONS, names_of(settings), strict=True):
            self._draw_person(context, settings, person, letter, name)
        if not has_heads(settings):
            self._draw_building(context, settings)

    def _draw_person(
        self, context: bpy.types.Context, settings: DuologueSettings, person: str, letter: str, name: str
    ) -> None:
        head = getattr(settings, f"head_{letter}")
        column = native(self.layout, context, align=True)
        if head is None:
            column.prop(settings, f"character_{letter}", text=f"{person.capitalize()} person")
        elif FACE_PROPERTY in head:
            row = beside(column, context, f"{person.capitalize()} person")
            row.operator_menu_enum("duologue.load_character", "character", text=name, icon="USER").person = person
        column.prop(settings, f"head_{letter}", text="Rig" if head is None or FACE_PROPERTY in head else name)
        if head is not None:
            self._draw_mapping(context, column, head, person)
            draw_cast_tools(column, context, head, person)

    def _draw_mapping(
        self, context: bpy.types.Context, column: bpy.types.UILayout, head: bpy.types.Object, person: str
    ) -> None:
        """“52 of 52”, and what to do or to know where that is not all."""
        row = beside(column, context, "Mapping")
        found = warnings_of(context.scene, head)
        counted = expressions_of(head)
        if counted:
            row.label(text=f"{counted[0]} of {counted[1]}", icon="ERROR" if found else "CHECKMARK")
        elif no_mapping_because(head):
            row.label(text="Not possible", icon="ERROR")
        if no_mapping_because(head) is None:
            text = "" if counted else "Auto-map"
            row.operator("duologue.auto_map", text=text, icon="VIEWZOOM").person = person
        if found:
            row.operator("duologue.show_warnings", text="", icon="INFO").person = person

    def _draw_building(self, context: bpy.types.Context, settings: DuologueSettings) -> None:
        row = native(self.layout, context).row(align=True)
        row.prop(settings, "face")
        row.operator("duologue.use_flame_file", icon="FILE_FOLDER", text="")
        self.layout.operator("duologue.add_conversation", icon="COMMUNITY")


class DUOLOGUE_OT_show_warnings(bpy.types.Operator):  # noqa: N801 — Blender's naming
    """What of somebody does not move."""

    bl_idname = "duologue.show_warnings"
    bl_label = "Warnings"
    bl_description = "Show what a take cannot move on this character, and why"
    bl_options = {"INTERNAL"}  # noqa: RUF012 — Blender's own form

    person: bpy.props.EnumProperty(  # type: ignore[valid-type]
        name="Person",
        description="Whose warnings",
        items=(("first", "First", "The first person's"), ("second", "Second", "The second person's")),
        options={"HIDDEN", "SKIP_SAVE"},
    )

    def invoke(self, context: bpy.types.Context, _event: bpy.types.Event) -> set[str]:
        """Open the pop-up."""
        return context.window_manager.invoke_popup(self, width=_POP_UP_WIDTH)  # type: ignore[no-any-return]

    def draw(self, context: bpy.types.Context) -> None:
        """A sentence below the other."""
        for sentence in self._found(context):
            draw_lines(self.layout, context, sentence, "ERROR", units=_POP_UP_WIDTH / 20)

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Say them."""
        say_warning(self, context, " ".join(self._found(context)) or "Everything moves.")
        return {"FINISHED"}

    def _found(self, context: bpy.types.Context) -> list[str]:
        settings = settings_of(context.scene)
        head = settings.head_b if self.person == "second" else settings.head_a
        return warnings_of(context.scene, head) if head is not None else []


def expressions_of(head: bpy.types.Object) -> tuple[int, int] | None:
    """How many components of an expression move something of `head`, of how many; None without a mapping."""
    if FACE_PROPERTY in head:
        return _built(head)
    if not carries_mapping(head):
        return None
    mapping = _mapping(head.duologue_mapping, preset_of(head))
    return None if mapping is None else components_carried(mapping)


def warnings_of(scene: bpy.types.Scene, head: bpy.types.Object) -> list[str]:
    """Sentences on what of `head` does not move, as far as that is known without trying."""
    if FACE_PROPERTY in head:
        return []
    if reason := no_mapping_because(head):
        return [f"{reason}."]
    mapping = _mapping(head.duologue_mapping, preset_of(head)) if carries_mapping(head) else None
    if mapping is None:
        return ["It carries no mapping yet: press Auto-map."]
    lost = [one.part for one in part_coverage(mapping) if one.state == "missing" and one.part in ESSENTIAL]
    told = [f"Nothing moves the {' and the '.join(lost)}."] if lost else []
    table = table_of(scene)
    return [*told, *(table.hindrances.splitlines() if table.shown == head else ())]


def _built(head: bpy.types.Object) -> tuple[int, int] | None:
    """A head that Duologue built has a shape key for each component of its face; a bone opens the jaw."""
    try:
        there = set(head_mesh(head).data.shape_keys.key_blocks.keys())
    except DuologueError:  # its mesh was deleted
        return None
    found = sum(name in there for name in ARKIT_NAMES if name != _BY_BONE)
    found += found > 0 and "jaw" in head.pose.bones
    return (found, len(ARKIT_NAMES)) if found else (len(there) - 1, len(there) - 1)


@lru_cache(maxsize=32)
def _mapping(text: str, stem: str) -> RigMapping | None:
    """The mapping that an object keeps as `text` or by the name of a preset; a panel asks with every redraw."""
    if text:
        return read_or_none(lambda: mapping_from_json(parsed_json(text)))
    return read_or_none(lambda: load_mapping(preset_file(stem).path))


CLASSES: Final = (DUOLOGUE_PT_cast, DUOLOGUE_OT_show_warnings)
