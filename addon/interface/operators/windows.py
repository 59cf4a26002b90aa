"""Windows: which one an operator is watched from, wherever it was begun; what all show in the status bar."""

from __future__ import annotations

import contextlib
from typing import Any

import bpy


def in_lasting_window(context: bpy.types.Context) -> contextlib.AbstractContextManager[Any]:
    """Inside, `context.window` is one that stays: the parent of one for a moment, such as the preferences'.

    A *New Window* has a parent too, but it has sidebars of its own and alone hears Esc there. Timers and scripts may
    have no window at all; then it is Blender's first. Nothing changes where the window is right already, so that its
    area is still known.
    """
    window = context.window or next(iter(context.window_manager.windows), None)
    while window is not None and window.parent is not None and window.screen.is_temporary:
        window = window.parent
    if window is None or window == context.window:
        return contextlib.nullcontext()
    return context.temp_override(window=window)  # type: ignore[no-any-return]


def show_status(context: bpy.types.Context, text: str | None) -> None:
    """Show `text` in the status bar of every window; None gives it back. From a timer too, which has no window.

    While the window of the context is being closed it is shown a moment later: Blender 4.3 ends where somebody goes to
    another window then.
    """
    windows = list(context.window_manager.windows)
    if context.window is not None and context.window not in windows:
        bpy.app.timers.register(lambda: show_status(bpy.context, text), first_interval=0.0)
        return
    for window in windows:
        with context.temp_override(window=window):  # without it Blender ignores the text
            window.workspace.status_text_set(text)
