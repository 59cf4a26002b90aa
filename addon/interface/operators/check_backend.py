"""*Check backend*: python, torch, device and every asset, in a text the artist can send along."""

from __future__ import annotations

import bpy

from ....backend.contract.errors import DuologueError
from ...worker.backend_report import backend_report
from ...worker.preferences import backend_python
from .saying import say, say_error

TEXT_NAME = "Duologue backend"


class DUOLOGUE_OT_check_backend(bpy.types.Operator):  # noqa: N801 — Blender's naming
    """Ask the backend what it has: Python, torch, device, assets; the answer is a text in the Text editor."""

    bl_idname = "duologue.check_backend"
    bl_label = "Check backend"
    bl_description = (
        "Ask the backend what it has: Python, torch, device, assets; the answer is a text in the Text editor"
    )

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Run `check` and keep what it prints."""
        try:
            printed = backend_report(backend_python(context))
        except DuologueError as error:
            say_error(self, context, error)
            return {"CANCELLED"}
        text = bpy.data.texts.get(TEXT_NAME) or bpy.data.texts.new(TEXT_NAME)
        text.from_string(printed)
        say(self, context, f"The backend works. Its report is the text “{TEXT_NAME}”.")
        return {"FINISHED"}
