"""The panel's first row: which conversation of the scene is shown."""

from __future__ import annotations

from typing import Final

import bpy

from ..settings.properties import conversations_of, settings_of, title_of


class DUOLOGUE_MT_conversations(bpy.types.Menu):  # noqa: N801 — Blender's naming
    """The scene's conversations."""

    bl_idname = "DUOLOGUE_MT_conversations"
    bl_label = "Conversations"

    def draw(self, context: bpy.types.Context) -> None:
        """One row each; the dot is beside the one that is shown."""
        shown = settings_of(context.scene)
        for one in conversations_of(context.scene):
            icon = "RADIOBUT_ON" if one == shown else "RADIOBUT_OFF"
            row = self.layout.operator("duologue.show_conversation", text=title_of(one), icon=icon, translate=False)
            row.number = one.number


def draw_conversations(layout: bpy.types.UILayout, scene: bpy.types.Scene) -> None:
    """Choose, rename, add, remove; nothing while the scene has one conversation without heads."""
    settings = settings_of(scene)
    if len(conversations_of(scene)) == 1 and settings.head_a is None and settings.head_b is None:
        return
    row = layout.row(align=True)
    row.menu("DUOLOGUE_MT_conversations", text="", icon="COMMUNITY")
    row.prop(settings, "name", text="", placeholder=title_of(settings))
    row.operator("duologue.new_conversation", text="", icon="ADD")
    row.operator("duologue.remove_conversation", text="", icon="REMOVE")


CLASSES: Final = (DUOLOGUE_MT_conversations,)
