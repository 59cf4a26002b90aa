"""The panel *Character*: who a head is, with sliders."""

from __future__ import annotations

import bpy

from ..characters.character_editing import has_character
from ..characters.character_fields import HABIT_FIELDS, LOOKS
from ..characters.identity_sliders import GROUPS, ORIGINS
from ..settings.character_properties import own_items
from ..settings.properties import settings_of
from .operators.character import head_edited
from .sidebar import SubPanel, draw_whose
from .wrapping import draw_lines, is_narrow, row_or_column

_WHOLE = 1.005


class DUOLOGUE_PT_character(SubPanel, bpy.types.Panel):  # noqa: N801 — Blender's naming
    """One head at a time: shape, looks, habits; load and save."""

    bl_label = "Character"
    bl_idname = "DUOLOGUE_PT_character"
    bl_parent_id = "DUOLOGUE_PT_cast"
    bl_order = 0
    bl_options = {"DEFAULT_CLOSED"}  # noqa: RUF012 — Blender's own form

    def draw(self, context: bpy.types.Context) -> None:
        """From whom to how."""
        settings = settings_of(context.scene)
        draw_whose(self.layout, context, settings, "character_edited")
        head = head_edited(settings)
        if head is None:
            draw_lines(self.layout, context, "Press Add conversation first", "INFO")
            return
        row = row_or_column(self.layout, context)
        row.operator_menu_enum("duologue.load_character", "character", text="Load", icon="USER")
        row.operator("duologue.random_character", text="Random", icon="FILE_REFRESH")
        row = row_or_column(self.layout, context)
        row.operator("duologue.save_character", icon="FILE_TICK")
        row.operator("duologue.import_character", text="", icon="IMPORT")
        row.operator("duologue.export_character", text="", icon="EXPORT")
        if own_items(None, context):
            row.operator_menu_enum("duologue.remove_character", "character", text="Remove", icon="TRASH")
        if not has_character(head):
            draw_lines(self.layout, context, "Load a character to edit this head", "INFO")
            return
        self._draw_shape(context, head)
        self._draw_looks(context, head)
        self._draw_habits(context, head)

    def _draw_shape(self, context: bpy.types.Context, head: bpy.types.Object) -> None:
        sliders = head.duologue_character.identity
        for group in GROUPS:
            members = [slider for slider in sliders if slider.group == group]
            if not members:
                continue
            header, body = self.layout.panel(f"duologue_{group.lower()}", default_closed=group != "Person")
            header.label(text=group)
            if body is not None:
                column = body.column(align=True)
                for slider in members:
                    column.prop(slider, slider.kind, text=slider.label, slider=True)
                if group == "Person" and sum(one.value for one in members if one.name in ORIGINS) > _WHOLE:
                    draw_lines(body, context, "The three origins are more than 1 together", "INFO")

    def _draw_looks(self, context: bpy.types.Context, head: bpy.types.Object) -> None:
        header, body = self.layout.panel("duologue_looks", default_closed=True)
        header.label(text="Looks")
        if body is not None:
            column = body.column()
            column.use_property_split, column.use_property_decorate = not is_narrow(context), False
            for field in LOOKS:
                column.prop(head.duologue_character, field.property_name, slider=field.kind == "number")
            column.operator("duologue.regrow_hair", icon="OUTLINER_OB_CURVES")

    def _draw_habits(self, context: bpy.types.Context, head: bpy.types.Object) -> None:
        header, body = self.layout.panel("duologue_habits", default_closed=True)
        header.label(text="Habits")
        if body is not None:
            column = body.column(align=True)
            for field in HABIT_FIELDS:
                column.prop(head.duologue_character, field.property_name, slider=True)
            draw_lines(body, context, "Habits show in the next take", "INFO")
