"""The panel *Conversation*: which conversations the scene has, and which one the panels below show."""

from __future__ import annotations

from typing import Final

import bpy

from ..settings.conversations import conversations_of, match_rows, rows_match
from ..settings.people import has_heads
from .operators.saying import redraw_panels
from .sidebar import SubPanel

_FEWEST_ROWS, _MOST_ROWS = 2, 5


class DUOLOGUE_UL_conversations(bpy.types.UIList):  # noqa: N801 — Blender's naming
    """The scene's conversations by name."""

    def draw_item(
        self,
        _context: bpy.types.Context,
        layout: bpy.types.UILayout,
        scene: bpy.types.AnyType,
        _row: bpy.types.AnyType,
        _icon: int,
        _active: bpy.types.AnyType,
        _active_name: str,
        index: int = 0,
    ) -> None:
        """What it is called, to be changed by a double click."""
        settings = conversations_of(scene)[index]
        icon = "COMMUNITY" if has_heads(settings) else "ADD"
        layout.prop(settings, "title", text="", emboss=False, icon=icon)


class DUOLOGUE_PT_conversation(SubPanel, bpy.types.Panel):  # noqa: N801 — Blender's naming
    """Choose, rename, add, remove."""

    bl_label = "Conversation"
    bl_idname = "DUOLOGUE_PT_conversation"
    bl_order = 0

    def draw(self, context: bpy.types.Context) -> None:
        """The list, and beside it what adds and removes."""
        scene = context.scene
        if not rows_match(scene):
            if scene.library is None:
                _match_soon()
            return
        row = self.layout.row()
        rows = min(max(len(conversations_of(scene)), _FEWEST_ROWS), _MOST_ROWS)
        row.template_list("DUOLOGUE_UL_conversations", "", scene, "duologue_rows", scene, "duologue_active", rows=rows)
        column = row.column(align=True)
        column.operator("duologue.new_conversation", text="", icon="ADD")
        column.operator("duologue.remove_conversation", text="", icon="REMOVE")


def _match_soon() -> None:
    """Have the list's rows made where drawing is over: of a new scene, or of one that came from another file."""
    if not bpy.app.timers.is_registered(_match_all):
        bpy.app.timers.register(_match_all)


def _match_all() -> None:
    for scene in bpy.data.scenes:
        match_rows(scene)
    redraw_panels(bpy.context)


CLASSES: Final = (DUOLOGUE_UL_conversations, DUOLOGUE_PT_conversation)
