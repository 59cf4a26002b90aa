"""Where Blender has noticed the mouse: on a slow machine that is behind where it is."""

from __future__ import annotations

import bpy


class DUOLOGUE_OT_pointer(bpy.types.Operator):  # noqa: N801 — Blender's naming
    """Note where the last event of the window was."""

    bl_idname = "duologue.pointer"
    bl_label = "Pointer"
    bl_options = {"INTERNAL"}  # noqa: RUF012 — Blender's own form

    place = (0, 0)

    def invoke(self, _context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        """Cancelled, so that nothing is drawn or can be undone."""
        DUOLOGUE_OT_pointer.place = event.mouse_x, event.mouse_y
        return {"CANCELLED"}


def noticed_at() -> tuple[int, int]:
    """The mouse's place in the context's window, in pixels from its lower left corner."""
    if not hasattr(bpy.types, DUOLOGUE_OT_pointer.__name__):
        bpy.utils.register_class(DUOLOGUE_OT_pointer)
    bpy.ops.duologue.pointer("INVOKE_DEFAULT")
    return DUOLOGUE_OT_pointer.place
