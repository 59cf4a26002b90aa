"""An artist's first ten minutes: the zip, the backend, a conversation, a take, another one, changes, and saving."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import bpy

from tests.ui.window import Story, Window, until, wait

MODULE = "bl_ext.user_default.duologue"


def story(window: Window) -> Story:
    """All of it, in the order that the panel suggests."""
    yield from install_the_zip(window)
    yield from open_the_panel(window)
    yield from install_the_backend(window)


def install_the_zip(window: Window) -> Story:
    """As *Install from Disk…* does."""
    bpy.ops.extensions.package_install_files(
        filepath=os.environ["DUOLOGUE_ZIP"], repo="user_default", enable_on_install=True
    )
    yield from until(lambda: MODULE in sys.modules, "the extension is enabled")


def open_the_panel(window: Window) -> Story:
    """Close the splash screen, show the sidebar, choose the tab."""
    yield from wait(1)
    window.key("Escape")
    yield from wait(0.5)
    window.area().spaces[0].show_region_ui = True
    yield from wait(0.5)
    window.region().active_panel_category = "Duologue"
    yield from wait(0.5)
    window.picture("start-here")


def install_the_backend(window: Window) -> Story:
    """From a folder, without a network: the selector's answer is given as the operator's property."""
    folder = Path(os.environ["DUOLOGUE_WHEELHOUSE"])
    yield from window.find("duologue.install_backend_from_folder")
    with window.context("WINDOW"):
        bpy.ops.duologue.install_backend_from_folder("INVOKE_DEFAULT", directory=str(folder))
    yield from wait(6)
    window.picture("install-question")
    window.key("Return")
    yield from wait(4)
    window.picture("installing")
