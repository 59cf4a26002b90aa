"""The panel *Duologue* in the 3D view's sidebar; its sub-panels follow in the order of the work."""

from __future__ import annotations

from typing import Final

import bpy

from ..settings.conversations import settings_of
from .message_row import draw_message_row
from .sidebar import InSidebar, scene_is_free
from .start_here import draw_start_here


class DUOLOGUE_PT_main(InSidebar, bpy.types.Panel):  # noqa: N801 — Blender's naming
    """Audio and a sentence in, two people out."""

    bl_label = "Duologue"
    bl_idname = "DUOLOGUE_PT_main"

    def draw(self, context: bpy.types.Context) -> None:
        """What was said last, in a row that is always there; the first steps, until they are done."""
        settings = settings_of(context.scene)
        draw_message_row(self.layout, context, settings)
        first_steps = self.layout.column()
        first_steps.enabled = scene_is_free()
        draw_start_here(first_steps, context, settings)


CLASSES: Final = (DUOLOGUE_PT_main,)
