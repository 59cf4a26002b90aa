"""*Back to the sentence*: the next take is staged by the prompt again."""

from __future__ import annotations

import bpy

from ....backend.contract.errors import DuologueError
from ....backend.contract.performance import load_performance
from ...keys.takes import take_file
from ...settings.properties import settings_of
from ...settings.staging_properties import show_staging
from .saying import say


class DUOLOGUE_OT_stage_by_sentence(bpy.types.Operator):  # noqa: N801 — Blender's naming
    """Let the sentence decide again; the values become those of the take."""

    bl_idname = "duologue.stage_by_sentence"
    bl_label = "Back to the sentence"
    bl_description = "Let the sentence stage the next take again, and show the values of the take that is there"
    bl_options = {"REGISTER", "UNDO"}  # noqa: RUF012 — Blender's own form

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Forget the corrections; a take that cannot be read any more leaves the values as they are."""
        settings = settings_of(context.scene)
        settings.staging.used = False
        try:
            performance = load_performance(take_file(settings))
        except DuologueError:
            say(self, context, "The sentence decides again.")
            return {"FINISHED"}
        show_staging(settings.staging, performance.meta.get("staging"))
        say(self, context, "The sentence decides again; the values are the take's.")
        return {"FINISHED"}
