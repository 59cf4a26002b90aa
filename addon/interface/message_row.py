"""The row in which Duologue says what happened: always there, of one height, so that nothing moves when it speaks."""

from __future__ import annotations

from typing import Final

import bpy

from ..conversation import missing_input
from ..settings.conversations import settings_of
from ..settings.properties import DuologueSettings
from ..worker.preferences import PACKAGE, backend_state
from .backend_panel import draw_install
from .generate_rows import draw_job, is_generating
from .operators.check_backend import RunningCheck
from .operators.use_checkpoint import RunningConversion
from .operators.use_flame_file import RunningImport
from .progress_rows import draw_progress
from .remedies import remedies
from .wrapping import draw_lines, line_of

_UNITS: Final = 24
"""The pop-up's width, in Blender's units of 20 pixels at scale 1."""
_RUNNING: Final = (
    (RunningCheck, "duologue.cancel_check"),
    (RunningImport, "duologue.cancel_import"),
    (RunningConversion, "duologue.cancel_checkpoint"),
)


def draw_message_row(layout: bpy.types.UILayout, context: bpy.types.Context, settings: DuologueSettings) -> None:
    """What runs, else what was said last, with all of it in a pop-up, else what is to do next."""
    if is_generating():
        draw_job(layout, settings)
        return
    for running, cancel in _RUNNING:
        if running.worker is not None:
            draw_progress(layout, running.sentence(), running.share(), cancel)
            return
    row = layout.row(align=True)
    if settings.message:
        icon = "ERROR" if settings.message_is_error else "INFO"
        row.popover("DUOLOGUE_PT_message", text=line_of(context, settings.message), icon=icon, translate=False)
        row.operator("duologue.dismiss_message", text="", icon="X")
    else:
        missing = missing_input(settings) if backend_state(context).ready else "Install the backend first"
        row.label(text=missing or "Ready to generate", icon="FORWARD" if missing else "CHECKMARK")


class DUOLOGUE_PT_message(bpy.types.Panel):  # noqa: N801 — Blender's naming
    """The whole message, what mends it, and ways to pass it on."""

    bl_label = "Message"
    bl_idname = "DUOLOGUE_PT_message"
    bl_space_type = "VIEW_3D"
    bl_region_type = "HEADER"
    bl_ui_units_x = _UNITS

    def draw(self, context: bpy.types.Context) -> None:
        """Every word; below it the buttons."""
        settings = settings_of(context.scene)
        icon = "ERROR" if settings.message_is_error else "INFO"
        draw_lines(self.layout, context, settings.message, icon, units=_UNITS)
        if settings.message_is_error:
            _draw_remedies(self.layout.column(), context, settings)
        row = self.layout.row()
        row.operator("duologue.copy_message", icon="COPYDOWN")
        if settings.message_log:
            row.operator("wm.path_open", text="Open log", icon="TEXT").filepath = settings.message_log


def _draw_remedies(column: bpy.types.UILayout, context: bpy.types.Context, settings: DuologueSettings) -> None:
    """The buttons that mend what the message says."""
    for remedy in remedies(settings.message_code):
        if remedy == "backend":
            draw_install(column, context)
        elif remedy == "preferences":
            column.operator("preferences.addon_show", text="Open preferences", icon="PREFERENCES").module = PACKAGE
        elif remedy == "check":
            column.operator("duologue.check_backend", icon="CONSOLE")
        elif remedy == "heads":
            column.operator("duologue.add_conversation", icon="COMMUNITY")
        elif remedy == "locate":
            column.operator("duologue.locate_take", icon="FILE_FOLDER")
        elif remedy == "generate":
            column.operator("duologue.generate", icon="PLAY")


class _NeedsMessage:
    """What these operators share: a message."""

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """There must be one."""
        if settings_of(context.scene).message:
            return True
        cls.poll_message_set("Nothing was said")  # type: ignore[attr-defined]
        return False


class DUOLOGUE_OT_copy_message(_NeedsMessage, bpy.types.Operator):  # noqa: N801 — Blender's naming
    """The message goes into the clipboard."""

    bl_idname = "duologue.copy_message"
    bl_label = "Copy"
    bl_description = "Copy the whole message, to paste it elsewhere"
    bl_options = {"INTERNAL"}  # noqa: RUF012 — Blender's own form

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Copy."""
        context.window_manager.clipboard = settings_of(context.scene).message
        self.report({"INFO"}, "Copied")
        return {"FINISHED"}


class DUOLOGUE_OT_dismiss_message(_NeedsMessage, bpy.types.Operator):  # noqa: N801 — Blender's naming
    """The message was read."""

    bl_idname = "duologue.dismiss_message"
    bl_label = "Dismiss"
    bl_description = "Take the message away; it stays in the Info editor"
    bl_options = {"INTERNAL"}  # noqa: RUF012 — Blender's own form

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Forget it."""
        settings = settings_of(context.scene)
        settings.message, settings.message_is_error = "", False
        return {"FINISHED"}


CLASSES: Final = (DUOLOGUE_PT_message, DUOLOGUE_OT_copy_message, DUOLOGUE_OT_dismiss_message)
