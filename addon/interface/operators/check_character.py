"""*Check*: every channel of a character is tried, and what cannot act is told."""

from __future__ import annotations

from typing import Final

import bpy

from ..character_check import check_shown
from .mapping import OnCharacter


class DUOLOGUE_OT_check_character(OnCharacter):  # noqa: N801 — Blender's naming
    """Say what of this character cannot move."""

    bl_idname = "duologue.check_character"
    bl_label = "Check"
    bl_description = (
        "Try every shape key and bone that a take would key, and say what does not move; nothing is changed"
    )
    bl_options = {"REGISTER"}  # noqa: RUF012 — Blender's own form

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Check, and show what was found in the panel."""
        return self.attempt(context, lambda head: self._checked(context.scene, head))

    @staticmethod
    def _checked(scene: bpy.types.Scene, head: bpy.types.Object) -> str:
        return " ".join(check_shown(scene, head)) or f"{head.name}: all that is mapped moves."


CLASSES: Final = (DUOLOGUE_OT_check_character,)
