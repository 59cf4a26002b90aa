"""*Write keys*: the take on disk onto the heads again, without the model."""

from __future__ import annotations

from typing import Final

import bpy

from ...conversation import missing_heads
from ...keys.adopting import unknown_keys
from ...keys.key_writing import Written, write_take_in_steps
from ...keys.retaking import people_with_keys
from ...keys.takes import performance_at, take_file
from ...settings.blend_paths import file_of
from ...settings.properties import settings_of
from ...steps import Steps
from .saying import say
from .shows_take import ShowsTake
from .stepping import SteppingOperator

NO_TAKE: Final = "Generate a take first, or choose one"


class DUOLOGUE_OT_write_keys(ShowsTake, SteppingOperator):  # noqa: N801 — Blender's naming
    """Write the take's keys again, with the sliders of Adjust and the start as they are now."""

    bl_idname = "duologue.write_keys"
    bl_label = "Write keys"
    bl_description = "Write the take's keys again, with the sliders of Adjust and the start as they are now"
    bl_options = {"REGISTER", "UNDO"}  # noqa: RUF012 — Blender's own form

    take: bpy.props.StringProperty(  # type: ignore[valid-type]
        name="Take", description="The take's folder, or the performance.npz in it; empty: the take on the heads",
        subtype="FILE_PATH", options={"SKIP_SAVE"},
    )  # fmt: skip

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """There must be a take and somebody to play it."""
        settings = settings_of(context.scene)
        reason = missing_heads(settings)
        reason = reason or (None if settings.take else NO_TAKE)
        if reason == NO_TAKE and unknown_keys(settings):
            reason = "Nobody here knows the take of these keys: press Locate… under Takes, and choose it"
        reason = reason or (None if people_with_keys(settings) else "Both people are locked")
        if reason:
            cls.poll_message_set(reason)
        return reason is None

    def steps(self, context: bpy.types.Context) -> Steps[Written]:
        """Write."""
        settings = settings_of(context.scene)
        take = performance_at(file_of(settings, self.take)) if self.take else take_file(settings)
        self.take = str(take)
        return (yield from write_take_in_steps(context, take))

    def finish(self, context: bpy.types.Context, written: Written) -> set[str]:
        """Say what was written."""
        say(self, context, written.sentence())
        return {"FINISHED"}
