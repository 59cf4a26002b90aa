"""Telling the artist: one sentence in the panel and in Blender's own report line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import bpy

from ....backend.contract.errors import DuologueError
from ...settings.properties import DuologueSettings, settings_of


def say(
    operator: bpy.types.Operator, context: bpy.types.Context, sentence: str, settings: DuologueSettings | None = None
) -> None:
    """Good news, of the conversation `settings` or of the one that the panel shows."""
    settings = settings or settings_of(context.scene)
    settings.message, settings.message_is_error = sentence, False
    redraw_panels(context)
    operator.report({"INFO"}, sentence)


def say_warning(operator: bpy.types.Operator, context: bpy.types.Context, sentence: str) -> None:
    """What goes on, but not as the artist may think."""
    settings = settings_of(context.scene)
    settings.message, settings.message_is_error = sentence, False
    redraw_panels(context)
    operator.report({"WARNING"}, sentence)


def say_error(
    operator: bpy.types.Operator,
    context: bpy.types.Context,
    error: DuologueError,
    log: Path | None = None,
    settings: DuologueSettings | None = None,
) -> None:
    """What happened and what to do, with its number.

    `log` says more, where it is there; `settings` as in `say`.
    """
    settings = settings or settings_of(context.scene)
    settings.message_code = int(error.code)
    settings.message_log = str(log) if log is not None and log.exists() else ""
    settings.message, settings.message_is_error = f"{error.sentence()} ({int(error.code)})", True
    redraw_panels(context)
    # An ERROR report raises in scripts that call the operator; the operator returns CANCELLED anyway.
    operator.report({"WARNING"} if bpy.app.background else {"ERROR"}, settings.message)


def attempted(operator: bpy.types.Operator, context: bpy.types.Context, work: Callable[[], str]) -> set[str]:
    """What the operator returns: `work` is done, and its sentence is said, or what went wrong."""
    try:
        sentence = work()
    except DuologueError as error:
        say_error(operator, context, error)
        return {"CANCELLED"}
    say(operator, context, sentence)
    return {"FINISHED"}


def redraw_panels(context: bpy.types.Context) -> None:
    """Have every sidebar drawn again, and no view beside it: Blender does not when a script has changed the panel.

    The preferences as well, which show the backend.
    """
    for window in context.window_manager.windows:
        for area in window.screen.areas:
            if area.type == "VIEW_3D":
                for region in area.regions:
                    if region.type == "UI":
                        region.tag_redraw()
            elif area.type == "PREFERENCES":
                area.tag_redraw()
