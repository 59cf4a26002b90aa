"""The panel *Mapping*: how a take lands on a character that Duologue did not build."""

from __future__ import annotations

from typing import Final

import bpy

from ..retargeting.canonical_names import canonical
from ..retargeting.rig_presets import carries_mapping, preset_of
from ..settings.mapping_properties import DuologueMappingTable, no_mapping_because, table_of
from ..settings.properties import mapped_head, settings_of
from .sidebar import SubPanel, draw_whose
from .wrapping import draw_lines

_STATE_ICONS: Final = {"found": "CHECKMARK", "partial": "REMOVE", "missing": "X"}


class DUOLOGUE_UL_shape_rows(bpy.types.UIList):  # noqa: N801 — Blender's naming
    """Shape key ← component × gain."""

    def draw_item(
        self,
        _context: bpy.types.Context,
        layout: bpy.types.UILayout,
        _table: bpy.types.AnyType,
        row: bpy.types.AnyType,
        _icon: int,
        _active: bpy.types.AnyType,
        _active_name: str,
    ) -> None:
        """One row; a row that says nothing yet is red."""
        line = layout.row(align=True)
        line.alert = not (row.key and row.component)
        line.label(text=shape_row_text(row.key, row.component, row.gain), icon="SHAPEKEY_DATA", translate=False)

    def filter_items(
        self, _context: bpy.types.Context, table: DuologueMappingTable, name: str
    ) -> tuple[list[int], list[int]]:
        """The search field looks at both names."""
        rows = getattr(table, name)
        wanted = self.filter_name.casefold()
        shown = [wanted in f"{row.key} {row.component}".casefold() for row in rows]
        return [self.bitflag_filter_item if one else 0 for one in shown], []


class DUOLOGUE_UL_bone_rows(bpy.types.UIList):  # noqa: N801 — Blender's naming
    """Rotation → bone × share."""

    def draw_item(
        self,
        _context: bpy.types.Context,
        layout: bpy.types.UILayout,
        _table: bpy.types.AnyType,
        row: bpy.types.AnyType,
        _icon: int,
        _active: bpy.types.AnyType,
        _active_name: str,
    ) -> None:
        """One row; a row without a bone is red."""
        line = layout.row(align=True)
        line.alert = not row.bone
        line.label(text=f"{row.bone or '?'} ← {row.channel} × {row.share:.4g}", icon="BONE_DATA", translate=False)


class DUOLOGUE_PT_mapping(SubPanel, bpy.types.Panel):  # noqa: N801 — Blender's naming
    """Which shape keys and bones of a character carry what a take says."""

    bl_label = "Mapping"
    bl_idname = "DUOLOGUE_PT_mapping"
    bl_parent_id = "DUOLOGUE_PT_cast"
    bl_order = 1
    bl_options = {"DEFAULT_CLOSED"}  # noqa: RUF012 — Blender's own form

    def draw(self, context: bpy.types.Context) -> None:
        """Whose, which preset, what is missing, and the two tables."""
        settings = settings_of(context.scene)
        draw_whose(self.layout, context, settings, "mapping_head")
        head = mapped_head(context.scene)
        self.layout.operator("duologue.auto_map", icon="VIEWZOOM")
        reason = no_mapping_because(head)
        if reason is not None:
            draw_lines(self.layout, context, reason, "INFO")
            return
        table = table_of(context.scene)
        self._draw_preset(head, table)
        if table.shown != head and carries_mapping(head):
            self.layout.operator("duologue.show_mapping", icon="PRESET")
            return
        self._draw_coverage(context, table)
        self._draw_hindrances(context, table)
        self._draw_shapes(context, table)
        self._draw_bones(head, table)

    def _draw_preset(self, head: bpy.types.Object, table: DuologueMappingTable) -> None:
        row = self.layout.row(align=True)
        title = f"{table.preset_title} (edited)" if table.edited else table.preset_title
        row.operator_menu_enum("duologue.use_rig_preset", "preset", text=title.strip() or "Choose a preset")
        row.operator("duologue.save_rig_preset", text="", icon="FILE_TICK")
        row.operator("duologue.remove_rig_preset", text="", icon="TRASH").preset = preset_of(head)
        row.operator("duologue.forget_mapping", text="", icon="X")
        row.separator()
        row.operator("duologue.import_rig_preset", text="", icon="IMPORT")
        row.operator("duologue.export_rig_preset", text="", icon="EXPORT")

    def _draw_coverage(self, context: bpy.types.Context, table: DuologueMappingTable) -> None:
        if not table.parts:
            return
        box = self.layout.box().column(align=True)
        for part in table.parts:
            row = box.column(align=True)
            row.alert = part.state == "missing"
            draw_lines(row, context, _capitalised(part.told), _STATE_ICONS.get(part.state, ""))
        if table.coverage:
            draw_lines(box, context, table.coverage, "ERROR" if table.missing else "CHECKMARK")
        for what, names in (("Missing", table.missing), ("Bones not found", table.missing_bones)):
            if names:
                draw_lines(box, context, f"{what}: {names}")
        draw_lines(box, context, table.warnings)

    def _draw_hindrances(self, context: bpy.types.Context, table: DuologueMappingTable) -> None:
        self.layout.operator("duologue.check_character", icon="VIEWZOOM")
        if table.hindrances:
            box = self.layout.box().column(align=True)
            box.alert = True
            for sentence in table.hindrances.splitlines():
                draw_lines(box, context, sentence)

    def _draw_shapes(self, context: bpy.types.Context, table: DuologueMappingTable) -> None:
        row = self.layout.row()
        row.template_list("DUOLOGUE_UL_shape_rows", "", table, "shapes", table, "active_shape", rows=6)
        _draw_row_buttons(row, "shapes")
        if table.solved:
            count = table.solved.count(", ") + 1
            sentence = "1 key is solved" if count == 1 else f"{count} keys are solved together"
            draw_lines(self.layout, context, f"{sentence}: {table.solved}", "LINKED")
        if 0 <= table.active_shape < len(table.shapes):
            chosen = table.shapes[table.active_shape]
            column = self.layout.column(align=True)
            column.prop(chosen, "key", icon="SHAPEKEY_DATA")
            column.prop(chosen, "component")
            column.prop(chosen, "gain")
            limits = column.row(align=True)
            limits.prop(chosen, "low")
            limits.prop(chosen, "high")

    def _draw_bones(self, head: bpy.types.Object, table: DuologueMappingTable) -> None:
        row = self.layout.row()
        row.template_list("DUOLOGUE_UL_bone_rows", "", table, "bones", table, "active_bone", rows=3)
        _draw_row_buttons(row, "bones")
        if 0 <= table.active_bone < len(table.bones):
            chosen = table.bones[table.active_bone]
            column = self.layout.column(align=True)
            column.prop(chosen, "channel")
            armature = head if head.type == "ARMATURE" else head.find_armature()
            if armature is not None:
                column.prop_search(chosen, "bone", armature.data, "bones")
            else:
                column.prop(chosen, "bone")
            column.prop(chosen, "share")
        self.layout.prop(table, "eyes")
        self.layout.prop(table, "jaw")


CLASSES: Final = (DUOLOGUE_UL_shape_rows, DUOLOGUE_UL_bone_rows, DUOLOGUE_PT_mapping)


def shape_row_text(key: str, component: str, gain: float) -> str:
    """A row in as few letters as say it, since sidebars are narrow: a namesake, taken once, is not named."""
    driven = "" if component and canonical(key) == canonical(component) else f" ← {component or '?'}"
    times = "" if gain == 1.0 else f" × {gain:.4g}"
    return f"{key or '?'}{driven}{times}"


def _capitalised(text: str) -> str:
    return text[:1].upper() + text[1:]


def _draw_row_buttons(row: bpy.types.UILayout, table: str) -> None:
    column = row.column(align=True)
    for change, icon in (("add", "ADD"), ("remove", "REMOVE")):
        button = column.operator("duologue.mapping_row", text="", icon=icon)
        button.table, button.change = table, change
