"""*Check*: every channel of a character is tried, and what cannot act is told."""

from __future__ import annotations

from typing import Final

import bpy

from ...keys.acting import warnings_on_in_steps
from ...settings.mapping_properties import show_hindrances
from ...settings.properties import mapped_head
from ...steps import Steps
from .mapping import NeedsCharacter
from .saying import say
from .stepping import SteppingOperator


class DUOLOGUE_OT_check_character(NeedsCharacter, SteppingOperator):  # noqa: N801 — Blender's naming
    """Say what of this character cannot move."""

    bl_idname = "duologue.check_character"
    bl_label = "Check"
    bl_description = (
        "Try every shape key and bone that a take would key, and say what does not move; nothing is changed"
    )
    bl_options = {"REGISTER"}  # noqa: RUF012 — Blender's own form

    def steps(self, context: bpy.types.Context) -> Steps[list[str]]:
        """Check."""
        return warnings_on_in_steps(context.scene, mapped_head(context.scene))

    def finish(self, context: bpy.types.Context, found: list[str]) -> set[str]:
        """Show what was found in the panel."""
        head = mapped_head(context.scene)
        show_hindrances(context.scene, head, found)
        say(self, context, " ".join(found) or f"{head.name}: all that is mapped moves.")
        return {"FINISHED"}


CLASSES: Final = (DUOLOGUE_OT_check_character,)
