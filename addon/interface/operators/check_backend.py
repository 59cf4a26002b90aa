"""*Check backend*: Python, torch, device, every asset and engine, in a text the artist can send along."""

from __future__ import annotations

import bpy

from ....backend.contract.errors import DuologueError
from ...conversation import checkpoint_file
from ...worker.backend_report import BackendReport, start_check
from ...worker.preferences import backend_assets, backend_python
from ...worker.worker_process import CommandProcess
from .saying import say, say_error
from .watching import BACKEND_CHANGES, CancelOperator, Running, WatchingOperator, backend_changes
from .windows import show_status

TEXT_NAME = "Duologue backend"


class RunningCheck(Running):
    """The one check of this Blender, as the panel shows it."""

    @classmethod
    def after_poll(cls) -> None:
        """Say it in the status bar too: the button is also in the preferences, where no panel is."""
        show_status(bpy.context, f"Checking the backend: {cls.worker.stage}")


class DUOLOGUE_OT_check_backend(WatchingOperator):  # noqa: N801 — Blender's naming
    """Ask the backend what it has; the answer is a text in the Text editor."""

    bl_idname = "duologue.check_backend"
    bl_label = "Check backend"
    bl_description = (
        "Ask the backend what it has: Python, torch, device, assets, engines; the answer is a text in the Text editor"
    )

    running = RunningCheck
    cancelled_sentence = "Cancelled. Nothing was checked."

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """One check at a time."""
        if RunningCheck.worker is not None:
            cls.poll_message_set("The backend is being checked")
            return False
        if backend_changes(context):
            cls.poll_message_set(BACKEND_CHANGES)
            return False
        return True

    def start(self, context: bpy.types.Context) -> CommandProcess[BackendReport]:
        """A worker that looks at itself. Raises DuologueError (WORKER_NOT_FOUND)."""
        return start_check(backend_python(context), backend_assets(context), checkpoint_file(context))

    def unwatch(self, context: bpy.types.Context) -> None:
        """Give the status bar back, too."""
        super().unwatch(context)
        show_status(context, None)

    def finish(self, context: bpy.types.Context, found: BackendReport) -> set[str]:
        """Keep the report, and say what works or every problem with its remedy."""
        text = bpy.data.texts.get(TEXT_NAME) or bpy.data.texts.new(TEXT_NAME)
        text.from_string(found.table)
        where = f"Its report is the text “{TEXT_NAME}”."
        if not found.problems:
            say(self, context, f"{found.sentence()} {where}")
            return {"FINISHED"}
        first = found.problems[0]
        say_error(self, context, DuologueError(first.code, found.sentence(), where))
        return {"CANCELLED"}


class DUOLOGUE_OT_cancel_check(CancelOperator):  # noqa: N801 — Blender's naming
    """Stop checking."""

    bl_idname = "duologue.cancel_check"
    bl_label = "Cancel"
    bl_description = "Stop checking the backend"

    running = RunningCheck
