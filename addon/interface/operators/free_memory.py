"""*Free memory*: the worker that waits for the next take ends."""

from __future__ import annotations

import bpy

from ...worker.job_process import KEPT_WORKER
from .saying import say


class DUOLOGUE_OT_free_memory(bpy.types.Operator):  # noqa: N801 — Blender's naming
    """End the worker that waits; the next take starts another one."""

    bl_idname = "duologue.free_memory"
    bl_label = "Free memory"
    bl_description = (
        "End the worker that keeps its models loaded for the next take. It also ends after ten minutes without a take "
        "and with the file; the next take then begins a few seconds later"
    )

    @classmethod
    def poll(cls, _context: bpy.types.Context) -> bool:
        """Only while it waits."""
        reason = None
        if not KEPT_WORKER.there:
            reason = "No worker is waiting for a take"
        elif not KEPT_WORKER.free:
            reason = "The worker is at a take; cancel that first"
        if reason:
            cls.poll_message_set(reason)
        return reason is None

    def execute(self, context: bpy.types.Context) -> set[str]:
        """End it, and say how much memory that is."""
        held = KEPT_WORKER.megabytes
        KEPT_WORKER.end()
        say(self, context, f"The worker has ended: {held:.0f} MB are free." if held else "The worker has ended.")
        return {"FINISHED"}
