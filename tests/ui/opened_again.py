"""The next day: the file is opened, and everything is there."""

from __future__ import annotations

import sys

import bpy

from tests.ui.first_dialogue import MODULE, keys_of, open_the_panel, project, settings
from tests.ui.window import Story, Window, check, until, wait


def story(window: Window) -> Story:
    """The take's keys, and the panel."""
    check(MODULE in sys.modules, "the extension is still enabled")
    bpy.ops.wm.open_mainfile(filepath=str(project()))
    yield from until(lambda: settings().head_a is not None, "the file is open")
    yield from open_the_panel(window)
    for head in (settings().head_a, settings().head_b):
        check(bool(keys_of(head)), f"{head.name} has its keys")
    yield from wait(1)
    window.picture("everything")
